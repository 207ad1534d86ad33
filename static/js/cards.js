// On phones the rows of a list are cards (table.css); each cell then names its column.
const small = window.matchMedia("(max-width: 767.98px)");

function name(root) {
  if (!small.matches) return;
  for (const table of root.querySelectorAll(".list .data-table")) {
    const titles = [...table.tHead.rows[0].cells].map((cell) => cell.innerText.trim());
    for (const cell of table.querySelectorAll("tbody td:not(.col-select, .col-actions)")) {
      cell.dataset.label = titles[cell.cellIndex];
    }
  }
}

name(document);
small.addEventListener("change", () => name(document));
