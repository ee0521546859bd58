// The live part of a hearing looks again by itself, and what a visitor does leaves the page in place.
// Only what changed is replaced: focus stays where it is, and whoever writes is not interrupted.

const PAUSE_MILLISECONDS = 5000;
const LONGEST_PAUSE = 60000;
const live = document.getElementById("live");
const said = document.getElementById("announcements");
let pause = PAUSE_MILLISECONDS;
let etag = "";
let timer = 0;

const parse = (text) => new DOMParser().parseFromString(text, "text/html");

// A list's items are kept by their names, so that one new question moves nothing else.
function mendList(list, fresh) {
  const kept = new Map([...list.children].map((item) => [item.id, item]));
  const items = [...fresh.children].map((item) => {
    const old = kept.get(item.id);
    return old?.isEqualNode(item) ? old : document.adoptNode(item);
  });
  if (items.some((item, place) => list.children[place] !== item) || items.length !== list.children.length) {
    list.replaceChildren(...items);
  }
}

function mendSection(section, fresh) {
  if (section.isEqualNode(fresh)) return;
  const lists = [...fresh.querySelectorAll("[data-keyed]")];
  const same = [...section.querySelectorAll("[data-keyed]")];
  if (lists.length && lists.map((list) => list.id).join() === same.map((list) => list.id).join()) {
    same.forEach((list, place) => mendList(list, lists[place]));
    return;
  }
  section.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
}

// What is worth saying aloud: a new state, a question taken up, a poll that opens.
const spoken = (place) =>
  [...place.querySelectorAll("[data-announce]")].map((part) => part.textContent.trim().replace(/\s+/g, " "));

// Why an answer to a poll was not taken, and the question of the poll that was open then.
let refused = null;

const openPoll = (place) => place.querySelector(".poll-open");
const asked = (place) => openPoll(place)?.querySelector("h2").textContent.trim() ?? "";

function refuse(text, place) {
  const line = document.createElement("p");
  line.className = "poll-refused state state-wrong";
  line.tabIndex = -1;
  line.textContent = text;
  refused = { line, poll: asked(place) };
}

// The sentence stays at the poll until another one opens, or another answer is given.
function markRefusal(fresh) {
  if (refused && refused.poll !== asked(fresh)) refused = null;
  fresh.querySelector(".poll-refused")?.remove();
  if (!refused) return;
  const line = refused.line.cloneNode(true);
  if (openPoll(fresh)) openPoll(fresh).append(line);
  else fresh.querySelector("#live-poll").prepend(line);
}

// What this person did, put into the part that is the same for everybody, as the server does at first.
function mark(fresh) {
  markRefusal(fresh);
  const marks = document.getElementById("mine-marks");
  if (!marks) return;
  for (const number of marks.dataset.supported.split(" ").filter(Boolean)) {
    const button = fresh.querySelector(`#support-${number}`);
    if (!button || button.getAttribute("form") === "retract") continue;
    button.setAttribute("form", "retract");
    button.replaceChildren(...marks.content.querySelector(".mark-supported").cloneNode(true).childNodes);
  }
  for (const number of marks.dataset.answered.split(" ").filter(Boolean)) {
    fresh.querySelector(`[data-poll="${number}"]`)
      ?.replaceWith(marks.content.querySelector(".poll-answered").cloneNode(true));
  }
}

function mend(fresh) {
  mark(fresh);
  const focused = live.contains(document.activeElement) ? document.activeElement.id : "";
  const before = new Set(spoken(live));
  for (const section of [...live.children]) {
    if (!fresh.querySelector(`#${section.id}`)) section.remove();
  }
  for (const section of [...fresh.children]) {
    const present = document.getElementById(section.id);
    if (present && live.contains(present)) mendSection(present, section);
    else live.append(document.adoptNode(section));
  }
  const news = spoken(live).filter((text) => !before.has(text));
  if (news.length) said.textContent = news.join(" ");
  if (focused && document.activeElement?.id !== focused) refocus(focused);
}

// Where the focus was; who has answered a poll is led to the words that say what became of it.
function refocus(id) {
  const answered = id.startsWith("poll-") && live.querySelector(".poll-refused, .poll-answered");
  const place = document.getElementById(id) ?? answered;
  if (place) place.focus();
}

