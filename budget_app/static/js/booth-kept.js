// While somebody signs in, this tab keeps the ballot for the next page, or for the tab that a
// link in a mail opens. With it no second tab is needed for signing in.

import "./booth-store.js";

for (const link of document.querySelectorAll("[data-same-tab]")) link.removeAttribute("target");
for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;
for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
