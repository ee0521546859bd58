// Seals a ballot to the keys of two bodies, as docs/formats/sealed.md says: HPKE, one shot, with
// X-Wing, HKDF-SHA256 and AES-256-GCM; inner layer first, then the outer one.

import { Aes256Gcm } from "../vendor/hpke/core-1.9.0/src/aeads/aesGcm.js";
import { CipherSuite, HkdfSha256 } from "../vendor/hpke/core-1.9.0/src/native.js";
import { XWing } from "../vendor/hpke/hybridkem-x-wing-0.7.0/src/xWing.js";

const SUITE = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM";
const NONCE_BYTES = 16;
const LAYERS = ["inner", "outer"];

const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const encoder = new TextEncoder();

// The envelope of `choices` (ids, or pairs of an id and points, in their one order) in base64url.
// `parameters` are the round's: {round, box, size, suite, keys: {inner, outer}}, the size in bytes,
// the keys in base64url. Rejects when the ballot is larger than the size, and when a key is none.
export async function seal(parameters, choices) {
  if (parameters.suite !== SUITE) throw new RangeError("Another suite than this page knows.");
  let bytes = padded(plainBallot(choices), parameters.size);
  for (const layer of LAYERS) bytes = await sealedTo(parameters, layer, bytes);
  return base64url(bytes);
}

// Canonical JSON (RFC 8785): the keys in order, no white space, strings as JSON.stringify has them.
// The ids are those of the manifest, which are in Unicode's form NFC.
function plainBallot(choices) {
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
  return encoder.encode(JSON.stringify({ choices, nonce, v: 1 }));
}

function padded(bytes, size) {
  if (bytes.length > size) throw new RangeError("The ballot is larger than the round's ballots.");
  const whole = new Uint8Array(size);
  whole.set(bytes);
  return whole;
}

async function sealedTo({ round, box, keys }, layer, bytes) {
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromBase64url(keys[layer]));
  const info = encoder.encode(`pb-seal/1|${round}|${box}|${layer}`);
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, bytes);
  const whole = new Uint8Array(enc.byteLength + ct.byteLength);
  whole.set(new Uint8Array(enc));
  whole.set(new Uint8Array(ct), enc.byteLength);
  return whole;
}

function base64url(bytes) {
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64url(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
