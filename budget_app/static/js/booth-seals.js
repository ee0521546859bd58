// Whether this browser can seal a ballot itself.

// WebCrypto is there on HTTPS and on this machine only.
export const hasCrypto = () => Boolean(globalThis.isSecureContext && globalThis.crypto?.subtle);

// Resolves to the function that seals, or to null when the modules for it could not be loaded.
export async function sealer() {
  if (!hasCrypto()) return null;
  try {
    return (await import("./seal.js")).seal;
  } catch {
    return null;
  }
}
