// Folds and unfolds the rail; the server reads the cookie, so the page is drawn right at once.
document.documentElement.dataset.js = "";

const body = document.body;
const button = document.querySelector("[data-rail-fold]");
const small = window.matchMedia("(max-width: 1199.98px)");

const folded = () => (small.matches ? !body.classList.contains("frame-open") : body.classList.contains("frame-folded"));

function label() {
  const text = folded() ? "展开导航" : "收起导航";
  button.querySelector(".rail-text").textContent = text;
  button.setAttribute("aria-expanded", String(!folded()));
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (small.matches) {
      body.classList.toggle("frame-open");
    } else {
      const now = body.classList.toggle("frame-folded");
      document.cookie = `rail=${now ? "folded" : "open"}; path=/; max-age=31536000; samesite=lax`;
    }
    label();
  });
  small.addEventListener("change", label);
  label();
}

// Menus close at a click beside them and by Esc.
const MENUS = ".switcher[open], [data-menu][open]";
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(MENUS)) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll(MENUS)) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
