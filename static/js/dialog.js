// Opens confirmations: [data-dialog-open="id"]; closes them by [data-dialog-close], Esc or the backdrop.
// The fields of a closed dialog are disabled, so that they neither travel nor block another action.
const fieldsOf = (dialog) => dialog.querySelectorAll("[data-dialog-fields]");

function settle(dialog, isOpen = dialog.open) {
  for (const fields of fieldsOf(dialog)) fields.disabled = !isOpen;
  for (const confirm of dialog.querySelectorAll("[data-dialog-confirm]")) confirm.disabled = !isOpen;
}

function fill(dialog, opener) {
  for (const [key, value] of Object.entries(opener.dataset)) {
    if (!key.startsWith("fill") || key === "fillAction") continue;
    const name = key.slice(4).toLowerCase();
    for (const place of dialog.querySelectorAll(`[data-fill="${name}"]`)) {
      if ("value" in place && place.tagName !== "BUTTON") place.value = value;
      else place.textContent = value;
    }
  }
}

// One dialog of many rows begins anew with another row; unsaved.js keeps what was typed for the last one.
function aim(dialog, opener) {
  const form = dialog.querySelector("form[data-fill-target]");
  const action = opener.dataset.fillAction;
  if (!form || !action || form.getAttribute("action") === action) return;
  form.reset();
  form.action = action;
}

function open(dialog, opener) {
  if (dialog.open) return;
  aim(dialog, opener);
  fill(dialog, opener);
  // Enabled before they show: what is typed from now on stays where it is, since nothing moves the focus later.
  settle(dialog, true);
  dialog.showModal();
  const first = dialog.querySelector("[data-dialog-fields] :is(input, select, textarea):not([type=hidden])");
  (first || dialog.querySelector("[data-dialog-confirm]"))?.focus();
  dialog.dispatchEvent(new Event("dialog:opened", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (!dialog) return;
    event.preventDefault();
    if (opener.getAttribute("aria-disabled") !== "true") open(dialog, opener);
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  const dialog = event.target.closest("dialog[data-dialog]");
  if (dialog && (closer || event.target === dialog)) {
    event.preventDefault();
    dialog.close();
  } else if (event.target.closest("[data-dialog-done]")) dialog?.close(); // a download: the page stays
});

// Links that act as buttons also answer to the space bar.
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches('a[role="button"]')) {
    event.preventDefault();
    event.target.click();
  }
});

function prepare(root) {
  for (const dialog of root.querySelectorAll("dialog[data-dialog]")) {
    settle(dialog);
    dialog.addEventListener("close", () => settle(dialog));
  }
}

prepare(document);
