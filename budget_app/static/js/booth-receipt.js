// The ballot is in the box: forget what this browser kept of it, then look until it is logged.

import { eraseEverywhere } from "./booth-store.js";
import "./look-again.js";

eraseEverywhere();
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
