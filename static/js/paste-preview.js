// What a pasted block would do, shown before it does it: wherever something is unclear, somebody looks first.
import { grouped } from "./allocation-quantities.js";

const SHOWN = 200;
const dialog = document.querySelector("[data-paste-preview]");

function line({ name, now, next, remark }) {
  const row = document.createElement("tr");
  const head = row.appendChild(document.createElement("th"));
  head.scope = "row";
  head.className = "col-heading";
  head.textContent = name;
  for (const [text, className] of [[now, "end num"], [next, "end num"], [remark, remark ? "is-unclear" : ""]]) {
    const cell = row.insertCell();
    cell.className = className;
    cell.textContent = text;
  }
  return row;
}

function draw({ lines, words, count }) {
  dialog.querySelector("[data-paste-words]").textContent = words;
  const sorted = [...lines].sort((one, other) => Boolean(other.remark) - Boolean(one.remark));
  dialog.querySelector("[data-paste-lines]").replaceChildren(...sorted.slice(0, SHOWN).map(line));
  dialog.querySelector("[data-paste-more]").textContent = lines.length > SHOWN ? `以上是前 ${SHOWN} 行，共 ${grouped(String(lines.length))} 行。` : "";
  const confirm = dialog.querySelector("[value=paste]");
  confirm.textContent = `粘贴 ${count} 行`;
  confirm.disabled = count === 0;
}

// `plan(chosen)` tells {lines, words, count}, and {choices: [[column, label]]} as long as nobody chose one; `land(chosen)` does it.
export function preview(plan, land) {
  const select = dialog.querySelector("[data-paste-column]");
  const { choices } = plan();
  const chosen = () => (choices ? Number(select.value) : undefined);
  const show = () => draw(plan(chosen()));
  select.closest("p").hidden = !choices;
  select.replaceChildren(...(choices ?? []).map(([column, label]) => new Option(label, column)));
  select.onchange = show;
  show();
  dialog.returnValue = "";
  dialog.onclose = () => dialog.returnValue === "paste" && land(chosen());
  dialog.showModal();
}
