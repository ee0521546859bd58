// Whether this browser can seal a ballot itself: with WebCrypto, which is there on HTTPS and on
// this machine only, and when the modules for it could be loaded. Resolves to the function or null.

export async function sealer() {
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) return null;
  try {
    return (await import("./seal.js")).seal;
  } catch {
    return null;
  }
}
