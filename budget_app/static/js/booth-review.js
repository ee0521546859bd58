// The review of a ballot that has not left this browser: shown from what the tab keeps, sealed
// here, and sent as an envelope. What was sent is kept until it is answered, with its token, so
// that pressing the button again sends the same and gets the same receipt.

import { choicesOf, faults, isGraded, spent } from "./booth-rules.js";
import { sealer } from "./booth-seals.js";
import { eraseEverywhere, eraseSent, load, loadSent, saveSent } from "./booth-store.js";
import { fill, moneyWriter } from "./booth-words.js";

const ANSWER_MILLISECONDS = 30_000;

const page = document.querySelector("#review");
const part = (name) => page.querySelector(`[data-${name}]`);
const paper = JSON.parse(document.querySelector("#ballot-data").textContent);
const words = paper.review;
const money = moneyWriter(paper);
const form = part("cast");
let busy = false;

async function start() {
  const ballot = load(paper.key);
  const choices = ballot && choicesOf(paper, ballot);
  // Nothing is kept here any more, or it is no valid ballot: the ballot's own page says why.
  if (!choices || faults(paper, choices).length) return location.replace(page.dataset.back);
  const envelope = await sealedHere(choices);
  if (!envelope) return offerTheServer(choices);
  show(choices);
  form.elements.namedItem("token").value = envelope.token;
  form.elements.namedItem("envelope").value = envelope.bytes;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!busy) cast(envelope);
  });
  part("preparing").hidden = true;
  part("ready").hidden = false;
}

// The envelope that waits for its answer, when it holds this very ballot; else a new one.
async function sealedHere(choices) {
  const ballot = JSON.stringify(choices);
  const sent = loadSent(paper.key);
  if (sent?.ballot === ballot) return sent;
  try {
    const seal = await sealer();
    const bytes = await seal(paper.sealing, choices);
    return { ballot, bytes, token: form.elements.namedItem("token").value };
  } catch {
    return null;
  }
}

function offerTheServer(choices) {
  const server = part("server");
  for (const choice of choices) {
    const [name, value] = isGraded(paper) ? [`points-${choice[0]}`, choice[1]] : ["choice", choice];
    server.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  part("preparing").hidden = true;
  part("cannot-seal").hidden = false;
}

const idOf = (choice) => (isGraded(paper) ? choice[0] : choice);

function show(choices) {
  const blank = choices.length === 0;
  part("sum").textContent = blank ? words.blank : summed(choices);
  part("chosen").hidden = blank;
  part("chosen").replaceChildren(...choices.map(listed));
  const ids = choices.map(idOf);
  for (const note of page.querySelectorAll("[data-withdrawn]")) {
    note.hidden = !ids.includes(note.dataset.withdrawn);
  }
  form.querySelector("#cast").textContent = blank ? words.cast_blank : words.cast;
}

function summed(choices) {
  const points = choices.reduce((sum, [, given]) => sum + given, 0);
  const second =
    paper.style === "points" ? counted(words.points, points) : money(spent(paper, choices.map(idOf)));
  return `${counted(words.projects, choices.length)}, ${second}`;
}

function counted(forms, num) {
  const form = new Intl.PluralRules(paper.language).select(num);
  return fill(forms[form] ?? forms.other, { num });
}

function listed(choice) {
  const [id, points] = isGraded(paper) ? choice : [choice];
  const name = Object.assign(document.createElement("span"), { className: "chosen-name" });
  name.textContent = paper.projects[id].name;
  const detail = Object.assign(document.createElement("span"), { className: "chosen-detail" });
  if (paper.style === "points") detail.textContent = counted(words.points, points);
  else if (paper.style === "score") detail.textContent = fill(words.grade, { grade: points });
  else detail.textContent = money(paper.projects[id].cost);
  const item = document.createElement("li");
  item.append(name, " ", detail);
  return item;
}

async function cast(envelope) {
  setBusy(true);
  part("lost").hidden = true;
  saveSent(paper.key, envelope);
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout?.(ANSWER_MILLISECONDS),
    });
    if (answer.ok) {
      const { receipt } = await answer.json();
      eraseEverywhere();  // at once: "back" may be pressed before the next page's scripts are there
      return location.replace(receipt);
    }
  } catch {
    answer = null;
  }
  setBusy(false);
  if (!answer || answer.status >= 500) {
    part("lost").hidden = false;
    return;
  }
  // Refused, and nothing recorded: the server's own page says why, and the next try is a new one.
  eraseSent(paper.key);
  form.submit();
}

function setBusy(value) {
  busy = value;
  const button = form.querySelector("#cast");
  if (value) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

start();
