// [data-area-tree]: the box of a city ticks its counties and shows how many are ticked; the page counts them all.
const form = document.querySelector("[data-area-tree]");

function boxes(city) {
  return [...city.querySelectorAll('input[name="area"]')];
}

function show(city) {
  const all = boxes(city);
  const ticked = all.filter((box) => box.checked).length;
  const whole = city.querySelector("[data-area-whole]");
  whole.checked = ticked === all.length;
  whole.indeterminate = ticked > 0 && ticked < all.length;
  city.querySelector("[data-area-ticked]").textContent = `${ticked} / ${all.length}`;
}

function count() {
  const total = form.querySelectorAll('input[name="area"]:checked').length;
  document.querySelector("[data-area-count]").textContent = String(total);
}

if (form) {
  for (const city of form.querySelectorAll("[data-area-city]")) {
    const whole = city.querySelector("[data-area-whole]");
    whole.removeAttribute("name"); // with scripts the counties themselves say it all
    show(city);
    city.addEventListener("change", (event) => {
      if (event.target === whole) for (const box of boxes(city)) box.checked = whole.checked;
      show(city);
    });
  }
  form.addEventListener("change", count);
}
