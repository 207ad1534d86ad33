// Quantities as clerks type and read them: the twin of apps/allocation/quantities.py.
const PACK_WORDS = new Set(["盒", "瓶", "袋", "包", "板", "罐", "筒", "箱", "件", "套"]);

// "" for blank, a string of digits in smallest units, or null when it can't be read.
export function parseQuantity(typed, pack, unit) {
  const text = typed.normalize("NFKC").replace(/[\s,]/g, "");
  if (!text) return "";
  const [, digits, word] = /^(\d{1,15})(\D*)$/.exec(text) ?? [];
  if (digits === undefined) return null;
  if (word === "" || word === unit) return BigInt(digits).toString();
  return PACK_WORDS.has(word) ? (BigInt(digits) * BigInt(pack)).toString() : null;
}

// `= 1,200 盒`, with a rest `= 41 盒 余 5 片`; empty when there is nothing to say.
export function inPacks(quantity, pack, unit) {
  if (quantity === "" || quantity === null || Number(pack) <= 1) return "";
  const whole = BigInt(quantity) / BigInt(pack);
  const rest = BigInt(quantity) % BigInt(pack);
  return `= ${grouped(whole.toString())} 盒${rest ? ` 余 ${grouped(rest.toString())} ${unit}` : ""}`;
}

// Thousands separators in a plain decimal text.
export function grouped(text) {
  const [whole, part] = text.split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part ? `${spaced}.${part}` : spaced;
}

// At most two decimals, none that say nothing: `9,984` or `666.67`.
export function trimmed(text) {
  return grouped(text.includes(".") ? text.replace(/\.?0+$/, "") : text);
}

// The whole quantities strictly between two rationals {n, d}, from 0 on.
export function wholeRange({ low, high }) {
  const floor = ({ n, d }) => n / d - (n % d < 0n ? 1n : 0n);
  const from = floor(low) + 1n;
  const to = -floor({ n: -high.n, d: high.d }) - 1n;
  const lowest = from > 0n ? from : 0n;
  return lowest <= to ? `${grouped(lowest.toString())} – ${grouped(to.toString())}` : "";
}
