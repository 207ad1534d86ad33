// 上报: what still has to be done is shown instead; what is typed is saved first, then the form goes as it is.
import { say } from "./demand-notices.js";

// The dialog holds the live list of what 上报 still needs: what is typed is saved, then the server is asked; what hinders leads to
// where it is mended, and 确认上报 rests until nothing does.
export function bindPresent(form, saver) {
  document.addEventListener("dialog:opened", async ({ target }) => {
    const place = target.querySelector("[data-present]");
    if (!place || !form.contains(target)) return;
    const [confirm, cancel] = ["confirm", "close"].map((part) => target.querySelector(`[data-dialog-${part}]`));
    const waits = document.activeElement === confirm;
    if (waits) cancel.focus(); // a button that rests loses the focus
    confirm.disabled = true;
    target.setAttribute("aria-busy", "true");
    let hinders = false;
    try {
      await saver.flush();
      const [check, entry] = await Promise.all([place.dataset.from, location.href].map(pageAt));
      const fresh = check.querySelector("[data-present]");
      if (fresh) place.replaceChildren(...fresh.childNodes);
      hinders = Boolean(fresh?.matches("[data-hinders]"));
      const [here, letter] = [document, entry].map((each) => each.querySelector("[data-letter-mark]"));
      if (here && letter) here.replaceChildren(...letter.childNodes);
    } catch {
      // Without a line the dialog says what was known; 上报 then tells that there is none.
    } finally {
      confirm.disabled = !target.open || hinders;
      target.removeAttribute("aria-busy");
      if (waits && !confirm.disabled && document.activeElement === cancel) confirm.focus();
    }
  });
  // A part of the sheet is shown without leaving it.
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-present] a[href*='?show=']");
    const tab = link && form.querySelector(`[data-show="${new URL(link.href).searchParams.get("show")}"]`);
    if (!tab) return;
    event.preventDefault();
    link.closest("dialog").close();
    tab.click();
    form.querySelector("[data-body] [data-field]:not(:disabled)")?.focus();
  });
}

async function pageAt(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

export function reporter({ form, sheet, todo, jump, saver }) {
  return async (button) => {
    const close = () => button.closest("dialog")?.close();
    const open = sheet.rows.filter((row) => sheet.problem(row));
    if (open.length) {
      close();
      todo.show();
      todo.box.open = true;
      jump(open[0], sheet.needsWords(open[0]) ? "words" : "planned");
    } else if (await saver.flush()) {
      form.dataset.ready = "yes";
      for (const row of form.querySelectorAll("input[name=item]")) row.disabled = true; // all are saved: no row goes along
      setTimeout(() => form.requestSubmit(button)); // a form does not submit while it still tells of the last try
    } else {
      close();
      say("server", {});
    }
  };
}
