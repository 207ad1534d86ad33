// Beside the way to the text there are ways to the work: to 待办, to the page's first table (in a sheet the first cell to be
// filled in), and to what is done with it, which stands in the bar at the bottom.
const CELL = "tbody input:enabled:not([type=checkbox], [type=hidden])";
const ACT = "button:enabled, a[href]";
const WAYS = [
  ["main .todo-list", "跳到待办", ACT],
  ["main .table-scroll[tabindex]", "跳到表格", CELL],
  [".savebar:not(.panel *):has(button, a[href])", "跳到操作", ACT],
];
const text = document.querySelector("a.skip");
let last = text;

function lead(work, words, first) {
  work.id ||= `work${document.querySelectorAll("a.skip").length}`;
  const way = text.cloneNode();
  way.href = `#${work.id}`;
  way.textContent = words;
  way.addEventListener("click", (event) => {
    const target = work.querySelector(first);
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
  last.after(way);
  last = way;
}

for (const [place, words, first] of text ? WAYS : []) {
  const work = document.querySelector(place);
  if (work) lead(work, words, first);
}
