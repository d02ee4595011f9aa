// Every screen, in each language, scheme and width: axe finds nothing, nothing
// scrolls sideways, the browser has nothing to say, and the page is small.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo, languages, Person } from "./harness.mjs";
import { screens } from "./screens.mjs";

let host;
before(async () => { host = await demo(); });
after(async () => { await closeBrowser(); await host?.stop(); });

// open is the screen's page, reached by its links.
async function open(person, screen) {
  const answer = await person.page.goto(host.url + screen.path);
  assert.equal(answer.status(), screen.status ?? 200, `GET ${screen.path}`);
  for (const link of screen.follow ?? []) {
    const href = await person.page.getAttribute(`${link} >> nth=0`, "href", { timeout: 5000 });
    await person.page.goto(new URL(href, person.page.url()).href);
  }
}

for (const screen of screens) {
  describe(screen.name, () => {
    for (const lang of languages) {
      for (const scheme of ["light", "dark"]) {
        test(`${lang} ${scheme}`, async () => {
          const person = await Person.at(host.url, screen.persona, { lang, scheme });
          await open(person, screen);
          assert.equal(await person.page.getAttribute("html", "lang"), lang);
          await person.accessible(`${screen.name} (${lang}, ${scheme})`);
          await person.fits(screen.name);
          if (scheme === "light") {
            await person.page.setViewportSize({ width: 320, height: 800 });
            await person.fits(`${screen.name} at 320 px`);
            await person.page.setViewportSize({ width: 640, height: 450 }); // 1280 × 900 at 200 %
            await person.fits(`${screen.name} at 200 %`);
          }
          await person.leave();
        });
      }
    }
  });
}
