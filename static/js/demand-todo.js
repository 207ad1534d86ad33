// Everything that counts while typing: figures, tabs, progress, totals, and the list of what hinders 上报.
import { grouped } from "./allocation-quantities.js";
import { rateText } from "./demand-rates.js";
import { fen, sum as sumOf, yuan } from "./money.js";
import { redraw } from "./redraw.js";

const LISTED = 200;

export function totals(sheet) {
  const count = (test) => sheet.rows.filter(test).length;
  const answered = count((row) => row.planned !== "");
  const priced = sheet.rows.filter((row) => row.price !== null);
  const amount = sumOf(priced.map((row) => fen(row.price, row.pack, row.planned)));
  const sum = (value) => sheet.rows.reduce((all, row) => all + value(row), 0n);
  const planned = sum((row) => BigInt(row.planned || 0));
  const baseline = { total: sum((row) => row.baseline.total), years: sheet.rows[0]?.baseline.years ?? 1n };
  return {
    planned: grouped(planned.toString()), // shown only where all items have one unit
    rate: (answered && rateText(planned, baseline)) || "—", // nothing typed yet is no fall of 100 %
    all: sheet.rows.length,
    answered,
    blank: sheet.rows.length - answered,
    wanted: count((row) => row.planned !== "" && row.planned !== "0"),
    due: count((row) => sheet.needsWords(row)),
    packs: count((row) => sheet.slip(row) !== ""),
    amount: priced.length ? `¥ ${grouped(yuan(amount))}` : "",
    percent: sheet.rows.length ? `${Math.floor((answered * 100) / sheet.rows.length)}%` : "",
  };
}

export class Todo {
  constructor({ sheet, jump }) {
    Object.assign(this, { sheet, jump });
    this.box = document.querySelector("[data-todo]");
    this.list = document.querySelector("[data-todo-list]");
    this.places = [...document.querySelectorAll("[data-count]")];
    this.progress = document.querySelector("[data-progress]");
    this.box?.addEventListener("toggle", () => this.box.open && this.fill());
    this.list?.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      this.box.open = false;
      const row = this.sheet.byId.get(Number(button.value));
      this.jump(row, this.sheet.needsWords(row) ? "words" : "planned");
    });
    document.addEventListener("click", (event) => {
      if (this.box?.open && !this.box.contains(event.target)) this.box.open = false;
    });
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), 120);
  }

  show() {
    const counted = totals(this.sheet);
    this.open = this.sheet.rows.filter((row) => this.sheet.problem(row));
    counted.open = this.open.length;
    for (const place of this.places) {
      const value = counted[place.dataset.count];
      const text = typeof value === "number" ? value.toLocaleString("en-US") : value;
      if (text !== undefined && place.textContent !== text) place.textContent = text;
    }
    if (this.progress) this.progress.value = counted.answered;
    const expected = document.querySelector("[data-expected]");
    if (expected) expected.value = counted.blank;
    if (this.box) this.box.hidden = this.open.length === 0;
    if (this.box?.open) this.fill();
  }

  fill() {
    const lines = this.open.slice(0, LISTED).map((row) => {
      const line = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.value = row.id;
      button.textContent = `${row.variety} ${row.spec}`;
      line.append(button, ` ${this.sheet.problem(row)}`);
      return line;
    });
    redraw(this.list, lines.map((line) => line.textContent).join("\n"), () => lines);
  }
}
