// 复制: puts every <code> of the surrounding list into the clipboard, one per line. [data-copy]
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const lines = [...button.closest("dl").querySelectorAll("div")].map(
      (row) => `${row.querySelector("dt").textContent}：${row.querySelector("code").textContent}`,
    );
    await navigator.clipboard.writeText(lines.join("\n"));
    button.textContent = "已复制";
  });
}
