// 换一个: a new captcha image without loading the page again. <div data-captcha="refresh address">
for (const box of document.querySelectorAll("[data-captcha]")) {
  const button = box.querySelector("[data-captcha-refresh]");
  button?.addEventListener("click", async (event) => {
    event.preventDefault();
    const response = await fetch(box.dataset.captcha, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!response.ok) {
      location.reload();
      return;
    }
    const fresh = await response.json();
    box.querySelector("[data-captcha-key]").value = fresh.key;
    box.querySelector("[data-captcha-image]").src = fresh.image_url;
    const answer = box.querySelector("input:not([type=hidden])");
    answer.value = "";
    answer.focus();
  });
}
