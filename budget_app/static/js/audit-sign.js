// Signs the shown statement with the auditor's key file. The key stays in this page.

const PREFIX = "PRIVATE+KEY+";
const ED25519 = 1;
const PKCS8 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

const panel = document.querySelector("#sign");

class Refused extends Error {}

const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const base64 = (content) => btoa(String.fromCharCode(...content));

// PRIVATE+KEY+<name>+<hash>+<base64 of 0x01 and the 32 bytes of the seed>
function readKey(text) {
  const line = text.split("\n").map((part) => part.trim()).find((part) => part.startsWith(PREFIX)) ?? "";
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(line.slice(PREFIX.length));
  if (!found) throw new Refused(panel.dataset.notAKey);
  let secret;
  try {
    secret = bytes(found[3]);
  } catch {
    throw new Refused(panel.dataset.notAKey);
  }
  if (secret.length !== 33 || secret[0] !== ED25519) throw new Refused(panel.dataset.notAKey);
  return { name: found[1], hash: found[2], seed: secret.slice(1) };
}

// NAME+HASH+KEY, as it is registered: the key file must belong to it.
function registered() {
  const [name, hash, ...rest] = panel.dataset.verifierKey.split("+");
  return { name, hash, key: bytes(rest.join("+")).slice(1) };
}

async function sign(key) {
  const known = registered();
  if (key.name !== known.name || key.hash !== known.hash) throw new Refused(panel.dataset.anotherKey);
  const text = new TextEncoder().encode(panel.dataset.statement);
  let signature;
  try {
    const secret = await crypto.subtle.importKey("pkcs8", new Uint8Array([...PKCS8, ...key.seed]), "Ed25519", false, ["sign"]);
    signature = new Uint8Array(await crypto.subtle.sign("Ed25519", secret, text));
    const open = await crypto.subtle.importKey("raw", known.key, "Ed25519", false, ["verify"]);
    if (!(await crypto.subtle.verify("Ed25519", open, signature, text))) throw new Refused(panel.dataset.anotherKey);
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(panel.dataset.cannot);
  }
  const hash = known.hash.match(/../g).map((byte) => parseInt(byte, 16));
  return `${panel.dataset.statement}\n— ${known.name} ${base64([...hash, ...signature])}\n`;
}

async function signWith(file) {
  const status = document.querySelector("#sign-status");
  const note = document.querySelector("#note");
  try {
    note.value = await sign(readKey(await file.text()));
    status.textContent = panel.dataset.signed;
    note.closest("form").querySelector("button[type=submit]").focus();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    note.value = "";
    status.textContent = error.message;
  }
}

// WebCrypto is there on HTTPS and on this machine only.
if (panel && globalThis.crypto?.subtle) {
  panel.hidden = false;
  const input = panel.querySelector("input[type=file]");
  input.addEventListener("change", () => {
    if (input.files.length) signWith(input.files[0]);
  });
}
