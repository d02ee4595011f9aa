// Every screen in each language, light and dark: axe finds nothing, nothing
// scrolls sideways on a telephone or at 200 %, and the browser's console stays
// empty. One page is opened for all of it. What a rule of axe looks at is the
// same in each scheme but for the contrast, and in each language but for the
// size of targets: so all rules are run once in each language, in one of them
// wide and light, in the other narrow and dark, and those two in every other case.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo, languages, Person } from "./harness.mjs";
import { open, screens } from "./screens.mjs";

let host;
before(async () => { host = await demo(); });
after(async () => { await closeBrowser(); await host?.stop(); });

const wide = { width: 1280, height: 900 }, twice = { width: 640, height: 450 }, narrow = { width: 320, height: 800 };

// looksAt asserts in one language all rules of the wide page, in the other all
// of the narrow one.
const looksAt = {
  "zh-CN": async (person, what) => {
    await person.accessible(`${what}, light`);
    await person.page.emulateMedia({ colorScheme: "dark" });
    await person.accessible(`${what}, dark`, ["color-contrast"]);
    await fits(person, what);
    await person.accessible(`${what}, dark, narrow`, ["color-contrast", "target-size"]);
  },
  "en": async (person, what) => {
    await person.accessible(`${what}, light`, ["color-contrast", "target-size"]);
    await fits(person, what);
    await person.accessible(`${what}, light, narrow`, ["color-contrast"]);
    await person.page.emulateMedia({ colorScheme: "dark" });
    await person.accessible(`${what}, dark, narrow`);
  },
};

// fits asserts that nothing scrolls sideways: wide, at 200 % and narrow.
async function fits(person, what) {
  for (const size of [wide, twice, narrow]) {
    await person.page.setViewportSize(size);
    await person.fits(`${what} at ${size.width} px`);
  }
}

for (const lang of languages) {
  describe(lang, () => {
    for (const screen of screens) {
      test(screen.name, async () => {
        const visitor = (persona) => Person.visiting(host.url, persona, { lang });
        const person = await visitor(screen.persona);
        await open(person, screen, visitor);
        assert.equal(await person.page.getAttribute("html", "lang"), lang);
        await looksAt[lang](person, `${screen.name} (${lang})`);
        await person.leave();
      });
    }
  });
}
