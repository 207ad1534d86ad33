import { selectWhole } from "./select-whole.js";

// Enter and the arrows move down and up a column of inputs; Enter never sends the form.
for (const form of document.querySelectorAll("[data-column-keys]")) {
  selectWhole(form, "[data-slot-input]");
  form.addEventListener("keydown", (event) => {
    const inputs = [...form.querySelectorAll("[data-slot-input]:not(:disabled)")];
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !inputs.includes(event.target) || event.isComposing) return;
    event.preventDefault();
    const next = inputs[inputs.indexOf(event.target) + step] ?? event.target;
    next.focus();
    next.select();
  });
}
