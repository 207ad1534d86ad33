// A block copied from Excel lands in a column of quantities, and what did not land is said.
import { rowsOf } from "./clipboard.js";
import { landingOf } from "./demand-landing.js";

const toast = (text, tone, actions) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone, actions } }));
const NAMED = 3;

function summary({ landing, unknown, totals, beyond, headed }, strange) {
  const bad = landing.filter(([row]) => row.error).length;
  const codes = `${unknown.slice(0, NAMED).join("、")}${unknown.length > NAMED ? " 等" : ""}`;
  const words = [
    `已粘贴 ${landing.length} 行`,
    headed && "第一行是列名，没有粘贴",
    totals && `${totals} 行合计没有粘贴`,
    bad && `${bad} 行不是整数，已标出`,
    unknown.length && `${unknown.length} 行的编码${strange}，没有粘贴：${codes}`,
    beyond && `表格末尾之外的 ${beyond} 行没有粘贴`,
  ];
  return [words.filter(Boolean).join("，") + "。", bad || unknown.length || beyond ? "warning" : "info"];
}

// `cells` are the inputs, `cellOf` says of one in which row of `grid.list` it stands and what it holds.
export function bindPaste(body, { sheet, grid, fill, cells, cellOf, strange }) {
  function land(block, start, field, chosen) {
    const found = landingOf(block, { sheet, list: grid.list, start, field, chosen });
    if (found.choices) {
      const actions = found.choices.map((at) => ({ label: `第 ${at + 1} 列（${found.sample[at]}…）`, run: () => land(block, start, field, at) }));
      return toast("粘贴的内容有几列数字，哪一列是要填的采购量？没有选择之前什么也没有填入。", "warning", actions);
    }
    const undo = fill(found.landing);
    return toast(...summary(found, strange), [{ label: "撤销", run: undo }]);
  }

  body.addEventListener("paste", (event) => {
    const input = event.target.closest(cells);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!input || !/[\n\t]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    const { start, field } = cellOf(input);
    land(rowsOf(text), start, field);
    input.blur();
  });
}
