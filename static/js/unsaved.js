// Nothing typed is lost: <form data-draft="name" data-draft-version="7"> keeps its values in this
// browser, by user, until they are saved; after a lost session or line they are put back.
// A page that saves by itself says so: form.dispatchEvent(new Event("draft:saved")).
const WEEK = 7 * 24 * 3600 * 1000;
const PREFIX = "draft:";
const user = document.body.dataset.user ?? "";

const keyOf = (form) => `${PREFIX}${user}:${form.dataset.draft}`;
const kept = (control) =>
  control.name && !control.disabled && !["hidden", "password", "file", "submit", "button"].includes(control.type);
const ticks = (control) => control.type === "checkbox" || control.type === "radio";

function values(form) {
  return [...form.elements].filter(kept).map((control) => [
    control.name, ticks(control) ? `${control.value}=${control.checked}` : control.value]);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(form, sent) {
  const draft = { at: Date.now(), version: form.dataset.draftVersion ?? "", sent, values: values(form) };
  try {
    localStorage.setItem(keyOf(form), JSON.stringify(draft));
  } catch {
    // A full or forbidden store only costs the safety net.
  }
}

function putBack(form, draft) {
  const controls = [...form.elements].filter(kept);
  draft.values.forEach(([name, value], index) => {
    const control = controls[index];
    if (!control || control.name !== name) return;
    if (ticks(control)) control.checked = value === `${control.value}=true`;
    else control.value = value;
    control.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function restore(form) {
  const draft = read(keyOf(form));
  if (!draft) return;
  const same = JSON.stringify(draft.values) === JSON.stringify(values(form));
  const saved = draft.sent && draft.version !== (form.dataset.draftVersion ?? "");
  if (same || saved) {
    localStorage.removeItem(keyOf(form));
    return;
  }
  const before = { values: values(form) };
  const time = new Date(draft.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  putBack(form, draft);
  const run = () => {
    putBack(form, before);
    forget(form);
  };
  const detail = { text: `已恢复您 ${time} 填写但没有保存的内容。`, tone: "warning", action: { label: "不要恢复", run } };
  document.dispatchEvent(new CustomEvent("toast", { detail }));
}

function forget(form) {
  delete form.dataset.dirty;
  localStorage.removeItem(keyOf(form));
}

for (const key of Object.keys(localStorage)) {
  if (key.startsWith(PREFIX) && Date.now() - (read(key)?.at ?? 0) > WEEK) localStorage.removeItem(key);
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  restore(form);
  form.addEventListener("input", () => {
    form.dataset.dirty = "yes";
    clearTimeout(form.draftTimer);
    form.draftTimer = setTimeout(() => form.dataset.dirty && write(form, false), 400);
  });
  form.addEventListener("submit", () => {
    delete form.dataset.dirty;
    write(form, true);
  });
  form.addEventListener("draft:saved", () => forget(form));
}

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-draft][data-dirty]")) event.preventDefault();
});
