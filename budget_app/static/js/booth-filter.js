// Searching and filtering while typing; without this file a button sends the form instead.

const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();

export function startFilter(form, cards, announce) {
  const words = form.elements.namedItem("q");
  const category = form.elements.namedItem("category");
  if (!words) return;
  form.querySelector("[data-filter-button]")?.setAttribute("hidden", "");
  const apply = () => {
    let shown = 0;
    for (const card of cards) {
      const fits =
        plain(card.dataset.text).includes(plain(words.value.trim())) &&
        (!category?.value || card.dataset.categories.split("|").includes(category.value));
      card.hidden = !fits;
      shown += fits;
    }
    announce(shown);
  };
  words.addEventListener("input", apply);
  category?.addEventListener("change", apply);
  // What was searched for is no part of the ballot: the next page shows every project again.
  form.addEventListener("submit", () => setDisabled(true));
  window.addEventListener("pageshow", () => setDisabled(false));
  const setDisabled = (value) => {
    for (const field of [words, category]) if (field) field.disabled = value;
  };
}