async function look() {
  try {
    const answer = await fetch(live.dataset.address, { headers: etag ? { "If-None-Match": etag } : {} });
    if (answer.status === 200) {
      etag = answer.headers.get("ETag") ?? "";
      mend(parse(await answer.text()).body);
    }
    pause = answer.ok || answer.status === 304 ? PAUSE_MILLISECONDS : Math.min(pause * 2, LONGEST_PAUSE);
  } catch {
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
  later();
}

// Up to a fifth earlier or later, so that hundreds of pages do not ask at one moment.
function later() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, pause * (0.8 + 0.4 * Math.random()));
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else look();
});

// Buttons whose press is on its way: a second press of the same one is the first.
const pressed = new Set();

// Asking, supporting and answering: the answer is the page as it is now, of which the parts are taken.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form.quiet-form, #mine form")) return;
  event.preventDefault();
  const button = event.submitter ?? form;
  if (pressed.has(button)) return;
  pressed.add(button);
  await send(form, event.submitter).finally(() => pressed.delete(button));
});

async function send(form, button) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form, button) })
    .catch(() => null);
  if (!answer) return unsent(form, said.dataset.offline);
  const page = parse(await answer.text());
  const away = new URL(answer.url).pathname.endsWith("/sign-in");
  const ended = away ? "out" : page.querySelector("[data-ended]")?.dataset.ended;
  if (ended) return signInEnded(form, page, ended);
  const words = page.querySelector(".poll-refused, .notice-body, .error-summary, .error-page .lead")
    ?? (answer.ok ? null : page.querySelector("main h1"));
  const text = words?.textContent.trim().replace(/\s+/g, " ") ?? "";
  // A support and an answer that were taken show themselves where the button stood.
  show(text, answer.ok, form.id === "ask" || (form.id !== "answer" && !answer.ok));
  if (form.id === "answer") {
    refused = null;
    if (words?.matches(".poll-refused") || !answer.ok) refuse(text, page.getElementById("live") ?? live);
  }
  const mine = page.getElementById("mine");
  if (mine) document.getElementById("mine").replaceChildren(...mine.childNodes);
  const part = page.getElementById("live");
  if (part) mend(part);
  else if (refused) markRefusal(live);
  if (form.id === "ask") answered(form, page.getElementById("ask"), answer.ok);
}

// What did not arrive: said where the button is, with a link where one helps.
function unsent(form, text, link = "") {
  show(text, false, form.id !== "answer");
  if (form.id !== "answer") return signInLine(link);
  refuse(text, live);
  refused.line.append(" ", link);
  markRefusal(live);
}

// Everything stays as it is here; whoever has signed in on another page meanwhile goes on with that.
function signInEnded(form, page, ended) {
  const token = page.querySelector("input[name=csrf_token]");
  if (token) document.querySelectorAll("input[name=csrf_token]").forEach((field) => (field.value = token.value));
  const link = document.getElementById("sign-in-again").content.firstElementChild.cloneNode(true);
  unsent(form, said.dataset[ended], ended === "out" ? link : "");
}

function signInLine(link) {
  if (!link) return;
  const line = document.createElement("p");
  line.className = "said-link";
  line.append(link);
  document.querySelector(".ask .said").after(line);
}

function answered(form, fresh, accepted) {
  if (!fresh) return accepted ? form.reset() : undefined;
  if (accepted) return askAnew(form, fresh);
  for (const control of fresh.querySelectorAll(".field [id][name]")) {
    document.getElementById(control.id)?.closest(".field").replaceWith(control.closest(".field"));
  }
  const wrong = form.querySelector("[aria-invalid]") ?? form.querySelector("textarea");
  if (wrong.closest("details")) wrong.closest("details").open = true;
  wrong.focus();
}

// The next question is another one: empty, with a token of its own, and with the name as it is kept now.
function askAnew(form, fresh) {
  const inside = form.contains(document.activeElement);
  form.replaceChildren(...fresh.childNodes);
  if (inside) form.querySelector("button[type=submit]").focus();
}

// For the ear, and beside the forms for the eye.
function show(text, accepted, seen = true) {
  said.textContent = text;
  const place = document.getElementById("ask-title").parentElement;
  place.querySelectorAll(".said, .said-link").forEach((old) => old.remove());
  const line = document.createElement("p");
  line.className = `said state ${accepted ? "state-good" : "state-wrong"}`;
  line.textContent = text;
  line.setAttribute("aria-hidden", "true");
  if (text && seen) place.append(line);
}

if (live) later();
