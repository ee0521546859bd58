// The ranking: a list with buttons for each project, and a handle to drag it by.
// The list's own hidden fields are what the form sends.

export class Ranking {
  constructor(list, template, onChange) {
    this.list = list;
    this.template = template;
    this.onChange = onChange;
    list.addEventListener("click", (event) => this.#press(event));
    list.addEventListener("pointerdown", (event) => this.#drag(event));
    for (const item of list.children) this.#showHandle(item);
  }

  get ids() {
    return [...this.list.children].map((item) => item.dataset.id);
  }

  add(id, name) {
    const item = this.template.content.firstElementChild.cloneNode(true);
    item.dataset.id = id;
    item.querySelector("input").value = id;
    item.querySelector("[data-name]").textContent = name;
    for (const button of item.querySelectorAll("button")) {
      button.value = `${button.dataset.verb}:${id}`;
      button.setAttribute("aria-label", button.getAttribute("aria-label").replace("{name}", name));
    }
    this.#showHandle(item);
    this.list.append(item);
  }

  remove(id) {
    this.#item(id)?.remove();
  }

  #item(id) {
    return [...this.list.children].find((item) => item.dataset.id === id);
  }

  #showHandle(item) {
    item.querySelector("[data-handle]")?.removeAttribute("hidden");
  }

  #press(event) {
    const button = event.target.closest("button[data-verb]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("[data-id]");
    const { verb } = button.dataset;
    // The neighbour moves and the item stays, so that it keeps focus and a pointer's capture.
    if (verb === "up" && item.previousElementSibling) item.after(item.previousElementSibling);
    if (verb === "down" && item.nextElementSibling) item.before(item.nextElementSibling);
    if (verb === "remove") this.#removeKeepingFocus(item);
    this.onChange(verb, item.dataset.id);
  }

  #removeKeepingFocus(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    (next?.querySelector("button[data-verb=remove]") ?? this.list).focus();
  }

  #drag(event) {
    const handle = event.target.closest("[data-handle]");
    if (!handle) return;
    event.preventDefault();
    const item = handle.closest("[data-id]");
    handle.setPointerCapture(event.pointerId);
    item.classList.add("is-dragged");
    const follow = ({ clientY }) => {
      const { previousElementSibling: above, nextElementSibling: below } = item;
      if (above && clientY < middle(above)) item.after(above);
      else if (below && clientY > middle(below)) item.before(below);
    };
    const drop = () => {
      item.classList.remove("is-dragged");
      handle.removeEventListener("pointermove", follow);
      this.onChange("drag", item.dataset.id);
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("lostpointercapture", drop, { once: true });
  }
}

function middle(element) {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
