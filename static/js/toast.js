// Messages that stay until dismissed: those the server drew get a close button; scripts send
//   document.dispatchEvent(new CustomEvent("toast", {detail: {text, tone, action: {label, run}}})), or `actions`
const place = document.querySelector("[data-toasts]");

function closeButton(notice) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-icon notice-close";
  button.setAttribute("aria-label", "关闭提示");
  button.textContent = "×";
  button.addEventListener("click", () => notice.remove());
  return button;
}

function show({ text, tone = "info", action, actions = action ? [action] : [] }) {
  for (const same of place.querySelectorAll(".notice")) {
    if (same.dataset.text === text) same.remove();
  }
  const notice = document.createElement("div");
  notice.className = `notice notice-${tone}`;
  notice.dataset.text = text;
  const words = document.createElement("div");
  words.textContent = text;
  notice.append(words);
  const several = actions.length > 1 && words.appendChild(document.createElement("div"));
  if (several) several.className = "notice-actions";
  for (const each of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = each.label;
    button.addEventListener("click", () => {
      notice.remove();
      each.run();
    });
    (several || notice).append(button);
  }
  notice.append(closeButton(notice));
  place.append(notice);
}

for (const notice of document.querySelectorAll("[data-dismissible]")) notice.append(closeButton(notice));
document.querySelector("[data-focus]")?.scrollIntoView({ block: "center" });

document.addEventListener("toast", (event) => show(event.detail));
