// What happens in the cells and on the tabs above them: typing, leaving a cell, answering the question about boxes.
export function bindCells(body, { sheet, typed, fill, saver, changed }) {
  const rowOf = (element) => sheet.byId.get(Number(element.closest("[data-row]").dataset.row));
  body.addEventListener("input", (event) => {
    const { field } = event.target.dataset;
    if (field) typed(rowOf(event.target), field, event.target.value, 1200);
  });
  body.addEventListener("focusout", (event) => {
    if (!event.target.dataset.field) return;
    const row = rowOf(event.target);
    if (row.state === "dirty") saver.add(row, 150);
    requestAnimationFrame(() => changed(row));
  });
  body.addEventListener("click", (event) => {
    const { slip } = event.target.dataset;
    if (!slip) return;
    const row = rowOf(event.target);
    if (slip === "times") fill([[row, { planned: String(BigInt(row.planned) * BigInt(row.pack)) }]]);
    else if (slip === "over") fill([[row, { planned: String(BigInt(row.planned) / BigInt(row.pack)) }]]);
    else Object.assign(row, { checked: true, state: "dirty" });
    saver.add(row, 0);
    changed(row);
  });
}

export function bindLists(tabs, find, list, choose) {
  for (const tab of tabs) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(tab.dataset.show);
      list();
    });
  }
  find.addEventListener("input", list);
  find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

// What was typed into the rows that the server drew, before the sheet took over: [id, field, text].
export function typedEarly(body) {
  return [...body.querySelectorAll("[data-row] [data-field]")]
    .filter((input) => input.value !== input.defaultValue)
    .map((input) => [Number(input.closest("[data-row]").dataset.row), input.dataset.field, input.value]);
}
