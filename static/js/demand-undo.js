// Ctrl+Z takes back the last thing that was done on the sheet: what stands in the cell, a cell that was left, a paste, an act
// on many rows. Ctrl+Y (Ctrl+Shift+Z) does it again. Each step is [row, {field: text}] pairs before and after.
const MOST = 200;

export class History {
  constructor(typed) {
    this.typed = typed;
    this.cell = null; // the one with the cursor: {input, row, field, before}
    this.done = [];
    this.undone = [];
  }

  put(changes) {
    for (const [row, values] of changes) {
      for (const [field, text] of Object.entries(values)) {
        this.typed(row, field, text, 200);
        if (this.cell?.row === row && this.cell.field === field) this.cell.before = this.cell.input.value = text;
      }
    }
  }

  // Many cells at once; returns what takes them back.
  fill(changes) {
    const textOf = (row, field) => [field, field === "words" ? row.words : row.typed];
    const before = changes.map(([row, values]) => [row, Object.fromEntries(Object.keys(values).map((field) => textOf(row, field)))]);
    this.put(changes);
    const step = this.add(before, changes);
    return () => step && this.undo(step);
  }

  add(before, after) {
    if (before.length === 0) return null;
    const step = { before, after };
    this.done = [...this.done, step].slice(-MOST);
    this.undone = [];
    return step;
  }

  // Takes back a step, by default the last one; the row to look at, or nothing.
  undo(step = this.done.at(-1)) {
    if (!this.done.includes(step)) return null;
    this.done = this.done.filter((each) => each !== step);
    this.undone.push(step);
    this.put(step.before);
    return step.before[0];
  }

  redo() {
    const step = this.undone.pop();
    if (!step) return null;
    this.done.push(step);
    this.put(step.after);
    return step.after[0];
  }
}

export function bindUndo({ history, grid, typed }) {
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return;
    const elsewhere = event.target.matches("input, textarea, select") && !event.target.matches("[data-field], [data-tick]");
    if (elsewhere || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    const { cell } = history;
    if (key === "z" && !event.shiftKey && cell && cell.input.value !== cell.before) {
      cell.input.value = cell.before;
      typed(cell.row, cell.field, cell.before, 0);
      cell.input.select();
      return;
    }
    const change = key === "y" || event.shiftKey ? history.redo() : history.undo();
    if (change) grid.focus(change[0], Object.keys(change[1])[0]);
  });
}
