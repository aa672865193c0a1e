// A film on its page: made ready as it plays where browsers cannot play it, skipped where its viewer wants, and gone
// on with where they stopped. Without this script a film that browsers can play plays all the same.
"use strict";

const film = document.getElementById("film");
const stage = document.getElementById("stage");
const said = document.getElementById("film-said");
const keys = document.documentElement.dataset.keys === "on";
const ms = () => Math.round(film.currentTime * 1000);

function say(text) {
  if (said.textContent !== text) said.textContent = text;
}

// Why the node refused, in the page's words where it has some for that code.
const told = problem => said.getAttribute(`data-code-${problem?.code}`) ?? problem?.title;

// --- Segments: fetched one by one ahead of the viewer, and given to a MediaSource.

const aheadSeconds = 30;
const behindSeconds = 60;
const later = ms => new Promise(wait => setTimeout(wait, ms));

class Stream {
  constructor(video) {
    this.video = video;
    const name = [...crypto.getRandomValues(new Uint8Array(8))].map(b => b.toString(16).padStart(2, "0")).join("");
    this.base = `${video.dataset.hls}${name}/`;
    this.lost = new Set();
    this.wanted = null;
    this.asked = null;
    this.isRefused = false;
  }

  // Nothing is made ready for whoever only looks at the page.
  async start() {
    const type = this.video.dataset.type;
    if (!window.MediaSource?.isTypeSupported(type)) return say(said.dataset.unable);
    document.getElementById("needs-script").remove();
    this.source = new MediaSource();
    this.video.src = URL.createObjectURL(this.source);
    const from = Number(this.video.dataset.start) / 1000;
    if (from > 0) this.video.currentTime = from;
    const opened = new Promise(open => this.source.addEventListener("sourceopen", open, { once: true }));
    await new Promise(play => this.video.addEventListener("play", play, { once: true }));
    say(said.dataset.making);
    await opened;
    const answer = await this.ask("index.m3u8");
    if (!answer) return;
    this.starts = [0];
    for (const line of (await answer.text()).split("\n"))
      if (line.startsWith("#EXTINF:")) this.starts.push(this.starts.at(-1) + parseFloat(line.slice(8)));
    this.buffer = this.source.addSourceBuffer(type);
    this.buffer.addEventListener("error", () => { this.isRefused = true; });
    this.buffer.timestampOffset = -this.video.dataset.offset / 1000;
    this.source.duration = this.starts.at(-1);
    const init = await this.ask("init.mp4");
    if (!init) return;
    if (!await this.append(await init.arrayBuffer())) return;
    this.video.addEventListener("seeking", () => {
      if (this.next() !== this.asked) this.wanted?.abort();
      this.wake?.();
    });
    this.video.addEventListener("timeupdate", () => this.wake?.());
    this.video.addEventListener("waiting", () => this.jump());
    await this.run();
  }

  async run() {
    while (this.source.readyState !== "closed") {
      const next = this.next();
      if (next === null) {
        if (this.isComplete && this.source.readyState === "open") this.end();
        if (this.video.readyState < 3) this.jump();
        await new Promise(wake => { this.wake = wake; setTimeout(wake, 1000); });
        continue;
      }
      this.asked = next;
      const answer = await this.ask(`${next}.m4s`, next);
      const bytes = await answer?.arrayBuffer().catch(() => null);
      if (!bytes) {
        if (this.lost.has(next)) this.jump();
        // It broke off, or somebody else looks elsewhere under this name; the viewer did not go elsewhere.
        else if (!this.wanted.signal.aborted) await later(2000);
        continue;
      }
      say("");
      await this.evict();
      if (!await this.append(bytes)) continue;
      // Of a damaged file a part may hold nothing to show, however often it is made.
      if (!this.has(next)) this.lost.add(next);
      if (this.video.readyState < 3) this.jump();
    }
  }

  // The first segment that is missing between the viewer and half a minute ahead, not counting what is lost.
  next() {
    const now = this.video.currentTime;
    let until = now + aheadSeconds;
    let at = Math.max(0, this.starts.findLastIndex(start => start <= now + 0.05));
    for (; at < this.starts.length - 1 && this.starts[at] < until; at++) {
      if (this.lost.has(at)) until += this.starts[at + 1] - this.starts[at];
      else if (!this.has(at)) return at;
    }
    this.isComplete = at >= this.starts.length - 1;
    return null;
  }

  // The last of it is there, or lost: no more comes.
  end() {
    this.source.endOfStream();
    if (!this.buffer.buffered.length) say(said.dataset.damaged);
    else if (this.lost.has(this.starts.length - 2)) say(said.dataset.endless);
  }

