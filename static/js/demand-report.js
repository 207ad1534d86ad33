// 上报: what still has to be done is shown instead; what is typed is saved first, then the form goes as it is.
import { say } from "./demand-notices.js";

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
