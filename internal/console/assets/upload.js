// Sends files one by one as soon as they are chosen, with progress and the
// SHA-256 that is recorded, straight to the storage where that takes them. A
// file that did not arrive says why and can be tried again; where this cannot
// run at all, the form sends files itself.

const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");

function element(name, text, className) {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  if (className) e.className = className;
  return e;
}

// Failure is why a file was not taken, in the reader's words; final where
// trying again would not help.
class Failure extends Error {
  constructor(message, final = false) {
    super(message);
    this.final = final;
  }
}

// request resolves with the status and text of an answer, status 0 where none came.
function request(method, url, headers, body, progress) {
  return new Promise((resolve) => {
    const x = new XMLHttpRequest();
    x.open(method, url);
    for (const [name, value] of Object.entries(headers ?? {})) x.setRequestHeader(name, value);
    if (progress) x.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    x.onload = () => resolve({ status: x.status, text: x.responseText, url: x.responseURL });
    x.onerror = x.onabort = () => resolve({ status: 0, text: "", url: "" });
    x.send(body);
  });
}

// ours asks the console, and throws what it says against it.
async function ours(url, fields, words) {
  const got = await request("POST", url, {}, new URLSearchParams(fields));
  if (got.status === 0) throw new Failure(words.lost);
  if (new URL(got.url, location.href).pathname === "/sign-in") throw new Failure(words.signedOut);
  let answer;
  try { answer = JSON.parse(got.text); } catch { throw new Failure(words.failed); }
  if (got.status >= 300) throw new Failure(answer.error || words.failed, Boolean(answer.error) && got.status < 500);
  return answer;
}

// why reads the code of a refusal of the storage, which says it in XML. (The
// browser's own parser puts styles into what is none, against the page's policy.)
const why = (got) => /<Code>([^<]*)<\/Code>/.exec(got.text)?.[1] ?? "";

// sent sends a file to where it was announced, and reports whether its address
// had expired before.
async function sent(to, file, words, progress) {
  const began = performance.now();
  const got = await request(to.method, to.url, to.headers, file, progress);
  if (got.status >= 200 && got.status < 300) return true;
  if (got.url && new URL(got.url).origin === location.origin) { // not the storage's answer but ours
    let answer = {};
    try { answer = JSON.parse(got.text); } catch { /* a page */ }
    throw new Failure(answer.error || words.failed, Boolean(answer.error));
  }
  const late = to.seconds && performance.now() - began > to.seconds * 1000;
  if (got.status === 403 || why(got) === "ExpiredToken" || got.status === 0 && late) return false;
  if (got.status === 0) throw new Failure(words.lost);
  if (/Digest|Checksum|SHA256/.test(why(got))) throw new Failure(words.differs);
  throw new Failure(`${words.refused} ${got.status} ${why(got)}`);
}

// keep makes evidence of a file: announced, sent, confirmed. It reports whether
// the file was there already.
async function keep(form, file, row, words) {
  const state = row.querySelector(".step");
  const bar = row.querySelector("progress");
  if (file.size > Number(words.most)) throw new Failure(words.large, true);
  state.textContent = words.hashing;
  let bytes;
  try { bytes = await file.arrayBuffer(); } catch { throw new Failure(words.unreadable, true); }
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  const value = (name) => form.elements.namedItem(name)?.value ?? "";
  const fields = { form_key: value("form_key"), name: file.name, size: file.size, sha256, kind: value("kind"), replaces: value("replaces") };
  let to = await ours(form.dataset.upload, fields, words);
  const short = `SHA-256 ${sha256.slice(0, 12)}`;
  const progress = (part) => {
    bar.value = part;
    state.textContent = `${words.sending} ${Math.floor(part * 100)}\u00a0% · ${short}`;
  };
  if (!to.done) {
    progress(0);
    if (!await sent(to, file, words, progress)) {
      state.textContent = words.expired; // announced again, a file has a new address
      to = await ours(form.dataset.upload, fields, words);
      if (!to.done && !await sent(to, file, words, progress)) throw new Failure(`${words.refused} 403`);
    }
  }
  tick(form, to.done ?? await ours(to.confirm, { form_key: fields.form_key }, words));
  return Boolean(to.done);
}