  has(at) {
    const middle = (this.starts[at] + this.starts[at + 1]) / 2;
    const { buffered } = this.buffer;
    for (let n = 0; n < buffered.length; n++)
      if (buffered.start(n) <= middle && middle < buffered.end(n)) return true;
    return false;
  }

  // Neither half frames between two segments nor segments that are lost stop a film.
  jump() {
    const { buffered } = this.buffer;
    const now = this.video.currentTime;
    for (let n = 0; n < buffered.length; n++) {
      const start = buffered.start(n);
      if (start <= now && now + 0.1 < buffered.end(n)) return;
      if (start <= now) continue;
      const next = this.next();
      if (start - now < 1 || next === null || this.starts[next] >= start) this.video.currentTime = start + 0.01;
      return;
    }
  }

  async evict() {
    const end = this.video.currentTime - behindSeconds;
    if (end <= 0 || !this.buffer.buffered.length || this.buffer.buffered.start(0) >= end) return;
    await this.remove(0, end);
  }

  // False where the browser had no room for it: some is made, and it is worth another try.
  async append(bytes) {
    try {
      this.buffer.appendBuffer(bytes);
    } catch (full) {
      if (full.name !== "QuotaExceededError") throw new Error(said.dataset.refused);
      const now = this.video.currentTime;
      if (now > 5) await this.remove(0, now - 5);
      if (now + aheadSeconds < this.source.duration) await this.remove(now + aheadSeconds, Infinity);
      await later(1000);
      return false;
    }
    await this.done();
    if (this.isRefused) throw new Error(said.dataset.refused);
    return true;
  }

  async remove(from, to) {
    this.buffer.remove(from, to);
    await this.done();
  }

  done() {
    return new Promise(done => this.buffer.addEventListener("updateend", done, { once: true }));
  }

  // Asks again while the node is busy; null where there is nothing to be had, and an error where there never will be.
  async ask(name, segment = null) {
    for (let tries = 0; tries < 30; tries++) {
      this.wanted = new AbortController();
      const answer = await fetch(this.base + name, { signal: this.wanted.signal }).catch(error => error);
      if (answer.name === "AbortError") return null;
      if (answer.ok) return answer;
      const problem = await answer.json?.().catch(() => null);
      if (problem?.code === "media_moved") return null;
      if (problem?.code === "media_gap") {
        this.lost.add(segment);
        return null;
      }
      if (problem && answer.status !== 503) {
        if (this.source.readyState === "open") this.source.endOfStream("decode");
        throw new Error(told(problem));
      }
      say(told(problem) ?? said.dataset.silent);
      await later(2000);
    }
    return null;
  }
}

// --- What can be skipped: over the picture for a while, then in the controls alone.

const over = document.getElementById("skip");
const kept = document.getElementById("skip-kept");
const skipped = document.getElementById("skipped");
const markers = [...document.querySelectorAll(".markers > li[data-from]")].map(({ dataset }) => ({
  from: +dataset.from, hide: +dataset.hide, last: +dataset.last, to: +dataset.to, auto: dataset.auto === "1",
  skip: dataset.skip, skipped: dataset.skipped, seenAt: null, isLeft: false,
}));
let offered = null;

function offer() {
  const now = ms();
  const here = markers.filter(m => now >= m.from && now < m.last).sort((a, b) => b.from - a.from)[0] ?? null;
  for (const marker of markers) if (marker !== here && (now < marker.from || now > marker.to)) marker.seenAt = null;
  if (here?.auto && !here.isLeft && !film.paused) return skip(here, true);
  offered = here;
  // The eight seconds count from when the viewer came there, be it by a jump.
  if (here) here.seenAt ??= now;
  const isOver = here !== null && now < Math.min(here.seenAt + (here.hide - here.from), here.last);
  label(over, here, isOver);
  label(kept, here, here !== null && !isOver);
}

function label(button, marker, isShown) {
  if (!button) return;
  if (isShown) button.querySelector("span").textContent = marker.skip;
  // Whoever stands on a button that goes is led to its twin.
  const hadFocus = !isShown && !button.hidden && document.activeElement === button;
  button.hidden = !isShown;
  if (hadFocus) (button === over && !kept.hidden ? kept : film).focus();
}

function skip(marker, isAuto) {
  film.currentTime = Math.min(marker.to / 1000, film.duration || marker.to / 1000);
  over.hidden = kept.hidden = true;
  offered = null;
  if (!isAuto) return film.focus();
  marker.isLeft = true;
  skipped.querySelector("span").textContent = marker.skipped;
  skipped.hidden = false;
  skipped.undo = () => { film.currentTime = marker.from / 1000; };
  clearTimeout(skipped.timer);
  skipped.timer = setTimeout(() => { skipped.hidden = true; }, 8000);
}

