// Sends files one by one as soon as they are chosen, with progress and the
// SHA-256 that is recorded, straight to the storage where that takes them. Where
// this cannot run, or a file fails to be announced, the form sends files itself.

const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");

function element(name, text, className) {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  if (className) e.className = className;
  return e;
}

// send resolves with the answer's status once a body has arrived.
function send(method, url, headers, body, progress) {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest();
    x.open(method, url);
    for (const [name, value] of Object.entries(headers ?? {})) x.setRequestHeader(name, value);
    if (progress) x.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    x.onload = () => {
      let answer = {};
      try { answer = JSON.parse(x.responseText); } catch { /* not ours: the storage's */ }
      if (x.status >= 200 && x.status < 300) resolve(answer);
      else reject(new Error(answer.error ?? ""));
    };
    x.onerror = () => reject(new Error(""));
    x.send(body);
  });
}

async function keep(form, file, row, words) {
  const state = row.querySelector(".step");
  const bar = row.querySelector("progress");
  state.textContent = words.hashing;
  const sha256 = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const key = form.elements.namedItem("form_key").value;
  const announced = await send("POST", form.dataset.upload, {}, new URLSearchParams({
    form_key: key, name: file.name, size: file.size, sha256, kind: form.elements.namedItem("kind")?.value ?? "",
  }));
  state.textContent = words.sending;
  await send(announced.method, announced.url, announced.headers, file, (part) => { bar.value = part; });
  const done = await send("POST", announced.confirm, {}, new URLSearchParams({ form_key: key }));
  tick(form, done);
  row.remove();
}

// tick adds the file to those that the form rests on.
function tick(form, done) {
  const kept = form.querySelector(".kept");
  if (!kept || kept.querySelector(`input[value="${CSS.escape(done.id)}"]`)) return;
  const box = element("input");
  Object.assign(box, { type: "checkbox", name: "evidence", value: done.id, id: `f-evidence-${done.id}`, checked: true });
  const label = element("label", done.name);
  label.htmlFor = box.id;
  const small = element("small", `${done.size} · SHA-256 ${done.sha256.slice(0, 12)}`);
  small.title = done.sha256;
  label.append(small);
  const option = element("div", "", "option");
  option.append(box, label);
  kept.append(option);
  form.dispatchEvent(new Event("input"));
}

// The list of what is needed follows what is typed and ticked.
for (const tasks of document.querySelectorAll(".tasks[data-for]")) {
  const form = document.getElementById(tasks.dataset.for);
  const counted = {
    criteria: () => [...form.querySelectorAll('textarea[name^="answers/"]')].filter((t) => t.value.trim()).length,
    evidence: () => form.querySelectorAll('input[name="evidence"]:checked').length,
    statement: () => (form.elements.namedItem("statement")?.value.trim() ? 1 : 0),
  };
  const update = () => {
    for (const task of tasks.querySelectorAll("[data-task]")) {
      const { task: name, total, needed, count, done, todo, optional } = task.dataset;
      const n = counted[name]();
      const complete = total ? n >= Number(total) : n > 0;
      task.className = complete ? "task-done" : needed ? "task-todo" : "task-optional";
      const state = complete ? done : needed ? todo : optional;
      task.textContent = count && (n || total) ? `${count.replace("{n}", n)} ${state}` : state;
    }
  };
  form?.addEventListener("input", update);
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const field = form.elements.namedItem("files");
  const list = form.querySelector(".uploads");
  if (!field || !list || !globalThis.crypto?.subtle) continue;
  let running = 0;
  field.addEventListener("change", async () => {
    const files = [...field.files];
    const left = new DataTransfer(); // what the form is to send after all
    running++;
    form.setAttribute("aria-busy", "true");
    for (const file of files) {
      const row = element("li");
      const bar = element("progress");
      bar.max = 1;
      bar.value = 0;
      bar.setAttribute("aria-label", file.name);
      row.append(element("bdi", file.name), element("span", "", "step muted"), bar);
      list.append(row);
      try {
        await keep(form, file, row, list.dataset);
      } catch (e) {
        bar.remove();
        const state = row.querySelector(".step");
        state.className = "step failed";
        state.textContent = e.message || list.dataset.failed;
        if (!e.message) left.items.add(file);
      }
    }
    field.files = left.files;
    if (--running === 0) form.removeAttribute("aria-busy");
  });
  form.addEventListener("submit", (e) => {
    if (running > 0) e.preventDefault();
  }, true);
}
