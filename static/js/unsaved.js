// Nothing typed is lost, nothing saved is overwritten: every form that a person fills in keeps a draft in this browser
// until the server says that it took it. What was kept is offered beside the newer value, never put over it.
// A page that saves by itself says so: form.dispatchEvent(new Event("draft:saved")); what was typed since stays unsaved.
// [data-acts-on-saved="form id"] is shut while something in that form isn't saved.
import { offer } from "./draft-bar.js";
import { controlsOf, differing, drawnOf, putBack, same, titleOf, valuesOf } from "./draft-form.js";
import { forget, nameOf, read, tidy, waiting, write } from "./draft-store.js";

const WAIT = 250;
const NONE = "[data-no-draft], [data-repeatable]"; // of these nothing is kept
const REFUSED = ".notice-danger, .field-error, .is-invalid";
const held = new Map(); // form → {name, shown, sent, bar, timer}

function shut(form) {
  const state = held.get(form);
  const isOpen = !state.bar?.isConnected && Object.keys(differing(form, state.shown)).length === 0;
  for (const button of document.querySelectorAll(`[data-acts-on-saved="${form.id}"] :is(a, button)`)) {
    if ("disabled" in button) button.disabled = !isOpen;
    else button.setAttribute("aria-disabled", String(!isOpen));
    button.title = isOpen ? "" : "有没有保存的内容，请先保存或放弃";
  }
}

function keep(form) {
  const state = held.get(form);
  clearTimeout(state.timer);
  const now = valuesOf(form); // without the fields of a dialog that was closed meanwhile: theirs are kept as they are
  const before = Object.entries(read(state.name)?.fields ?? {}).filter(([name]) => state.bar?.isConnected || !now[name]);
  const fields = Object.fromEntries([...before, ...Object.entries(differing(form, state.shown))]);
  if (Object.keys(fields).length) write(state.name, { title: titleOf(form), fields });
  else forget(state.name);
}

function settle(form, draft) {
  const state = held.get(form);
  const now = valuesOf(form);
  const known = Object.entries(draft.fields).filter(([name]) => now[name]);
  const open = known.filter(([name, [typed]]) => !same(typed, now[name]));
  if (open.length) {
    state.bar = offer(form, draft, open.map(([name, pair]) => [name, pair, now[name]]), (restores) => {
      if (restores) putBack(form, Object.fromEntries(open));
      else forget(state.name);
      shut(form);
    });
  } else if (known.length && document.querySelector(REFUSED)) {
    for (const [name, [, shown]] of known) state.shown[name] = shown; // the refused page shows what was typed
    form.dataset.dirty = "yes";
  } else if (known.length && same(now, drawnOf(form))) forget(state.name);
}

function watch(form) {
  held.get(form)?.bar?.remove();
  held.set(form, { name: nameOf(form), shown: drawnOf(form) });
  const draft = read(held.get(form).name);
  if (draft) settle(form, draft);
  shut(form);
}

const isKept = (form) => form?.method === "post" && !form.matches(NONE)
  && !form.querySelector("input[type=password]:not([data-proof])") && controlsOf(form).length > 0;

function saved(form) {
  const state = held.get(form);
  state.bar?.remove();
  state.shown = state.sent ?? valuesOf(form);
  forget(state.name);
  keep(form);
  if (same(valuesOf(form), state.shown)) delete form.dataset.dirty;
  shut(form);
}

tidy();
for (const title of waiting()) {
  const detail = { text: `您在“${title}”里填写的内容没有提交，再次打开它就可以恢复。`, tone: "warning" };
  document.dispatchEvent(new CustomEvent("toast", { detail }));
}
for (const form of document.forms) if (!form.closest("dialog") && isKept(form)) watch(form);

document.addEventListener("dialog:opened", ({ target }) => {
  const form = target.closest("form") ?? target.querySelector("form");
  if (isKept(form)) watch(form);
});
document.addEventListener("input", ({ target, target: { form } }) => {
  if (!held.has(form) || !controlsOf(form).includes(target)) return;
  form.dataset.dirty = "yes";
  clearTimeout(held.get(form).timer);
  held.get(form).timer = setTimeout(() => form.dataset.dirty && keep(form), WAIT);
  shut(form);
});
document.addEventListener("submit", ({ target: form }) => {
  if (!held.has(form)) return;
  keep(form);
  held.get(form).sent = valuesOf(form);
  delete form.dataset.dirty;
  form.querySelector("input[name=draft]")?.remove();
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "draft", value: held.get(form).name }));
}, true);
document.addEventListener("draft:saved", ({ target }) => held.has(target) && saved(target), true);
addEventListener("pagehide", () => [...held.keys()].filter((form) => form.dataset.dirty).forEach(keep));
addEventListener("beforeunload", (event) => [...held.keys()].some((form) => form.dataset.dirty) && event.preventDefault());
