// In a sealed round the choices stay in this browser: the page checks them itself and asks for the
// review without them. A browser that cannot seal says so, and sends the form as without a script.

import { choicesOf, faults } from "./booth-rules.js";
import { hasCrypto, sealer } from "./booth-seals.js";
import { load } from "./booth-store.js";
import { fill } from "./booth-words.js";

const WHOLE_NUMBER = /^[+-]?\d{1,12}$/;

// `content` gives the ballot as it is kept, `money` writes an amount.
export function keepChoicesHere(form, paper, { content, money }) {
  let cannot = false;
  const tell = () => {
    cannot = true;
    document.querySelector("[data-cannot-seal]").hidden = false;
  };
  // The modules are half of the page's weight: they come with the first choice.
  const prepare = () => sealer().then((seal) => seal || tell());
  if (!hasCrypto() || !load(paper.key)) tell();
  else if (choicesOf(paper, content()).length) prepare();
  else for (const act of ["input", "click"]) form.addEventListener(act, prepare, { once: true });
  form.addEventListener("submit", (event) => {
    if (cannot) return;
    event.preventDefault();
    const found = [...unreadable(form), ...faults(paper, choicesOf(paper, content()))];
    showFaults(form, paper, found, money);
    if (!found.length) document.querySelector("#sealed-review").submit();
  });
}

function unreadable(form) {
  return [...form.querySelectorAll("[data-grade]")]
    .filter(({ value }) => value.trim() && !WHOLE_NUMBER.test(value.trim()))
    .map((field) => ({ code: "not_a_number", id: field.dataset.grade }));
}

function showFaults(form, paper, found, money) {
  const summary = document.querySelector("#faults");
  for (const reason of form.querySelectorAll("[data-fault]")) {
    reason.removeAttribute("data-fault");
    reason.hidden = true;
  }
  summary.hidden = !found.length;
  summary.querySelector("ul").replaceChildren(
    ...found.map((fault) => {
      const sentence = inWords(paper, fault, money);
      const link = document.createElement("a");
      link.href = `#${markCard(form, fault.id, sentence) ?? "summary-heading"}`;
      link.textContent = sentence;
      const item = document.createElement("li");
      item.append(link);
      return item;
    }),
  );
  if (found.length) summary.focus();
}

function inWords(paper, { code, id, limit }, money) {
  const amount = limit === undefined ? "" : money(limit);
  return fill(paper.faults[code], { name: paper.projects[id]?.name, limit, amount });
}

// The fault stands at its project too; the answer is the id of the control that it is about.
function markCard(form, id, sentence) {
  const card = [...form.querySelectorAll("[data-card]")].find((one) => one.dataset.id === id);
  if (!card) return null;
  const reason = card.querySelector("[data-reason]");
  reason.setAttribute("data-fault", "");
  reason.hidden = false;
  reason.textContent = sentence;
  return card.querySelector("[data-grade], [data-add]").id;
}
