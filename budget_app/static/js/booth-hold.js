// In a sealed round the form is not sent before its script is there: it would carry the choices.
// This script is small and no module, so it runs before anybody can press a button. When the
// ballot's own script fails, it says so, and the form is sent as without scripts.

const held = () => document.querySelector("#ballot:not([data-script])");

document.addEventListener(
  "submit",
  (event) => {
    if (event.target !== held()) return;
    event.preventDefault();
    event.target.dataset.pressed = "";
  },
  true,
);

function letGo() {
  const form = held();
  if (!form) return;
  form.dataset.script = "failed";
  document.querySelector("[data-cannot-seal]").hidden = false;
}

window.addEventListener("unhandledrejection", letGo);
window.addEventListener(
  "error",
  ({ target }) => (target === window || target.src?.includes("/booth")) && letGo(),
  true,
);
