// Whether this browser can seal a ballot itself.

import { MODULES } from "./seal-modules.js";

// WebCrypto is there on HTTPS and on this machine only.
export const hasCrypto = () => Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle);

// Resolves to the function that seals, or to null when the modules for it could not be loaded.
export async function sealer() {
  if (!hasCrypto()) return null;
  askForAll();
  try {
    return (await import("./seal.js")).seal;
  } catch {
    return null;
  }
}

// Sealing waits for the deepest of its modules: asked for one by one as each names the next, they
// take a round trip for every level, which a slow network feels.
function askForAll() {
  if (document.querySelector("link[data-seal-module]")) return;
  for (const path of MODULES) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.dataset.sealModule = "";
    link.href = new URL(path, import.meta.url).href;
    document.head.append(link);
  }
}
