// Another captcha, as an image or to be heard, without loading the page again. <div data-captcha="address">
for (const box of document.querySelectorAll("[data-captcha]")) {
  const part = (name) => box.querySelector(`[data-captcha-${name}]`);

  function show(place, address) {
    place.hidden = !address;
    if (address) place.src = address;
    else place.removeAttribute("src");
  }

  async function renew(aloud) {
    const response = await fetch(box.dataset.captcha + (aloud ? "?aloud" : ""));
    if (!response.ok) return location.reload();
    const fresh = await response.json();
    part("key").value = fresh.key;
    part("audio").pause();
    show(part("image"), fresh.image_url);
    show(part("audio"), fresh.audio_url);
    part("aloud").hidden = aloud;
    part("picture").hidden = !aloud;
    const answer = box.querySelector("input:not([type=hidden])");
    answer.value = "";
    (aloud ? part("audio") : answer).focus();
  }

  const kinds = { again: () => !part("audio").hidden, aloud: () => true, picture: () => false };
  for (const [name, aloud] of Object.entries(kinds)) {
    part(name).addEventListener("click", (event) => {
      event.preventDefault();
      renew(aloud());
    });
  }
}
