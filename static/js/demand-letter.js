// A quantity changed after the signed document was uploaded: its mark changes while typing; the server decides.
const mark = document.querySelector("[data-letter-mark]");
const changed = document.querySelector("[data-letter-changed]");

export function quantityChanged() {
  if (mark && changed && !mark.dataset.changed) {
    mark.dataset.changed = "yes";
    mark.replaceChildren(changed.content.cloneNode(true));
  }
}
