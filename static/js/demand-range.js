// The chosen cells, as in Excel: a rectangle from the anchor to the cell last reached. Mouse, Shift and keys move its ends;
// rows are kept by their id, so scrolling and drawing anew change nothing.
export class Range {
  constructor({ grid, columns, told }) {
    Object.assign(this, { grid, columns, told, anchor: null, head: null, filling: null });
  }

  set(cell) {
    this.anchor = cell;
    this.extend(cell);
  }

  extend(cell) {
    this.head = cell;
    this.grid.decorateAll();
    this.told(this.isMany ? `已选 ${this.rows.length} 行 × ${this.cols.length} 列` : "");
  }

  // While the corner is drawn: the rows that it will fill, from one place to another.
  fill(places) {
    this.filling = places;
    this.grid.decorateAll();
  }

  drop() {
    this.anchor = null;
    this.extend(null);
  }

  // {top, bottom, left, right} in places of the list and of the visible columns; null without a choice.
  get bounds() {
    if (!this.anchor || !this.head) return null;
    const names = this.columns();
    const ends = [this.anchor, this.head];
    const rows = ends.map((cell) => this.grid.places.get(cell.id));
    const cols = ends.map((cell) => names.indexOf(cell.column));
    if (rows.includes(undefined) || cols.includes(-1)) return null;
    return { top: Math.min(...rows), bottom: Math.max(...rows), left: Math.min(...cols), right: Math.max(...cols) };
  }

  get rows() {
    const { bounds } = this;
    return bounds ? this.grid.list.slice(bounds.top, bounds.bottom + 1) : [];
  }

  get cols() {
    const { bounds } = this;
    return bounds ? this.columns().slice(bounds.left, bounds.right + 1) : [];
  }

  get isMany() {
    const { bounds } = this;
    return Boolean(bounds) && (bounds.top < bounds.bottom || bounds.left < bounds.right);
  }

  all() {
    const names = this.columns();
    if (!this.grid.list.length) return;
    this.anchor = { id: this.grid.list[0].id, column: names[0] };
    this.extend({ id: this.grid.list.at(-1).id, column: names.at(-1) });
  }

  // The cell so many rows and columns from another, at the edges the last one.
  beside({ id, column }, down, right) {
    const names = this.columns();
    const within = (place, length) => Math.min(Math.max(place, 0), length - 1);
    const row = this.grid.list[within(this.grid.places.get(id) + down, this.grid.list.length)];
    return { id: row.id, column: names[within(names.indexOf(column) + right, names.length)] };
  }

  // Marks the chosen cells of one drawn row, and the corner that can be drawn to fill.
  decorate(line, row) {
    const { bounds, isMany } = this;
    const place = this.grid.places.get(row.id);
    const within = bounds && place >= bounds.top && place <= bounds.bottom;
    const chosen = new Set(within ? this.cols : []);
    line.classList.toggle("is-filling", Boolean(this.filling) && place >= this.filling[0] && place <= this.filling[1]);
    const corner = within && place === bounds.bottom ? this.columns()[bounds.right] : "";
    for (const cell of line.querySelectorAll("[data-col]")) {
      cell.classList.toggle("is-chosen", isMany && chosen.has(cell.dataset.col));
      cell.classList.toggle("is-corner", cell.dataset.col === corner);
    }
  }
}

export const cellOf = (target) => {
  const cell = target?.closest?.("[data-col]");
  const line = cell?.closest("[data-row]");
  return line ? { id: Number(line.dataset.row), column: cell.dataset.col } : null;
};
