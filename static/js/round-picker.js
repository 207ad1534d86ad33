// Opens the other rounds under the name of this one; without it the menu leads to their page.
for (const menu of document.querySelectorAll("[data-rounds-of]")) {
  const place = menu.querySelector("[data-rounds-here]");
  let asked = false;

  async function fill() {
    const answer = await fetch(menu.dataset.roundsOf);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rounds = page.querySelector("[data-rounds]");
    if (rounds) place.replaceChildren(rounds);
  }

  menu.addEventListener("toggle", () => {
    if (!menu.open || asked) return;
    asked = true;
    fill().catch(() => { asked = false; });
  });
}
