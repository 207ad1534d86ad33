// A block copied from Excel lands row by row below the cell, or by item code where its first column holds codes.
const toast = (text, tone, action) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone, action } }));

export function cells(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return lines.map((line) => line.split("\t").map((cell) => cell.replace(/^"(.*)"$/s, "$1").trim()));
}

// Pairs [row, values] for a block: by code, else from `start` downward in the list that is shown.
export function targets(block, sheet, list, start) {
  const byCode = block.every(([code]) => sheet.byCode.has(code)) && block[0].length > 1;
  if (byCode) return block.map(([code, ...values]) => [sheet.byCode.get(code), values]);
  return block.map((values, index) => [list[start + index], values]).filter(([row]) => row);
}

export function bindPaste(body, { sheet, grid, fill }) {
  body.addEventListener("paste", (event) => {
    const input = event.target.closest("[data-field]");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!input || !/[\n\t]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    const start = grid.places.get(Number(input.closest("[data-row]").dataset.row));
    const block = cells(text);
    const landing = targets(block, sheet, grid.list, start);
    const fields = input.dataset.field === "words" ? ["words"] : ["planned", "words"];
    const changes = landing.map(([row, values]) => [row, Object.fromEntries(fields.map((name, index) => [name, values[index]]).filter(([, value]) => value !== undefined))]);
    const undo = fill(changes);
    const bad = landing.filter(([row]) => row.error).length;
    const lost = block.length - landing.length;
    const words = [`已粘贴 ${landing.length} 行`, bad && `${bad} 行不是整数，已标出`, lost && `表格末尾之外的 ${lost} 行没有粘贴`];
    toast(words.filter(Boolean).join("，") + "。", bad || lost ? "warning" : "info", { label: "撤销", run: undo });
    input.blur();
  });
}
