// A month of a project lead whose award has no platform, by the screen alone;
// with script and without.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { amount, closeBrowser, demo, languages, Reader, today } from "./harness.mjs";

const own = "DEMO-2026-009";
const sum = 1050000;
const does = 'main form[method="post"] button[type="submit"]:not([name="form_step"])';
const pdf = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.7 ${name}`) });

after(closeBrowser);

for (const lang of languages) {
  describe(lang, { concurrency: 2 }, () => {
    for (const script of [true, false]) {
      describe(script ? "with script" : "without script", { concurrency: 1 }, () => {
        let host, lead;
        const at = (persona) => Reader.at(host.url, persona, { lang, script });
        const owes = (reader, kind, ...more) => reader.owed(own, kind, ...more);
        // award opens the lead's award, or a milestone of it.
        const award = async (reader, code) => {
          await reader.open("awards");
          await reader.row(own).locator("a[href*='/awards/awd_']").first().click();
          if (code) await reader.main.locator("table").getByRole("link", { name: new RegExp(`^${code} `) }).first().click();
        };
        // requests asks for the tranche whose gates hold.
        const requests = async () => {
          await lead.open("inbox");
          await owes(lead, "requestTranche").locator("td.do a").click();
          await lead.sees(lead.say("console.money.effect.state", { number: 2, from: lead.say("label.trancheState.scheduled"), to: lead.say("label.trancheState.requested") }));
          await lead.sends("console.form.continue");
          await lead.sends("console.tranche.step.request.do", { amount: amount(lang, sum) });
          const banner = await lead.done("requestTranche");
          assert.ok(banner.includes(lead.say("label.command.takeBack")), banner);
        };
        before(async () => { host = await demo(); lead = await at("lead"); });
        after(async () => { await lead?.leave(); await host?.stop(); });

        test("only the own award is there", async () => {
          await lead.open("awards");
          assert.equal(await lead.main.locator("tbody tr").count(), 1);
          await lead.row(own).waitFor();

          const manager = await at("manager");
          await manager.open("awards");
          const others = await manager.row("DEMO-2026-008").locator("a[href*='/awards/awd_']").first().getAttribute("href");
          await manager.leave();
          const answer = await lead.page.goto(host.url + others); // as if the address had been passed on
          assert.equal(answer.status(), 404);
          await lead.sees(lead.say("console.failed.search"));
          assert.doesNotMatch(await lead.text(), /DEMO-2026-008/);
          await lead.sends("console.failed.home");
        });

        test("notices are read, and lead to what they are about", async () => {
          const unread = Number(await lead.page.locator("a.bell .pill").innerText());
          assert.ok(unread > 0);
          await lead.page.locator("a.bell").click();
          const first = lead.main.locator("ul.notices li").first();
          assert.equal(await lead.main.locator("ul.notices li.new").count(), unread);
          const code = /M\d/.exec(await first.innerText())[0];
          await first.locator("a").first().click();
          await lead.main.getByRole("heading", { level: 1 }).filter({ hasText: code }).waitFor();
          await lead.page.locator("a.bell").click();
          await lead.sends("console.notices.readAll");
          await lead.main.locator("ul.notices li:not(.new)").first().waitFor();
          assert.equal(await lead.main.locator("ul.notices li.new").count(), 0);
          assert.equal(await lead.page.locator("a.bell .pill").count(), 0);
        });

        test("a tranche is requested, taken back and requested again", async () => {
          await lead.open("inbox");
          const waited = await lead.waiting();
          await requests();
          await lead.open("inbox");
          assert.equal(await lead.waiting(), waited - 1);
          await owes(lead, "approveTranche").locator("td.what a").first().click(); // it is with others now
          await lead.sends("console.tranche.step.take-back.crumb");
          await lead.sends("console.tranche.step.take-back.do");
          await lead.done("takeBackTranche");
          await lead.open("inbox");
          assert.equal(await lead.waiting(), waited);
          await requests();
        });

        test("a tranche whose gates do not hold says what it lacks", async () => {
          await award(lead);
          await lead.main.getByRole("link", { name: lead.say("console.tranche", { number: 3 }), exact: true }).first().click();
          await lead.sees(lead.say("console.tranche.nothing.scheduled"), lead.say("console.tranche.lacks"));
          assert.equal(await lead.main.getByText(lead.say("console.tranche.lacks")).count(), 2);
          assert.equal(await lead.main.getByRole("link", { name: lead.say("console.tranche.step.request.crumb"), exact: true }).count(), 0);
        });

        test("a manager sends the request back, and the lead reads why", async () => {
          const manager = await at("manager2");
          await manager.open("tranches");
          await manager.press(manager.say("console.tranche.queue.requested"));
          await manager.row(own).locator("td:nth-child(2) a").click();
          await manager.sends("console.tranche.step.refuse.crumb");
          await manager.fill(manager.say("console.money.reason"), "请先说明上期经费 · say how the last was spent");
          await manager.sees(manager.say("console.tranche.step.refuse.undo"));
          await manager.sends("console.tranche.step.refuse.do");
          await manager.done("refuseTranche");

          await lead.open("inbox");
          await owes(lead, "requestTranche").locator("td.what a").first().click();
          await lead.sees(lead.say("console.tranche.refused"), "请先说明上期经费 · say how the last was spent");
          await requests();

          await manager.open("tranches");
          await manager.press(manager.say("console.tranche.queue.requested"));
          await manager.row(own).locator("td.do a").click();
          await manager.sends("console.form.continue");
          await manager.sends("console.tranche.step.approve.do", { amount: amount(lang, sum) });
          await manager.done("approveTranche");
          await manager.leave();
          await award(lead);
          await lead.row(lead.say("console.tranche", { number: 2 }), lead.say("label.trancheState.approved")).first().waitFor();
        });

        test("a forecast and a file are kept with the milestone", async () => {
          await award(lead, "M4");
          await lead.sends("console.milestone.do.forecast");
          await lead.fill(lead.say("console.milestone.date.forecast"), today(20));
          await lead.sends("console.milestone.forecast.do");
          await lead.done("forecastMilestone");
          await lead.sees(today(20));
          await lead.sends("console.milestone.do.evidence");
          await lead.page.setInputFiles('input[type="file"]', [pdf("trial-report.pdf")]);
          await lead.sends("console.evidence.upload");
          await lead.done("confirmEvidence");
          await lead.row("trial-report.pdf", lead.say("label.evidenceState.confirmed")).waitFor();
        });

        test("an extension is asked for, granted, and moves the date", async () => {
          await award(lead, "M4");
          await lead.sends("console.milestone.do.extend");
          await lead.main.getByLabel(lead.say("console.milestone.field.cause")).selectOption("technical");
          await lead.fill(lead.say("console.milestone.field.reason"), "试用延后 · the trial began late");
          await lead.fill(lead.say("console.milestone.field.askedDueOn"), today(40));
          await lead.sends("console.form.continue");
          await lead.sees(lead.say("console.form.checkLead"), lead.say("console.milestone.effect.pauses"));
          await lead.sends("console.milestone.extend.do");
          await lead.done("askExtension");
          await lead.open("inbox");
          await owes(lead, "decideExtension").waitFor();

          const manager = await at("manager");
          await manager.open("extensions");
          await manager.row(own).locator("td.do a").first().click();
          await manager.sees("试用延后 · the trial began late");
          await manager.main.getByRole("radio", { name: new RegExp(`^${manager.say("console.extension.grant")}`) }).check();
          await manager.fill(manager.say("console.milestone.field.newDueOn"), today(40));
          await manager.sends("console.form.continue");
          await manager.sends("console.extension.grant.do");
          await manager.done("grantExtension");
          await manager.leave();

          await award(lead, "M4");
          const due = lead.main.locator("#dates + dl > div").filter({ hasText: lead.say("console.milestone.date.due") }).first();
          assert.ok((await due.innerText()).includes(today(40)), await due.innerText());
          await lead.sees(lead.say("label.extensionState.granted"));
          await lead.open("inbox");
          await owes(lead, "deliver", "M4").filter({ hasText: today(40) }).waitFor();
        });

        test("a milestone is submitted, decided met, and its gate holds", async () => {
          await lead.open("inbox");
          await owes(lead, "deliver", "M3").locator("td.do a").click();
          for (const answer of await lead.page.locator('textarea[name^="answers/"]').all()) await answer.fill("测试完成 · tested");
          await lead.page.locator('button[name="form_step"][value="check"]').first().click();
          await lead.sees(lead.say("console.form.checkLead"), "测试完成 · tested");
          await lead.sends("console.milestone.confirm.submit");
          await lead.done("submitMilestone");

          const manager = await at("manager");
          await manager.open("awards");
          await manager.row(own).locator("a[href*='/awards/awd_']").first().click();
          await manager.main.locator("table").getByRole("link", { name: /^M3 / }).first().click();
          const before = await manager.recorded();
          await manager.sends("console.milestone.do.decide");
          await manager.page.locator('input[name="outcome"][value="met"]').check();
          await manager.sends("console.form.continue");
          await manager.page.locator(does).first().click();
          await manager.done("decideMilestone");
          assert.equal(await manager.recorded(), before + 1);
          await manager.leave();

          await award(lead, "M3");
          await lead.sees(lead.say("label.milestoneOutcome.met"));
          await award(lead);
          await lead.main.getByRole("link", { name: lead.say("console.tranche", { number: 3 }), exact: true }).first().click();
          await lead.sees(lead.say("console.tranche.holds"));
          assert.equal(await lead.main.getByText(lead.say("console.tranche.lacks")).count(), 1, "M4 is still lacking, M3 is not");
        });
      });
    }
  });
}
