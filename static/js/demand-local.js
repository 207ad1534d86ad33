// The copy in this browser of what is not saved yet: it survives a lost line, an expired login and a closed browser.
const PREFIX = "demand:";
const MONTH = 30 * 24 * 3600 * 1000;

export class LocalCopy {
  constructor(filing) {
    this.key = `${PREFIX}${document.body.dataset.user ?? ""}:${filing}`;
    this.rows = this.read();
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && Date.now() - (this.parse(key)?.at ?? 0) > MONTH) localStorage.removeItem(key);
    }
  }

  parse(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  read() {
    return new Map((this.parse(this.key)?.rows ?? []).map(([id, ...values]) => [id, values]));
  }

  // Kept at once: the browser may be gone a moment later.
  keep(row) {
    this.rows.set(row.id, [row.typed, row.words, row.version, row.checked]);
    this.write();
  }

  drop(row) {
    if (this.rows.delete(row.id)) this.write();
  }

  write() {
    try {
      if (this.rows.size === 0) localStorage.removeItem(this.key);
      else {
        const rows = [...this.rows].map(([id, values]) => [id, ...values]);
        localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), rows }));
      }
    } catch {
      // A full or forbidden store only costs the safety net.
    }
  }

  // Puts back what was typed and not saved. A row that was saved elsewhere meanwhile shows both values.
  restore(sheet) {
    const back = [];
    for (const [id, [typed, words, version, checked]] of this.rows) {
      const row = sheet.byId.get(id);
      if (!row || !sheet.editable) continue;
      const theirs = { planned: row.planned, words: row.words, version: row.version, mark: row.mark, status: row.status, at: "" };
      sheet.type(row, "planned", typed);
      sheet.type(row, "words", words);
      row.checked = checked;
      row.state = sheet.isChanged(row) || row.error ? "dirty" : "";
      if (!row.state) this.drop(row);
      else {
        if (version !== row.version) Object.assign(row, { theirs, state: "conflict" });
        back.push(row);
      }
    }
    return back;
  }
}
