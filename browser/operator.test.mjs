// A month of a platform operator beyond handing a milestone in, by the screen
// alone; with script and without.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { amount, closeBrowser, demo, languages, Reader, today } from "./harness.mjs";

const own = "DEMO-2026-006"; // its fourth milestone came back for rework
const does = 'main form[method="post"] button[type="submit"]:not([name="form_step"])';
const pdf = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.7 ${name}`) });

after(closeBrowser);

for (const lang of languages) {
  describe(lang, { concurrency: 2 }, () => {
    for (const script of [true, false]) {
      describe(script ? "with script" : "without script", { concurrency: 1 }, () => {
        let host, operator, manager;
        const at = (persona) => Reader.at(host.url, persona, { lang, script });
        // opens the award, or a milestone of it.
        const opens = async (reader, code) => {
          await reader.open("awards");
          await reader.row(own).locator("a[href*='/awards/awd_']").first().click();
          if (code) await reader.main.locator("table").getByRole("link", { name: new RegExp(`^${code} `) }).first().click();
        };
        // submits answers each criterion of the rework that is on the screen.
        const submits = async (...files) => {
          for (const answer of await operator.page.locator('textarea[name^="answers/"]').all()) await answer.fill("补充试验已完成 · repeated as asked");
          for (const file of files) await operator.main.locator('section#f-evidence').getByLabel(file, { exact: false }).check();
          await operator.page.locator('button[name="form_step"][value="check"]').first().click();
          await operator.sees(operator.say("console.form.checkLead"), "补充试验已完成 · repeated as asked", ...files);
          await operator.sends("console.milestone.confirm.submitAgain");
          const banner = await operator.done("submitMilestone");
          assert.ok(banner.includes(operator.say("label.command.withdraw")), banner);
        };
        before(async () => { host = await demo(); [operator, manager] = [await at("operator_bci"), await at("manager")]; });
        after(async () => { await operator?.leave(); await manager?.leave(); await host?.stop(); });

        test("what was returned says why, and is submitted again", async () => {
          const waited = await operator.waiting();
          await operator.owed(own, "rework").locator("td.do a").click();
          await operator.sees(operator.say("console.milestone.submit.returned"), "数据不足以支持结论，请补充重复性试验。");
          await submits();
          await operator.sees(operator.say("console.milestone.round", { number: 2 }));
          await operator.sends("console.notice.receipt");
          await operator.sees(operator.say("label.done.submitMilestone"), operator.say("label.obligation.decideSubmission"), operator.say("console.receipt.back.withdraw"));
          await operator.open("inbox");
          assert.equal(await operator.waiting(), waited - 1);
          assert.equal(await operator.owed(own, "rework").count(), 0);
          await operator.owed(own, "decideSubmission", "M4").waitFor();
        });

        test("the receipt is printed without what is only for the screen", async () => {
          await opens(operator, "M4");
          await operator.sends("console.milestone.do.withdraw");
          await operator.sees(operator.say("console.milestone.withdraw.lead"));
          await operator.sends("console.milestone.withdraw.do");
          await operator.done("withdrawMilestone");
          await operator.sends("console.notice.receipt");
          await operator.page.emulateMedia({ media: "print" });
          assert.ok(await operator.page.locator("article.receipt").isVisible());
          assert.ok(await operator.main.getByText(operator.say("console.receipt.hash"), { exact: true }).isVisible());
          for (const onlyScreen of ["nav.nav", "form.search", "a.bell"]) {
            assert.equal(await operator.page.locator(onlyScreen).isVisible(), false, `${onlyScreen} is printed`);
          }
          await operator.page.emulateMedia({ media: "screen" });
        });

        test("what was withdrawn is to be done again, and nobody is to decide it", async () => {
          await operator.open("inbox");
          await operator.owed(own, "rework").waitFor();
          await opens(manager, "M4");
          await manager.sees(manager.say("label.milestoneState.returned"), manager.say("console.milestone.why.undelivered"));
          assert.equal(await manager.main.getByRole("link", { name: manager.say("console.milestone.do.decide"), exact: true }).count(), 0);
        });

        test("a file is added later, and goes with the next submission", async () => {
          await opens(operator, "M4");
          await operator.sends("console.milestone.do.evidence");
          await operator.page.setInputFiles('input[type="file"]', [pdf("repeated-trial.pdf")]);
          await operator.sends("console.evidence.upload");
          await operator.done("confirmEvidence");
          await operator.row("repeated-trial.pdf").first().waitFor();
          await operator.sends("console.milestone.do.submitAgain");
          await submits("repeated-trial.pdf");
        });

        test("the decision reaches the operator with what it lets go", async () => {
          await opens(manager, "M4");
          const before = await manager.recorded();
          await manager.sends("console.milestone.do.decide");
          await manager.sees("repeated-trial.pdf");
          await manager.page.locator('input[name="outcome"][value="met"]').check();
          await manager.sends("console.form.continue");
          await manager.sees(manager.say("label.obligation.requestTranche"));
          assert.equal(await manager.recorded(), before, "the summary has an effect");
          await manager.page.locator(does).first().click();
          await manager.done("decideMilestone");
          assert.equal(await manager.recorded(), before + 1);

          await operator.open("inbox");
          await operator.owed(own, "requestTranche").locator("td.do a").click();
          await operator.sends("console.form.continue");
          await operator.sends("console.tranche.step.request.do", { amount: amount(lang, 1550000) });
          await operator.done("requestTranche");
          await operator.sends("console.tranche.step.take-back.crumb");
          await operator.sends("console.tranche.step.take-back.do");
          await operator.done("takeBackTranche");
          await operator.sees(operator.say("label.obligation.requestTranche"));
          assert.equal(await manager.recorded(), before + 3);
        });

        test("work is begun and its end foreseen", async () => {
          await opens(operator, "M6");
          const before = await recordedBy(manager, operator);
          await operator.sends("console.milestone.do.start");
          await operator.done("startMilestone");
          await operator.sees(operator.say("label.milestoneState.inProgress"));
          await operator.sends("console.milestone.do.forecast");
          await operator.fill(operator.say("console.milestone.date.forecast"), today(130));
          await operator.sends("console.milestone.forecast.do");
          await operator.done("forecastMilestone");
          await operator.sees(today(130));
          assert.equal(await recordedBy(manager, operator), before + 2);
        });

        test("an extension is asked for and taken back", async () => {
          await opens(operator, "M5");
          const due = await dueDate(operator);
          await operator.sends("console.milestone.do.extend");
          await operator.main.getByLabel(operator.say("console.milestone.field.cause")).selectOption("partner");
          await operator.fill(operator.say("console.milestone.field.reason"), "合作方延后 · the partner is late");
          await operator.fill(operator.say("console.milestone.field.askedDueOn"), today(60));
          await operator.sends("console.form.continue");
          await operator.sees(operator.say("console.form.checkLead"), operator.say("console.milestone.effect.pauses"));
          await operator.sends("console.milestone.extend.do");
          await operator.done("askExtension");
          await manager.open("extensions");
          await manager.row(own, "M5").getByRole("link", { name: manager.say("label.do.decideExtension"), exact: true }).waitFor();

          await opens(operator, "M5");
          await operator.sees(operator.say("console.milestone.paused"), operator.say("console.milestone.why.extension"));
          await operator.main.locator("table a[href*='/extensions/']").first().click();
          await operator.sends("console.milestone.do.withdrawExtension");
          await operator.sends("console.extension.withdraw.do");
          await operator.done("withdrawExtension");
          await opens(operator, "M5");
          await operator.sees(operator.say("label.extensionState.withdrawn"));
          assert.equal(await dueDate(operator), due);
          assert.equal(await operator.main.getByText(operator.say("console.milestone.paused"), { exact: true }).count(), 0);
        });
      });
    }
  });
}

// recordedBy is the last entry of the award's journal by the reader who may see
// it, for the page that another is on.
async function recordedBy(manager, reader) {
  const there = new URL(reader.page.url()).pathname;
  const file = await manager.page.request.get(`${manager.url}${/\/awards\/[^/]+/.exec(there)[0]}/journal?format=csv`);
  assert.equal(file.status(), 200);
  return manager.recorded();
}

// dueDate is the due date that a milestone's page says.
async function dueDate(reader) {
  const line = reader.main.locator("#dates + dl > div").filter({ hasText: reader.say("console.milestone.date.due") }).first();
  return /\d{4}-\d\d-\d\d/.exec(await line.innerText())[0];
}
