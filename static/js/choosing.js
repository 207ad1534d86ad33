// [data-choosing]: whatever is ticked or searched for is asked of the server, which draws anew what [data-renews] names
// and what the ticks come to. Without this script the button 查找并计算 does the same.
const form = document.querySelector("[data-choosing]");
const WAIT = 200; // milliseconds after the last key
let timer = 0;
let asked = 0;
const wanted = new Set();

// What was ticked while the question was on its way stays ticked; false where the answer doesn't know it yet.
function keepTicks(old, fresh) {
  const now = new Map([...fresh.querySelectorAll("input[type=checkbox]")].map((box) => [box.value, box]));
  for (const box of old.querySelectorAll("input[type=checkbox]")) {
    if (box.checked && !now.has(box.value)) return false;
    if (now.has(box.value)) now.get(box.value).checked = box.checked;
  }
  return true;
}

// Whoever stands in what is drawn anew goes on standing there; where that is gone, at its list.
function replace(old, fresh) {
  const here = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  if (!here) return;
  const same = [...fresh.querySelectorAll("input")].find(({ name, value }) => name === here.name && value === here.value);
  (same ?? fresh).focus();
}

function put(id, page) {
  const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
  if (!old || !fresh) return true;
  if (!old.querySelector(".choice-list")) {
    replace(old, fresh);
    return true;
  }
  if (!keepTicks(old, fresh)) return false;
  // The field that is being typed in stays: only the list and the figures beside its title are drawn anew.
  for (const part of [".choice-list", "legend .num"]) replace(old.querySelector(part), fresh.querySelector(part));
  return true;
}

async function renew() {
  const turn = ++asked;
  const data = new FormData(form);
  data.set("look", "1");
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: new URLSearchParams(data) });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== asked) return; // a later question is on its way
    for (const id of [...wanted, "choice-sum", "choice-outcome"]) if (put(id, page)) wanted.delete(id);
    if (wanted.size) setTimeout(renew, WAIT);
  } catch {
    const detail = { text: "暂时连不上服务器，没有算出将新增的条数；勾选的内容还在，请稍后再试。", tone: "warning" };
    document.dispatchEvent(new CustomEvent("toast", { detail }));
  } finally {
    if (turn === asked) form.removeAttribute("aria-busy");
  }
}

function ask(target) {
  if (target.dataset.renews) wanted.add(target.dataset.renews);
  asked += 1; // the answer that is on its way knows nothing of this
  clearTimeout(timer);
  timer = setTimeout(renew, WAIT);
}

function chooseAll(box) {
  const open = [...box.querySelectorAll(".choice-list input[type=checkbox]")];
  const every = open.every((each) => each.checked);
  for (const each of open) each.checked = !every;
  if (open.length) open[0].dispatchEvent(new Event("input", { bubbles: true }));
}

if (form) {
  for (const button of form.querySelectorAll("[data-choose-all]")) {
    button.hidden = false;
    button.addEventListener("click", () => chooseAll(button.closest("fieldset")));
  }
  form.addEventListener("input", ({ target }) => ask(target));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.type !== "search") return;
    event.preventDefault(); // it looks; it doesn't submit
    ask(event.target);
  });
}
