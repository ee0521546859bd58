// While somebody writes a title: what is proposed already and says much the same. Without a script
// the same list stands on the draft's page.

const PAUSE_MILLISECONDS = 400;
const SHORTEST = 8;

const place = document.querySelector("[data-similar]");
const title = document.getElementById("title");
const summary = document.getElementById("summary");
let timer;
let asked = 0;

async function look() {
  const text = `${title.value} ${summary?.value ?? ""}`.trim();
  asked += 1;
  const mine = asked;
  if (text.length < SHORTEST) {
    place.replaceChildren();
    return;
  }
  const address = new URL(place.dataset.similar, location.href);
  address.searchParams.set("text", text.slice(0, 600));
  try {
    const answer = await fetch(address);
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.body.textContent.trim() === place.textContent.trim()) return;
    place.replaceChildren(...page.body.childNodes);
  } catch {
    // The connection is away for a moment: the draft's page shows the list as well.
  }
}

if (place && title) {
  for (const input of [title, summary]) {
    input?.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE_MILLISECONDS);
    });
  }
}
