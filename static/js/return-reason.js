// 退回原因: a ready-made or recent reason is put into the text, and the ticked lines are named in it when the dialog opens.
const NAMED = 5;
const ticked = () => [...document.querySelectorAll('input[name="line"][data-named]:checked')];

function aboutLines(names) {
  if (!names.length) return "";
  const more = names.length > NAMED ? ` 等 ${names.length.toLocaleString("en")} 条` : "";
  return `请核对：${names.slice(0, NAMED).join("、")}${more}。`;
}

function put(text, value) {
  text.value = value;
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  const ready = event.target.closest("select[data-reason-ready]");
  const text = ready?.form?.querySelector("textarea[data-reason]");
  if (!text || !ready.value) return;
  put(text, [text.value.trim(), ready.value].filter(Boolean).join("\n").slice(0, text.maxLength));
  ready.value = "";
  text.focus();
});

document.addEventListener("dialog:opened", (event) => {
  const text = event.target.querySelector("textarea[data-reason]");
  if (!text || (text.value && text.value !== text.dataset.reason)) return;
  const words = aboutLines(ticked().map((line) => line.dataset.named));
  if (text.value !== words) put(text, words);
  text.dataset.reason = words;
});
