// What Excel has taught, on the sheet: chosen cells, copying them, filling, columns that are sorted, filtered, hidden and widened.
import { bindBlock } from "./demand-block.js";
import { COLUMNS } from "./demand-columns.js";
import { bindDrag } from "./demand-drag.js";
import { Layout } from "./demand-layout.js";
import { bindOrder, Order } from "./demand-order.js";
import { Range } from "./demand-range.js";
import { bindSelect } from "./demand-select.js";

export function bindExcel({ form, body, scroller, grid, sheet, fill, list }) {
  const table = body.parentElement;
  const layout = new Layout(table, grid);
  const order = new Order(sheet);
  const said = document.querySelector("[data-chosen]");
  const range = new Range({
    grid,
    columns: () => layout.shown.filter((name) => COLUMNS[name]),
    told: (words) => said.textContent !== words && (said.textContent = words),
  });
  grid.decorate = (line, row) => range.decorate(line, row);
  table.classList.toggle("is-editable", sheet.editable);
  const block = bindBlock({ scroller, sheet, grid, range, fill });
  const places = { body, scroller, grid, range, block };
  bindDrag(places);
  bindSelect(places);
  bindOrder({ order, layout, list });
  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "f") return;
    event.preventDefault(); // the browser's own finds only the rows that are drawn
    document.querySelector("[data-find]").select();
  });
  return { range, order, layout };
}
