// Files go from a page to a bucket at another origin, as in the cloud: a
// console of the demo whose uploads a real browser sends past it, under the
// Content-Security-Policy of the page and the CORS rule of template.yaml.
import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowser, Person } from "./harness.mjs";

let folder, host, url, lines;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "milepost-upload-"));
  const root = join(import.meta.dirname, "..");
  const program = join(folder, "uploadhost");
  execFileSync("go", ["build", "-o", program, "./browser/uploadhost"], { cwd: root, stdio: "inherit" });
  host = spawn(program, { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]();
  url = (await lines.next()).value;
  assert.match(url ?? "", /^http:/, "the host did not start");
});

after(async () => {
  await closeBrowser();
  if (host && host.exitCode === null) {
    const gone = once(host, "exit");
    host.kill();
    await gone;
  }
  await rm(folder, { recursive: true, force: true });
});

// happens has something happen to the next uploads.
async function happens(what) {
  host.stdin.write(`${what}\n`);
  assert.equal((await lines.next()).value, `done: ${what.split(" ")[0]}`);
}

// file makes a PDF of so many bytes, and says its SHA-256.
async function file(name, bytes) {
  const content = Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(bytes - 9)]);
  const path = join(folder, name);
  await writeFile(path, content);
  return { path, sha256: createHash("sha256").update(content).digest("hex") };
}

// submitting is an operator before the form that hands in their next milestone.
async function submitting(options) {
  const operator = await Person.at(url, "operator_bci", { lang: "en", ...options });
  await operator.click('td.do a[href$="/submit"] >> nth=0');
  return operator;
}

// kept is the box of a file that arrived.
const kept = (page, name) => page.locator(".kept").getByLabel(name);

const large = 12 << 20;

test("12 MB arrive past the console, with progress and hash, and come back", async () => {
  const operator = await submitting();
  const { page } = operator;
  const sent = [];
  page.on("request", (r) => sent.push([r.method(), new URL(r.url()).origin]));
  const pdf = await file("measured.pdf", large);
  for (const answer of await page.getByLabel(/^Answer to/).all()) await answer.fill("it holds");
  await happens("hold");
  await page.setInputFiles("#f-files", pdf.path);
  await page.getByText(`SHA-256 ${pdf.sha256.slice(0, 12)}`).waitFor();
  assert.match(await page.innerText(".uploads li"), /measured\.pdf/);
  assert.equal(await page.locator(".uploads progress").count(), 1);

  // Going on meanwhile waits for the file, and then happens by itself.
  await page.click('button[value="check"]');
  await page.getByText("Files are still being sent").waitFor();
  await happens("release");
  await page.getByRole("heading", { name: "Check your answers" }).waitFor();
  const elsewhere = sent.filter(([, origin]) => origin !== url);
  assert.deepEqual(elsewhere.map(([method]) => method), ["PUT"], "one upload, past the console");
  assert.match(await operator.text(), /measured\.pdf/);

  await page.goBack();
  await operator.click("nav.crumbs a[href*='/milestones/mst_']");
  await operator.click("main a:has-text('measured.pdf')");
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const download = await saved;
  assert.equal(download.suggestedFilename(), "measured.pdf");
  const hash = createHash("sha256");
  for await (const part of await download.createReadStream()) hash.update(part);
  assert.equal(hash.digest("hex"), pdf.sha256);
  await operator.leave();
});

