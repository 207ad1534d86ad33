// Choosing cells of the sheet with keys: Shift+arrows, Ctrl+Shift+arrows to the end, Ctrl+A; Esc goes back to one cell. The choice may
// stand where no input is: then the table itself has the focus, arrows go on from there, and what is typed goes into the cell.
import { COLUMNS } from "./demand-columns.js";
import { cellOf } from "./demand-range.js";
import { isWhole } from "./select-whole.js";

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const PRESSED = "button, a, label, [data-tick]";

export function bindSelect({ body, scroller, grid, range, block }) {
  const show = (cell) => grid.reveal(grid.places.get(cell.id));
  const enter = ({ id, column }) => COLUMNS[column].field && grid.focus(grid.list[grid.places.get(id)], COLUMNS[column].field);

  body.addEventListener("focusin", (event) => {
    const cell = event.target.dataset.field && cellOf(event.target);
    if (cell && (cell.id !== range.anchor?.id || cell.column !== range.anchor?.column)) range.set(cell);
  });
  body.addEventListener("input", (event) => {
    if (range.isMany && event.target.dataset.field) range.set(cellOf(event.target));
  });

  function extended(event, [down, right]) {
    const { target } = event;
    if (right && !range.isMany && target.dataset.field && !isWhole(target)) return false; // inside a text it marks letters
    const far = event.ctrlKey || event.metaKey ? grid.list.length : 1;
    range.extend(range.beside(range.head, down * far, right * far));
    show(range.head);
    return true;
  }

  function moved(event, [down, right]) {
    if (event.target.dataset.field) return false;
    const next = range.beside(range.anchor, down, right);
    range.set(next);
    show(next);
    enter(next);
    return true;
  }

  function act(event) {
    const arrow = ARROWS[event.key];
    if (arrow) return event.shiftKey ? extended(event, arrow) : moved(event, arrow);
    if (event.key === "Escape" && range.isMany) return !range.set(cellOf(event.target) ?? range.anchor);
    if (!event.target.dataset.field && !event.ctrlKey && !event.metaKey) {
      if (event.key === "Enter") return Boolean(enter(range.anchor));
      if (event.key.length === 1 && !range.isMany) enter(range.anchor); // and is typed there
    }
    return block.key(event);
  }

  scroller.addEventListener("keydown", (event) => {
    if (!range.bounds || event.isComposing || event.altKey || event.target.closest(PRESSED)) return;
    if (!act(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}
