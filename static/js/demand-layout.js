// Which columns of the sheet are shown and how wide, remembered in this browser for the account.
const KEY = `columns:${document.body.dataset.user ?? ""}`;
const [NARROWEST, WIDEST] = [3, 40]; // rem
const ALWAYS = ["heading", "planned"];

export class Layout {
  constructor(table, grid) {
    Object.assign(this, { table, grid, changed: () => {} });
    this.heads = new Map([...table.tHead.querySelectorAll("[data-col]")].map((head) => [head.dataset.col, head]));
    this.read();
    this.apply();
    for (const [name, head] of this.heads) this.edge(name, head);
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
      Object.assign(this, { widths: kept.widths ?? {}, hidden: (kept.hidden ?? []).filter((name) => !ALWAYS.includes(name)) });
    } catch {
      Object.assign(this, { widths: {}, hidden: [] });
    }
  }

  keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify({ widths: this.widths, hidden: this.hidden }));
    } catch {
      // Next time the columns are as they were.
    }
    this.apply();
    this.changed();
  }

  apply() {
    this.table.dataset.hidden = this.hidden.join(" ");
    for (const [name, head] of this.heads) head.style.width = this.widths[name] ? `${this.widths[name]}rem` : "";
    const others = this.table.tHead.rows[0].cells.length - this.heads.size;
    for (const spacer of this.grid.spacers) spacer.span(this.shown.length + others);
  }

  get shown() {
    return [...this.heads.keys()].filter((name) => !this.hidden.includes(name));
  }

  mayHide(name) {
    return !ALWAYS.includes(name);
  }

  show(name, isShown) {
    this.hidden = this.hidden.filter((each) => each !== name);
    if (!isShown) this.hidden.push(name);
    this.keep();
  }

  widthOf(name) {
    return this.heads.get(name).getBoundingClientRect().width / parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  widen(name, width) {
    this.widths[name] = Math.round(Math.min(Math.max(width, NARROWEST), WIDEST) * 100) / 100;
    this.keep();
  }

  reset() {
    Object.assign(this, { widths: {}, hidden: [] });
    this.keep();
  }

  // The line at the right of a heading: it is drawn, and a double click takes the width back.
  edge(name, head) {
    const edge = head.appendChild(document.createElement("span"));
    edge.className = "col-edge";
    edge.addEventListener("dblclick", () => {
      delete this.widths[name];
      this.keep();
    });
    edge.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      edge.setPointerCapture(event.pointerId);
      const [from, width] = [event.clientX, this.widthOf(name)];
      const unit = this.heads.get(name).getBoundingClientRect().width / width;
      const moved = (move) => this.widen(name, width + (move.clientX - from) / unit);
      edge.addEventListener("pointermove", moved);
      edge.addEventListener("pointerup", () => edge.removeEventListener("pointermove", moved), { once: true });
    });
  }
}
