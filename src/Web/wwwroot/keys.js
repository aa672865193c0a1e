// Single-key shortcuts; the settings page switches them off.
"use strict";

const places = {
  h: "/", "/": "/search", m: "/mesh", n: "/net", f: "/fleet", l: "/library", c: "/cache", s: "/settings",
};
const controls = { a: "a", z: "z", r: "r", c: "c", n: "n", s: "star", t: "trash" };
const list = document.getElementById("keys");
let going = false;

function items() {
  return [...document.querySelectorAll("[data-item]")].filter(item => item.checkVisibility());
}

function here() {
  return document.querySelector("[data-item].at");
}

function move(by) {
  const all = items();
  if (!all.length) return;
  const old = here();
  const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(old) + by))];
  old?.classList.remove("at");
  next.classList.add("at");
  (next.querySelector("a.open, summary") ?? next.querySelector("button") ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

// The nearest control of the current item, not one of a reply below it.
function press(key) {
  const control = controls[key];
  const item = here() ?? items()[0];
  const button = [...(item?.querySelectorAll(`[data-key="${control}"]`) ?? [])]
    .find(found => found.closest("[data-item]") === item) ?? document.querySelector(`main [data-key="${control}"]`);
  button?.click();
  if (key === "r" && button?.hash === "#reply") document.querySelector("#reply textarea")?.focus();
  return Boolean(button);
}

document.addEventListener("keydown", event => {
  if (document.documentElement.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey) return;
  // Focus may stay in a dialog for a moment after it was closed: only an open one takes the keys.
  if (event.target.closest("input, textarea, select, dialog[open]")) return;
  const key = event.key;
  if (going && places[key]) {
    going = false;
    return location.assign(places[key]);
  }
  going = key === "g";
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (controls[key]) {
    // A player has keys of its own.
    if (!press(key)) return;
  }
  else if (key === "?") list.showModal();
  else if (key === "/") {
    const field = document.getElementById("q");
    if (field) field.focus();
    else location.assign("/search");
  } else return;
  event.preventDefault();
});
