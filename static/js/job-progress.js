// The live bar of a job: asks [data-job-status] every second or two. At the end the page shows the outcome, or leads
// back to where the job was asked for if there is nothing to fetch.
const place = document.querySelector("[data-job-status]");
const part = (name) => place.querySelector(`[data-job-${name}]`);
const number = new Intl.NumberFormat("zh-CN");
const FASTEST = 1000;
const SLOWEST = 10000;
let pause = FASTEST;

function remaining(seconds) {
  if (seconds === null) return "";
  if (seconds < 60) return `约剩 ${Math.max(seconds, 1)} 秒`;
  return `约剩 ${Math.ceil(seconds / 60)} 分钟`;
}

function show(job) {
  const bar = part("bar");
  if (job.total) {
    bar.max = job.total;
    bar.value = job.done;
  }
  part("count").textContent = job.total ? `${number.format(job.done)} / ${number.format(job.total)}` : "";
  part("message").textContent = job.message || job.label;
  part("left").textContent = remaining(job.seconds_left);
}

async function ask() {
  try {
    const answer = await fetch(place.dataset.jobStatus, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const job = await answer.json();
    if (job.finished) {
      location.replace("?watched");
      return;
    }
    show(job);
    // Waiting jobs are asked about ever more rarely; a hidden page hardly at all.
    pause = job.status === "running" ? FASTEST : Math.min(pause * 1.3, SLOWEST);
  } catch {
    part("message").textContent = "暂时连不上服务器，正在重试…";
    pause = Math.min(pause * 2, SLOWEST);
  }
  setTimeout(ask, document.hidden ? SLOWEST : pause);
}

if (place) setTimeout(ask, FASTEST);
