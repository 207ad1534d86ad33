// Beside the way to the text there is one to the work: the page's first table, in a sheet the first cell to be filled in.
const text = document.querySelector("a.skip");
const work = document.querySelector("main .table-scroll[tabindex]");

function enter(event) {
  const cell = work.querySelector("tbody input:enabled:not([type=checkbox], [type=hidden])");
  if (!cell) return;
  event.preventDefault();
  cell.focus();
}

if (text && work) {
  work.id ||= "work";
  const way = text.cloneNode();
  way.href = `#${work.id}`;
  way.textContent = "跳到表格";
  way.addEventListener("click", enter);
  text.after(way);
}
