// Money is rounded once: the twin of apps/projects/money.py. Amounts are whole fen as BigInt; a price is decimal text.

// Half up; nothing for a blank quantity.
export function fen(price, pack, quantity) {
  const [whole, part = ""] = String(price).split(".");
  const size = BigInt(pack) * 10n ** BigInt(part.length);
  return (200n * BigInt(whole + part) * BigInt(quantity || 0) + size) / (2n * size);
}

export const sum = (amounts) => amounts.reduce((all, each) => all + each, 0n);

// Plain decimal text in yuan.
export const yuan = (amount) => `${amount / 100n}.${String(amount % 100n).padStart(2, "0")}`;
