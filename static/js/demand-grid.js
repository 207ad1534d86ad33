// The table draws only the rows that are seen: 1,300 rows cost as much as 30. All rows have one height.
import { create, paint } from "./demand-row.js";

const AROUND = 12;

export class Grid {
  constructor({ scroller, body, template, sheet, ticks }) {
    Object.assign(this, { scroller, body, template, sheet, ticks, list: [] });
    this.lines = new Map();
    [this.above, this.below] = [0, 1].map(() => this.spacer());
    scroller.addEventListener("scroll", () => this.soon(), { passive: true });
    window.addEventListener("resize", () => {
      this.measured = 0; // low windows have lower rows
      this.soon();
    });
  }

  // Of one row, in pixels, as demand.css says.
  get height() {
    this.measured ||= parseFloat(getComputedStyle(this.body).getPropertyValue("--grid-row")) *
      parseFloat(getComputedStyle(document.documentElement).fontSize);
    return this.measured;
  }

  spacer() {
    const line = document.createElement("tr");
    line.className = "spacer";
    line.setAttribute("aria-hidden", "true");
    const cell = line.appendChild(document.createElement("td"));
    cell.colSpan = this.body.parentElement.tHead.rows[0].cells.length;
    return line;
  }

  show(list) {
    this.list = list;
    this.places = new Map(list.map((row, place) => [row.id, place]));
    this.lines.clear();
    this.body.replaceChildren(this.above, this.below);
    this.body.parentElement.setAttribute("aria-rowcount", String(list.length));
    this.draw();
  }

  soon() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  draw() {
    const first = Math.max(Math.floor(this.scroller.scrollTop / this.height) - AROUND, 0);
    const seen = Math.ceil(this.scroller.clientHeight / this.height) + 2 * AROUND;
    const wanted = this.list.slice(first, first + seen);
    const keep = new Set(wanted.map((row) => row.id));
    for (const [id, line] of this.lines) {
      if (!keep.has(id)) {
        line.remove();
        this.lines.delete(id);
      }
    }
    let next = this.above.nextSibling;
    for (const row of wanted) {
      const known = this.lines.get(row.id);
      if (known && known === next) next = next.nextSibling;
      else {
        const line = known ?? create(this.template, row);
        this.lines.set(row.id, line);
        this.body.insertBefore(line, next);
        if (!known) this.paint(row);
      }
    }
    this.above.firstChild.style.height = `${first * this.height}px`;
    this.below.firstChild.style.height = `${Math.max(this.list.length - first - wanted.length, 0) * this.height}px`;
  }

  paint(row) {
    const line = this.lines.get(row.id);
    if (line) paint(line, row, this.sheet, this.ticks.has(row.id));
  }

  paintAll() {
    for (const id of this.lines.keys()) this.paint(this.sheet.byId.get(id));
  }

  // Brings a row into sight, away from the heading, and puts the cursor into one of its cells.
  focus(row, field = "planned") {
    const place = this.places.get(row.id);
    if (place === undefined) return false;
    const top = place * this.height;
    const room = this.scroller.clientHeight - 40;
    if (top < this.scroller.scrollTop || top + this.height > this.scroller.scrollTop + room) {
      this.scroller.scrollTop = Math.max(top - room / 2, 0);
    }
    this.draw();
    const cell = this.lines.get(row.id)?.querySelector(`[data-field="${field}"]`);
    cell?.focus({ preventScroll: true });
    cell?.select();
    return Boolean(cell);
  }
}
