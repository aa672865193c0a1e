// Makes a page that already works live: patches parts as they arrive, sends votes and replies without a reload.
"use strict";

const page = document.documentElement;
const lost = document.getElementById("link-lost");
let leaving = false;

// --- Patching: the new markup is walked beside the old, so focus, scroll and open state survive.

function patch(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) return from.replaceWith(to);
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  // What the reader did stays: folded comments, the item under the cursor.
  if (from.classList.contains("at")) to.classList.add("at");
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
  for (const { name, value } of [...to.attributes])
    if (name !== "open" && from.getAttribute(name) !== value) from.setAttribute(name, value);
  patchChildren(from, to);
}

function patchChildren(from, to) {
  const known = new Map([...from.children].filter(child => child.id).map(child => [child.id, child]));
  const nodes = [...to.childNodes];
  let at = from.firstChild;
  for (const [n, next] of nodes.entries()) {
    // What nothing that follows can become goes first, so that what stands behind it stays.
    while (at && (at.dataset?.keep || isOver(at, nodes, n))) {
      const passed = at;
      at = at.nextSibling;
      if (!passed.dataset?.keep) passed.remove();
    }
    const same = next.id ? known.get(next.id) : null;
    if (same) {
      known.delete(next.id);
      if (same === at) at = at.nextSibling;
      else from.insertBefore(same, at);
      patch(same, next);
    } else if (at && !next.id && canBecome(at, next)) {
      const old = at;
      at = at.nextSibling;
      patch(old, next);
    } else {
      if (next.id && next.nodeType === Node.ELEMENT_NODE) next.classList.add("fresh");
      from.insertBefore(next, at);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    if (!gone.dataset?.keep) gone.remove();
  }
}

function isOver(at, nodes, from) {
  return !nodes.slice(from).some(node => at.id ? node.id === at.id : !node.id && canBecome(at, node));
}

// Nothing becomes another act, or a section of another heading, under the focus of whoever is about to press it.
function canBecome(old, next) {
  if (old.id || old.nodeName !== next.nodeName) return false;
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  const says = name => old.getAttribute(name) === next.getAttribute(name);
  if (old.nodeName !== "BUTTON") return says("aria-labelledby");
  // A switch is the same one whichever way it stands: an act and what takes it back have one key.
  return old.dataset.key || next.dataset.key ? says("data-key") : ["name", "value", "formaction"].every(says);
}

function receive(id, html) {
  const old = document.getElementById(id);
  if (!old) return;
  if (!html) return old.remove();
  const box = document.createElement("template");
  box.innerHTML = html;
  const fresh = box.content.firstElementChild;
  if (fresh) patch(old, fresh);
  tick();
}

// --- The socket: closed while nobody looks, opened again with growing pauses.

let socket = null;
let pause = 500;
let heard = new Date();

function connect() {
  const address = document.body.dataset.live;
  if (!address || document.hidden || socket) return;
  socket = new WebSocket(address);
  socket.onopen = () => {
    pause = 500;
    lost.hidden = true;
    page.dataset.live = "1";
  };
  socket.onmessage = ({ data }) => {
    const end = data.indexOf("\n");
    receive(data.slice(0, end), data.slice(end + 1));
  };
  socket.onclose = () => {
    if (page.dataset.live) heard = new Date();
    socket = null;
    delete page.dataset.live;
    if (document.hidden) return;
    if (pause > 500) reportLost();
    // Not all pages at once, and soon enough that a node that is back is seen within five seconds.
    setTimeout(connect, pause * (0.5 + Math.random() / 2));
    pause = Math.min(3000, pause * 2);
  };
}

// A socket that is refused is so because the node is away, or because this browser was signed out meanwhile.
async function reportLost() {
  const answer = await fetch("/live").catch(() => null);
  if (answer?.status === 401) return location.reload();
  lost.querySelector("time").textContent = heard.toTimeString().slice(0, 8);
  lost.hidden = false;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) socket?.close();
  else connect();
});

// --- Ages.

// The server's words for ages, such as "3 min", with the number left out.
const ages = Object.fromEntries((document.documentElement.dataset.ages ?? "").split("|").map(age => age.split("=")));
const aged = (unit, count) => (ages[unit] ?? `0 ${unit}`).replace("0", Math.floor(count));

function tick() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[datetime]")) {
    const seconds = Math.max(0, (now - Date.parse(time.dateTime)) / 1000);
    const text = seconds < 10 ? ages.now ?? "now"
      : seconds < 60 ? aged("s", seconds)
      : seconds < 3600 ? aged("min", seconds / 60)
      : seconds < 86400 ? aged("h", seconds / 3600)
      : seconds < 2592000 ? aged("d", seconds / 86400)
      : time.dateTime.slice(0, 10);
    if (time.textContent !== text) time.textContent = text;
  }
}

// --- Leaving: an answer that comes after the reader chose another page must not call the page back.

window.addEventListener("beforeunload", () => { leaving = true; });
window.addEventListener("pageshow", () => { leaving = false; });

// --- Forms: a vote patches its box; everything else is an ordinary form.

document.addEventListener("submit", async event => {
  const button = event.submitter;
  const target = button?.closest("[data-fragment]")?.dataset.fragment;
  if (!target || event.target.id !== "act") return;
  event.preventDefault();
  const key = button.dataset.key;
  const answer = await fetch(button.formAction, {
    method: "POST",
    headers: { "X-Fragment": "1" },
    body: new URLSearchParams(new FormData(event.target)),
  }).catch(() => null);
  const html = await answer?.text().catch(() => null);
  if (leaving) return;
  // A refusal comes as the same box with its reason; anything else is not for this place.
  if (!html?.includes(`id="${target}"`) || html.includes("<html")) return location.reload();
  receive(target, html);
  document.querySelector(`#${CSS.escape(target)} [data-key="${key}"]`)?.focus();
});

// --- Replying in place: the form is fetched and put below its comment.

document.addEventListener("click", async event => {
  const cancel = event.target.closest("[data-keep] [data-cancel]");
  if (cancel) {
    event.preventDefault();
    cancel.closest("[data-keep]").remove();
    return;
  }
  const link = event.target.closest("a[data-inline]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const body = document.getElementById(link.dataset.inline);
  const open = body.querySelector(":scope > [data-keep]");
  if (open) return open.querySelector("textarea").focus();
  const answer = await fetch(link.href, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (leaving) return;
  if (!answer?.ok) return location.assign(link.href);
  const box = document.createElement("div");
  box.dataset.keep = "1";
  box.innerHTML = await answer.text();
  box.querySelector("form").removeAttribute("id");
  body.append(box);
  box.querySelector("textarea").focus();
});

// --- Waiting for somebody else: the page is looked at again until there is news.

setInterval(async () => {
  const waiting = document.querySelector("[data-until]");
  if (!waiting) return;
  const answer = await fetch(location.href).catch(() => null);
  const text = await answer?.text().catch(() => "");
  const fresh = new DOMParser().parseFromString(text ?? "", "text/html").getElementById(waiting.id);
  if (!leaving && fresh && fresh.dataset.state !== waiting.dataset.state) receive(waiting.id, fresh.outerHTML);
}, 1500);

for (const area of document.querySelectorAll("[data-select]")) area.addEventListener("focus", () => area.select());

connect();
tick();
setInterval(tick, 5000);
page.dataset.ready = "1";
