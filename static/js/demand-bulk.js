// Ticks and what is done with them: 保存, 按上年量×%, 批量说明, 其余填 0. The form's buttons, carried out on the sheet.
import { shareOf } from "./demand-rates.js";

const toast = (text, tone = "info", action) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, tone, action } }));

export function bindBulk(form, { sheet, grid, ticks, fill, saver, report, replace }) {
  const all = form.querySelector("[data-tick-all]");
  let last = null;

  function show() {
    for (const place of form.querySelectorAll("[data-ticked]")) place.textContent = ticks.size.toLocaleString("en-US");
    if (!all) return;
    const shown = grid.list.filter((row) => ticks.has(row.id)).length;
    all.checked = shown > 0 && shown === grid.list.length;
    all.indeterminate = shown > 0 && shown < grid.list.length;
  }

  const tick = (row, on) => (on ? ticks.add(row.id) : ticks.delete(row.id));
  const ticked = () => sheet.rows.filter((row) => ticks.has(row.id));
  const undoable = (text, undo) => toast(text, "info", { label: "撤销", run: undo });

  form.addEventListener("click", (event) => {
    const box = event.target.closest("[data-tick]");
    if (!box) return;
    const place = grid.places.get(Number(box.closest("[data-row]").dataset.row));
    const from = event.shiftKey && last !== null ? Math.min(last, place) : place;
    const to = event.shiftKey && last !== null ? Math.max(last, place) : place;
    for (const row of grid.list.slice(from, to + 1)) tick(row, box.checked);
    last = place;
    grid.paintAll();
    show();
  });

  all?.addEventListener("change", () => {
    for (const row of grid.list) tick(row, all.checked);
    grid.paintAll();
    show();
  });

  const acts = {
    async save() {
      const rows = ticked();
      if (rows.length === 0) return toast("请先勾选要保存的品规。", "warning");
      const blank = rows.filter((row) => row.planned === "" || row.error).length;
      const done = await saver.flush(rows.filter((row) => row.planned !== "" && !row.error));
      if (done) toast(`已保存 ${rows.length - blank} 个品规${blank ? `；另有 ${blank} 个没有填写或不是整数，没有保存` : ""}。`, blank ? "warning" : "success");
      return done;
    },
    share() {
      const percent = form.elements.percent.value.trim().replace(/%$/, "");
      const rows = ticked().filter((row) => row.baseline.total > 0n);
      if (ticks.size === 0) return toast("请先勾选要填入的品规。", "warning");
      if (shareOf({ total: 1n, years: 1n }, percent) === null) return toast("百分比应为 0 到 9999 的数。", "warning");
      const undo = fill(rows.map((row) => [row, { planned: shareOf(row.baseline, percent).toString() }]));
      return undoable(`已按上年量的 ${percent}% 填入 ${rows.length} 个品规；没有历史采购量的品规不变。`, undo);
    },
    last() {
      const rows = ticked().filter((row) => row.last !== null);
      if (ticks.size === 0) return toast("请先勾选要填入的品规。", "warning");
      const undo = fill(rows.map((row) => [row, { planned: row.last }]));
      return undoable(`已照上批量填入 ${rows.length} 个品规；上批没有的品规不变。`, undo);
    },
    words() {
      const words = [form.elements.cause.value, form.elements.own_words.value.trim()].filter(Boolean).join("：");
      if (ticks.size === 0) return toast("请先勾选要说明的品规。", "warning");
      if (!words) return toast("请选择或填写增幅降幅说明。", "warning");
      const undo = fill(ticked().map((row) => [row, { words }]));
      return undoable(`已为 ${ticks.size} 个品规填写说明。`, undo);
    },
    zero() {
      const rows = sheet.rows.filter((row) => row.planned === "" && !row.error);
      const undo = fill(rows.map((row) => [row, { planned: "0" }]));
      return undoable(`其余 ${rows.length} 个品规已填 0。`, undo);
    },
    replace() {
      const [count, undo] = replace();
      return count ? undoable(`已替换 ${count} 格。`, undo) : toast("没有找到要替换的内容。", "warning");
    },
    report,
  };

  form.addEventListener("submit", (event) => {
    const act = acts[event.submitter?.value];
    if (!act || form.dataset.ready) return;
    event.preventDefault();
    if (act !== report) event.submitter.closest("dialog")?.close();
    act(event.submitter);
  }, { capture: true });

  return show;
}
