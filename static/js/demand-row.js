// Draws one row into a copy of the server's own template; nothing here decides anything.
import { grouped } from "./allocation-quantities.js";
import { meanOf } from "./demand-rates.js";
import { redraw } from "./redraw.js";

const STATES = { dirty: "未保存", saving: "保存中", refused: "未保存", conflict: "冲突" };
const TONES = { dirty: "neutral", saving: "working", refused: "danger", conflict: "danger" };

function pill(label, tone) {
  const mark = document.createElement("span");
  mark.className = `pill pill-${tone}`;
  mark.textContent = label;
  return mark;
}

function button(label, act, title) {
  const element = document.createElement("button");
  element.type = "button";
  element.dataset.slip = act;
  element.title = title;
  element.textContent = label;
  return element;
}

function note(sheet, row) {
  if (row.error) {
    const error = document.createElement("span");
    error.className = "cell-error";
    error.textContent = row.error;
    error.title = `${row.error}，请填 ${row.unit} 的整数，或如 120盒`;
    return [error];
  }
  const slip = sheet.slip(row);
  if (!slip) return [sheet.packs(row)];
  const [label, title] = slip === "times" ? [`×${row.pack}`, "改为最小单位"] : [`÷${row.pack}`, "改为最小单位的数"];
  return ["像盒数？", button(label, slip, title), " ", button("无误", "keep", `就是 ${row.typed} ${row.unit}`)];
}

export function create(template, row) {
  const line = template.content.firstElementChild.cloneNode(true);
  line.id = `row-${row.id}`;
  line.dataset.row = row.id;
  const cell = (name) => line.querySelector(`[data-cell="${name}"]`);
  cell("variety").textContent = row.variety;
  cell("variety").title = row.note;
  cell("about").textContent = [row.code, row.spec, row.note].filter(Boolean).join(" · ");
  cell("about").title = row.maker;
  cell("unit").textContent = row.unit;
  const bought = cell("bought");
  if (bought) bought.textContent = row.total ? grouped(meanOf(row.baseline).toString()) : "—";
  const last = cell("last");
  if (last) last.textContent = row.last === null ? "—" : grouped(row.last);
  const flag = cell("flag");
  if (flag) {
    flag.dataset.fillItem = row.id;
    flag.dataset.fillName = `${row.variety} ${row.spec}`;
    flag.classList.toggle("is-flagged", Boolean(row.doubt));
    flag.title = row.doubt || "历史数有误";
  }
  for (const hidden of line.querySelectorAll("input[type=hidden]")) hidden.remove();
  for (const field of line.querySelectorAll("[data-field]")) {
    field.removeAttribute("name");
    field.setAttribute("aria-label", `${row.variety} ${row.spec} ${field.dataset.field === "words" ? "增幅降幅说明" : "预采购量"}`);
  }
  const tick = line.querySelector("[data-tick]");
  if (tick) {
    tick.removeAttribute("name");
    tick.setAttribute("aria-label", `选择 ${row.variety} ${row.spec}`);
  }
  return line;
}

// `asRead`: the person has left the cell, so it shows the number with its separators.
export function paint(line, row, sheet, ticked) {
  const [planned, words] = ["planned", "words"].map((name) => line.querySelector(`[data-field="${name}"]`));
  const active = document.activeElement;
  const shown = row.error ? row.typed : grouped(row.planned);
  if (active !== planned && planned.value !== shown) planned.value = shown;
  if (words && active !== words && words.value !== row.words) words.value = row.words;
  planned.classList.toggle("is-invalid", Boolean(row.error));
  planned.setAttribute("aria-invalid", String(Boolean(row.error)));
  const needs = sheet.needsWords(row);
  words?.classList.toggle("is-warn", needs);
  if (words) words.placeholder = needs ? "请说明" : "";
  const packs = line.querySelector('[data-cell="packs"]');
  redraw(packs, [row.error, sheet.slip(row), sheet.packs(row)].join(), () => note(sheet, row));
  packs.classList.toggle("is-warn", sheet.slip(row) !== "");
  const rate = line.querySelector('[data-cell="rate"]');
  if (rate) rate.textContent = sheet.rate(row);
  rate?.classList.toggle("rate-over", needs);
  const state = row.error ? "refused" : row.state;
  const [label, tone] = STATES[state] ? [STATES[state], TONES[state]] : row.status;
  line.querySelector('[data-cell="status"]').replaceChildren(pill(label, tone));
  line.classList.toggle("is-dirty", state === "dirty" || state === "saving");
  line.classList.toggle("is-refused", state === "refused" || state === "conflict");
  const tick = line.querySelector("[data-tick]");
  if (tick) tick.checked = ticked;
  line.classList.toggle("is-ticked", ticked);
}
