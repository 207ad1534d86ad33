// The table draws only the rows that are seen: 1,300 rows cost as much as 30. All rows have one height.
import { create, paint } from "./demand-row.js";
import { rowHeight, Spacer } from "./demand-spacer.js";

const AROUND = 12;

export class Grid {
  constructor({ scroller, body, template, sheet, ticks }) {
    Object.assign(this, { scroller, body, template, sheet, ticks, list: [], places: new Map(), decorate: () => {} });
    this.lines = new Map();
    this.spacers = [this.above, this.below] = [0, 1].map(() => new Spacer(body.parentElement.tHead.rows[0].cells.length));
    scroller.addEventListener("scroll", () => this.soon(), { passive: true });
    window.addEventListener("resize", () => (this.measured = 0) || this.soon()); // low windows have lower rows
    for (const [event, whole] of [["beforeprint", true], ["afterprint", false]]) { // on paper stands every row
      window.addEventListener(event, () => Object.assign(this, { whole }).draw());
    }
  }

  get height() {
    return (this.measured ||= rowHeight(this.body));
  }

  show(list) {
    this.list = list;
    this.places = new Map(list.map((row, place) => [row.id, place]));
    this.lines.clear();
    this.body.replaceChildren(this.above.line, this.below.line);
    this.body.parentElement.setAttribute("aria-rowcount", String(list.length));
    this.draw();
  }

  soon() {
    this.waiting ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.waiting = null;
    const first = this.whole ? 0 : Math.max(Math.floor(this.scroller.scrollTop / this.height) - AROUND, 0);
    const seen = this.whole ? this.list.length : Math.ceil(this.scroller.clientHeight / this.height) + 2 * AROUND;
    const wanted = this.list.slice(first, first + seen);
    const keep = new Set(wanted.map((row) => row.id));
    for (const [id, line] of this.lines) {
      if (!keep.has(id)) {
        // The cursor's row scrolled away: the table has the focus, and keys go on from the chosen cell.
        if (line.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
        line.remove();
        this.lines.delete(id);
      }
    }
    let next = this.above.line.nextSibling;
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
    this.above.height = first * this.height;
    this.below.height = Math.max(this.list.length - first - wanted.length, 0) * this.height;
  }

  paint(row) {
    const line = this.lines.get(row.id);
    if (!line) return;
    paint(line, row, this.sheet, this.ticks.has(row.id));
    this.decorate(line, row);
  }

  decorateAll() {
    for (const [id, line] of this.lines) this.decorate(line, this.sheet.byId.get(id));
  }

  paintAll() {
    for (const id of this.lines.keys()) this.paint(this.sheet.byId.get(id));
  }

  // Brings a place of the list into sight, away from the heading.
  reveal(place) {
    const top = place * this.height;
    const room = this.scroller.clientHeight - 40;
    if (top < this.scroller.scrollTop || top + this.height > this.scroller.scrollTop + room) {
      this.scroller.scrollTop = Math.max(top - room / 2, 0);
    }
    this.draw();
  }

  // Puts the cursor into one of a row's cells.
  focus(row, field = "planned") {
    const place = this.places.get(row.id);
    if (place === undefined) return false;
    this.reveal(place);
    const cell = this.lines.get(row.id)?.querySelector(`[data-field="${field}"]`);
    cell?.focus({ preventScroll: true });
    cell?.select();
    return Boolean(cell);
  }
}
