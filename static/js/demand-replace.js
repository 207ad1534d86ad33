// 查找和替换 (Ctrl+H): quantities are compared as a whole, explanations in part; nothing to find means blank cells.
import { parseQuantity } from "./allocation-quantities.js";

export function bindReplace({ sheet, grid, range, fill }) {
  const dialog = document.getElementById("replace");
  if (!dialog) return () => null;
  const [find, into, field, where] = ["find", "into", "field", "where"].map((name) => dialog.querySelector(`[data-replace="${name}"]`));
  const count = dialog.querySelector("[data-replace-count]");

  const isThere = (row) => {
    const sought = find.value.trim();
    if (field.value === "words") return sought ? row.words.includes(sought) : row.words === "";
    return !row.error && row.planned === parseQuantity(sought, row.pack, row.unit);
  };
  const rows = () => (where.value === "chosen" ? range.rows : grid.list).filter(isThere);
  const textFor = (row) => (field.value === "planned" || !find.value.trim() ? into.value : row.words.replaceAll(find.value.trim(), into.value));
  const show = () => (count.textContent = rows().length.toLocaleString("en-US"));

  function next() {
    const found = rows();
    const from = grid.places.get(range.anchor?.id) ?? -1;
    const row = found.find((each) => grid.places.get(each.id) > from) ?? found[0];
    dialog.close();
    if (row) grid.focus(row, field.value);
  }

  dialog.addEventListener("input", show);
  document.addEventListener("dialog:opened", ({ target }) => {
    if (target !== dialog) return;
    where.value = range.isMany ? "chosen" : "listed";
    show();
  });
  dialog.querySelector("[data-replace-next]").addEventListener("click", next);
  document.addEventListener("keydown", (event) => {
    const isOpen = document.querySelector("dialog[open]");
    if (event.key.toLowerCase() === "h" && (event.ctrlKey || event.metaKey) && !isOpen) {
      event.preventDefault();
      document.querySelector('[data-dialog-open="replace"]').click();
    } else if (event.key === "F3" && !isOpen && find.value) {
      event.preventDefault();
      next();
    }
  });

  // Carries it out; [how many, what takes it back].
  return () => {
    const found = rows();
    return [found.length, fill(found.map((row) => [row, { [field.value]: textFor(row) }]))];
  };
}
