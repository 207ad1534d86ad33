// Change against a baseline: the twin of apps/reporting/rates.py, exact in whole numbers.
// A baseline is {total, years} as BigInt, a rule {direction, threshold} with the threshold in ten-thousandths.
const WHOLE = 10000n;
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");
const abs = (value) => (value < 0n ? -value : value);

// "0.2000" → 2000n
export function tenThousandths(text) {
  const [whole, part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(4, "0").slice(0, 4));
}

// Strictly beyond the threshold; without a baseline anything above zero (新增). `planned` null is blank.
export function isDue(planned, { total, years }, { direction, threshold }) {
  if (planned === null) return false;
  if (total === 0n) return planned > 0n;
  const scaled = planned * years * WHOLE;
  const falls = direction !== "increase" && scaled < (WHOLE - threshold) * total;
  const rises = direction !== "decrease" && scaled > (WHOLE + threshold) * total;
  return falls || rises;
}

// `+12.5%`, `0.0%`, 新增; empty for a blank or where both are nothing.
export function rateText(planned, { total, years }) {
  if (planned === null) return "";
  if (total === 0n) return planned > 0n ? "新增" : "";
  const difference = (planned * years - total) * 1000n;
  const tenths = (2n * abs(difference) + total) / (2n * total);
  if (tenths === 0n) return "0.0%";
  return `${difference < 0n ? "-" : "+"}${grouped((tenths / 10n).toString())}.${tenths % 10n}%`;
}

// Boxes typed as smallest units ("times"), units as boxes ("over"), or "": within ±30 % of either slip.
export function packSlip(planned, { total, years }, pack) {
  if (!planned || total === 0n || pack <= 1n) return "";
  if (abs(planned * years * pack - total) * 10n <= 3n * total) return "times";
  if (abs(planned * years - total * pack) * 10n <= 3n * total * pack) return "over";
  return "";
}

// 按上年量×%: in whole units, half up; `percent` is a decimal text, null where it makes no sense.
export function shareOf({ total, years }, percent) {
  if (!/^\d{1,4}(\.\d{1,4})?$/.test(percent)) return null;
  const [whole, part = ""] = percent.split(".");
  const exact = BigInt(whole + part) * total;
  const below = years * 100n * 10n ** BigInt(part.length);
  return (2n * exact + below) / (2n * below);
}

// The mean in whole units, half up.
export const meanOf = ({ total, years }) => (2n * total + years) / (2n * years);
