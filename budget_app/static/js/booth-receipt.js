// The ballot is in the box: forget what this browser kept of it, then look until it is logged.

import { eraseEverywhere } from "./booth-store.js";

const PAUSE_MILLISECONDS = 2000;

eraseEverywhere();

async function look() {
  const place = document.querySelector("#log-status");
  if (!place?.dataset.waiting) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#log-status");
    if (fresh && !fresh.dataset.waiting) place.replaceWith(document.adoptNode(fresh));
  } catch {
    // The connection is away for a moment: look again.
  }
  setTimeout(look, PAUSE_MILLISECONDS);
}

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
setTimeout(look, PAUSE_MILLISECONDS);
