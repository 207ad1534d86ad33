// The sheet in memory: every row with what was typed, what the server has, and what still needs an answer.
import { inPacks, parseQuantity } from "./allocation-quantities.js";
import { folded, wordsOf } from "./folding.js";
import { isDue, packSlip, rateText, tenThousandths } from "./demand-rates.js";

const NAMES = ["id", "code", "variety", "spec", "maker", "unit", "pack", "note", "price", "pinyin", "total", "planned", "words", "version", "mark", "status", "doubt", "last", "codes"];

export class Sheet {
  constructor(data, { years, direction, threshold, scope, editable }) {
    this.rule = { direction, threshold: tenThousandths(threshold) };
    this.asks = scope === "line";
    this.editable = editable;
    this.rows = data.rows.map((values, place) => this.read(values, place, BigInt(years)));
    this.byId = new Map(this.rows.map((row) => [row.id, row]));
    this.byFolded = new Map(this.rows.flatMap((row) => row.codes.map((code) => [code, row])));
  }

  read(values, place, years) {
    const row = Object.fromEntries(NAMES.map((name, index) => [name, values[index]]));
    row.place = place;
    row.baseline = { total: BigInt(row.total), years };
    row.planned = row.planned ?? "";
    row.typed = row.planned;
    row.server = { planned: row.planned, words: row.words };
    row.state = "";
    row.error = "";
    row.checked = false;
    row.theirs = null;
    // Marked by a return or a withdrawal; stays on its tab while it is being mended.
    row.named = row.status[0] === "待修改";
    row.find = [row.variety, row.pinyin, row.code, row.spec, row.maker].map(folded).join("\n");
    return row;
  }

  // What a person types: kept as typed while it can't be read, in smallest units as soon as it can.
  type(row, field, text) {
    if (field === "words") row.words = text;
    else {
      row.typed = text;
      const planned = parseQuantity(text, row.pack, row.unit);
      row.error = planned === null ? `“${text.trim()}”不是整数` : "";
      if (planned !== null) row.planned = planned.slice(0, 13);
      row.checked = false;
    }
    row.state = this.isChanged(row) || row.error ? "dirty" : "";
  }

  // One of two values that collided was chosen.
  settle(row, mine) {
    const { planned, words, version, mark, status } = row.theirs;
    Object.assign(row, { server: { planned, words }, version, mark, status, theirs: null, state: "dirty" });
    if (!mine) Object.assign(row, { planned, typed: planned, words, error: "", state: "" });
  }

  isChanged(row) {
    return row.planned !== row.server.planned || row.words.trim() !== row.server.words || row.checked;
  }

  amountOf(row) {
    return row.planned === "" ? null : BigInt(row.planned);
  }

  slip(row) {
    if (row.checked || row.error || (row.mark === "confirmed" && row.planned === row.server.planned)) return "";
    return packSlip(this.amountOf(row), row.baseline, BigInt(row.pack));
  }

  rate(row) {
    return row.error ? "" : rateText(this.amountOf(row), row.baseline);
  }

  packs(row) {
    return row.error || row.planned === "0" ? "" : inPacks(row.planned, row.pack, row.unit);
  }

  // Asks for an explanation that is not there yet.
  needsWords(row) {
    return this.asks && !row.words.trim() && isDue(this.amountOf(row), row.baseline, this.rule);
  }

  // Why 上报 would be refused because of this row.
  problem(row) {
    if (row.error) return row.error;
    if (row.theirs) return "与他人修改冲突，请选择";
    if (row.planned === "") return "没有填写";
    return this.needsWords(row) ? "需要填写增幅降幅说明" : "";
  }

  shown(show, words) {
    const parts = wordsOf(words);
    const keeps = {
      blank: (row) => row.planned === "",
      due: (row) => this.needsWords(row),
      packs: (row) => this.slip(row) !== "",
      correct: (row) => row.named,
    }[show] ?? (() => true);
    return this.rows.filter((row) => keeps(row) && parts.every((part) => row.find.includes(part)));
  }
}
