// What ends in "…" for want of room says itself in full where the pointer or the focus is.
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

document.addEventListener("pointerover", tell, { passive: true });
document.addEventListener("focusin", tell);
