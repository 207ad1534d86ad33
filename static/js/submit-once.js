// A form is sent once: its buttons rest until the answer comes. data-repeatable exempts downloads.
const resting = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.matches("[data-repeatable], [data-submit-freely]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.target === "_blank") return;
  form.dataset.sent = "yes";
  resting.add(form);
  event.submitter?.setAttribute("aria-busy", "true");
});

// Coming back with the back button, the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of resting) {
    delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
  resting.clear();
});
