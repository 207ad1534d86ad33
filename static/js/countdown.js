// Counts down by the server's clock: data-now and data-until are seconds; the reader's clock only
// measures how much time has passed since the page was drawn. Same words as apps/ui/formats.py.
const started = performance.now();
const two = (number) => String(number).padStart(2, "0");

function remaining(seconds) {
  if (seconds <= 0) return "已截止";
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return days ? `${days} 天 ${two(hours)}:${two(minutes)}` : `${two(hours)}:${two(minutes)}:${two(seconds % 60)}`;
}

function tone(seconds) {
  if (seconds <= 0) return "closed";
  if (seconds <= 86400) return "danger";
  return seconds <= 3 * 86400 ? "warning" : "plain";
}

function tick() {
  const passed = (performance.now() - started) / 1000;
  for (const clock of document.querySelectorAll("[data-countdown]")) {
    const left = Math.floor(Number(clock.dataset.until) - Number(clock.dataset.now) - passed);
    const text = remaining(left);
    if (clock.textContent !== text) clock.textContent = text;
    clock.className = `num countdown tone-${tone(left)}`;
  }
}

if (document.querySelector("[data-countdown]")) setInterval(tick, 1000);
