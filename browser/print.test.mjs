// What is filed on paper: an award, its ledger, its journal and a receipt, as
// PDF on A4 and as the print layout sets them.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo, languages, Person } from "./harness.mjs";
import { pages, plain } from "./pdf.mjs";
import { open, screen } from "./screens.mjs";

let host;
before(async () => { host = await demo(); });
after(async () => { await closeBrowser(); await host?.stop(); });

const sheets = [ // and the most pages that are sensible for what the demo holds
  { name: "award", most: 4 },
  { name: "award: the whole ledger", most: 4 },
  { name: "award: the whole journal", most: 8 },
  { name: "receipt", most: 1 },
];

const paper = { width: 794, height: 1123 }; // A4 at 96 dpi
const margins = 2 * 53; // 14 mm each

for (const lang of languages) {
  describe(lang, () => {
    for (const sheet of sheets) {
      test(sheet.name, async () => {
        const person = await Person.visiting(host.url, screen(sheet.name).persona, { lang });
        const { page } = person;
        await open(person, screen(sheet.name));
        const title = await page.innerText("main h1");
        const rows = await page.locator(".book tbody tr, .journal > li").count();
        await fitsPaper(person, sheet.name);
        await carriesNoControls(page);
        const file = await page.pdf({ preferCSSPageSize: true });
        const size = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(file.toString("latin1")).slice(1).map(Number);
        assert.ok(Math.abs(size[0] - 595) < 2 && Math.abs(size[1] - 842) < 2, `a page of ${size} points`);
        const texts = pages(file);
        assert.ok(texts.length >= 1 && texts.length <= sheet.most, `${texts.length} pages`);
        texts.forEach((text, i) => assert.ok(text.includes(`${i + 1}/${texts.length}`), `page ${i + 1} has no number`));
        const whole = texts.join("");
        assert.ok(whole.includes(plain(title)), `no ${title}`);
        assert.ok(whole.includes(plain(new URL(page.url()).host + new URL(page.url()).pathname)), "not where it is from");
        assert.match(whole, /20\d\d-\d\d-\d\d\d\d:\d\d/, "not when it was shown");
        if (/whole/.test(sheet.name)) assert.ok(rows > 0 && whole.includes(plain(await page.innerText(".filed"))), "not what it holds");
        if (/ledger/.test(sheet.name)) assert.match(whole, lang === "en" ? /CNY[\d,]+\.\d\d/ : /[\d,]+\.\d\d元/, "amounts without their unit");
        if (/award/.test(sheet.name)) assert.match(whole, lang === "en" ? /Asof20/ : /截至20/, "no date of what it says");
        await person.leave();
      });
    }

    test("the whole ledger has every line of its export", async () => {
      const finance = await Person.visiting(host.url, "finance", { lang });
      await open(finance, screen("award: the whole ledger"));
      const lines = await finance.page.locator(".book tbody tr").count();
      const file = await finance.page.request.get(`${finance.page.url().split("?")[0]}?format=csv`);
      assert.equal(lines, (await file.text()).trim().split("\n").length - 1);
      const sums = await finance.page.locator(".book tfoot .money").allInnerTexts();
      assert.equal(sums.length, 2);
      assert.equal(sums[0], sums[1], "debits and credits");
      await finance.leave();
    });
  });
}

// fitsPaper asserts that nothing is wider than the paper, nor than what its
// margins leave, and that every cell of a table stands within it.
async function fitsPaper(person, what) {
  await person.page.emulateMedia({ media: "print" });
  for (const width of [paper.width, paper.width - margins]) {
    await person.page.setViewportSize({ ...paper, width });
    await person.fits(`${what} printed`);
    const cut = await person.page.$$eval("main td, main th, main dd, main figure", (list) => list
      .filter((e) => e.checkVisibility() && (e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1))
      .map((e) => e.innerText.slice(0, 60)));
    assert.deepEqual(cut, [], `cut at ${width} px`);
  }
}

// carriesNoControls asserts that paper carries nothing to press or to fill in.
async function carriesNoControls(page) {
  const shown = await page.$$eval("nav, form, button, input, select, textarea, .button, .skip, .pages", (list) => list
    .filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 80)));
  assert.deepEqual(shown, []);
  assert.equal(await page.locator("main details:not(figure *):not([open]) > :not(summary)").evaluateAll((list) => list.filter((e) => !e.checkVisibility()).length), 0, "folded away on paper");
}
