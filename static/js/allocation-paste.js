// A column copied from Excel lands in the quantities of a slot: by item codes if it holds any, else row by row.
import { bindPaste } from "./demand-paste.js";
import { folded } from "./folding.js";

const form = document.querySelector("[data-slot-form][data-slot-open]");

function put(changes) {
  for (const [row, values] of changes) {
    if (values.planned === undefined) continue;
    row.input.value = values.planned;
    row.input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function fill(changes) {
  const before = changes.map(([row]) => [row, { planned: row.input.value }]);
  put(changes);
  return () => put(before);
}

if (form) {
  const rows = [...form.querySelectorAll("[data-slot-row]")].map((line) => ({
    code: folded(line.dataset.code), line, input: line.querySelector("[data-slot-input]"),
  }));
  const once = rows.filter(({ code }) => rows.filter((each) => each.code === code).length === 1);
  bindPaste(form, {
    sheet: { byFolded: new Map(once.map((row) => [row.code, row])) },
    grid: { list: rows },
    fill,
    cells: "[data-slot-input]",
    cellOf: (input) => ({ start: rows.findIndex((row) => row.input === input), field: "planned" }),
    about: ({ line, input }) => ({ name: line.querySelector("th").innerText, now: input.value, pack: line.dataset.pack, unit: line.dataset.unit }),
    strange: "不在可选的中选产品里，或有几行",
  });
}
