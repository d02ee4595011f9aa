// What people do from the first page to the last, by the screen alone, with
// their clicks counted; with script and without.
import { after, afterEach, beforeEach, describe, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo, languages, Person } from "./harness.mjs";

let host;
beforeEach(async () => { host = await demo(); }); // stories change what they find
afterEach(async () => { await host?.stop(); });
after(closeBrowser);

const pdf = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.7 ${name}`) });

for (const lang of languages) {
  for (const script of [true, false]) {
    describe(`${lang}, ${script ? "with" : "without"} script`, () => {
      test("a manager decides what waits longest, in at most five clicks", async () => {
        const manager = await Person.at(host.url, "manager", { lang, script });
        const decide = 'td.do a[href*="/milestones/"][href$="/decide"] >> nth=0';
        const page = new URL(await manager.page.getAttribute(decide, "href"), host.url).pathname.replace(/\/decide$/, "");
        await manager.click(decide);
        await manager.click('input[name="outcome"][value="met"]');
        await manager.click('button[name="form_step"][value="check"]');
        await manager.click('main form[method="post"] button[type="submit"]:not([name="form_step"]), main button[name="form_step"][value="do"]');
        await manager.page.waitForSelector(".banner.good");
        assert.equal(new URL(manager.page.url()).pathname, page);
        assert.ok(manager.clicks <= 5, `${manager.clicks} clicks`);
        assert.equal(await manager.page.locator(`td.do a[href="${page}/decide"]`).count(), 0);
        await manager.leave();
      });

      test("an operator submits a milestone with two files, in at most eight clicks", async () => {
        const operator = await Person.at(host.url, "operator_bci", { lang, script });
        await operator.click('td.do a[href$="/submit"] >> nth=0');
        await operator.page.setInputFiles('input[type="file"]', [pdf("one.pdf"), pdf("two.pdf")]);
        operator.clicks++; // the files' own window
        for (const answer of await operator.page.locator('textarea[name^="answers/"]').all()) await answer.fill("测试完成 done");
        await operator.click('button[name="form_step"][value="check"] >> nth=0');
        await operator.page.waitForSelector('text=two.pdf');
        await operator.click('main form[method="post"] button[type="submit"]:not([name="form_step"]), main button[name="form_step"][value="do"]');
        await operator.page.waitForSelector(".banner.good");
        assert.ok(operator.clicks <= 8, `${operator.clicks} clicks`);
        assert.match(await operator.text(), /one\.pdf/);
        await operator.leave();
      });
    });
  }
}