// tick adds the file to those that the form rests on.
function tick(form, done) {
  const kept = form.querySelector(".kept");
  if (!kept || kept.querySelector(`input[value="${CSS.escape(done.id)}"]`)) return;
  const option = element("div", "", "option");
  const small = element("small", `${done.size} · SHA-256 ${done.sha256.slice(0, 12)}`);
  small.title = done.sha256;
  const box = element("input");
  const label = element("label", done.name);
  if (kept.dataset.as) { // it is there, and that is all
    Object.assign(box, { type: "hidden", name: kept.dataset.as, value: done.id });
    label.htmlFor = "f-files";
  } else {
    Object.assign(box, { type: "checkbox", name: "evidence", value: done.id, id: `f-evidence-${done.id}`, checked: true });
    label.htmlFor = box.id;
  }
  label.append(small);
  option.append(box, label);
  kept.append(option);
  form.dispatchEvent(new Event("input"));
}

// An answer counts, unless it is the one that was refused.
const answered = (t) => t.value.trim() && t.value.trim() !== t.closest(".ask")?.dataset.refused?.trim();

// The list of what is needed follows what is typed and ticked.
for (const tasks of document.querySelectorAll(".tasks[data-for]")) {
  const form = document.getElementById(tasks.dataset.for);
  const counted = {
    criteria: () => [...form.querySelectorAll('textarea[name^="answers/"]')].filter(answered).length,
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

// A form that cannot take so much says so before it is sent.
function bounded(field, words) {
  const size = [...field.files].reduce((sum, f) => sum + f.size, 0);
  field.setCustomValidity(words.form && size > Number(words.form) ? words.together : "");
}

// uploads sends what is chosen in a form's field for files.
function uploads(form, field, list) {
  const words = list.dataset;
  const left = new Set(); // what the form is to send after all
  let running = 0;
  let pressed = null; // the button that waits for the files
  const settle = () => {
    const files = new DataTransfer();
    for (const file of left) files.items.add(file);
    field.files = files.files;
    bounded(field, words);
    if (running === 0) {
      form.removeAttribute("aria-busy");
      list.querySelector(".wait")?.remove();
      const button = pressed;
      pressed = null;
      if (button && !list.querySelector(".failed")) form.requestSubmit(button);
    }
  };
  const attempt = async (file, row) => {
    const bar = element("progress");
    Object.assign(bar, { max: 1, value: 0 });
    bar.setAttribute("aria-label", file.name);
    row.replaceChildren(element("bdi", file.name), element("span", "", "step muted"), bar);
    left.delete(file);
    try {
      if (await keep(form, file, row, words)) {
        bar.remove();
        row.querySelector(".step").textContent = words.twice;
      } else row.remove();
    } catch (e) {
      const state = row.querySelector(".step");
      bar.remove();
      state.className = "step failed";
      state.textContent = e instanceof Failure ? e.message : words.failed;
      if (e.final) {
        if (file.size === 0) left.add(file); // the form says so, too: nothing goes missing in silence
        return;
      }
      if (!words.form || file.size <= Number(words.form)) left.add(file);
      const again = element("button", words.again, "second");
      again.type = "button";
      again.addEventListener("click", () => run([[file, row]]));
      row.append(again);
    }
  };
  const run = async (rows) => {
    running++;
    form.setAttribute("aria-busy", "true");
    for (const [file, row] of rows) await attempt(file, row);
    running--;
    settle();
  };
  field.addEventListener("change", () => {
    const rows = [...field.files].map((file) => [file, element("li")]);
    list.append(...rows.map(([, row]) => row));
    for (const [file, row] of rows) row.append(element("bdi", file.name));
    run(rows);
  });
  form.addEventListener("submit", (e) => {
    if (running === 0) return;
    e.preventDefault();
    pressed = e.submitter;
    if (!list.querySelector(".wait")) list.append(element("li", words.wait, "wait"));
  }, true);
}

for (const form of document.querySelectorAll('form[enctype="multipart/form-data"]')) {
  const field = form.elements.namedItem("files");
  const list = form.querySelector(".uploads");
  if (!field || !list) continue;
  if (form.dataset.upload && globalThis.crypto?.subtle) uploads(form, field, list);
  else field.addEventListener("change", () => bounded(field, list.dataset));
}
