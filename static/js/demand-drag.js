// Choosing cells of the sheet with the mouse: press and draw, Shift+click; and drawing the corner of a choice to fill.
import { COLUMNS } from "./demand-columns.js";
import { cellOf } from "./demand-range.js";

const PRESSED = "button, a, label, [data-tick]";
const CORNER = 9; // pixels

// While the pointer stands beyond the edge the sheet moves on under it.
function follow(scroller, pointer) {
  const edge = scroller.getBoundingClientRect();
  const by = pointer.clientY > edge.bottom - 12 ? 24 : pointer.clientY < edge.top + 32 ? -24 : 0;
  if (by) scroller.scrollTop += by;
}

function isCorner(event) {
  const corner = event.target.closest(".is-corner");
  if (!corner?.closest(".is-editable")) return false;
  const { right, bottom } = corner.getBoundingClientRect();
  return event.clientX > right - CORNER && event.clientY > bottom - CORNER;
}

export function bindDrag({ body, scroller, grid, range, block }) {
  let fills = false; // whether the corner is drawn rather than the choice
  let pointer = null;
  let timer = null;

  function reach() {
    const cell = cellOf(document.elementFromPoint(pointer.clientX, pointer.clientY));
    if (!cell || !COLUMNS[cell.column] || !grid.places.has(cell.id)) return;
    if (fills) block.drawn(cell);
    else if (cell.id !== range.head?.id || cell.column !== range.head?.column) {
      range.extend(cell);
      if (range.isMany) getSelection().removeAllRanges();
    }
  }

  function moved(event) {
    pointer = event;
    if (fills || range.isMany) event.preventDefault();
    reach();
  }

  function start(event) {
    pointer = event;
    timer = setInterval(() => {
      const before = scroller.scrollTop;
      follow(scroller, pointer);
      if (scroller.scrollTop !== before) reach();
    }, 60);
    document.addEventListener("mousemove", moved);
    document.addEventListener("mouseup", () => {
      clearInterval(timer);
      document.removeEventListener("mousemove", moved);
      if (fills) block.filled();
      fills = false;
    }, { once: true });
  }

  body.addEventListener("mousedown", (event) => {
    const cell = cellOf(event.target);
    if (event.button !== 0 || !cell || !COLUMNS[cell.column] || event.target.closest(PRESSED)) return;
    fills = isCorner(event);
    if (fills || (event.shiftKey && range.anchor)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (fills) start(event);
      else range.extend(cell);
      return;
    }
    range.set(cell);
    if (!event.target.closest("[data-field]")) {
      event.preventDefault();
      scroller.focus({ preventScroll: true });
    }
    start(event);
  }, { capture: true });
}
