// Exact arithmetic of one allocation slot: the twin of apps/allocation/engine.py (rules §3, §3a).
// Numbers come in as whole numbers or decimal strings; results are rationals {n, d} of BigInt,
// d > 0. A row is {dailyUsage, pack, price, contract}; a blank contract is null or "".
// What the Python engine refuses with ValueError throws a RangeError here.

export class NoWholePack extends RangeError {}

export function exact(value, lowest = null) {
  const parts = /^(-?\d+)(?:\.(\d+))?$/.exec(String(value));
  if (!parts) throw new RangeError(`not a decimal number: ${value}`);
  const fraction = parts[2] ?? "";
  const number = { n: BigInt(parts[1] + fraction), d: 10n ** BigInt(fraction.length) };
  if (lowest !== null && number.n < lowest) throw new RangeError(`out of range: ${value}`);
  return number;
}

const over = (n, d) => (d < 0n ? { n: -n, d: -d } : { n, d });
const plus = (a, b) => over(a.n * b.d + b.n * a.d, a.d * b.d);
const minus = (a, b) => over(a.n * b.d - b.n * a.d, a.d * b.d);
const times = (a, b) => over(a.n * b.n, a.d * b.d);
const by = (a, b) => over(a.n * b.d, a.d * b.n);
const size = (a) => (a.n < 0n ? over(-a.n, a.d) : a);
const positive = (value) => exact(value, 1n);
export const compare = (a, b) => Number(a.n * b.d > b.n * a.d) - Number(a.n * b.d < b.n * a.d);

// Plain decimal text, half away from zero: `rounded` of the Python engine.
export function text(value, places = 0) {
  const { n, d } = size(value);
  const scaled = (2n * n * 10n ** BigInt(places) + d) / (2n * d);
  const digits = scaled.toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const part = places ? `.${digits.slice(-places)}` : "";
  return (value.n < 0n && scaled ? "-" : "") + whole + part;
}

const isBlank = (row) => (row.contract ?? "") === "";

function contractOf(row) {
  const contract = exact(isBlank(row) ? 0 : row.contract, 0n);
  if (contract.d !== 1n) throw new RangeError("a contract is a whole number of smallest units");
  return contract;
}

export function allocated(row, dailyUsage) {
  return times(by(contractOf(row), positive(row.dailyUsage)), positive(dailyUsage));
}

export function allocatedTotal(rows, dailyUsage) {
  return rows.map((row) => allocated(row, dailyUsage)).reduce(plus, exact(0));
}

export function dailyCost(row) {
  return times(by(exact(row.price), positive(row.pack)), positive(row.dailyUsage));
}

export function contractAmount(row) {
  return times(by(exact(row.price), positive(row.pack)), contractOf(row));
}

// The filled row with the largest pack, the last of a tie; a row at zero only among zeros.
function carryingRow(rows) {
  const filled = [...rows.keys()].filter((index) => !isBlank(rows[index]));
  const taking = filled.filter((index) => contractOf(rows[index]).n > 0n);
  if (!filled.length) throw new RangeError("no contract quantity is filled");
  const larger = (a, b) => (compare(positive(rows[b].pack), positive(rows[a].pack)) < 0 ? a : b);
  return (taking.length ? taking : filled).reduce(larger);
}

function target(pending, dailyUsage, rows, index) {
  const others = rows.filter((_, place) => place !== index);
  const remainder = minus(exact(pending, 0n), allocatedTotal(others, dailyUsage));
  return times(by(remainder, positive(dailyUsage)), positive(rows[index].dailyUsage));
}

export function bounds(pending, dailyUsage, rows) {
  const index = carryingRow(rows);
  const middle = target(pending, dailyUsage, rows, index);
  const pack = positive(rows[index].pack);
  return { index, low: minus(middle, pack), high: plus(middle, pack) };
}

// Both ends of the interval are refused.
export function isInside(pending, dailyUsage, rows) {
  const { index, low, high } = bounds(pending, dailyUsage, rows);
  const contract = contractOf(rows[index]);
  return compare(low, contract) < 0 && compare(contract, high) < 0;
}

// Whole packs nearest to what the other rows leave, as BigInt; ties go down.
export function suggest(pending, dailyUsage, rows, index) {
  const aim = target(pending, dailyUsage, rows, index);
  const pack = BigInt(rows[index].pack);
  const below = aim.n < 0n ? 0n : (aim.n / (aim.d * pack)) * pack;
  const distance = (contract) => size(minus(exact(contract), aim));
  const nearest = [below, below + pack].sort((a, b) => compare(distance(a), distance(b)));
  const fill = (contract) => rows.map((row, i) => (i === index ? { ...row, contract } : row));
  const found = nearest.find((contract) => isInside(pending, dailyUsage, fill(contract)));
  if (found === undefined) throw new NoWholePack(`no multiple of ${pack} lies inside the bounds`);
  return found;
}
