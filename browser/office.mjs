// What the office's stories share: the console's words in a language, and the
// hands of a person who reads the screen and uses what it offers by its name.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";
import { Person } from "./harness.mjs";

const catalogs = new Map();

// words are the console's texts by their ids: t("console.list.next"), with
// arguments where a text has places for them.
export function words(lang) {
  if (!catalogs.has(lang)) {
    const folder = join(import.meta.dirname, "../internal/i18n/catalog", lang);
    catalogs.set(lang, Object.assign({}, ...readdirSync(folder).map((f) => JSON.parse(readFileSync(join(folder, f), "utf8")))));
  }
  const texts = catalogs.get(lang);
  return (id, args = {}) => {
    let text = texts[id];
    assert.ok(text, `${lang} has no text ${id}`);
    if (typeof text !== "string") text = args.count === 1 ? text.one : text.other;
    return text.replace(/\{\{\.(\w+)\}\}/g, (place, name) => args[name] ?? place);
  };
}

// variants are the languages of a story and whether script runs: each is told
// in both, with and without.
export const variants = [
  { lang: "zh-CN", script: true, name: "zh-CN, with script" },
  { lang: "en", script: false, name: "en, without script" },
];

// Hands are a person with names for what the screen offers.
export class Hands {
  static async of(url, persona, options) {
    return new Hands(await Person.at(url, persona, options));
  }

  constructor(person) {
    Object.assign(this, { person, page: person.page, url: person.url, t: words(person.lang) });
    this.main = this.page.locator("main");
  }

  path() { return new URL(this.page.url()).pathname; }
  text() { return this.person.text(); }
  leave() { return this.person.leave(); }

  // section opens a part of the console by its place in the navigation.
  section(id) { return this.opens(this.page.locator("#nav").getByRole("link", { name: this.t(`console.nav.${id}`) })); }

  link(name) { return this.main.getByRole("link", { name, exact: true }).first(); }
  button(name) { return this.main.getByRole("button", { name, exact: true }).first(); }
  // field is a control by the beginning of its label.
  field(name) {
    const label = new RegExp(`^\\s*${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
    return this.main.locator("input, select, textarea").and(this.main.getByLabel(label)).first();
  }

  row(text) { return this.main.locator("tbody tr").filter({ hasText: text }).first(); }

  // opens clicks and waits for the page that comes, which is whole.
  async opens(what, status = 200) {
    const [answer] = await Promise.all([this.page.waitForNavigation({ timeout: 60_000 }), what.click()]);
    if (answer.status() !== status) assert.fail(`${answer.request().method()} ${this.page.url()} = ${answer.status()}: ${(await this.text()).slice(0, 400)}`);
  }

  follow(name) { return this.opens(this.link(name)); }
  press(name) { return this.opens(this.button(name)); }

  // refused presses a button, and what was sent comes back with what is wrong.
  async refused(name) {
    await this.opens(this.button(name), 422);
    assert.ok(await this.page.locator("#errors").isVisible());
  }

  // done asserts that the banner says what was done.
  async done(command) {
    const banner = this.page.locator(".banner.good[role=status]");
    assert.equal((await banner.locator("strong").innerText()).trim(), this.t(`label.done.${command}`));
    return banner.innerText();
  }

  // export saves a list as a file and answers its lines, split into cells.
  async export(name = this.t("console.list.exportCSV"), as = "link") {
    const [file] = await Promise.all([this.page.waitForEvent("download"), this.main.getByRole(as, { name, exact: true }).first().click()]);
    return cells(readFileSync(await file.path(), "utf8"));
  }
}

// cells splits CSV into its lines of cells, without its byte order mark.
export function cells(text) {
  const out = [[]];
  for (const [, quoted, plain, end] of text.replace(/^\uFEFF/, "").matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    out.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end.endsWith("\n")) out.push([]);
    else if (!end) break;
  }
  return out.filter((line) => line.length > 1 || line[0]);
}
