// Moving like in a sheet: Enter and the arrows go down and up, left and right at the ends of a text; Esc takes back.
// Tab follows the work: to an explanation that is asked for, else to the next quantity; ticks and flags lie to the left.
import { selectWhole } from "./select-whole.js";

export function bindKeys(body, { sheet, grid, typed, history }) {
  let before = null;
  selectWhole(body, '[data-field="planned"]');

  const place = (event) => {
    const input = event.target.closest("[data-field]");
    const row = input && sheet.byId.get(Number(input.closest("[data-row]").dataset.row));
    return row ? { input, row, field: input.dataset.field } : null;
  };

  const wantsWords = (row) => Boolean(body.querySelector('[data-field="words"]')) && (sheet.needsWords(row) || row.words !== "");

  // Where Tab goes from a cell; false at the ends of the list.
  function tab(row, field, by) {
    if (by > 0 && field === "planned" && wantsWords(row)) return grid.focus(row, "words");
    if (by < 0 && field === "words") return grid.focus(row, "planned");
    const next = grid.list[grid.places.get(row.id) + by];
    return next ? grid.focus(next, by < 0 && wantsWords(next) ? "words" : "planned") : false;
  }

  const step = (row, field, by) => {
    const next = grid.list[grid.places.get(row.id) + by];
    return next ? grid.focus(next, field) : false;
  };

  function sideways(event, input, row, field, by) {
    const end = by > 0 ? input.value.length : 0;
    if (input.selectionStart !== input.selectionEnd || input.selectionStart !== end) return;
    const other = by > 0 ? "words" : "planned";
    if (field === "planned" && by < 0) {
      event.preventDefault();
      input.closest("[data-row]").querySelector("[data-tick]")?.focus();
      return;
    }
    if (field === other || !body.querySelector(`[data-field="${other}"]`)) return;
    event.preventDefault();
    grid.focus(row, other);
  }

  body.addEventListener("focusin", (event) => {
    const at = place(event);
    if (!at) return;
    before = { planned: at.row.error ? at.row.typed : at.row.planned, words: at.row.words };
    history.cell = { ...at, before: before[at.field] };
    if (at.field === "planned") at.input.value = at.row.error ? at.row.typed : at.row.planned;
    at.input.select();
  });

  body.addEventListener("focusout", () => {
    if (!history.cell) return;
    const { row, field, before: was } = history.cell;
    const now = field === "words" ? row.words : row.typed;
    if (now !== was) history.add([[row, { [field]: was }]], [[row, { [field]: now }]]);
    history.cell = null;
  });

  body.addEventListener("keydown", (event) => {
    const at = place(event);
    if (!at || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const { input, row, field } = at;
    const by = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (event.key === "Tab") {
      if (tab(row, field, event.shiftKey ? -1 : 1)) event.preventDefault();
    } else if (by) {
      // The list of causes opens under its input: there the arrows choose, Enter goes on.
      if (field === "words" && event.key.startsWith("Arrow") && !input.value) return;
      event.preventDefault();
      step(row, field, by);
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      sideways(event, input, row, field, event.key === "ArrowRight" ? 1 : -1);
    } else if (event.key === "Escape" && before) {
      event.preventDefault();
      input.value = before[field];
      typed(row, field, before[field], 0);
      input.select();
    }
  });
}
