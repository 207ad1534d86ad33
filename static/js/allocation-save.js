// Saves a slot without leaving the page: the answer appears above the table, what was typed stays as it is.
// A refusal, a lost line or an expired session changes nothing on the page; unsaved.js keeps the copy.
const form = document.querySelector("[data-slot-form][data-slot-open]");
const place = document.querySelector("[data-slot-answer]");

function notice(tone, title, text, link, label = "重新登录") {
  const box = document.createElement("div");
  box.className = `notice notice-${tone}`;
  box.setAttribute("role", tone === "danger" ? "alert" : "status");
  const words = document.createElement("div");
  if (title) {
    const head = document.createElement("p");
    head.className = "notice-title";
    head.textContent = title;
    words.append(head);
  }
  words.append(text);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.textContent = label;
    words.append(" ", anchor);
  }
  box.append(words);
  place.replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

const lineOf = (input) => form.elements[input].closest("[data-slot-row]");

function mark(name, { label, tone }) {
  const pill = document.querySelector(`[data-slot-mark="${name}"] .pill`);
  if (!pill) return;
  pill.className = `pill pill-${tone}`;
  pill.textContent = label;
}

function saved(answer) {
  for (const each of [form, document.querySelector("[data-slot-confirm]")]) each.elements.seen.value = answer.seen;
  form.dispatchEvent(new Event("draft:saved"));
  for (const [name, shown] of Object.entries(answer.marks)) mark(name, shown);
  for (const [input, reserved] of Object.entries(answer.reserved)) lineOf(input).dataset.reserved = reserved;
  document.querySelector("[data-slot-clear]").hidden = false;
  document.querySelector("[data-slot-confirm]").hidden = !answer.onward?.may_confirm;
  notice(answer.tone, "", answer.message, answer.onward?.url, answer.onward?.label);
}

function refused(answer) {
  if (answer.exhausted) {
    form.submit(); // the page drawn by the server offers the way on, with everything typed
    return;
  }
  for (const { input, free } of answer.lacks ?? []) {
    const line = lineOf(input);
    line.dataset.left = Number(line.dataset.reserved) + free;
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  for (const [input, sentence] of Object.entries(answer.errors ?? {})) {
    lineOf(input).querySelector("[data-cell-error]").textContent = sentence;
  }
  const sentences = (answer.lacks ?? []).map((lack) => lack.sentence).join("；");
  notice("danger", "没有保存", sentences ? `${sentences}。已填的内容还在，请改小合同量。` : answer.message, answer.url);
}

async function send() {
  const headers = { Accept: "application/json", "X-Requested-With": "fetch" };
  const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers });
  const isData = response.headers.get("Content-Type")?.includes("json");
  if (!isData) throw new Error(String(response.status));
  const answer = await response.json();
  (response.ok ? saved : refused)(answer);
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = document.querySelector('[form="slot-form"].btn-primary');
  if (button?.disabled) return;
  if (button) button.disabled = true;
  try {
    await send();
  } catch {
    form.dispatchEvent(new Event("input", { bubbles: true }));
    notice("danger", "没有保存", "网络中断或服务暂时不可用，已填的内容还在，请稍后再点保存。");
  } finally {
    if (button) button.disabled = false;
  }
});
