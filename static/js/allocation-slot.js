// The page of one slot: formulas live while contract quantities are typed (rules §3, §3a.5-7).
// The server computes the same on load and on save; without this script the page works, it only stands still.
import { allocated, allocatedTotal, bounds, isInside, text } from "./allocation-engine.js";
import { allowance, offer } from "./allocation-offer.js";
import { grouped, inPacks, parseQuantity, trimmed, wholeRange } from "./allocation-quantities.js";
import { fen, sum, yuan } from "./money.js";

const form = document.querySelector("[data-slot-form]");
const lines = [...form.querySelectorAll("[data-slot-row]")];
const { pending, usage } = form.dataset;
const put = (root, name, words) => {
  for (const place of root.querySelectorAll(`[data-${name}]`)) if (place.textContent !== words) place.textContent = words;
};
const attempt = (act, otherwise) => {
  try {
    return act();
  } catch (error) {
    if (error instanceof RangeError) return otherwise;
    throw error;
  }
};

function read(line) {
  const { dailyUsage, pack, price, unit, left } = line.dataset;
  const input = line.querySelector("[data-slot-input]");
  const contract = parseQuantity(input.value, pack, unit);
  return { dailyUsage, pack, price, unit, left, input, contract: contract ?? "", unreadable: contract === null };
}

function gapWords(rows) {
  const placed = allocatedTotal(rows, usage);
  const gap = { n: BigInt(pending) * placed.d - placed.n, d: placed.d };
  if (rows.every((row) => row.contract === "")) return [`还差 ${grouped(pending)}`, ""];
  const size = trimmed(text({ n: gap.n < 0n ? -gap.n : gap.n, d: gap.d }, 2));
  const inside = isInside(pending, usage, rows);
  if (gap.n === 0n) return ["正好", inside ? "success" : "warning"];
  const words = gap.n > 0n ? `还差 ${size}` : `超出 ${size}`;
  return inside ? [`${words}，在允许范围内`, "success"] : [words, "warning"];
}

function allowedFor(rows, index) {
  const blank = rows.every((row) => row.contract === "");
  const tried = blank ? rows.map((row, place) => ({ ...row, contract: place === index ? "1" : "" })) : rows;
  const limits = bounds(pending, usage, tried);
  return limits.index === index ? `允许 ${wholeRange(limits) || "没有可填的数量"}` : "";
}

function refusalOf(row) {
  if (row.unreadable) return "请填整数，或如 120盒";
  if (row.left !== undefined && row.contract !== "" && BigInt(row.contract) > BigInt(row.left)) {
    return `超出剩余产能 ${grouped((BigInt(row.contract) - BigInt(row.left)).toString())}`;
  }
  const broken = "wholePacks" in form.dataset && row.contract !== "" && BigInt(row.contract) % BigInt(row.pack);
  return broken ? "不是整包装" : "";
}

function draw() {
  const rows = lines.map(read);
  rows.forEach((row, index) => {
    const line = lines[index];
    const refusal = refusalOf(row);
    put(line, "packs", inPacks(row.contract, row.pack, row.unit));
    put(line, "allowed", allowedFor(rows, index));
    put(line, "allocated", trimmed(text(allocated(row, usage), 2)));
    put(line, "amount", grouped(yuan(fen(row.price, row.pack, row.contract))));
    put(line, "cell-error", refusal);
    row.input.classList.toggle("is-invalid", Boolean(refusal));
    const button = line.querySelector("[data-suggest]");
    if (!button) return;
    const offered = attempt(() => offer(pending, usage, rows, index, row.left).toString(), "");
    button.disabled = offered === "";
    button.dataset.suggest = offered;
    button.textContent = offered === "" ? "无整包装" : `建议 ${grouped(offered)}`;
  });
  const [words, tone] = gapWords(rows);
  const amount = sum(rows.map((row) => fen(row.price, row.pack, row.contract)));
  put(document, "slot-total", trimmed(text(allocatedTotal(rows, usage), 2)));
  put(document, "slot-gap", words);
  put(document, "slot-allowance", allowance(pending, usage, rows));
  put(document, "slot-amount", grouped(yuan(amount)));
  document.querySelector("[data-slot-verdict]").className = `figure tone-${tone}`;
}

form.addEventListener("input", draw);
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-suggest]");
  if (!button) return;
  event.preventDefault();
  const input = button.closest("[data-slot-row]").querySelector("[data-slot-input]");
  input.value = button.dataset.suggest;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
});
draw();
