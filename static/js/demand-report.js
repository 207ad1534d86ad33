// 上报: what still has to be done is shown instead; what is typed is saved first, then the form goes as it is.
import { say } from "./demand-notices.js";

// The dialog says what holds now: what is typed is saved, then the server is asked again.
export function bindPresent(form, saver) {
  document.addEventListener("dialog:opened", async ({ target }) => {
    const place = target.querySelector("[data-present]");
    if (!place || !form.contains(target)) return;
    const confirm = target.querySelector("[data-dialog-confirm]");
    confirm.disabled = true;
    target.setAttribute("aria-busy", "true");
    try {
      await saver.flush();
      const response = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const part of ["[data-present]", "[data-letter-mark]"]) {
        const [here, fresh] = [document, page].map((each) => each.querySelector(part));
        if (here && fresh) here.replaceChildren(...fresh.childNodes);
      }
    } catch {
      // Without a line the dialog says what was known; 上报 then tells that there is none.
    } finally {
      confirm.disabled = !target.open;
      target.removeAttribute("aria-busy");
    }
  });
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
      setTimeout(() => form.requestSubmit(button)); // a form does not submit while it still tells of the last try
    } else {
      close();
      say("server", {});
    }
  };
}
