// 复制: puts the text of a field into the clipboard. [data-copy-field=<id>]
for (const button of document.querySelectorAll("[data-copy-field]")) {
  const field = document.getElementById(button.dataset.copyField);
  if (!navigator.clipboard || !field) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "已复制";
  });
}
