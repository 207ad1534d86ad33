// The bar above a form whose draft was not saved: what was typed beside what stands there now, 恢复 or 放弃.
import { controlsOf, same, ticks } from "./draft-form.js";

const SHOWN = 6;
const LONG = 40;

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function labelOf(control) {
  const legend = ticks(control) && control.closest("fieldset")?.querySelector("legend");
  const text = (legend || control.labels?.[0])?.textContent || control.getAttribute("aria-label") || control.name;
  return text.replace(/\s*\*\s*必填|\s+/g, " ").trim().slice(0, LONG);
}

// A value as the page words it: labels of choices, the number of many ticks, 空.
function inWords(controls, values) {
  const [first] = controls;
  if (ticks(first)) {
    const ticked = controls.filter((control) => values.includes(control.value)).map((control) => control.labels?.[0]?.textContent.trim() || control.value);
    if (controls.length === 1) return ticked.length ? "勾选" : "不勾选";
    return ticked.length > 3 ? `勾选 ${ticked.length} 项` : ticked.join("、") || "未勾选";
  }
  const words = values.map((value, index) => {
    const option = [...(controls[index]?.options ?? [])].find((each) => each.value === value);
    return (option?.textContent ?? value).trim();
  }).join("、");
  return words.length > LONG ? `${words.slice(0, LONG)}…` : words || "空";
}

function line(form, name, [typed, shown], now) {
  const controls = controlsOf(form).filter((control) => control.name === name);
  const item = element("li", "");
  const moved = same(shown, now) ? "现在是" : "其间已改为";
  item.append(`${labelOf(controls[0])}：您填的“`, element("strong", "", inWords(controls, typed)), `”，${moved}“`, element("strong", "", inWords(controls, now)), "”");
  return item;
}

// Draws the bar; `entries` are [name, [typed, shown], now]. `act` is called with true to restore, false to drop.
export function offer(form, draft, entries, act) {
  const bar = element("section", "notice notice-warning draft-bar");
  bar.setAttribute("role", "status");
  const time = new Date(draft.at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  const body = element("div", "");
  body.append(element("p", "notice-title", `您 ${time} 在这里填写的内容没有保存`));
  const list = element("ul", "notice-list");
  for (const entry of entries.slice(0, SHOWN)) list.append(line(form, ...entry));
  if (entries.length > SHOWN) list.append(element("li", "", `等 ${entries.length} 项`));
  const buttons = element("div", "row-of-buttons");
  for (const [label, restore] of [["恢复", true], ["放弃", false]]) {
    const button = element("button", "btn btn-sm", label);
    button.type = "button";
    button.addEventListener("click", () => {
      bar.remove();
      act(restore);
    });
    buttons.append(button);
  }
  body.append(list, buttons);
  bar.append(body);
  const dialog = form.closest("dialog") ?? form.querySelector("dialog[open]");
  const place = dialog?.querySelector(".dialog-body");
  if (place) place.prepend(bar);
  else if (form.checkVisibility?.() ?? form.offsetParent) form.before(bar);
  else document.querySelector("#main .page-head").after(bar);
  return bar;
}
