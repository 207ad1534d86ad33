// What is wrong with the page that is shown, as sentences; axe has been brought by the caller.
async ([rows, sheet]) => {
  const found = new Set();
  const main = document.querySelector("main");
  const said = (element) => element.innerText.trim().slice(0, 40);
  const shown = (place, what) => [...place.querySelectorAll(what)].filter((each) => each.offsetHeight);

  async function seenByAxe(place, name) {
    const { violations } = await axe.run(place, { resultTypes: ["violations"] });
    for (const { id, nodes } of violations) found.add(`axe${name}: ${id}: ${nodes[0].html.slice(0, 160)}`);
  }

  async function dialogs() {
    for (const dialog of document.querySelectorAll("dialog[data-dialog]:not([open])")) {
      const shut = dialog.querySelectorAll("[data-dialog-fields], [data-dialog-confirm]");
      for (const each of shut) each.disabled = false;
      dialog.showModal();
      await Promise.allSettled(dialog.getAnimations({ subtree: true }).map((each) => each.finished));
      await seenByAxe(dialog, ` in ${dialog.id}`);
      dialog.close();
    }
  }

  // A row counts that is in sight as a whole; where the list is one part of a page, once it has been scrolled to.
  function density(scroller) {
    if (!scroller.closest(".page-fill:not(.page-long)")) scroller.scrollIntoView({ block: "center", behavior: "instant" });
    const all = shown(scroller, "tbody tr:not(.spacer)");
    const foot = scroller.querySelector("tfoot")?.offsetHeight ?? 0;
    const bottom = Math.min(scroller.getBoundingClientRect().bottom, innerHeight) - foot + 1;
    const seen = all.filter((row) => row.getBoundingClientRect().bottom <= bottom).length;
    const asked = scroller.querySelector("[data-body] input") ? sheet : rows;
    const top = Math.round(scroller.querySelector("thead").getBoundingClientRect().bottom);
    if (seen < Math.min(all.length, asked)) found.add(`${seen} of ${all.length} rows in sight, the first at ${top} px`);
  }

  // A number that a fixed column or the edge cuts reads like a smaller one.
  function cut(scroller) {
    const first = shown(scroller, "tbody tr")[0];
    if (!first) return;
    const fixed = [...first.cells].filter((cell) => getComputedStyle(cell).position === "sticky");
    const edges = fixed.filter((cell) => getComputedStyle(cell).right !== "auto");
    const ends = [scroller, ...edges].map((each, at) => each.getBoundingClientRect()[at ? "left" : "right"]);
    const text = document.createRange();
    for (const cell of scroller.querySelectorAll("tbody td.num:not([data-cut])")) {
      text.selectNodeContents(cell);
      const box = text.getBoundingClientRect();
      const end = Math.min(...ends);
      if (box.width && box.left < end - 1 && box.right > end + 1) found.add(`hidden in part: ${said(cell)}`);
    }
  }

  function clipped() {
    for (const each of shown(main, ".num:not(small[title]), .figure-value, tbody .col-heading > span"))
      if (each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== "visible")
        found.add(`cut: ${said(each)}`);
  }

  function rings() {
    const ways = [...document.querySelectorAll("a.skip")].map((each) => document.getElementById(each.hash.slice(1)));
    const work = main.querySelector(".table-scroll[tabindex]") ?? main;
    if (!ways.includes(main) || !ways.includes(work)) found.add("no link to the work");
    for (const each of shown(document, "main .btn:enabled, main a, .rail-link, .savebar .btn, main summary")) {
      each.focus({ focusVisible: true, preventScroll: true });
      const { outlineStyle, outlineWidth } = getComputedStyle(each);
      const ringed = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      if (document.activeElement === each && !ringed) found.add(`no ring: ${each.className} ${said(each)}`);
    }
    document.activeElement?.blur();
  }

  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.add(`${wide} px wide`);
  if (main.querySelector(".refusal")) found.add("refused");
  const work = "tbody tr, form, a.btn, .panel a, .figure, .subsystems a, article";
  if (!shown(main, `${work}, .empty-state`).length) found.add("empty, and it doesn't say so");
  for (const scroller of shown(main, ".table-scroll")) {
    density(scroller);
    cut(scroller);
  }
  scrollTo({ top: 0, behavior: "instant" });
  clipped();
  await seenByAxe(document, "");
  await dialogs();
  rings();
  return [...found];
}
