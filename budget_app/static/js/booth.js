// The ballot, composed in the page: what is left, what cannot be added and why, kept in this tab.
// The form works without this file; everything here only helps while it is filled in.

import { drawBudget } from "./booth-budget.js";
import { startFilter } from "./booth-filter.js";
import { Ranking } from "./booth-ranking.js";
import { isGraded, obstacle, pointsLeft, spent } from "./booth-rules.js";
import { keepChoicesHere } from "./booth-sealed.js";
import { askOtherTabs, load, save } from "./booth-store.js";
import { fill, moneyWriter } from "./booth-words.js";

const form = document.querySelector("#ballot");
const paper = JSON.parse(document.querySelector("#ballot-data").textContent);
const cards = [...form.querySelectorAll("[data-card]")];
const status = document.querySelector("#ballot-status");
const money = moneyWriter(paper);
const graded = isGraded(paper);
const rankingList = form.querySelector("#ranking");
const ranking =
  rankingList && new Ranking(rankingList, document.querySelector("#ranking-item"), rankingChanged);

const budgetBar = document.querySelector("[data-budget-total]");
const pointsBar = document.querySelector("[data-bar]");
let considered = null;
let keeps = false; // whether this tab keeps the ballot, as most browsers let it

const cardOf = (id) => cards.find((card) => card.dataset.id === id);
const nameOf = (id) => paper.projects[id]?.name ?? id;

function say(sentence, values = {}) {
  status.textContent = fill(paper.words[sentence], readable(values));
}

