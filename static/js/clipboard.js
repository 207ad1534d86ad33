// The text that Excel and WPS put on the clipboard, as rows of cells; a cell with a line break is one cell.

// A quoted cell ends at a lone quote before a tab, a line break or the end; without such an end the quote is text.
function quotedEnd(text, from) {
  for (let place = from + 1; place < text.length; place += 1) {
    if (text[place] !== '"') continue;
    if (text[place + 1] === '"') place += 1;
    else return /^(?:[\t\n]|$)/.test(text.slice(place + 1, place + 2)) ? place : -1;
  }
  return -1;
}

export function rowsOf(clipboard) {
  const text = clipboard.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const rows = [[]];
  let place = 0;
  while (place <= text.length) {
    const end = text[place] === '"' ? quotedEnd(text, place) : -1;
    const found = end < 0 ? /^[^\t\n]*/.exec(text.slice(place))[0] : text.slice(place, end + 1);
    const cell = end < 0 ? found : found.slice(1, -1).replaceAll('""', '"').replace(/\s*\n\s*/g, " ");
    rows.at(-1).push(cell.trim());
    place += found.length;
    if (text[place] === "\n") rows.push([]);
    place += 1;
  }
  return rows;
}

const quoted = (cell) => (/[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export const asText = (rows) => rows.map((row) => row.map(quoted).join("\t")).join("\r\n");

// Beside the text, for Excel and WPS: a long code or a text stays one, whatever it looks like.
export function asHtml(rows) {
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const cell = (text) => (/^\d{0,11}$/.test(text) ? `<td>${text}</td>` : `<td style="mso-number-format:'\\@'">${escaped(text)}</td>`);
  return `<table>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("")}</table>`;
}