for (const [lang, words] of Object.entries({
  en: { differs: "checksum differs", lost: "connection was lost", again: "Try again", refused: "storage refused the file", large: "at most 100 MB" },
  "zh-CN": { differs: "校验值不符", lost: "连接中断", again: "重试", refused: "存储服务拒收", large: "不超过 100 MB" },
})) {
  test(`what goes wrong is said and can be tried again (${lang})`, async () => {
    const operator = await submitting({ lang });
    const { page } = operator;
    const answer = page.locator("textarea").first();
    await answer.fill("typed before");
    const row = page.locator(".uploads li");
    const arrived = (name) => kept(page, `${name}.${lang}.pdf`).waitFor();

    const pdf = await file(`changed.${lang}.pdf`, large);
    await happens("tamper 1");
    await page.setInputFiles("#f-files", pdf.path);
    await row.getByText(words.differs).waitFor();
    assert.equal(await kept(page, `changed.${lang}.pdf`).count(), 0, "what was tampered with is not kept");
    await row.getByRole("button", { name: words.again }).click();
    await arrived("changed");

    const broken = await file(`broken.${lang}.pdf`, large);
    await happens("cut 9"); // browsers try once more by themselves
    await page.setInputFiles("#f-files", broken.path);
    await row.getByText(words.lost).waitFor();
    await happens("cut 0");
    assert.equal(await answer.inputValue(), "typed before");
    const errors = operator.errors.filter((e) => !/ERR_EMPTY_RESPONSE|ERR_CONNECTION|CORS policy/.test(e)); // the connection that was cut
    await operator.accessible(`a file that did not arrive, ${lang}`);
    operator.errors = errors; // without what axe tries
    await row.getByRole("button", { name: words.again }).click();
    await arrived("broken");

    const late = await file(`late.${lang}.pdf`, large);
    await happens("late 1"); // once, the script asks for another address by itself
    await page.setInputFiles("#f-files", late.path);
    await arrived("late");
    assert.equal(await row.count(), 0);

    const refused = await file(`refused.${lang}.pdf`, large);
    await happens("late 2");
    await page.setInputFiles("#f-files", refused.path);
    await row.getByText(words.refused).waitFor();
    assert.equal(await row.getByRole("button", { name: words.again }).count(), 1);

    const huge = await file(`huge.${lang}.pdf`, (100 << 20) + 1);
    await page.setInputFiles("#f-files", huge.path);
    const said = row.filter({ hasText: "huge" });
    await said.getByText(words.large).waitFor();
    assert.equal(await said.getByRole("button").count(), 0, "trying again would not help");
    assert.equal(await answer.inputValue(), "typed before");
    await operator.leave();
  });
}

test("files are added and replaced on a page of their own", async () => {
  const operator = await submitting();
  const { page } = operator;
  await operator.click("nav.crumbs a[href*='/milestones/mst_']");
  await operator.click("main a[href$='/evidence'] >> nth=0");
  const pdf = await file("first.pdf", large);
  await page.setInputFiles("#f-files", pdf.path);
  await page.locator(".kept label", { hasText: "first.pdf" }).waitFor();
  await page.getByRole("button", { name: "Upload" }).click();
  await page.waitForURL(/\/milestones\/mst_[^/]+$/);
  await operator.click("main a:has-text('first.pdf')");
  await page.getByRole("link", { name: "Replace" }).click();
  const next = await file("second.pdf", large);
  await page.setInputFiles("#f-files", next.path);
  await page.locator(".kept label", { hasText: "second.pdf" }).waitFor();
  await page.getByRole("button", { name: "Upload" }).click();
  await page.waitForURL(/\/milestones\/mst_[^/]+$/);
  await operator.click("main a:has-text('second.pdf')");
  assert.match(await operator.text(), /first\.pdf[\s\S]*Superseded/);
  await operator.leave();
});

test("without script the limit stands beside the field, and holds", async () => {
  const operator = await submitting({ script: false });
  const { page } = operator;
  assert.match(await page.innerText("#h-files"), /at most 100 MB[\s\S]*together at most 4 MB/);
  await page.getByLabel("Answer to C1").fill("typed before");
  const pdf = await file("large.pdf", 5 << 20);
  await page.setInputFiles("#f-files", pdf.path);
  await page.getByRole("button", { name: "Upload" }).click();
  await page.locator("#errors").getByText("at most 4 MB at once").waitFor();
  assert.equal(await page.getByLabel("Answer to C1").inputValue(), "typed before");
  const small = await file("small.pdf", 1 << 20);
  await page.setInputFiles("#f-files", small.path);
  await page.getByRole("button", { name: "Upload" }).click();
  await kept(page, "small.pdf").waitFor();
  await operator.leave();
});

test("an empty file is refused, and again when the form is sent", async () => {
  const operator = await submitting();
  const { page } = operator;
  await operator.click("nav.crumbs a[href*='/milestones/mst_']");
  await operator.click("main a[href$='/evidence'] >> nth=0");
  await page.setInputFiles("#f-files", { name: "nothing.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(0) });
  await page.locator(".uploads li").getByText("The file is empty.").waitFor();
  await page.getByRole("button", { name: "Upload", exact: true }).click();
  await page.locator("#errors").getByText("nothing.pdf: The file is empty.").waitFor();
  await operator.leave();
});
