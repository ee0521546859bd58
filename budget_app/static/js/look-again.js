// What waits for the server's work looks by itself: each element with `data-waiting` is fetched
// again and put in place of the old one, until none waits.

const PAUSE_MILLISECONDS = 2000;

async function look() {
  const places = document.querySelectorAll("[data-waiting][id]");
  if (!places.length) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const place of places) replace(place, page.getElementById(place.id));
  } catch {
    // The connection is away for a moment: look again.
  }
  setTimeout(look, PAUSE_MILLISECONDS);
}

// Whoever stands on what is replaced is not thrown back to the top of the page.
function replace(place, fresh) {
  if (!fresh || fresh.isEqualNode(place)) return;
  const held = place.contains(document.activeElement);
  const adopted = document.adoptNode(fresh);
  place.replaceWith(adopted);
  if (!held) return;
  adopted.tabIndex = -1;
  adopted.focus();
}

setTimeout(look, PAUSE_MILLISECONDS);
