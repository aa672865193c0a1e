# Sourced by ./run, ./test and ./bench: the SDK, Debian packages, restore and build. Says everything on stderr,
# so that a command's own output can be piped. Each caller stands in the repository's root.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The SDK asks for ICU otherwise, which a plain Debian lacks; nothing here compares text by culture.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}"

say() { printf '%s\n' "$*" >&2; }

die() { say "$*"; exit 2; }

in_ci() { [ "${CI:-}" = true ] || [ "${CI:-}" = 1 ]; }

need_sdk() {
  command -v dotnet >/dev/null || die "The .NET 10 SDK is missing: install it and put dotnet on the PATH."
  # Run beside global.json: an SDK older than it names makes this fail, and so does a missing home directory.
  local version
  version=$(dotnet --version) || die "The .NET SDK does not run here: install .NET 10, or see what it says above."
  case $version in 10.*) ;; *) die "This needs the .NET 10 SDK; dotnet --version says $version." ;; esac
}

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed'; }

# The names among the arguments that are not installed.
missing() { local name; for name; do installed "$name" || printf '%s ' "$name"; done; }

install() {
  local root=() try
  [ "$(id -u)" = 0 ] || root=(sudo)
  export DEBIAN_FRONTEND=noninteractive
  try="${root[*]} apt-get install -y --no-install-recommends $*"
  say "Missing Debian packages: $*" "·" "${try# }"
  "${root[@]}" apt-get install -y --no-install-recommends "$@" >&2 && return
  say "${root[*]} apt-get update"
  "${root[@]}" apt-get update >&2 && "${root[@]}" apt-get install -y --no-install-recommends "$@" >&2
}

# Packages without which nothing works.
need_packages() {
  command -v dpkg-query >/dev/null || { say "Not Debian: please provide $* yourself."; return; }
  local wanted
  wanted=$(missing "$@")
  # shellcheck disable=SC2086
  [ -z "$wanted" ] || install $wanted || die "Could not install $wanted: please install it yourself and run this again."
}

# Packages without which a feature is missing: installed; where that fails, one warning.
optional_packages() {
  command -v dpkg-query >/dev/null || return 0
  local wanted
  wanted=$(missing "$@")
  # shellcheck disable=SC2086
  [ -z "$wanted" ] || install $wanted || say "Could not install $wanted: what needs it says so when it is asked for."
}

# Packages that some tests need: installed; where that fails their tests skip by name, and CI fails.
want_packages() {
  command -v dpkg-query >/dev/null || return 0
  local wanted
  wanted=$(missing "$@")
  [ -z "$wanted" ] && return
  # shellcheck disable=SC2086
  install $wanted && return
  in_ci && die "Could not install $wanted, and CI skips nothing."
  say "Could not install $wanted: the tests that need it will be skipped."
}

# Builds a project or solution in Release unless nothing changed since it was last built here.
build() {
  local what=$1 stamp="artifacts/built-$(basename "${1%.*}")" locked=()
  if [ -f "$stamp" ] && [ -z "$(find src tests benchmarks eng ./*.props ./*.targets ./*.slnx global.json .editorconfig \
      \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit)" ]; then return; fi
  in_ci && locked=(--locked-mode)
  say "Restoring and building $what"
  dotnet restore "$what" "${locked[@]}" --verbosity quiet >&2 || die "The restore failed."
  dotnet build "$what" --no-restore --configuration Release --verbosity quiet -nodeReuse:false >&2 \
    || die "The build failed."
  mkdir -p artifacts && touch "$stamp"
}
