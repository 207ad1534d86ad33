// What the columns of the sheet hold: as cells of Excel, as something to sort by, as something to filter by.
import { meanOf } from "./demand-rates.js";
import { folded, halfWidth } from "./folding.js";

const alphabet = new Intl.Collator("zh-CN", { numeric: true });

// As a number to compare; +∞ where there was nothing before, null where there is nothing to say.
function change(row, sheet) {
  const planned = sheet.amountOf(row);
  const { total, years } = row.baseline;
  if (planned === null || row.error) return null;
  if (total === 0n) return planned > 0n ? Infinity : null;
  return Number((planned * years - total) * 100_000n / total) / 1000;
}

const text = (value) => ({ value, cells: (row, sheet) => [value(row, sheet)] });
const number = (value, cell = (amount) => String(amount)) => ({
  isNumber: true,
  value,
  cells: (row, sheet) => [value(row, sheet) === null ? "" : cell(value(row, sheet), row, sheet)],
});

// `value` is text, a number or null for nothing; `cells` is the row's part of a copied block; `field` what can be typed.
// A pasted block is read back by the code, so 品种 takes three cells: code, name, specification.
export const COLUMNS = {
  heading: { value: (row) => `${row.variety} ${row.spec} ${row.code} ${row.maker}`, cells: (row) => [row.code, row.variety, row.spec] },
  unit: text((row) => row.unit),
  bought: number((row) => (row.total ? Number(meanOf(row.baseline)) : null)),
  last: number((row) => (row.last === null ? null : Number(row.last))),
  planned: {
    ...number((row, sheet) => (row.error || row.planned === "" ? null : Number(sheet.amountOf(row)))),
    cells: (row) => [row.error ? row.typed : row.planned],
    field: "planned",
  },
  rate: number(change, (_, row, sheet) => sheet.rate(row)),
  state: text((row) => row.status[0]),
  words: { ...text((row) => row.words), field: "words" },
};

// What stands nowhere comes last, whichever way the list goes.
export function ordered(rows, { column, down }, sheet) {
  const { value, isNumber } = COLUMNS[column];
  const known = rows.map((row) => [value(row, sheet), row]);
  const isNothing = ([found]) => found === null || found === "";
  const compare = isNumber ? (a, b) => (a === b ? 0 : a < b ? -1 : 1) : alphabet.compare;
  return known.sort((one, other) => isNothing(one) - isNothing(other)
    || (isNothing(one) ? 0 : compare(one[0], other[0]) * (down ? -1 : 1))
    || one[1].place - other[1].place).map(([, row]) => row);
}

// {label, keeps(found, wanted)}; those with `wants` need a value.
export const TESTS = {
  has: { label: "包含", wants: true, of: "text", keeps: (found, wanted) => folded(found).includes(folded(wanted)) },
  lacks: { label: "不包含", wants: true, of: "text", keeps: (found, wanted) => !folded(found).includes(folded(wanted)) },
  equal: { label: "等于", wants: true, of: "number", keeps: (found, wanted) => found === wanted },
  least: { label: "不小于", wants: true, of: "number", keeps: (found, wanted) => found !== null && found >= wanted },
  most: { label: "不大于", wants: true, of: "number", keeps: (found, wanted) => found !== null && found <= wanted },
  blank: { label: "空白", keeps: (found) => found === null || found === "" },
  filled: { label: "非空白", keeps: (found) => found !== null && found !== "" },
};

// Whether a row passes the filters, {column: {test, wanted}}; a number that can't be read keeps nothing.
export function passes(row, filters, sheet) {
  return Object.entries(filters).every(([column, { test, wanted }]) => {
    const { value, isNumber } = COLUMNS[column];
    const sought = isNumber && TESTS[test].wants ? Number(halfWidth(wanted).replace(/[,% ]/g, "") || NaN) : wanted;
    return TESTS[test].keeps(value(row, sheet), sought);
  });
}