function readable(values) {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    ["cost", "left", "spent", "budget"].includes(name) && !graded ? money(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function chosen() {
  if (ranking) return ranking.ids;
  if (graded) return Object.keys(grades());
  return [...form.querySelectorAll("input[name=choice]:checked")].map((box) => box.value);
}

function grades() {
  const fields = [...form.querySelectorAll("[data-grade]")].filter(
    (field) => field.type !== "radio" || field.checked,
  );
  const pairs = fields.map((field) => [field.dataset.grade, Number.parseInt(field.value, 10) || 0]);
  return Object.fromEntries(pairs.filter(([, points]) => points !== 0));
}

function content() {
  return graded ? { grades: grades() } : { ids: chosen() };
}

function refresh() {
  const ids = chosen();
  for (const card of cards) showObstacle(card, ids);
  for (const place of document.querySelectorAll("[data-total]")) {
    const { sentence, values } = total(ids);
    place.textContent = fill(paper.words[sentence], readable(values));
  }
  drawBar(ids);
  listChosen(ids);
  save(paper.key, content());
}

function total(ids) {
  if (paper.style === "knapsack") {
    const sum = spent(paper, ids);
    const values = { count: ids.length, spent: sum, budget: paper.budget };
    if (sum > paper.budget) return { sentence: "over", values: { left: sum - paper.budget } };
    return { sentence: "money", values: { ...values, left: paper.budget - sum } };
  }
  if (paper.style === "points" && paper.limits.max_points !== null) {
    const { given, most, left } = pointsLeft(paper, grades());
    return left < 0
      ? { sentence: "too_many_points", values: { most, given } }
      : { sentence: "points", values: { given, most, remaining: left } };
  }
  const most = paper.limits.max_length;
  const values = { count: ids.length, most };
  return { sentence: most === null ? "chosen" : "chosen_of", values };
}

function drawBar(ids) {
  const spentSoFar = spent(paper, ids);
  if (budgetBar) {
    const free = considered && !ids.includes(considered) ? paper.projects[considered].cost : 0;
    const amounts = { budget: paper.budget, spent: spentSoFar, considered: free };
    drawBudget(budgetBar, amounts, paper.words, money, fill);
  }
  if (pointsBar) pointsBar.value = pointsLeft(paper, grades()).given;
}

// The project under the pointer or with the focus shows on the bar what it would take.
function consider(event) {
  const id = event.target.closest("[data-card]")?.dataset.id ?? null;
  if (id === considered) return;
  considered = id;
  drawBar(chosen());
}

function listChosen(ids) {
  const list = document.querySelector("[data-chosen-list]");
  if (!list) return;
  list.replaceChildren(
    ...ids.map((id) => Object.assign(document.createElement("li"), { textContent: nameOf(id) })),
  );
}

function showObstacle(card, ids) {
  const { id } = card.dataset;
  const found = graded ? null : obstacle(paper, ids, id);
  const control = card.querySelector("[data-add]");
  const reason = card.querySelector("[data-reason]");
  card.classList.toggle("is-chosen", ids.includes(id));
  if (found || !reason.hasAttribute("data-fault")) {
    reason.hidden = found === null;
    reason.textContent = found ? fill(paper.words[found.sentence], readable(found.values)) : "";
  }
  if (!control) return;
  if (found) control.setAttribute("aria-disabled", "true");
  else control.removeAttribute("aria-disabled");
  if (!ranking) return;
  control.hidden = ids.includes(id);
  for (const part of card.querySelectorAll("[data-on-ballot], [data-take-off]")) {
    part.hidden = !ids.includes(id);
  }
}

// A control that cannot be used stays focusable, and says why when it is tried.
function refuse(event, card) {
  const found = obstacle(paper, chosen().filter((id) => id !== card.dataset.id), card.dataset.id);
  if (!found) return false;
  event.preventDefault();
  say(found.sentence, found.values);
  return true;
}

function rankingChanged(verb, id) {
  refresh();
  const position = ranking.ids.indexOf(id) + 1;
  say(verb === "remove" ? "removed" : "ranked", { name: nameOf(id), position });
}

form.addEventListener("click", (event) => {
  const card = event.target.closest("[data-card]");
  const control = event.target.closest("[data-add], [data-take-off], [data-step]");
  if (!card || !control) return;
  if (control.dataset.step) return step(card, Number(control.dataset.step));
  const takesOff = control.hasAttribute("data-take-off");
  if (control.type === "checkbox" && !control.checked) return;
  if (!takesOff && refuse(event, card)) return;
  if (ranking) toggleRanked(event, card, takesOff);
});

function toggleRanked(event, card, takesOff) {
  event.preventDefault();
  const { id } = card.dataset;
  if (takesOff) ranking.remove(id);
  else ranking.add(id, nameOf(id));
  rankingChanged(takesOff ? "remove" : "add", id);
  card.querySelector(takesOff ? "[data-add]" : "[data-take-off]").focus();
}

function step(card, by) {
  const field = card.querySelector("[data-grade]");
  const next = Math.max(0, (Number.parseInt(field.value, 10) || 0) + by);
  field.value = next || "";
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// Enter in a field must not press a button that the page does without.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});

// While somebody types, so that nothing moves when the field is left for a button.
form.addEventListener("input", changed);

function changed({ target }) {
  const card = target.closest("[data-card]");
  if (!card) return false;
  card.querySelector("[data-reason]").removeAttribute("data-fault");
  refresh();
  return true;
}

form.addEventListener("change", (event) => {
  if (!changed(event)) return;
  const { sentence, values } = total(chosen());
  say(sentence, values);
});

function restore(ballot) {
  for (const id of ballot.ids ?? []) {
    if (!paper.projects[id]) continue;
    if (ranking) {
      if (!ranking.ids.includes(id)) ranking.add(id, nameOf(id));
    } else cardOf(id).querySelector("[data-add]").checked = true;
  }
  for (const [id, points] of Object.entries(ballot.grades ?? {})) {
    const fields = [...(cardOf(id)?.querySelectorAll("[data-grade]") ?? [])];
    for (const field of fields) {
      if (field.type === "radio") field.checked = Number(field.value) === points;
      else field.value = points;
    }
  }
}

// The address of somebody who comes from signing in is cleaned: "back" stays here, and what is said
// of choices on another district's ballot is said once.
function cleanAddress() {
  const address = new URL(location.href);
  address.searchParams.delete("then");
  history.replaceState(null, "", address);
}

function goOn() {
  form.requestSubmit(form.querySelector("[data-review]"));
}

async function start() {
  // What was filled in is kept by this tab alone: a browser that keeps it for "back" would bring it
  // to life again after the ballot was cast.
  form.autocomplete = "off";
  for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = false;
  for (const part of form.querySelectorAll("[data-without-script]")) part.hidden = true;
  startFilter(form, cards, (count) => say("found", { count }));
  const goingOn = new URL(location.href).searchParams.get("then") === "review";
  const isEmpty = chosen().length === 0;
  const kept = load(paper.key) ?? (goingOn ? await askOtherTabs(paper.key) : null);
  if (isEmpty && kept) restore(kept);
  refresh();
  keeps = load(paper.key) !== null;
  if (paper.sealing) keepChoicesHere(form, paper, { content, money });
  form.dataset.script = "ready";
  if (goingOn) cleanAddress();
  if ((goingOn && kept) || "pressed" in form.dataset) goOn();
}

for (const name of ["pointerover", "focusin"]) form.addEventListener(name, consider);
// A page that the browser kept for "back" still shows what was cast or cleared on a later one.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  if (keeps && !load(paper.key)) location.reload();
  else refresh();
});
start();
