// 采购需求维护 as a sheet: loads the rows, draws what is seen, saves what is typed. Without it the form works by pages.
import { grouped } from "./allocation-quantities.js";
import { bindBulk } from "./demand-bulk.js";
import { bindCells, bindLists, typedEarly } from "./demand-cells.js";
import { bindExcel } from "./demand-excel.js";
import { Grid } from "./demand-grid.js";
import { bindKeys } from "./demand-keys.js";
import { quantityChanged } from "./demand-letter.js";
import { LocalCopy } from "./demand-local.js";
import { Sheet } from "./demand-model.js";
import { say, showConflicts } from "./demand-notices.js";
import { bindPaste } from "./demand-paste.js";
import { rows } from "./demand-rows.js";
import { bindReplace } from "./demand-replace.js";
import { bindPresent, reporter } from "./demand-report.js";
import { Saver } from "./demand-save.js";
import { Todo } from "./demand-todo.js";
import { bindUndo, History } from "./demand-undo.js";

const form = document.querySelector("[data-entry]");
const body = form.querySelector("[data-body]");
const find = document.querySelector("[data-find]");
const tabs = [...form.querySelectorAll("[data-show]")];

async function start() {
  const response = await rows;
  if (!response.ok) return;
  const sheet = new Sheet(await response.json(), { ...form.dataset, editable: "editable" in form.dataset });
  const copy = new LocalCopy(form.dataset.filing);
  const ticks = new Set();
  const scroller = form.querySelector("[data-window]");
  const grid = new Grid({ scroller, body, template: form.querySelector("[data-row-template]"), sheet, ticks });
  const todo = new Todo({ sheet, jump });
  let showing = tabs.find((tab) => tab.hasAttribute("aria-current"))?.dataset.show ?? "all";

  const changed = (row) => {
    grid.paint(row);
    todo.soon();
    if (row.theirs || row.state === "conflict") showConflicts(sheet, settle);
  };
  const saver = new Saver({ url: form.dataset.save, sheet, copy, changed, say });

  function typed(row, field, text, delay) {
    sheet.type(row, field, text);
    if (field === "planned") quantityChanged();
    saver.add(row, delay);
    changed(row);
  }

  const history = new History(typed);
  const fill = (changes) => history.fill(changes);

  function settle(row, mine) {
    sheet.settle(row, mine);
    saver.add(row, 0);
    changed(row);
    showConflicts(sheet, settle);
  }

  function list() {
    grid.show(order.applied(sheet.shown(showing, find.value)));
    for (const tab of tabs) {
      if (tab.dataset.show === showing) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    order.draw();
    showTicks();
  }

  function jump(row, field = "planned") {
    if (!grid.places.has(row.id)) {
      [showing, find.value, order.filters] = ["all", "", {}];
      list();
    }
    grid.focus(row, field);
  }

  bindPresent(form, saver);
  const report = reporter({ form, sheet, todo, jump, saver });
  const { range, order } = bindExcel({ form, body, scroller, grid, sheet, fill, list: () => list() });
  const replace = bindReplace({ sheet, grid, range, fill });
  const showTicks = bindBulk(form, { sheet, grid, ticks, fill, saver, report, replace });
  bindKeys(body, { sheet, grid, typed, history });
  bindUndo({ history, grid, typed });
  const cellOf = (input) => ({ start: grid.places.get(Number(input.closest("[data-row]").dataset.row)), field: input.dataset.field });
  const about = (row) => ({ name: `${row.variety} ${row.spec}`, now: grouped(row.planned), pack: row.pack, unit: row.unit });
  bindPaste(body, { sheet, grid, fill, cells: "[data-field]", cellOf, about, strange: "不在本项目的目录里" });
  bindCells(body, { sheet, typed, fill, saver, changed });
  bindLists(tabs, find, list, (show) => (showing = show));
  const [early, back] = [typedEarly(body), copy.restore(sheet)];
  for (const each of document.querySelectorAll("[data-with-script], [data-tick-all]")) each.hidden = false;
  list();
  for (const row of back) saver.add(row, 300);
  for (const [id, field, text] of early) typed(sheet.byId.get(id), field, text, 300);
  if (sheet.rows.some((row) => row.theirs)) showConflicts(sheet, settle);
  if (back.length) document.dispatchEvent(new CustomEvent("toast", { detail: { text: `已找回您上次填写但没有保存的 ${back.length} 行。`, tone: "warning" } }));
  todo.show();
}

start();
