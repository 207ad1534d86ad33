// Autosave: rows gather for a moment and travel together; whatever fails stays typed, kept here, and is tried again.
const RETRIES = [2000, 5000, 10000, 30000];

const token = () => /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]").value;

export class Saver {
  constructor({ url, sheet, copy, changed, say }) {
    Object.assign(this, { url, sheet, copy, changed, say });
    this.waiting = new Set();
    this.failures = 0;
    window.addEventListener("online", () => this.flush());
    window.addEventListener("focus", () => this.failures && this.flush());
    window.addEventListener("beforeunload", (event) => this.waiting.size && event.preventDefault());
  }

  // `row` was changed: kept here at once, sent after `delay` ms without another change.
  add(row, delay = 1200) {
    if (this.sheet.isChanged(row) || row.error) this.copy.keep(row);
    else this.copy.drop(row);
    if (row.error || row.theirs || !this.sheet.isChanged(row)) this.waiting.delete(row);
    else this.waiting.add(row);
    clearTimeout(this.timer);
    if (this.waiting.size) this.timer = setTimeout(() => this.flush(), this.failures ? Math.max(delay, 2000) : delay);
  }

  // Sends everything that waits, and `settle` as 已保存. True when nothing is left unsent.
  async flush(settle = []) {
    clearTimeout(this.timer);
    while (this.sending) await this.sending;
    const rows = [...this.waiting];
    const ids = new Set(rows.map((row) => row.id));
    const more = settle.filter((row) => !ids.has(row.id) && !row.error && !row.theirs);
    if (rows.length === 0 && more.length === 0) return this.failures === 0;
    this.sending = this.send([...rows, ...more], settle.map((row) => row.id));
    const done = await this.sending;
    this.sending = null;
    return done && this.waiting.size === 0;
  }

  async send(rows, settle) {
    const sent = new Map(rows.map((row) => [row.id, [row.id, row.planned, row.words.trim(), row.version, row.checked]]));
    for (const row of rows) {
      if (this.waiting.has(row)) row.state = "saving";
      this.changed(row);
    }
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ rows: [...sent.values()], settle }),
      });
      const answer = await response.json();
      if (response.ok) this.saved(answer, sent);
      else this.failed(rows, response.status === 401 ? "login" : response.status === 409 ? "closed" : "server", answer);
      return response.ok;
    } catch {
      this.failed(rows, "line", {});
      return false;
    }
  }

  saved(answer, sent) {
    this.failures = 0;
    for (const [id, planned, words, version, mark, status] of answer.rows) {
      const row = this.sheet.byId.get(id);
      const [, asked, asWords, , checked] = sent.get(id);
      Object.assign(row, { version, mark, status, server: { planned: planned ?? "", words } });
      if (row.planned === asked && row.words.trim() === asWords) Object.assign(row, { words, checked: false, state: "" });
      else if (!checked || row.planned !== asked) row.state = "dirty";
      this.add(row);
      this.changed(row);
    }
    for (const [id, planned, words, version, mark, status, at] of answer.conflicts) {
      const row = this.sheet.byId.get(id);
      Object.assign(row, { theirs: { planned: planned ?? "", words, version, mark, status, at }, state: "conflict" });
      this.waiting.delete(row);
      this.changed(row);
    }
    for (const [id, sentence] of answer.refused) {
      const row = this.sheet.byId.get(id);
      if (!row) continue;
      Object.assign(row, { error: sentence, state: "refused" });
      this.waiting.delete(row);
      this.changed(row);
    }
    this.say("saved", answer);
  }

  failed(rows, why, answer) {
    for (const row of rows) if (row.state === "saving") row.state = "dirty";
    rows.forEach(this.changed);
    this.say(why, answer);
    const pause = RETRIES[Math.min(this.failures, RETRIES.length - 1)];
    this.failures += 1;
    if (why !== "closed") this.timer = setTimeout(() => this.flush(), pause);
  }
}
