// Ticking rows for bulk actions: this page, a range with Shift, or everything that matches.
// Buttons marked data-needs-selection wait for a selection; [data-selected-count] shows its size.
const form = document.querySelector("[data-selection]");
const whole = document.querySelector("[data-select-page]");
const everything = document.querySelector("[data-select-all]");
const SENDING = "[data-submit-on-change]";
let last = null;
let walked = null;
let moved = false;

const rows = () => [...document.querySelectorAll("[data-select-row]:not(:disabled)")];

function show() {
  const all = rows();
  const ticked = all.filter((box) => box.checked);
  const every = Boolean(everything?.checked);
  const text = every ? everything.dataset.total : ticked.length.toLocaleString("en-US");
  for (const place of document.querySelectorAll("[data-selected-count]")) place.textContent = text;
  for (const button of document.querySelectorAll("[data-needs-selection]")) {
    const idle = !every && ticked.length === 0;
    if ("disabled" in button) button.disabled = idle;
    else button.setAttribute("aria-disabled", String(idle));
  }
  for (const box of all) box.closest("tr").classList.toggle("is-selected", box.checked || every);
  if (whole) {
    whole.checked = all.length > 0 && ticked.length === all.length;
    whole.indeterminate = ticked.length > 0 && ticked.length < all.length;
    whole.disabled = all.length === 0;
  }
}

function tickRange(from, to) {
  const all = rows();
  const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  if (start < 0) return;
  for (const box of all.slice(start, end + 1)) box.checked = to.checked;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-select-row]");
  if (!box) return;
  if (event.shiftKey && last && last !== box) tickRange(last, box);
  last = box;
  show();
});

document.addEventListener("change", (event) => {
  if (event.target === whole) {
    for (const box of rows()) box.checked = whole.checked;
    if (everything && !whole.checked) everything.checked = false;
  }
  if (event.target.matches("[data-select-row], [data-select-page], [data-select-all]")) show();
  if (!event.target.matches(SENDING)) return;
  if (event.target === walked) moved = true;
  else event.target.form.requestSubmit();
});

// A choice made with the mouse is sent at once. Whoever walks through a list with the keys sends it with Enter, or by
// leaving it where the form has no button.
document.addEventListener("keydown", ({ target, key }) => {
  if (!target.matches(SENDING)) return;
  if (key === "Enter" && moved) target.form.requestSubmit();
  else walked = target;
});

document.addEventListener("focusout", ({ target }) => {
  if (target !== walked) return;
  if (moved && !target.form.querySelector("button:not([type=button], [data-without-js])")) target.form.requestSubmit();
  walked = null;
  moved = false;
});

document.addEventListener("pointerdown", () => { walked = null; });

if (form) {
  if (whole) whole.hidden = false;
  window.addEventListener("pageshow", show);
  show();
}
