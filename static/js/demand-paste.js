// A block copied from Excel lands in a column of quantities: at once where it is clear, else after a preview; what did not land is said.
import { parseQuantity } from "./allocation-quantities.js";
import { rowsOf } from "./clipboard.js";
import { landingOf } from "./demand-landing.js";
import { preview } from "./paste-preview.js";

const toast = (text, tone, actions) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone, actions } }));
const NAMED = 3;
const UNREADABLE = "不是整数，填入后标出";

function summary({ landing, unknown, totals, beyond, headed }, bad, strange) {
  const codes = `${unknown.slice(0, NAMED).join("、")}${unknown.length > NAMED ? " 等" : ""}`;
  const words = [
    `粘贴 ${landing.length} 行`,
    headed && "第一行是列名，不粘贴",
    totals && `${totals} 行合计不粘贴`,
    bad && `${bad} 行不是整数`,
    unknown.length && `${unknown.length} 行的编码${strange}，不粘贴：${codes}`,
    beyond && `表格末尾之外的 ${beyond} 行不粘贴`,
  ];
  return `${words.filter(Boolean).join("，")}。`;
}

// `cells` are the inputs, `cellOf` says of one in which row of `grid.list` it stands and what it holds, `about` of a row {name, now, pack, unit}.
export function bindPaste(body, { sheet, grid, fill, cells, cellOf, about, strange }) {
  const isBad = ([row, { planned }]) => planned !== undefined && parseQuantity(planned, about(row).pack, about(row).unit) === null;

  function linesOf({ landing, unknown }) {
    const lines = landing.map((each) => {
      const [row, { planned = "", words }] = each;
      const { name, now } = about(row);
      return { name, now, next: planned, remark: isBad(each) ? UNREADABLE : words ? `说明：${words}` : "" };
    });
    return [...unknown.map((code) => ({ name: code, now: "", next: "", remark: `编码${strange}，不粘贴` })), ...lines];
  }

  function land(block, place) {
    const find = (chosen) => landingOf(block, { sheet, list: grid.list, ...place, chosen });
    const put = (found) => {
      const bad = found.landing.filter(isBad).length;
      const undo = fill(found.landing);
      toast(`已${summary(found, bad, strange)}`, bad ? "warning" : "info", [{ label: "撤销", run: undo }]);
    };
    const first = find();
    const isClear = !first.choices && !first.unknown.length && !first.beyond && !first.landing.some(isBad);
    if (isClear) return put(first);
    const choices = first.choices?.map((at) => [at, `第 ${at + 1} 列（${first.sample[at]}…）`]);
    const plan = (chosen) => {
      const found = find(chosen ?? first.choices?.[0]);
      return { lines: linesOf(found), words: summary(found, found.landing.filter(isBad).length, strange), count: found.landing.length, choices };
    };
    return preview(plan, (chosen) => put(find(chosen)));
  }

  body.addEventListener("paste", (event) => {
    const input = event.target.closest(cells);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!input || !/[\n\t]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    const place = cellOf(input);
    input.blur();
    land(rowsOf(text), place);
  });
}
