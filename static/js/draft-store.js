// Drafts in this browser, by account and by the name of their form: {at, page, title, fields: {name: [typed, shown]}}.
// `shown` is the version that a draft was written on: what the form had shown in just these fields.
const WEEK = 7 * 24 * 3600 * 1000;
const PREFIX = "draft:";
const user = document.body.dataset.user ?? "";

// The name that the server is told and tells again: where the form is sent, and its place among those sent there.
export function nameOf(form) {
  const where = (each) => new URL(each.getAttribute("action") || location.href, location.href);
  const { pathname, search } = where(form);
  const alike = [...document.forms].filter((each) => each.method === "post" && where(each).pathname === pathname);
  const place = alike.indexOf(form);
  return encodeURI(pathname + (form.matches("[data-selection]") ? "" : search) + (place > 0 ? `#${place}` : ""));
}

const keyOf = (name) => `${PREFIX}${user}:${name}`;

function parsed(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

export function read(name) {
  const draft = parsed(keyOf(name));
  return draft?.fields ? draft : null;
}

export function write(name, draft) {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify({ ...draft, at: Date.now(), page: location.pathname }));
  } catch {
    // A full or forbidden store only costs the safety net.
  }
}

export const forget = (name) => localStorage.removeItem(keyOf(name));

// Those that the server has taken since the last page, and what nobody came back for.
export function tidy() {
  for (const name of (document.body.dataset.draftsTaken ?? "").split(" ").filter(Boolean)) forget(name);
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX))) {
    if (!(Date.now() - parsed(key)?.at < WEEK)) localStorage.removeItem(key);
  }
}

// The titles of dialogs on this page in which something was typed and not sent.
export function waiting() {
  const own = `${PREFIX}${user}:`;
  return Object.keys(localStorage).filter((key) => key.startsWith(own)).map(parsed)
    .filter((draft) => draft?.title && draft.page === location.pathname).map((draft) => draft.title);
}
