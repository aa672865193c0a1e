using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary><c>anarchive doctor</c>: what could keep a node from working, with cause and fix.</summary>
internal static class DoctorCommand
{
    private const long DiskBytesMin = 1024L * 1024 * 1024;

    // This version was not out before then; a clock that says so parks every event at its peers.
    private static readonly DateTimeOffset Earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private sealed record Finding(string Check, bool Well, string Says, string? Fix = null)
    {
        public JsonObject ToJson() => new()
        {
            ["check"] = Check,
            ["well"] = Well,
            ["says"] = Says,
            ["fix"] = Fix,
        };
    }

    public static Command Build(Terminal terminal) =>
        new Command("doctor", "Check clock, disk, libraries, data directory and node, each with cause and fix.")
            .Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var home = invocation.Home;
        List<Finding> findings =
        [
            Clock(), Sodium(), Sqlite(), Directory(home), Disk(home), await NodeAsync(home, cancellation),
        ];
        var bad = findings.Where(f => !f.Well).ToArray();
        var verdict = bad.Length == 0
            ? "All checks passed."
            : $"{bad.Length} of {findings.Count} checks need you.";
        var document = new JsonObject
        {
            ["well"] = bad.Length == 0,
            ["findings"] = new JsonArray([.. findings.Select(f => (JsonNode)f.ToJson())]),
        };
        var rows = findings.OrderBy(f => f.Well)
            .Select(f => new[] { f.Well ? "ok" : "problem", f.Check, f.Says, f.Fix ?? "" });
        return new Answer(
            bad.Length == 0 ? ExitCodes.Done : ExitCodes.Bad,
            document,
            [verdict],
            Terminal.Table(["State", "Check", "Finding", "Fix"], rows));
    }

    private static Finding Clock() =>
        TimeProvider.System.GetUtcNow() is var now && now >= Earliest
            ? new Finding("clock", true, $"{now:yyyy-MM-dd HH:mm} UTC")
            : new Finding("clock", false, $"The clock says {now:yyyy-MM-dd}.", "Set the clock, or let NTP set it.");

    private static Finding Sodium()
    {
        try
        {
            return SodiumSelfTest.Passes()
                ? new Finding("libsodium", true, "signs and verifies")
                : new Finding("libsodium", false, "It fails its known answers.", "Install another libsodium.");
        }
        catch (DllNotFoundException)
        {
            return new Finding("libsodium", false, "It is not installed.", "apt-get install libsodium23");
        }
    }

    private static Finding Sqlite()
    {
        var own = NativeSqlite.IsSystemLibrary;
        return own
            ? new Finding("sqlite", true, $"the system's library, {Database.LibraryVersion}")
            : new Finding(
                "sqlite", false, $"A bundled library, {Database.LibraryVersion}: nobody patches it.",
                "apt-get install libsqlite3-0");
    }

    private static Finding Directory(Home home)
    {
        if (!System.IO.Directory.Exists(home.Directory))
            return new Finding("data directory", true, "not made yet; serve and init make it");
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(home.Directory);
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        return (mode & others) == 0
            ? new Finding("data directory", true, "only this user can open it")
            : new Finding("data directory", false, "Other users can open it.", $"chmod 700 {home.Directory}");
    }

    private static Finding Disk(Home home)
    {
        var at = home.Directory;
        while (!System.IO.Directory.Exists(at)) at = Path.GetDirectoryName(at)!;
        var free = new DriveInfo(at).AvailableFreeSpace;
        var says = $"{free / (1024 * 1024)} MB free";
        return free >= DiskBytesMin
            ? new Finding("disk", true, says)
            : new Finding("disk", false, says, "Make room: a full disk stops the node.");
    }

    private static async Task<Finding> NodeAsync(Home home, CancellationToken cancellation)
    {
        if (!File.Exists(home.UrlFile)) return new Finding("node", true, "not running");
        try
        {
            using var node = NodeApi.Open(home);
            var status = (JsonObject)await node.GetAsync("/api/v1/federation/status", cancellation);
            var well = status.Text("state") == "well";
            return new Finding("node", well, status.Need("verdict"), well ? null : "anarchive status");
        }
        catch (CliFailure failure)
        {
            return new Finding("node", false, failure.Message, "anarchive serve");
        }
    }
}
