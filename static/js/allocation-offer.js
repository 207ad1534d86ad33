// What one slot is offered: whole packs under what is left, and how far it may miss. Twins: `engine.offer` and `allowance` of the slot page.
import { allocatedTotal, bounds, NoWholePack, suggest, text } from "./allocation-engine.js";
import { trimmed } from "./allocation-quantities.js";

// The suggestion as far as the product goes: all whole packs left where it is more.
export function offer(pending, dailyUsage, rows, index, left) {
  const wanted = suggest(pending, dailyUsage, rows, index);
  if (left === undefined || wanted <= BigInt(left)) return wanted;
  const pack = BigInt(rows[index].pack);
  if (BigInt(left) < pack) throw new NoWholePack(`less than a pack of ${pack} is left`);
  return (BigInt(left) / pack) * pack;
}

// `允许误差 ±4（1 盒），差 2.5 盒`: a pack of the row that carries the slot, in units of the item; nothing without a quantity.
export function allowance(pending, dailyUsage, rows) {
  if (rows.every((row) => row.contract === "")) return "";
  const { index } = bounds(pending, dailyUsage, rows);
  const pack = allocatedTotal([{ ...rows[index], contract: String(rows[index].pack) }], dailyUsage);
  const placed = allocatedTotal(rows, dailyUsage);
  const gap = { n: BigInt(pending) * placed.d - placed.n, d: placed.d };
  const packs = { n: (gap.n < 0n ? -gap.n : gap.n) * pack.d, d: gap.d * pack.n };
  const off = gap.n === 0n ? "" : `，差 ${trimmed(text(packs, 1))} 盒`;
  return `允许误差 ±${trimmed(text(pack, 2))}（1 盒）${off}`;
}
