// Moving like in a sheet: Enter and the arrows go down and up, left and right at the ends of a text; Esc takes back.
export function bindKeys(body, { sheet, grid, typed }) {
  let before = null;

  const place = (event) => {
    const input = event.target.closest("[data-field]");
    const row = input && sheet.byId.get(Number(input.closest("[data-row]").dataset.row));
    return row ? { input, row, field: input.dataset.field } : null;
  };

  const step = (row, field, by) => {
    const next = grid.list[grid.places.get(row.id) + by];
    return next ? grid.focus(next, field) : false;
  };

  function sideways(event, input, row, field, by) {
    const end = by > 0 ? input.value.length : 0;
    if (input.selectionStart !== input.selectionEnd || input.selectionStart !== end) return;
    const other = by > 0 ? "words" : "planned";
    if (field === other || !body.querySelector(`[data-field="${other}"]`)) return;
    event.preventDefault();
    grid.focus(row, other);
  }

  body.addEventListener("focusin", (event) => {
    const at = place(event);
    if (!at) return;
    before = { planned: at.row.error ? at.row.typed : at.row.planned, words: at.row.words };
    if (at.field === "planned") at.input.value = at.row.error ? at.row.typed : at.row.planned;
    at.input.select();
  });

  body.addEventListener("keydown", (event) => {
    const at = place(event);
    if (!at || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const { input, row, field } = at;
    const by = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (by) {
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
