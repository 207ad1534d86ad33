// The menu of a column: sort and filter by it, make it narrower or wider, show and hide columns. One dialog serves all columns.
import { COLUMNS, ordered, passes, TESTS } from "./demand-columns.js";

const MARKS = { none: "▾", ascending: "↑", descending: "↓" };

// How the list is sorted and filtered: {column, down} or null, and {column: {test, wanted}}.
export class Order {
  constructor(sheet) {
    Object.assign(this, { sheet, sort: null, filters: {}, draw: () => {} });
  }

  applied(rows) {
    const kept = rows.filter((row) => passes(row, this.filters, this.sheet));
    return this.sort ? ordered(kept, this.sort, this.sheet) : kept;
  }
}

export function bindOrder({ order, layout, list }) {
  const menu = document.querySelector("[data-column-menu]");
  const form = menu.querySelector("form");
  const [title, boxes] = ["[data-column-title]", "[data-column-boxes]"].map((part) => menu.querySelector(part));
  const notice = document.querySelector("[data-filtered]");
  let column = "";

  function drawHeads() {
    for (const [name, head] of layout.heads) {
      const way = order.sort?.column !== name ? "none" : order.sort.down ? "descending" : "ascending";
      head.setAttribute("aria-sort", way);
      const button = head.querySelector(".col-menu");
      button.textContent = MARKS[way];
      button.classList.toggle("is-on", way !== "none" || name in order.filters);
      button.setAttribute("aria-label", `${head.dataset.title}：排序、筛选和列${name in order.filters ? "，已筛选" : ""}`);
    }
    const count = Object.keys(order.filters).length;
    notice.hidden = count === 0;
    notice.querySelector("[data-filtered-columns]").textContent = count;
  }

  function open(name) {
    column = name;
    title.textContent = layout.heads.get(name).dataset.title;
    const known = order.filters[name];
    const fits = ([, { of }]) => !of || of === (COLUMNS[name].isNumber ? "number" : "text");
    form.elements.test.replaceChildren(...Object.entries(TESTS).filter(fits).map(([key, { label }]) => new Option(label, key, false, key === known?.test)));
    form.elements.wanted.value = known?.wanted ?? "";
    menu.querySelector("[value=hide]").disabled = !layout.mayHide(name);
    for (const box of boxes.querySelectorAll("input")) box.checked = layout.shown.includes(box.value);
    menu.returnValue = "";
    menu.showModal();
  }

  const acts = {
    up: () => (order.sort = { column, down: false }),
    down: () => (order.sort = { column, down: true }),
    catalogue: () => (order.sort = null),
    filter: () => (order.filters[column] = { test: form.elements.test.value, wanted: form.elements.wanted.value }),
    clear: () => delete order.filters[column],
    hide: () => layout.show(column, false),
    narrower: () => layout.widen(column, layout.widthOf(column) - 1),
    wider: () => layout.widen(column, layout.widthOf(column) + 1),
    standard: () => layout.reset(),
    replace: () => document.querySelector('[data-dialog-open="replace"]').click(),
  };

  menu.addEventListener("close", () => {
    acts[menu.returnValue]?.();
    list();
    layout.heads.get(column).querySelector(".col-menu").focus();
  });
  form.elements.wanted.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    menu.close("filter");
  });
  boxes.addEventListener("change", ({ target }) => layout.show(target.value, target.checked));
  notice.querySelector("button").addEventListener("click", () => {
    order.filters = {};
    list();
  });
  for (const [name, head] of layout.heads) {
    head.dataset.title = head.innerText.trim();
    const button = Object.assign(document.createElement("button"), { type: "button", className: "col-menu" });
    button.addEventListener("click", () => open(name));
    head.append(button);
    if (!layout.mayHide(name)) continue;
    const label = boxes.appendChild(document.createElement("label"));
    label.append(Object.assign(document.createElement("input"), { type: "checkbox", className: "form-check-input", value: name }), ` ${head.dataset.title}`);
  }
  order.draw = drawHeads;
}
