// Draws anew only what has changed: a button that is being pressed has to be the same one when the press ends.
export function redraw(place, key, draw) {
  if (place.dataset.drawn === key) return;
  place.dataset.drawn = key;
  place.replaceChildren(...draw());
}
