// Presses what is marked data-shortcut="alt+enter" when those keys are struck together.
function struck(event) {
  const keys = [];
  if (event.ctrlKey || event.metaKey) keys.push("ctrl");
  if (event.altKey) keys.push("alt");
  if (event.shiftKey) keys.push("shift");
  keys.push(event.key.toLowerCase());
  return keys.join("+");
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.repeat) return;
  const keys = struck(event);
  const inside = document.querySelector("dialog[open]") ?? document;
  const marked = [...inside.querySelectorAll("[data-shortcut]")];
  const target = marked.find((element) => element.dataset.shortcut === keys && element.getClientRects().length);
  if (!target) return;
  event.preventDefault();
  target.click();
});
