// Puts pictures of films in the place of their initials, one after the other, as soon as each is made.
"use strict";

const tries = 20;

function show(place) {
  const picture = new Image(160, 90);
  picture.className = "art fresh-art";
  picture.alt = "";
  picture.src = place.dataset.art;
  picture.onload = () => place.replaceWith(picture);
}

async function fill() {
  for (let round = 0; round < tries; round++) {
    const waiting = [...document.querySelectorAll("[data-art]")];
    if (!waiting.length) return;
    for (const place of waiting) {
      const answer = await fetch(place.dataset.art).catch(() => null);
      if (answer?.status === 200) show(place);
      else if (answer?.status !== 202) place.removeAttribute("data-art");
    }
    await new Promise(done => setTimeout(done, 500 + 250 * round));
  }
}

fill();
