// Every screen in each language, light and dark: axe finds nothing, nothing
// scrolls sideways on a telephone, on a tablet or at 200 %, and the browser's
// console stays empty. One page is opened for all of it. What a rule of axe looks
// at is the same in each scheme but for the contrast, and in each language but
// for the size of targets: so all rules are run once in each language, in one of
// them wide and light, in the other narrow and dark, and those two in the other
// case. And no page is forgotten: each that the console serves is among them.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { closeBrowser, demo, languages, Person } from "./harness.mjs";
import { passages } from "./passages.mjs";
import { open, screens } from "./screens.mjs";

after(closeBrowser);

const wide = { width: 1280, height: 900 }, narrow = { width: 320, height: 800 };
// 640 px are what 200 % leaves of the wide window; the others are where a layout begins and ends
const sizes = [wide, ...[1161, 1160, 1024, 861, 860, 640].map((width) => ({ width, height: 900 })), narrow];
const different = ["color-contrast", "target-size"];

// looksAt asserts all rules in one language of the wide page, in the other of the
// narrow one.
async function looksAt(person, what) {
  const first = person.lang === "zh-CN";
  await person.accessible(`${what}, light`, first ? undefined : different);
  for (const size of sizes) {
    await person.page.setViewportSize(size);
    await person.fits(`${what} at ${size.width} px`);
  }
  await person.page.emulateMedia({ colorScheme: "dark" });
  await person.accessible(`${what}, dark, narrow`, first ? different : undefined);
}

const opened = []; // paths

for (const lang of languages) {
  describe(lang, () => {
    let host;
    before(async () => { host = await demo(); });
    after(async () => { await host?.stop(); });
    const visitor = (persona) => Person.visiting(host.url, persona, { lang });

    for (const screen of screens) {
      test(screen.name, async () => {
        const person = await visitor(screen.persona);
        await open(person, screen, visitor);
        assert.equal(await person.page.getAttribute("html", "lang"), lang);
        if (!screen.status) opened.push(new URL(person.page.url()).pathname);
        await looksAt(person, `${screen.name} (${lang})`);
        await person.leave();
      });
    }

    for (const [name, walk] of Object.entries(passages)) {
      test(`in passing: ${name}`, async () => {
        const people = new Set();
        for await (const [person, what] of walk(visitor)) {
          people.add(person);
          opened.push(new URL(person.page.url()).pathname);
          await looksAt(person, `${name}: ${what} (${lang})`);
          await person.page.emulateMedia({ colorScheme: "light" });
          await person.page.setViewportSize(wide);
        }
        for (const person of people) await person.leave();
      });
    }
  });
}

// Addresses that are read and yet show no page of their own.
const without = {
  "/awards/{award}/evidence/{milestone}/{evidence}/content": "a file",
  "/awards/{award}/extensions/{extension}/acknowledge": "leads to the extension: there is but a button",
  "/awards/{award}/milestones/{milestone}/acknowledge": "leads to the milestone: there is but a button",
  "/awards/{award}/milestones/{milestone}/start": "leads to the milestone: there is but a button",
};

test("no page is without a screen", () => {
  const patterns = readFileSync(join(import.meta.dirname, "../internal/console/testdata/pages.txt"), "utf8").trim().split("\n");
  const names = (pattern) => pattern.split("/").filter((part) => /^\{\w/.test(part)).length;
  // of several patterns the one with the fewest names is meant
  const meant = patterns.toSorted((a, b) => names(a) - names(b))
    .map((pattern) => [pattern, new RegExp(`^${pattern.replace("{$}", "").replaceAll(/\{\w+\}/g, "[^/]+")}$`)]);
  const seen = new Set(opened.map((path) => meant.find(([, form]) => form.test(path))?.[0]));
  assert.deepEqual(patterns.filter((pattern) => !seen.has(pattern)), Object.keys(without));
});
