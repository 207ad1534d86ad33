// Parts of a form that belong to some choices only: <select data-decides> and <fieldset data-shown-for="a b">.
// A part that is hidden is disabled too: it neither travels nor blocks. The server ignores it without this script.
const select = document.querySelector("select[data-decides]");

function show() {
  for (const part of document.querySelectorAll("fieldset[data-shown-for]")) {
    part.hidden = !part.dataset.shownFor.split(" ").includes(select.value);
    part.disabled = part.hidden;
  }
}

if (select) {
  select.addEventListener("change", show);
  show();
}
