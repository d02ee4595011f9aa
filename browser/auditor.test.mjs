// The auditor: from a figure to what it counts, to one event in full; searching
// the journal; whether its chain holds; taking it away; and changing nothing.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo } from "./harness.mjs";
import { Hands, variants } from "./office.mjs";

let host;
before(async () => { host = await demo(); }); // an auditor leaves everything as it is
after(async () => { await closeBrowser(); await host?.stop(); });

// nothingToDo asserts that a page offers nothing that would change something.
async function nothingToDo(h) {
  assert.equal(await h.main.locator("form[method=post]").count(), 0, `${h.path()} has a form that posts`);
  const steps = 'a[href$="/new"], a[href$="/edit"], a[href$="/decide"], a[href$="/return"], a[href$="/settle"], a[href$="/reopen"], a[href$="/submit"], ' +
    'a[href$="/request"], a[href$="/approve"], a[href$="/refuse"], a[href$="/activate"], a[href$="/paid"], a[href$="/grant"], a[href$="/revoke"], a[href$="/enrol"], a[href$="/apply"]';
  assert.deepEqual(await h.main.locator(steps).evaluateAll((all) => all.map((a) => a.getAttribute("href"))), [], `${h.path()} offers a step`);
}

for (const { lang, script, name } of variants) {
  describe(name, () => {
    const auditor = () => Hands.of(host.url, "auditor", { lang, script });

    test("from a figure to the list that it counts, to an award, to one event", async () => {
      const h = await auditor();
      assert.match(await h.text(), new RegExp(h.t("console.inbox.waiting.none")));
      for (const part of ["milestoneState.planned", "milestoneState.submitted", "milestoneOutcome.notMet"]) {
        await h.section("overview");
        const mark = h.main.locator(".charts li").filter({ has: h.page.getByRole("link", { name: h.t(`label.${part}`), exact: true }) }).first();
        const counted = Number(/\d+$/.exec((await mark.innerText()).trim())[0]);
        await h.opens(mark.getByRole("link"));
        assert.equal((await h.export()).length - 1, counted, part);
      }
      await h.section("overview");
      const overdue = h.main.locator("dl.figures > div").filter({ has: h.page.getByRole("link", { name: h.t("console.overview.column.overdue"), exact: true }) });
      const counted = Number((await overdue.locator("dd").innerText()).match(/^\d+/)[0]);
      await h.opens(overdue.getByRole("link", { name: h.t("console.overview.column.overdue"), exact: true }));
      const list = await h.export();
      assert.equal(list.length - 1, counted);

      const first = h.main.locator("tbody tr").first();
      const number = (await first.locator("td.award small").innerText()).split(" · ")[0].trim();
      assert.ok(list[1].includes(number), `${number} is in the file`);
      await h.opens(first.locator("td.award a"));
      await nothingToDo(h);
      await h.follow(h.t("console.award.tab.journal"));
      await nothingToDo(h);
      await h.opens(h.main.locator(".journal").getByRole("link", { name: h.t("console.award.journal.full") }).first());
      assert.match(await h.text(), new RegExp(number));
      const hash = /[0-9a-f]{64}/.exec(await h.text())[0];
      await h.main.locator("summary", { hasText: h.t("console.audit.raw") }).first().click();
      assert.ok(await h.main.locator("details[open] pre").first().isVisible());
      await h.follow(h.t("console.audit.before"));
      assert.ok(!(await h.text()).includes(hash), "the entry before is another");
      await h.follow(h.t("console.audit.next"));
      assert.ok((await h.text()).includes(hash));
      await h.leave();
    });

    test("searches the journal by subject, person, kind and dates, and takes it away", async () => {
      const h = await auditor();
      await h.section("audit");
      await h.field(h.t("console.audit.subject")).fill("DEMO-2026-006");
      await h.press(h.t("console.audit.find"));
      const said = await h.main.locator(".banner.good").innerText();
      const whole = await h.export();
      const entries = new Set(whole.slice(1).map((line) => line[0])).size;
      assert.ok(said.includes(h.t("console.audit.holds", { count: entries })), `${said}, ${entries} entries`);
      await h.field(h.t("console.audit.kind")).selectOption({ label: h.t("label.found.tranche") });
      await h.press(h.t("console.audit.show"));
      const tranches = await h.export();
      assert.ok(tranches.length > 1 && tranches.length < whole.length);
      assert.ok(tranches.slice(1).every((line) => line[7].startsWith("trn_")), "events of tranches alone");

      await h.section("audit");
      await h.field(h.t("console.audit.subject")).fill("DEMO-2026-006");
      await h.field(h.t("console.audit.subjectFrom")).fill("2026-10-01");
      await h.field(h.t("console.audit.subjectTo")).fill("2026-10-31");
      await h.press(h.t("console.audit.find"));
      const october = await h.export();
      assert.deepEqual(october.slice(1), whole.slice(1).filter((line) => line[2] >= "2026-10-01" && line[2] <= "2026-10-31"));
      assert.ok(october.length > 1 && october.length < whole.length, `${october.length - 1} events in October`);

      await h.section("audit");
      await h.field(h.t("console.audit.from")).fill("2026-10-01");
      await h.field(h.t("console.audit.to")).fill("2026-11-20");
      await h.field(h.t("console.audit.person")).selectOption({ label: lang === "en" ? "Zhou Mingyuan" : "周明远" });
      await h.press(h.t("console.audit.show"));
      const his = await h.export();
      assert.ok(his.length > 1);
      for (const line of his.slice(1)) {
        assert.equal(line[4], lang === "en" ? "Zhou Mingyuan" : "周明远");
        assert.ok(line[2] >= "2026-10-01" && line[2] <= "2026-11-20", line[2]);
      }
      await h.field(h.t("console.audit.to")).fill("2026-09-01");
      await h.refused(h.t("console.audit.show"));
      await h.page.locator("#errors a").click();
      assert.equal(await h.page.evaluate(() => document.activeElement.name), "to");
      assert.equal(await h.field(h.t("console.audit.from")).inputValue(), "2026-10-01", "what was asked is kept");
      await h.leave();
    });

    test("sees that the days are sealed, and takes the anchors away", async () => {
      const h = await auditor();
      await h.section("audit");
      await h.follow(h.t("console.audit.anchors"));
      assert.match(await h.text(), new RegExp(h.t("console.audit.daysHold")));
      const shown = await h.main.locator("tbody tr").count();
      const day = await h.main.locator("tbody tr").nth(3).locator("time").getAttribute("datetime");
      await h.field(h.t("console.audit.from")).fill(day);
      await h.press(h.t("console.audit.show"));
      assert.equal(await h.main.locator("tbody tr").count(), shown - 3);
      const lines = await h.export();
      assert.equal(lines[1][0], day);
      assert.ok(lines.slice(1).every((line) => /^[0-9a-f]{64}$/.test(line[1]) && /^[0-9a-f]{64}$/.test(line[2])));
      assert.ok(lines.some((line, i) => i > 1 && line[0] !== lines[i - 1][0] && line[2] === lines[i - 1][1]), "each day names the one before");
      await h.leave();
    });

    test("sees every screen, and is offered nothing that changes anything", async () => {
      const h = await auditor();
      const sections = await h.page.locator("#nav a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
      assert.ok(sections.length >= 15, sections.join(" "));
      for (const href of sections) {
        await h.opens(h.page.locator(`#nav a[href="${href}"]`));
        await nothingToDo(h);
        const first = h.main.locator('tbody td a[href^="/"]:visible, .cards a[href^="/admin/members"]').first();
        if (await first.count()) {
          await h.opens(first);
          await nothingToDo(h);
        }
      }
      await h.section("overdue");
      await h.opens(h.main.locator('a[href*="/milestones/mst_"]').first());
      const milestone = h.page.url(), state = await h.text();
      for (const [step, sent] of [["decide", { outcome: "met" }], ["return", { reason: "r" }], ["start", {}]]) {
        const answer = await h.page.request.post(`${milestone}/${step}`, { form: { form_key: `refused-${step}`, ...sent }, maxRedirects: 0 });
        assert.ok(answer.status() >= 400, `${step} = ${answer.status()}`);
      }
      await h.page.reload();
      assert.equal(await h.text(), state, "the milestone is as it was");
      await h.leave();
    });
  });
}
