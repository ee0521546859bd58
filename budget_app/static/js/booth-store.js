// Where an unfinished ballot is kept: this tab's sessionStorage, and nowhere else.
// A sign-in link opens a new tab, so tabs of this browser hand a ballot over to each other on
// request; casting and signing out erase it in all of them.

const PREFIX = "ballot:";
const SENT = "sent:";
const WAIT_MILLISECONDS = 400;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("ballots") : null;

export function load(key) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

// A browser that lets no page keep anything has the form alone; `load` finds nothing then.
export function save(key, ballot) {
  try {
    sessionStorage.setItem(PREFIX + key, JSON.stringify(ballot));
  } catch {
    return;
  }
}

// The envelope that was sent and is not answered yet: {ballot, bytes, token}.
export function loadSent(key) {
  return load(SENT + key);
}

export function saveSent(key, envelope) {
  save(SENT + key, envelope);
}

export function eraseSent(key) {
  sessionStorage.removeItem(PREFIX + SENT + key);
}

export function eraseHere() {
  try {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
    }
  } catch {
    return;
  }
}

export function eraseEverywhere() {
  eraseHere();
  channel?.postMessage({ verb: "erase" });
}

// Ask the other tabs for a ballot; resolves to null when none answers in time.
export function askOtherTabs(key) {
  return new Promise((resolve) => {
    if (!channel) return resolve(null);
    const timer = setTimeout(() => resolve(null), WAIT_MILLISECONDS);
    channel.addEventListener("message", ({ data }) => {
      if (data.verb !== "hand over" || data.key !== key) return;
      clearTimeout(timer);
      resolve(data.ballot);
    });
    channel.postMessage({ verb: "ask", key });
  });
}

channel?.addEventListener("message", ({ data }) => {
  if (data.verb === "erase") eraseHere();
  if (data.verb !== "ask") return;
  const ballot = load(data.key);
  if (ballot) channel.postMessage({ verb: "hand over", key: data.key, ballot });
});
