// Another captcha, as an image or in words, without loading the page again. <div data-captcha="address">
for (const box of document.querySelectorAll("[data-captcha]")) {
  const part = (name) => box.querySelector(`[data-captcha-${name}]`);

  async function renew(inWords) {
    const response = await fetch(box.dataset.captcha + (inWords ? "?words" : ""));
    if (!response.ok) return location.reload();
    const fresh = await response.json();
    part("key").value = fresh.key;
    part("question").textContent = fresh.question;
    part("question").hidden = !inWords;
    part("image").hidden = inWords;
    if (fresh.image_url) part("image").src = fresh.image_url;
    part("words").hidden = inWords;
    part("picture").hidden = !inWords;
    const answer = box.querySelector("input:not([type=hidden])");
    answer.value = "";
    answer.focus();
  }

  const kinds = { again: () => !part("question").hidden, words: () => true, picture: () => false };
  for (const [name, inWords] of Object.entries(kinds)) {
    part(name).addEventListener("click", (event) => {
      event.preventDefault();
      renew(inWords());
    });
  }
}
