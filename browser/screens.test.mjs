// Every screen in each language, light and dark: axe finds nothing, nothing
// scrolls sideways on a telephone or at 200 %, and the browser's console stays
// empty. One page is opened for all of it.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo, languages, Person } from "./harness.mjs";
import { screens } from "./screens.mjs";

let host;
before(async () => { host = await demo(); });
after(async () => { await closeBrowser(); await host?.stop(); });

// open is the screen's page, reached by its links.
async function open(person, screen) {
  let answer = await person.page.goto(host.url + screen.path);
  for (const link of screen.follow ?? []) {
    assert.equal(answer.status(), 200, `GET ${person.page.url()}`);
    const found = person.page.locator(link).first();
    assert.ok(await found.count(), `${person.page.url()} has no ${link}`);
    answer = await person.page.goto(new URL(await found.getAttribute("href"), person.page.url()).href);
  }
  for (const box of screen.check ?? []) await person.page.locator(box).first().check();
  if (screen.press) {
    const sent = person.page.waitForNavigation();
    await person.page.locator(screen.press).first().click();
    answer = await sent;
    if (screen.check) assert.equal(answer.status(), 200, screen.name);
    else assert.ok([400, 409, 422].includes(answer.status()), `${screen.name} = ${answer.status()}`);
    return;
  }
  assert.equal(answer.status(), screen.status ?? 200, `GET ${person.page.url()}`);
}

for (const lang of languages) {
  describe(lang, () => {
    for (const screen of screens) {
      test(screen.name, async () => {
        const person = await Person.visiting(host.url, screen.persona, { lang });
        await open(person, screen);
        assert.equal(await person.page.getAttribute("html", "lang"), lang);
        await person.accessible(`${screen.name} (${lang}, light)`);
        await person.page.emulateMedia({ colorScheme: "dark" });
        await person.accessible(`${screen.name} (${lang}, dark)`, ["color-contrast"]);
        await person.fits(screen.name);
        await person.page.setViewportSize({ width: 640, height: 450 }); // 1280 × 900 at 200 %
        await person.fits(`${screen.name} at 200 %`);
        await person.page.setViewportSize({ width: 320, height: 800 });
        await person.fits(`${screen.name} at 320 px`);
        await person.accessible(`${screen.name} (${lang}, dark, 320 px)`);
        await person.leave();
      });
    }
  });
}
