// One click on a quantity chooses all of it, also in the cell where the cursor is: what is typed next replaces the number,
// never lands inside it. A second click goes between the digits.
export function selectWhole(root, selector) {
  root.addEventListener("mousedown", (event) => {
    const input = event.target.closest(selector);
    if (!input || input.disabled || event.button !== 0 || event.detail > 1 || event.shiftKey) return;
    event.preventDefault();
    input.focus({ preventScroll: true });
    input.select();
  });
}

export const isWhole = (input) => input.selectionStart === 0 && input.selectionEnd === input.value.length;
