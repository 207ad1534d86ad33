// A cell is shown whole or not at all: 8,278 that reaches under a fixed column, or over the edge, would read 8,27.
const CELLS = "tbody td, tbody th, tfoot td";
const FIXED = ".col-select, .col-heading, .col-actions";
const UNSEEN = ".visually-hidden, dialog, [hidden]";
const SLACK = 1; // pixels
const waiting = new Set();

function strip(scroll) {
  let left = scroll.getBoundingClientRect().left + scroll.clientLeft;
  let right = left + scroll.clientWidth;
  for (const cell of scroll.querySelector("tbody tr")?.cells ?? []) {
    const style = getComputedStyle(cell);
    if (style.position !== "sticky") continue;
    const box = cell.getBoundingClientRect();
    if (style.right !== "auto") right = Math.min(right, box.left);
    else if (style.left !== "auto") left = Math.max(left, box.right);
  }
  return [left, right];
}

function textOf(cell) {
  const field = cell.querySelector("input, select");
  if (field) return field.getBoundingClientRect();
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  const found = { left: Infinity, right: -Infinity };
  const range = document.createRange();
  while (texts.nextNode()) {
    if (!texts.currentNode.data.trim() || texts.currentNode.parentElement.closest(UNSEEN)) continue;
    range.selectNodeContents(texts.currentNode);
    const box = range.getBoundingClientRect();
    found.left = Math.min(found.left, box.left);
    found.right = Math.max(found.right, box.right);
  }
  return found;
}

function sideOf(cell, left, right) {
  const box = cell.getBoundingClientRect();
  const hidden = box.right <= left || box.left >= right;
  if (hidden || (box.left >= left && box.right <= right)) return "";
  const text = textOf(cell);
  if (text.right > right + SLACK) return "end";
  return text.left < left - SLACK ? "start" : "";
}

function mark(scroll) {
  const [left, right] = strip(scroll);
  const cells = [...scroll.querySelectorAll(CELLS)].filter((cell) => !cell.matches(FIXED));
  const sides = cells.map((cell) => sideOf(cell, left, right));
  cells.forEach((cell, at) => {
    if ((cell.dataset.cut ?? "") === sides[at]) return;
    if (sides[at]) cell.dataset.cut = sides[at];
    else delete cell.dataset.cut;
  });
}

function markSoon(scroll) {
  if (waiting.has(scroll)) return;
  waiting.add(scroll);
  requestAnimationFrame(() => {
    waiting.delete(scroll);
    mark(scroll);
  });
}

function watch(root) {
  for (const scroll of root.querySelectorAll(".table-scroll:not([data-watched])")) {
    scroll.dataset.watched = "";
    const again = () => markSoon(scroll);
    scroll.addEventListener("scroll", again, { passive: true });
    new ResizeObserver(again).observe(scroll);
    new MutationObserver(again).observe(scroll, { childList: true, subtree: true });
  }
}

watch(document);
document.addEventListener("htmx:afterSettle", () => watch(document));
