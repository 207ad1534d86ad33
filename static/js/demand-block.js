// What is done with the chosen cells: copy, cut, empty, Ctrl+D, Ctrl+Enter, and drawing the corner down or up. Every change is one step
// of the history. A block is repeated, never continued as a series: 100, 200 drawn down gives 100, 200, 100, 200.
import { asHtml, asText } from "./clipboard.js";
import { COLUMNS } from "./demand-columns.js";
import { isWhole } from "./select-whole.js";

const textOf = (row, field) => (field === "words" ? row.words : row.error ? row.typed : row.planned);

export function bindBlock({ scroller, sheet, grid, range, fill }) {
  const toast = (text, undo) => document.dispatchEvent(new CustomEvent("toast", {
    detail: { text, action: undo && { label: "撤销", run: undo } },
  }));
  const fields = () => range.cols.map((column) => COLUMNS[column].field).filter(Boolean);

  // {row: the row that it takes its values from} → one step.
  function take(pairs) {
    const names = fields();
    if (!sheet.editable || !names.length || !pairs.length) return false;
    const changes = pairs.map(([row, from]) => [row, Object.fromEntries(names.map((name) => [name, textOf(from, name)]))]);
    toast(`已填充 ${changes.length} 行。`, fill(changes));
    return true;
  }

  function down() {
    const { rows } = range;
    const above = grid.list[grid.places.get(rows[0].id) - 1];
    return take(rows.length > 1 ? rows.slice(1).map((row) => [row, rows[0]]) : above ? [[rows[0], above]] : []);
  }

  function empty() {
    const names = fields();
    if (!sheet.editable || !names.length) return;
    const undo = fill(range.rows.map((row) => [row, Object.fromEntries(names.map((name) => [name, ""]))]));
    toast(`已清除 ${range.rows.length} 行。`, undo);
  }

  // What stands in the cell with the cursor goes into every chosen cell of its column.
  function everywhere(target) {
    const row = sheet.byId.get(Number(target.closest("[data-row]").dataset.row));
    const { field } = target.dataset;
    toast(`已填充 ${range.rows.length} 行。`, fill(range.rows.map((each) => [each, { [field]: textOf(row, field) }])));
  }

  function copy(event) {
    if (!range.bounds || !scroller.contains(event.target) || (!range.isMany && event.target.dataset?.field)) return false;
    const cells = range.rows.map((row) => range.cols.flatMap((column) => COLUMNS[column].cells(row, sheet)));
    event.preventDefault();
    event.clipboardData.setData("text/plain", asText(cells));
    event.clipboardData.setData("text/html", asHtml(cells));
    toast(`已复制 ${range.rows.length} 行，可以粘贴到 Excel。`);
    return true;
  }

  // One value pasted while many cells are chosen goes into all of them.
  scroller.addEventListener("paste", (event) => {
    const value = (event.clipboardData?.getData("text/plain") ?? "").replace(/\r?\n$/, "");
    const names = fields();
    if (!range.isMany || !names.length || !sheet.editable || /[\n\t]/.test(value)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const undo = fill(range.rows.map((row) => [row, Object.fromEntries(names.map((name) => [name, value]))]));
    toast(`已填充 ${range.rows.length} 行。`, undo);
  }, { capture: true });
  document.addEventListener("copy", copy);
  document.addEventListener("cut", (event) => copy(event) && empty());

  return {
    // Whether a key was one of ours.
    key(event) {
      const isControl = event.ctrlKey || event.metaKey;
      const { field } = event.target.dataset;
      const key = event.key.toLowerCase();
      if (isControl && key === "d") return down() || true;
      if (isControl && key === "a" && (!field || range.isMany || isWhole(event.target))) return !range.all();
      if (isControl && key === "enter" && field && range.isMany && sheet.editable) return !everywhere(event.target);
      return !isControl && range.isMany && ["delete", "backspace"].includes(key) && !empty();
    },
    drawn(cell) {
      const { top, bottom } = range.bounds;
      const to = grid.places.get(cell.id);
      range.fill(to > bottom ? [bottom + 1, to] : to < top ? [to, top - 1] : null);
    },
    filled() {
      const { rows, filling } = range;
      range.fill(null);
      if (!filling) return;
      const [first, last] = filling;
      const top = grid.places.get(rows[0].id);
      const around = (place) => (((place - top) % rows.length) + rows.length) % rows.length;
      const done = take(grid.list.slice(first, last + 1).map((row, at) => [row, rows[around(first + at)]]));
      if (done) range.extend({ id: grid.list[first > top ? last : first].id, column: range.head.column });
    },
  };
}
