// What ends in "…" for want of room says itself in full where the pointer or the focus is; a press opens it in its place.
function isCut(element) {
  const style = getComputedStyle(element);
  const clamped = style.webkitLineClamp !== "none" && element.scrollHeight > element.clientHeight + 1;
  return clamped || (style.textOverflow === "ellipsis" && element.scrollWidth > element.clientWidth);
}

function tell({ target }) {
  for (let element = target; element instanceof HTMLElement && element !== document.body; element = element.parentElement) {
    const wasCut = element.dataset.ownTitle !== undefined;
    if (!wasCut && !isCut(element)) continue;
    const own = (element.dataset.ownTitle ??= element.title);
    const text = element.textContent.replace(/\s+/g, " ").trim();
    element.title = isCut(element) ? [...new Set([text, own])].filter(Boolean).join("\n") : own;
  }
}

function open({ target }) {
  const text = target.closest?.(".clamp");
  if (!text || target.closest("a, button, summary, label") || String(getSelection())) return;
  if (text.classList.contains("is-whole") || isCut(text)) text.classList.toggle("is-whole");
}

document.addEventListener("click", open);
document.addEventListener("pointerover", tell, { passive: true });
document.addEventListener("focusin", tell);
