// What the person must know about saving: saved at, no line, login expired, closed, and values that collide.
import { grouped } from "./allocation-quantities.js";
import { redraw } from "./redraw.js";

const place = document.querySelector("[data-entry-notice]");
const saved = document.querySelector("[data-saved]");
const WORDS = {
  line: ["网络中断", "已填的内容保存在本机，恢复后自动重新保存，请不要清除浏览器数据。"],
  server: ["暂时没有保存", "服务暂时不可用，已填的内容保存在本机，稍后自动重试。"],
  login: ["登录已过期", "已填的内容保存在本机；重新登录后回到本页，会自动保存。"],
  closed: ["没有保存", ""],
};

function box(tone, title, ...parts) {
  const element = document.createElement("div");
  element.className = `notice notice-${tone}`;
  element.setAttribute("role", "alert");
  const words = document.createElement("div");
  const head = document.createElement("p");
  head.className = "notice-title";
  head.textContent = title;
  words.append(head, ...parts);
  element.append(words);
  return element;
}

const problems = document.createElement("div");
const collisions = document.createElement("div");
place?.append(problems, collisions);

const settled = () => (place.hidden = problems.childElementCount + collisions.childElementCount === 0);

export function say(why, answer) {
  const [title, text] = WORDS[why] ?? ["", ""];
  saved.classList.toggle("is-bad", why !== "saved");
  saved.textContent = why === "saved" ? `${answer.at} 已自动保存` : title;
  if (why === "saved") {
    redraw(problems, "", () => []);
    return settled();
  }
  const told = why === "server" && answer.message ? `${answer.message}已填的内容保存在本机，稍后自动重试。` : "";
  const parts = [told || text || answer.message || ""];
  if (why === "login") {
    const link = document.createElement("a");
    link.href = answer.url ?? "/accounts/login/";
    link.target = "_blank";
    link.textContent = "在新窗口重新登录";
    parts.push(" ", link);
  }
  redraw(problems, `${why} ${parts[0]}`, () => [box("danger", title, ...parts)]);
  return settled();
}

const shown = (planned, words) => `${planned === "" ? "空白" : grouped(planned)}${words ? `（${words}）` : ""}`;

function choice(label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
}

// Both values, and the choice between them: nothing is dropped silently.
export function showConflicts(sheet, settle) {
  const rows = sheet.rows.filter((row) => row.theirs);
  const list = document.createElement("ul");
  list.className = "conflicts";
  for (const row of rows.slice(0, 20)) {
    const line = document.createElement("li");
    const { planned, words, at } = row.theirs;
    line.append(
      `${row.variety} ${row.spec}：您填的是 ${shown(row.typed, row.words)}，${at ? `${at} ` : ""}已保存的是 ${shown(planned, words)}`,
      choice("用我填的", () => settle(row, true)),
      choice("用已保存的", () => settle(row, false)),
    );
    list.append(line);
  }
  const told = `有 ${rows.length} 行被他人修改过，请选择`;
  redraw(collisions, rows.length ? `${told} ${list.textContent}` : "", () => (rows.length ? [box("warning", told, list)] : []));
  settled();
}
