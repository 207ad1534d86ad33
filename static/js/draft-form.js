// What stands in a form: values by name as they are, as the server drew them, and what differs.
const SHUT = ["hidden", "password", "file", "submit", "button", "image", "reset"];
const ROWS = "[data-select-row], [data-select-all], [data-select-page]";

export const ticks = (control) => control.type === "checkbox" || control.type === "radio";
export const same = (one, other) => JSON.stringify(one ?? []) === JSON.stringify(other ?? []);

// What a person fills in; the fields of a closed dialog are disabled and don't count.
export const controlsOf = (form) => [...form.elements].filter((control) => control.name && "value" in control
  && !SHUT.includes(control.type) && !control.readOnly && !control.matches(`:disabled, ${ROWS}`));

// Of a form in a dialog the dialog's title.
export function titleOf(form) {
  const title = form.closest("dialog")?.querySelector("h2") ?? form.querySelector("dialog[open] h2");
  return title?.textContent.trim() ?? "";
}

function drawn(select) {
  const options = [...select.options];
  return (options.find((option) => option.defaultSelected) ?? options[0])?.value ?? "";
}

const isTicked = { now: (control) => control.checked, drawn: (control) => control.defaultChecked };
const text = { now: (control) => control.value, drawn: (control) => (control.options ? drawn(control) : control.defaultValue) };

function values(form, when) {
  const found = {};
  for (const control of controlsOf(form)) {
    const list = (found[control.name] ??= []);
    if (!ticks(control)) list.push(text[when](control));
    else if (isTicked[when](control)) list.push(control.value);
  }
  return found;
}

export const valuesOf = (form) => values(form, "now");
export const drawnOf = (form) => values(form, "drawn");

// {name: [typed, shown]} of what isn't as it was shown.
export function differing(form, shown) {
  const changed = Object.entries(valuesOf(form)).filter(([name, typed]) => !same(typed, shown[name]));
  return Object.fromEntries(changed.map(([name, typed]) => [name, [typed, shown[name] ?? []]]));
}

export function putBack(form, fields) {
  for (const [name, [typed]] of Object.entries(fields)) {
    const controls = controlsOf(form).filter((control) => control.name === name);
    controls.forEach((control, index) => {
      if (ticks(control)) control.checked = typed.includes(control.value);
      else if (index < typed.length) control.value = typed[index];
      control.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}
