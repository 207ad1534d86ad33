// A chosen file is judged by its kind and size before it travels; while it travels, how much has. Without a script the form is sent as it is.
const MB = 1024 * 1024;
const inMB = (bytes) => (bytes / MB).toFixed(1);

function refusalOf(input) {
  const kinds = input.accept.split(",").map((kind) => kind.trim().toLowerCase()).filter(Boolean);
  const most = Number(input.dataset.mostMb || 0);
  for (const file of input.files) {
    if (kinds.length && !kinds.some((kind) => file.name.toLowerCase().endsWith(kind))) return `“${file.name}”不是 ${kinds.join("、")} 文件，请重新选择。`;
    if (file.size === 0) return `“${file.name}”是空文件，请重新选择。`;
    if (most && file.size > most * MB) return `“${file.name}”有 ${inMB(file.size)} MB，超过 ${most} MB，请压缩后重新选择。`;
  }
  return "";
}

function told(input) {
  const known = input.parentElement.querySelector("[data-file-refusal]");
  if (known) return known;
  const place = document.createElement("p");
  place.className = "field-error";
  place.dataset.fileRefusal = "";
  place.setAttribute("role", "alert");
  input.after(place);
  return place;
}

document.addEventListener("change", ({ target }) => {
  if (target.type !== "file") return;
  const refusal = refusalOf(target);
  target.setCustomValidity(refusal);
  target.classList.toggle("is-invalid", Boolean(refusal));
  told(target).textContent = refusal;
});

function barOf(form) {
  const place = document.createElement("p");
  place.className = "upload";
  place.setAttribute("role", "status");
  const bar = Object.assign(document.createElement("progress"), { className: "bar", max: 1, value: 0 });
  bar.setAttribute("aria-label", "上传进度");
  const words = document.createElement("span");
  place.append(bar, words);
  form.append(place);
  return { place, show: (part, text) => Object.assign(bar, { value: part }) && (words.textContent = text) };
}

function arrived(request) {
  const next = request.getResponseHeader("X-Next");
  if (next) {
    const goal = new URL(next, location.href);
    if (goal.pathname + goal.search === location.pathname + location.search) location.reload();
    else location.assign(goal);
    return;
  }
  const main = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
  document.querySelector("main").replaceWith(document.adoptNode(main));
  window.scrollTo(0, 0);
  // What had the focus went with the page that was left: the next thing to do is another file.
  document.querySelector("main input[type=file]")?.focus({ preventScroll: true });
}

function send(form, submitter) {
  const request = new XMLHttpRequest();
  const { place, show } = barOf(form);
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  if (submitter) submitter.disabled = true;
  request.upload.addEventListener("progress", ({ loaded, total }) => show(loaded / total, `已上传 ${inMB(loaded)} / ${inMB(total)} MB`));
  request.upload.addEventListener("load", () => show(1, "已上传，正在检查文件…"));
  const failed = () => {
    if (submitter) submitter.disabled = false;
    submitter?.focus(); // a button that is shut loses it
    place.replaceChildren("没有上传：网络中断或服务暂时不可用，选好的文件还在，请重试。");
  };
  request.addEventListener("error", failed);
  request.addEventListener("load", () => (request.status < 500 && request.status !== 0 ? arrived(request) : failed()));
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1");
  request.send(data);
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const inputs = [...form.elements].filter((control) => control.type === "file" && control.files.length);
  if (event.defaultPrevented || !inputs.length) return;
  event.preventDefault();
  form.querySelector(".upload")?.remove();
  send(form, submitter);
}, { capture: true });
