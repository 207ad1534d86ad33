// Where a pasted block lands: by item codes if it holds any, else row by row from the cell; which of its columns is the
// quantity and which the explanation. What could mean two things is asked about: `choices` are columns of numbers.
import { parseQuantity } from "./allocation-quantities.js";
import { folded, halfWidth } from "./folding.js";

const CODE_TITLES = /编码|编号|代码/;
const QUANTITY_TITLES = [/预采购量/, /报量|需求量|填报量|计划量/, /采购量|数量/];
const WORDS_TITLES = /说明|原因|备注/;
const TITLES = /编码|编号|代码|名称|规格|单位|数量|采购量|报量|需求量|说明|企业|厂家|序号/;
const TOTAL = /^(?:合计|总计|小计|共计|总数)/;
const OWN = { width: 7, planned: 7, history: 6, words: 8 }; // our template: code, variety, specification, …

const isTitle = (cell) => TITLES.test(cell) && !/\d{3}/.test(cell.replace(/\d{4}\s*年?/g, ""));
const isHeader = (row) => row.filter(isTitle).length >= Math.max(1, row.filter(Boolean).length / 2);
const isTotal = (row) => TOTAL.test(folded(row.find(Boolean) ?? ""));
const isNumber = (cell) => parseQuantity(cell, 1, "") !== null || /^\s*[\d,，]+(?:\.0*)?\s*\p{L}+/u.test(halfWidth(cell));

function codeColumn(rows, codes) {
  const width = Math.max(...rows.map((row) => row.length));
  const known = Array.from({ length: width }, (_, at) => rows.filter((row) => row[at] && codes.has(folded(row[at]))).length);
  const most = Math.max(...known);
  return most > 0 && 2 * most >= rows.length && width > 1 ? known.indexOf(most) : -1;
}

function titled(header, code) {
  const at = (pattern) => header.findIndex((cell, place) => place !== code && pattern.test(folded(cell)) && !WORDS_TITLES.test(cell));
  const planned = QUANTITY_TITLES.map(at).find((place) => place >= 0) ?? -1;
  const same = QUANTITY_TITLES.find((pattern) => at(pattern) >= 0);
  const several = planned >= 0 && header.filter((cell) => same.test(folded(cell)) && !WORDS_TITLES.test(cell)).length > 1;
  return { planned: several ? -1 : planned, words: header.findIndex((cell) => WORDS_TITLES.test(cell)) };
}

function ownTemplate(rows, code, sheet) {
  const is = rows.every((row) => row.length >= OWN.width && folded(row[1]) === folded(sheet.byFolded.get(folded(row[0]))?.variety ?? "\0"));
  if (code !== 0 || !is) return null;
  const isHistory = Math.max(...rows.map((row) => row.length)) <= OWN.width;
  return isHistory ? { planned: OWN.history, words: -1 } : { planned: OWN.planned, words: OWN.words };
}

// The columns of the block, or the columns of numbers among which somebody has to choose.
function columnsOf(rows, header, code, sheet) {
  const found = (header && titled(header, code)) || ownTemplate(rows, code, sheet);
  if (found?.planned >= 0) return found;
  const places = Array.from({ length: Math.max(...rows.map((row) => row.length)) }, (_, at) => at).filter((at) => at !== code);
  const filled = (at) => rows.map((row) => row[at] ?? "").filter(Boolean);
  const numbers = places.filter((at) => filled(at).length && filled(at).every(isNumber));
  if (numbers.length > 1) return { choices: numbers };
  const planned = numbers[0] ?? places[0];
  return { planned, words: places.find((at) => at > planned && !numbers.includes(at) && filled(at).length) ?? -1 };
}

// {landing: [[row, {planned, words}]], unknown: [code], totals, beyond, headed, choices}
export function landingOf(block, { sheet, list, start, field, chosen }) {
  const rows = block.filter((row) => row.some(Boolean) || block.length > 1 && row !== block.at(-1));
  const header = rows.length > 1 && isHeader(rows[0]) ? rows.shift() : null;
  const code = codeColumn(rows.filter((row) => !isTotal(row)), sheet.byFolded);
  const isSum = (row) => isTotal(row) && (code < 0 || !sheet.byFolded.has(folded(row[code] ?? "")));
  const data = rows.filter((row) => !isSum(row));
  const told = { landing: [], unknown: [], totals: rows.length - data.length, beyond: 0, headed: header !== null };
  if (!data.length) return told;
  const columns = field === "words" && code < 0 && data.every((row) => row.length === 1)
    ? { planned: -1, words: 0 }
    : chosen === undefined ? columnsOf(data, header, code, sheet) : { planned: chosen, words: -1 };
  if (columns.choices) return { ...told, choices: columns.choices, sample: data[0] };
  const values = (row) => Object.fromEntries(["planned", "words"].map((name) => [name, row[columns[name]]]).filter(([, value]) => value !== undefined));
  data.forEach((row, at) => {
    const goal = code < 0 ? list[start + at] : sheet.byFolded.get(folded(row[code] ?? ""));
    if (goal) told.landing.push([goal, values(row)]);
    else if (code < 0) told.beyond += 1;
    else if (row.some(Boolean)) told.unknown.push(row[code] || "（空）");
  });
  return told;
}