// --- Where the viewer is: noted now and then, and as they leave.

const place = document.getElementById("place");
const everyMs = 10_000;
let notedAt = 0;
// Nobody was anywhere before they pressed play, nor after they said by a form where they are.
let isPlayed = false;
let stream = null;

// Of a film whose end is lost the browser knows the length only up to there.
const length = () => stream?.starts?.at(-1) ?? film.duration;

function note(isLeaving) {
  if (!isPlayed || !place || !(length() > 0) || !Number.isFinite(length())) return;
  const now = ms();
  if (now === Number(place.dataset.noted ?? 0)) return;
  const sent = new URLSearchParams(new FormData(place));
  const duration = Math.round(length() * 1000);
  sent.set("position_ms", Math.min(now, duration));
  sent.set("duration_ms", duration);
  notedAt = Date.now();
  if (isLeaving) return navigator.sendBeacon(place.action, sent);
  // What was not answered is sent once more as the page is left.
  fetch(place.action, { method: "POST", body: sent, keepalive: true })
    .then(answer => { if (answer.ok) place.dataset.noted = now; }, () => {});
}

// --- A node that went away: browsers try for half a minute by themselves, and then give a file up.

let reached = 0;
let isWanted = false;

async function recover() {
  let isAway = film.error?.code === MediaError.MEDIA_ERR_NETWORK;
  let answer;
  while (!(answer = await fetch(film.src, { headers: { Range: "bytes=0-0" } }).catch(() => null))) {
    isAway = true;
    say(said.dataset.silent);
    await later(1000);
  }
  if (!answer.ok) return say(told(await answer.json().catch(() => null)) ?? said.dataset.gone);
  if (!isAway) return say(said.dataset.unplayable);
  await later(1000);
  say("");
  film.load();
  film.currentTime = reached;
  if (isWanted) film.play().catch(() => {});
}

if (film) {
  if (film.dataset.hls) {
    stream = new Stream(film);
    stream.start().catch(error => say(said.dataset.failed.replace("{0}", () => error.message)));
  }

  // Whoever opens the page looks at it and plays nothing yet; where they are is said as they play.
  // In this order: the other way round the browser would first read the address that counts as playing.
  if (film.dataset.look) {
    film.src = film.dataset.look;
    film.preload = "metadata";
  }

  film.addEventListener("timeupdate", () => {
    if (film.readyState > 0) reached = film.currentTime;
    offer();
    if (!film.paused && Date.now() - notedAt >= everyMs) note(false);
  });
  film.addEventListener("seeked", offer);
  film.addEventListener("pause", () => {
    isWanted = false;
    note(false);
  });
  film.addEventListener("play", () => {
    isPlayed = isWanted = true;
    notedAt = Date.now();
  });
  document.querySelector('form[action$="/seen"]')?.addEventListener("submit", () => {
    isPlayed = false;
    film.pause();
  });
  film.addEventListener("ended", () => {
    note(false);
    document.getElementById("after")?.focus();
  });
  film.addEventListener("error", () => { if (!film.dataset.hls) recover(); });
  window.addEventListener("pagehide", () => note(true));
  document.addEventListener("visibilitychange", () => { if (document.hidden) note(true); });

  over?.addEventListener("click", () => offered && skip(offered, false));
  kept.addEventListener("click", () => offered && skip(offered, false));
  document.getElementById("undo")?.addEventListener("click", () => {
    skipped.undo?.();
    skipped.hidden = true;
    film.focus();
  });

  // The browser's own full screen would show the picture without its buttons.
  const full = document.getElementById("full");
  if (document.fullscreenEnabled) {
    film.setAttribute("controlslist", "nofullscreen");
    full.hidden = false;
    full.addEventListener("click", () =>
      document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen());
  }

  for (const link of document.querySelectorAll("a[data-seek]"))
    link.addEventListener("click", event => {
      event.preventDefault();
      film.currentTime = link.dataset.seek / 1000;
      film.scrollIntoView({ block: "nearest" });
    });
  for (const button of document.querySelectorAll("[data-here]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const tenths = Math.round(film.currentTime * 10);
      const clock = `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
      button.form.elements[button.dataset.here].value = clock;
    });
  }

  document.addEventListener("keydown", event => {
    if (!keys || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select"))
      return;
    if (event.key === "s" && offered) skip(offered, false);
  });
}
