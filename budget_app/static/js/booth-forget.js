// Signed out: nothing of an unfinished ballot stays in this browser.

import { eraseEverywhere } from "./booth-store.js";

eraseEverywhere();
