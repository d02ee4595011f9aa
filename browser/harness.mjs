// What the tests of this folder share: a demo of their own, a browser, and a
// person who uses it. `.ci/run browser` installs what is needed and runs them:
//
//	MILEPOST=path of the built program  NODE_PATH=…  node --test browser/
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";

// The packages lie outside the tree, in the folder that BROWSER_MODULES names.
const require = createRequire(join(process.env.BROWSER_MODULES ?? import.meta.dirname, "x.js"));
const { chromium } = require("playwright-core");
const axeSource = require("axe-core").source;

export const languages = ["zh-CN", "en"];

// demo starts `milepost demo` and resolves with its address and how to end it.
export async function demo() {
  const program = process.env.MILEPOST;
  assert.ok(program, "MILEPOST names the built program");
  const folder = await mkdtemp(join(tmpdir(), "milepost-browser-"));
  const child = spawn(program, ["demo", "--listen", "127.0.0.1:0"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  const url = await new Promise((resolve, reject) => {
    child.stdout.on("data", (part) => {
      said += part;
      const found = /(http:\/\/[0-9.:]+)\/ [\s\S]*Ctrl-C/.exec(said);
      if (found) resolve(found[1]);
    });
    child.on("exit", (code) => reject(new Error(`milepost demo ended with ${code}: ${said}`)));
  });
  return {
    url,
    stop: async () => {
      child.removeAllListeners("exit");
      const gone = new Promise((resolve) => child.on("exit", resolve));
      child.kill("SIGINT");
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

let launched;

// browser is one Chromium for all tests of a file, without a window of its own:
// what that draws for every page takes longer than the page.
export function browser() {
  launched ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  return launched;
}

export async function closeBrowser() {
  if (launched) await (await launched).close();
  launched = undefined;
}

const sessions = new Map(); // of visitors, their cookies by address and persona

// Person is somebody at a browser of their own. Their clicks are counted.
export class Person {
  // at signs a persona in. Options: lang, width, scheme, script (false turns
  // JavaScript off).
  static async at(url, persona, { lang = "zh-CN", width = 1280, height = 900, scheme = "light", script = true } = {}) {
    const context = await (await browser()).newContext({
      viewport: { width, height }, colorScheme: scheme, javaScriptEnabled: script, locale: lang, bypassCSP: false, acceptDownloads: true,
    });
    const page = await context.newPage();
    const person = new Person(url, page, lang);
    page.on("console", (m) => {
      // the browser itself reports the status of a page that was refused
      if (m.type() === "error" && !/status of 4\d\d/.test(m.text())) person.errors.push(m.text());
    });
    page.on("pageerror", (e) => person.errors.push(String(e)));
    if (persona) await person.signIn(persona);
    return person;
  }

  // visiting is at for somebody who has signed in before: the session is kept
  // from one visit to the next.
  static async visiting(url, persona, options = {}) {
    const kept = sessions.get(`${url} ${persona}`);
    const person = await Person.at(url, kept ? undefined : persona, options);
    if (kept) await person.page.context().addCookies(kept);
    else if (persona) sessions.set(`${url} ${persona}`, await person.page.context().cookies());
    return person;
  }

  constructor(url, page, lang) {
    Object.assign(this, { url, page, lang, clicks: 0, errors: [] });
  }

  async signIn(persona) {
    await this.go("/sign-in");
    await this.click(`button[name="persona"][value="${persona}"]`);
  }

  async go(path) {
    const answer = await this.page.goto(this.url + path);
    assert.ok(answer.status() < 400, `GET ${path} = ${answer.status()}`);
    return answer;
  }

  async click(selector) {
    this.clicks++;
    await this.page.click(selector);
  }

  // text is what the page says in its main part.
  text() { return this.page.innerText("main"); }

  // wide asserts that nothing makes the page scroll sideways.
  async fits(what) {
    const [has, room] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(has <= room, `${what} is ${has} px wide in ${room} px`);
  }

  // accessible asserts that axe finds nothing on the page; of all its rules, or
  // of some.
  async accessible(what, rules) {
    if (!await this.page.evaluate(() => "axe" in globalThis)) await this.page.evaluate(axeSource);
    const found = await this.page.evaluate((some) => globalThis.axe.run(document, {
      runOnly: some ?? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      resultTypes: ["violations"], preload: false, // of what holds, nothing is told
    }), rules);
    const violations = found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
    assert.deepEqual(violations, [], what);
  }

  async leave() {
    await this.page.context().close();
    assert.deepEqual(this.errors, [], "the browser's console");
  }
}

const told = new Map(); // of languages, their texts

// catalog are the texts of a language by their id.
function catalog(lang) {
  if (!told.has(lang)) {
    const folder = join(import.meta.dirname, "../internal/i18n/catalog", lang);
    told.set(lang, Object.assign({}, ...readdirSync(folder).map((f) => JSON.parse(readFileSync(join(folder, f), "utf8")))));
  }
  return told.get(lang);
}

// say is a text of the console as people read it, with its values put in.
export function say(lang, id, values = {}) {
  let text = catalog(lang)[id];
  assert.ok(text, `${lang} has no text ${id}`);
  if (typeof text === "object") text = values.count === 1 ? text.one ?? text.other : text.other;
  return text.replaceAll(/\{\{\.(\w+)\}\}/g, (_, name) => values[name]);
}

// amount is whole yuan as the exact amounts of pages are written.
export function amount(lang, yuan) {
  const digits = `${yuan.toLocaleString("en")}.00`;
  return lang === "en" ? `CNY ${digits}` : `${digits}元`;
}

// today is the business date: the day in Shanghai.
export const today = (plus = 0) => new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(Date.now() + plus * 864e5);

// Reader is a Person who acts by what the screen says: by the words on links,
// buttons and fields.
export class Reader extends Person {
  static async at(...args) {
    const reader = Object.setPrototypeOf(await super.at(...args), Reader.prototype);
    reader.page.setDefaultTimeout(15_000);
    return reader;
  }

  say(id, values) { return say(this.lang, id, values); }
  get main() { return this.page.getByRole("main"); }

  // press follows the link or presses the button with these words.
  async press(text, within = this.main) {
    await within.getByRole("link", { name: text, exact: true }).or(within.getByRole("button", { name: text, exact: true })).first().click();
  }

  // open goes to a section of the navigation.
  async open(section) {
    const path = section === "inbox" ? "/" : `/${section}`;
    await this.page.locator(`nav.nav a[href="${path}"]`).click();
    await this.page.waitForURL((u) => u.pathname === path);
  }

  // row is the line of a list that says all of these.
  row(...texts) {
    return texts.reduce((rows, text) => rows.filter({ hasText: text }), this.main.locator("tbody tr"));
  }

  // owed is the line of a worklist that says what is owed for an award.
  owed(number, kind, ...more) {
    const what = this.page.getByRole("link", { name: this.say(`label.obligation.${kind}`), exact: true });
    return this.row(number, ...more).filter({ has: what });
  }

  async fill(label, value) { await this.main.getByLabel(label, { exact: false }).first().fill(value); }

  // sees waits until the page's main part says all of these.
  async sees(...texts) {
    for (const text of texts) await this.main.getByText(text).first().waitFor();
  }

  async sends(id, values) { await this.press(this.say(id, values)); }

  // done waits for the banner that says that a command was given, and is what
  // the banner says.
  async done(command) {
    const banner = this.page.locator(".banner.good").filter({ hasText: this.say(`label.done.${command}`) });
    await banner.waitFor();
    return banner.innerText();
  }

  // waiting is the number of what waits on the reader, by the navigation.
  async waiting() {
    const pill = this.page.locator('nav.nav a[href="/"] .pill');
    return await pill.count() ? Number(await pill.innerText()) : 0;
  }

  // recorded is the number of the last entry in the journal of the award that the
  // page is of.
  async recorded() {
    const award = /\/awards\/[^/?]+/.exec(new URL(this.page.url()).pathname)[0];
    const file = await this.page.request.get(`${this.url}${award}/journal?format=csv`);
    assert.equal(file.status(), 200);
    return Math.max(...(await file.text()).split("\n").map((l) => Number(/^\uFEFF?(\d+),\d{4}-/.exec(l)?.[1] ?? 0)));
  }
}
