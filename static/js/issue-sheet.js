// A sheet of one-time passwords can be taken once: after the first click the buttons rest and the page says why.
// Nothing is reloaded, which could stop the download; whoever got no file loads the page anew and sees how it stands.
const form = document.querySelector("[data-take-once]");

form?.addEventListener("submit", () => {
  setTimeout(() => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    form.querySelector("[data-take-note]").hidden = false;
  });
});
