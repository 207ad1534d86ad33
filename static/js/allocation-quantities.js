// Quantities as clerks type and read them: the twin of apps/exchange/domain/quantities.py.
import { folded, halfWidth } from "./folding.js";

const PACK_WORDS = new Set(["盒", "瓶", "袋", "包", "板", "罐", "筒", "箱", "件", "套"]);

const NUMBER = "(?:\\d{1,3}(?:[, ]\\d{3})+|\\d{1,15})(?:\\.0*)?";
const WORD = "[^\\d\\s,.()+\\-*/=:;~<>%]+";
const WRITTEN = new RegExp(`^(${NUMBER}) ?(${WORD})?(?: ?余? ?(${NUMBER}) ?(${WORD}))?$`);
const ZEROS = new Set(["-", "–", "—", "−"]);
// ①, ² and ٣ are digits to Unicode, and no quantity.
const ODD_DIGITS = /(?![0-9０-９])\p{N}/u;
const whole = (number) => BigInt(number.split(".")[0].replace(/[, ]/g, ""));

// "" for blank, a string of digits in smallest units, or null when it can't be read.
export function parseQuantity(typed, pack, unit) {
  const plain = halfWidth(typed).replace(/^'/, "");
  if (!plain) return "";
  if (ZEROS.has(plain)) return "0";
  const [, digits, words = "", more = "0", rest = ""] = WRITTEN.exec(plain) ?? [];
  if (digits === undefined || ODD_DIGITS.test(typed)) return null;
  const [number, over] = [whole(digits), whole(more)];
  if (number >= 10n ** 15n || over >= 10n ** 15n) return null;
  const [own, overWord] = [folded(unit), folded(rest)];
  const word = overWord ? folded(words).replace(/余$/, "") : folded(words);
  const isPack = PACK_WORDS.has(word) && word !== own;
  if (overWord) return isPack && overWord === own ? (number * BigInt(pack) + over).toString() : null;
  if (word === "" || word === own) return number.toString();
  return isPack ? (number * BigInt(pack)).toString() : null;
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
