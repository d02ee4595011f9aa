// The programme manager's month beside deciding: drafting and activating,
// returning, extending, approving, importing, writing down, looking ahead. What
// takes two people is done by two. Each story begins at the inbox.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo } from "./harness.mjs";
import { Hands, variants } from "./office.mjs";

after(closeBrowser);

for (const { lang, script, name } of variants) {
  describe(name, () => {
    let host;
    before(async () => { host = await demo(); });
    after(async () => { await host?.stop(); });
    const hands = (persona, options) => Hands.of(host.url, persona, { lang, script, ...options });
    const say = (zh, en) => (lang === "en" ? en : zh);

    // waiting is how much waits on the reader, as the inbox counts it.
    async function waiting(h) {
      await h.section("inbox");
      return Number(/\d+/.exec(await h.main.locator(".tiles li").first().locator(".count").innerText())[0]);
    }

    // todo is the first line of the inbox whose button says so.
    const todo = (h, kind) => h.main.locator("section[aria-labelledby=waiting] tbody tr").filter({ has: h.page.getByRole("link", { name: new RegExp(`^${h.t(`label.do.${kind}`)}`) }) })
      .filter({ hasText: h.t(`label.obligation.${kind}`) }).first();

    async function choose(select, text) {
      const option = select.locator("option").filter({ hasText: text }).first();
      await select.selectOption(await option.getAttribute("value"));
    }

    test("drafts an award that adds up, and a second manager activates it", async () => {
      const h = await hands("manager"), number = "DEMO-2026-900";
      await h.section("awards");
      await h.follow(h.t("console.awards.new"));
      const part = (id, number) => h.main.getByRole("group", { name: h.t(id, { number }), exact: true });
      const into = async (group, id, value) => group.getByLabel(new RegExp(`^\\s*${h.t(id)}`)).first().fill(value);
      await h.field(h.t("console.draft.number")).fill(number);
      await h.field(h.t("console.draft.title.zh")).fill("柔性传感贴片（虚构）");
      await h.field(h.t("console.draft.title.en")).fill("Flexible sensing patch (invented)");
      await choose(h.field(h.t("console.draft.platform")), say("脑机接口", "Brain–computer"));
      await choose(h.field(h.t("console.award.payee")), say("申江脑智", "Shenjiang Institute of Brain"));
      await h.field(h.t("console.award.amount")).fill("3,000,000");
      await h.field(h.t("console.draft.start")).fill("2026-12-01");
      await h.field(h.t("console.draft.end")).fill("2028-11-30");
      const line = part("console.draft.line", 1);
      await choose(line.getByLabel(h.t("console.award.column.funder")), say("申城科技", "Shencheng Science"));
      await into(line, "console.award.column.amount", "3000000");
      const milestone = async (n, code, due) => {
        const group = part("console.draft.milestone", n);
        await into(group, "console.draft.code", code);
        await into(group, "console.draft.title", `里程碑 ${code} milestone (invented)`);
        await into(group, "console.award.column.due", due);
        await into(group, "console.award.column.criteria", "验收标准 criterion");
      };
      await milestone(1, "M1", "2027-06-30");
      await h.press(h.t("console.draft.milestone.add"));
      assert.equal(await h.field(h.t("console.draft.number")).inputValue(), number, "adding a row keeps what was typed");
      await milestone(2, "M2", "2028-06-30");
      const tranche = async (n, on, amount, gate) => {
        const group = part("console.draft.tranche", n);
        await into(group, "console.award.column.planned", on);
        await into(group, "console.award.column.amount", amount);
        await group.getByRole("checkbox", { name: new RegExp(`^\\s*${gate}`) }).check();
      };
      await tranche(1, "2027-07-15", "1000000", "M1");
      await h.press(h.t("console.draft.tranche.add"));
      await tranche(2, "2028-07-15", "1500000", "M2");
      const sum = h.main.locator('[data-sum="tranches"]');
      const missing = h.t("console.draft.sum.missing", { amount: h.t("amount.exact", { number: "500,000.00", currency: h.t("label.currency.CNY") }) });
      if (script) assert.match(await sum.innerText(), new RegExp(missing), "the sum is there while one types");
      await h.press(h.t("console.draft.save"));
      await h.done("createAward");
      assert.match(await h.text(), /500,000\.00/, "what is missing is said after sending");

      await h.follow(h.t("console.award.do.submit"));
      const fault = h.main.locator(".errors a").filter({ hasText: say("合计", "sum") }).or(h.main.locator('.errors a[href*="tranches"]')).first();
      await h.opens(fault); // leads to the place in the form
      assert.match(h.path(), /\/edit$/);
      await into(part("console.draft.tranche", 2), "console.award.column.amount", "2000000");
      await h.press(h.t("console.draft.save"));
      await h.follow(h.t("console.award.do.submit"));
      await h.press(h.t("console.draft.submit.do"));
      assert.match(await h.done("submitAward"), new RegExp(h.t("label.command.takeBack")));
      assert.equal(await h.main.getByRole("link", { name: h.t("console.award.do.activate") }).count(), 0, "who drafted it does not activate it");
      assert.match(await h.text(), new RegExp(h.t("console.award.author")));

      const second = await hands("manager2");
      await second.opens(second.row(number).getByRole("link", { name: h.t("console.inbox.proposals.do.award") }));
      await second.press(h.t("console.form.continue"));
      assert.match(await second.text(), /3,000,000\.00/);
      await second.press(h.t("console.draft.activate.do"));
      await second.done("activateAward");
      await second.leave();

      const operator = await hands("operator_bci");
      await operator.opens(operator.main.locator("section[aria-labelledby=waiting] .pages a"));
      assert.match(await operator.text(), new RegExp(say("柔性传感贴片", "Flexible sensing patch")), "its operator has it in the inbox");
      await operator.leave();
      await h.leave();
    });

    test("a draft with something wrong comes back with what was typed", async () => {
      const h = await hands("manager");
      await h.section("awards");
      await h.follow(h.t("console.awards.new"));
      await h.field(h.t("console.draft.title.en")).fill("Kept title");
      await h.field(h.t("console.award.amount")).fill("12.345");
      await h.refused(h.t("console.draft.save"));
      await h.page.locator("#errors a", { hasText: "12.345" }).click();
      assert.equal(await h.page.evaluate(() => document.activeElement.name), "amount/amount");
      assert.equal(await h.field(h.t("console.award.amount")).inputValue(), "12.345");
      assert.equal(await h.field(h.t("console.draft.title.en")).inputValue(), "Kept title");
      await h.leave();
    });

    if (script) test("an amount is said as it is read while one types", async () => {
      const h = await hands("manager");
      await h.section("awards");
      await h.follow(h.t("console.awards.new"));
      const field = h.field(h.t("console.award.amount")), read = h.page.locator('[id="r-amount/amount"]'), exact = (number) => h.t("amount.exact", { number, currency: h.t("label.currency.CNY") });
      for (const [typed, number] of [["3,000,000", "3,000,000.00"], ["300万", "3,000,000.00"], ["1.5 亿元", "150,000,000.00"], ["３００．５ 万", "3,005,000.00"], ["0.000001万", "0.01"], ["3m", "3,000,000.00"], ["1.2 Million", "1,200,000.00"], ["CNY 0.5bn", "500,000,000.00"], ["90071992547409.91", "90,071,992,547,409.91"]]) {
        await field.fill(typed);
        assert.equal((await read.innerText()).split(" · ")[0], `= ${exact(number)}`, typed);
      }
      for (const typed of ["3k", "3mm", "3m元", "USD 3", "0.000000001m", "3,5", "1亿5000万", "1.234,50", "0.0000001万", "1.", "90071992547409.92", ""]) {
        await field.fill(typed);
        assert.equal(await read.innerText(), "", typed);
      }
      const sum = h.main.locator('[data-sum="tranches"]'), part = h.main.getByRole("group", { name: h.t("console.draft.tranche", { number: 1 }), exact: true }).getByLabel(new RegExp(`^\\s*${h.t("console.award.column.amount")}`)).first();
      assert.equal(await sum.locator(".right").count(), 0, "an empty form claims nothing");
      await field.fill("100万");
      await part.fill("much");
      assert.match(await sum.innerText(), new RegExp(h.t("console.draft.tranche", { number: 1 })), "the row that cannot be read is named");
      await part.fill("1,000,000");
      assert.match(await sum.locator(".right").innerText(), new RegExp(h.t("console.draft.sum.right")));
      await h.page.locator('[id="f-amount/currency"]').selectOption("JPY");
      assert.equal((await read.innerText()).split(" · ")[0], `= ${h.t("amount.exact", { number: "1,000,000", currency: h.t("label.currency.JPY") })}`, "another currency has other decimals");
      await h.leave();
    });

    test("returns a submission with a reason, and its operator has it", async () => {
      const h = await hands("manager"), before = await waiting(h);
      await h.opens(todo(h, "decideSubmission").locator("td.do a"));
      await h.main.locator('input[name="outcome"][value="return"]').check();
      await h.refused(h.t("console.form.continue"));
      await h.field(h.t("console.milestone.decide.whole")).fill("缺第三方报告 the report of a third party is missing");
      await h.press(h.t("console.form.continue"));
      assert.match(await h.text(), new RegExp(h.t("console.milestone.decide.afterReturn")));
      await h.press(h.t("console.milestone.decide.doReturn"));
      await h.done("returnMilestone");
      assert.match(await h.text(), /缺第三方报告/);
      assert.equal(await waiting(h), before - 1);
      assert.match(await h.main.locator("section[aria-labelledby=sent]").innerText(), new RegExp(h.t("label.obligation.rework")), "it is now with somebody else");
      await h.leave();
    });

    test("decides an extension with its effect beside it", async () => {
      const h = await hands("manager"), before = await waiting(h);
      await h.opens(todo(h, "decideExtension").locator("td.do a"));
      assert.match(await h.main.locator("section[aria-labelledby=effect]").innerText(), /\d{4}-\d\d-\d\d[\s\S]*\d{4}-\d\d-\d\d/);
      const asked = await h.field(h.t("console.milestone.field.newDueOn")).inputValue() || /\d{4}-\d\d-\d\d/.exec(h.t("console.extension.newDueOn.hint") + await h.text())[0];
      await h.main.locator('input[name="decision"][value="grant"]').check();
      if (!await h.field(h.t("console.milestone.field.newDueOn")).inputValue()) await h.field(h.t("console.milestone.field.newDueOn")).fill(asked);
      await h.press(h.t("console.form.continue"));
      await h.press(h.t("console.extension.grant.do"));
      await h.done("grantExtension");
      assert.match(await h.text(), new RegExp(h.t("label.extensionState.granted")));
      assert.match(await h.text(), new RegExp(asked));
      assert.equal(await waiting(h), before - 1);
      await h.leave();
    });

    test("approves what was requested; above the threshold whoever decided its gate does not", async () => {
      const h = await hands("manager2"), finance = await hands("finance"), before = await waiting(finance);
      await h.section("tranches");
      await h.follow(h.t("console.tranche.queue.requested"));
      await h.opens(h.main.locator("tbody tr td.do a").first());
      const what = await h.main.locator("h1").innerText();
      await h.press(h.t("console.form.continue"));
      assert.match(await h.text(), /CNY [\d,]+\.\d\d|[\d,.]+(万)?元/, "the amount is said before it is approved");
      await h.opens(h.main.locator("form p.actions button").first());
      assert.match(await h.done("approveTranche"), new RegExp(h.t("label.command.withdrawApproval")), what);
      assert.equal(await waiting(finance), before + 1, "finance has it to pay");
      await h.leave();
      await finance.leave();
    });

    test("brings a portfolio in; a second person applies it; nobody is notified", async () => {
      const h = await hands("manager");
      const csv = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
      const files = (currency) => [
        csv("awards.csv", `award_ref,title,currency,amount,start_on,remark\nIMP-1,虚构历史项目 invented past project,CNY,300.00,2025-01-01,x\nIMP-2,虚构项目二 invented two,${currency},50.00,2025-03-01,x\n`),
        csv("milestones.csv", "award_ref,milestone_no,title,due_on,amount\nIMP-1,1,设计 design,2025-06-01,100.00\nIMP-1,2,样机 build,2025-10-01,150.00\nIMP-1,3,检测 test,2025-12-01,50.00\nIMP-2,1,研磨 grind,2027-09-01,50.00\n"),
        csv("events.csv", "award_ref,milestone_no,event,on_date\nIMP-1,1,delivered,2025-05-20\nIMP-1,1,accepted,2025-05-28\nIMP-1,3,delivered,2025-11-20\n"),
        csv("award_events.csv", "award_ref,event,on_date\nIMP-1,agreed,2025-01-01\nIMP-2,agreed,2025-03-01\n"),
      ];
      const choices = async (list) => {
        await h.page.setInputFiles('input[type="file"]', list);
        await choose(h.field(h.t("console.imports.payee")), say("浦江理工", "Pujiang"));
      };
      await h.section("imports");
      await h.follow(h.t("console.imports.new.do"));
      await h.refused(h.t("console.imports.read.do"));
      await choices(files("XYZ"));
      await h.press(h.t("console.imports.read.do"));
      const plan = await h.text();
      for (const said of ["awards.csv", "remark", h.t("console.imports.unread"), h.t("label.importColumn.award_ref"), h.t("console.imports.problems")]) assert.ok(plan.includes(said), `${said} in ${plan}`);
      const [, ...problems] = await h.export(h.t("console.imports.problems.do"), "button");
      assert.ok(problems.some((line) => line.includes("IMP-2") && line.includes("currency")), JSON.stringify(problems));

      await h.press(h.t("console.form.change")); // mends the file, and reads it again
      await choices(files("CNY"));
      await h.press(h.t("console.imports.read.do"));
      await h.press(h.t("console.imports.prepare.do"));
      await h.done("prepareImport");
      assert.match(await h.text(), new RegExp(h.t("console.imports.why.second")));
      assert.equal(await h.main.getByRole("link", { name: h.t("console.imports.apply.do") }).count(), 0);

      const second = await hands("manager2"), before = await waiting(second);
      await second.follow(h.t("console.inbox.proposals.do.import"));
      assert.match(await second.text(), new RegExp(h.t("console.imports.apply.nobody")));
      await second.press(h.t("console.imports.apply.do"));
      await second.done("finishImport");
      assert.match(await second.row("IMP-1").innerText(), new RegExp(h.t("console.imports.did.create")));

      await second.section("inbox");
      await second.opens(second.page.locator(".bell"));
      const told = await second.main.locator("ul.notices li").allInnerTexts();
      assert.ok(told.every((one) => !one.includes("IMP-1")), "nobody is notified of what was overdue before");
      const today = await second.page.locator("ul.notices li p.muted time").first().getAttribute("datetime");
      const summaries = told.filter((one) => one.includes(h.t("console.notices.baselined", { count: 1 })) && one.includes(today));
      assert.equal(summaries.length, 1, `one summary says so: ${told}`);
      assert.equal(await waiting(second), before, "the import is done, and what was delivered waits to be decided");
      await second.section("overdue");
      assert.match(await second.row("IMP-1").innerText(), new RegExp(h.t("console.baselined")));

      // whoever answers for it from now on acknowledges it in one step
      const admin = await hands("admin");
      await admin.section("admin");
      await admin.follow(h.t("console.admin.card.members"));
      await admin.field(h.t("console.admin.scope.award")).fill("IMP-1");
      await admin.press(h.t("console.admin.show"));
      await admin.follow(h.t("console.admin.grant.do"));
      await choose(admin.field(h.t("console.admin.person")), say("苏见微", "Su Jianwei"));
      await admin.field(h.t("label.role.projectLead")).check();
      await admin.press(h.t("console.form.continue"));
      await admin.press(h.t("console.admin.grant.do"));
      await admin.done("grantMembership");
      await admin.leave();
      const lead = await hands("lead");
      assert.ok((await lead.text()).includes(h.t("console.inbox.baselined.why")));
      await lead.follow(h.t("console.inbox.baselined.look"));
      assert.match(await lead.row("IMP-1").innerText(), new RegExp(h.t("label.obligation.deliver")));
      const ticked = await lead.main.locator("td.pick input:checked").count();
      await lead.press(h.t("console.inbox.acknowledge"));
      assert.ok((await lead.page.locator(".banner.good").innerText()).includes(h.t("console.inbox.acknowledged", { count: ticked })));
      assert.match(await lead.text(), new RegExp(h.t("console.inbox.baselined.none")));
      await lead.leave();
      await second.leave();
      await h.leave();
    });

    test("writes down an organisation, a platform that is enrolled and a project", async () => {
      const h = await hands("manager");
      const named = async (label, zh, en) => {
        await h.field(h.t("console.place.name.zh", { label: h.t(label) })).fill(zh);
        await h.field(h.t("console.place.name.en", { label: h.t(label) })).fill(en);
      };
      await h.section("organisations");
      await h.follow(h.t("console.organisation.new"));
      await h.refused(h.t("console.organisation.new.do"));
      await named("console.organisation.name", "虚构材料研究所", "Invented Institute of Materials");
      await h.field(h.t("label.organisationKind.institute")).check();
      await h.press(h.t("console.organisation.new.do"));
      await h.done("createOrganisation");

      await h.section("platforms");
      await h.follow(h.t("console.platform.new"));
      await h.field(h.t("console.place.code")).fill("POC-INV");
      await named("console.place.name", "虚构材料平台", "Invented materials platform");
      await h.field(h.t("label.platformKind.proofOfConcept")).check();
      await choose(h.field(h.t("console.platform.operator")), say("虚构材料", "Invented Institute"));
      await h.field(h.t("label.origin.selfInitiated")).check();
      await h.press(h.t("console.platform.new.do"));
      await h.done("createPlatform");
      await h.follow(h.t("console.platform.enrol"));
      await choose(h.field(h.t("console.place.programme")), say("概念验证", "Proof-of-concept"));
      await h.field(h.t("label.origin.commissioned")).check();
      await h.press(h.t("console.form.continue"));
      assert.match(await h.text(), new RegExp(h.t("label.origin.selfInitiated")), "what was, beside what will be");
      await h.press(h.t("console.platform.enrol.doChange"));
      await h.done("enrolPlatform");

      await h.section("projects");
      await h.follow(h.t("console.project.new"));
      await h.field(h.t("console.project.code")).fill("PRJ-INV");
      await named("console.place.title", "虚构样件", "Invented sample");
      await choose(h.field(h.t("console.project.lead")), say("虚构材料", "Invented Institute"));
      await h.field(h.t("label.projectSource.selfProposed")).check();
      await h.field(say("虚构材料平台", "Invented materials platform")).check();
      await h.press(h.t("console.project.new.do"));
      await h.done("createProject");

      // and finds it from anywhere: by its code, and by a word in either of its titles
      for (const typed of ["SAMPLE", "样件", "prj-inv"]) {
        await h.page.locator("#search").fill(typed);
        await h.opens(h.page.locator("form[role=search] button"));
        assert.equal((await h.main.locator("tbody mark").first().textContent()).toLowerCase(), typed.toLowerCase());
      }
      await h.opens(h.main.locator("tbody a").first());
      assert.match(await h.text(), new RegExp(h.t("label.projectSource.selfProposed")));
      await h.leave();
    });

    test("sees when a ladder would flag, proposes another, and a second person confirms", async () => {
      const h = await hands("manager2");
      await h.section("programmes");
      await h.opens(h.main.locator('tbody a[href^="/programmes/prg_"]').first());
      await h.follow(h.t("console.programme.pending.see"));
      await h.press(h.t("console.programme.confirm.do"));
      await h.done("confirmProgrammeChange");
      await h.section("programmes");
      await h.opens(h.main.locator('tbody a[href^="/programmes/prg_"]').first());
      await h.follow(h.t("console.programme.tab.ladders"));
      await h.field(h.t("console.ladder.due")).fill("2027-03-01");
      await h.press(h.t("console.ladder.preview.do"));
      assert.match(await h.main.locator("#preview").innerText(), /2027-03-31/, "30 days late it escalates to the head");
      await h.opens(h.row(h.t("label.obligation.deliver")).getByRole("link", { name: h.t("console.place.change") }));
      const head = h.main.locator('input[name$="/offset"]').filter({ visible: true });
      const offsets = await head.evaluateAll((all) => all.map((one) => one.value));
      await head.nth(offsets.indexOf("30")).fill("45");
      await h.press(h.t("console.ladder.check"));
      assert.match(await h.text(), /2027|2026/);
      await h.press(h.t("console.programme.propose"));
      assert.match(await h.text(), new RegExp(h.t("console.programme.confirm.own")));
      const first = await hands("manager");
      await first.follow(h.t("console.inbox.proposals.do.change"));
      await first.press(h.t("console.programme.confirm.do"));
      await first.done("confirmProgrammeChange");
      await first.leave();
      await h.leave();
    });

    test("looks over the milestones, takes some away, and reads the notices", async () => {
      const h = await hands("manager");
      await h.section("milestones");
      const boxes = h.main.locator('td.pick input[type="checkbox"]');
      const names = [];
      for (const i of [0, 2, 3]) {
        await boxes.nth(i).check();
        names.push((await h.main.locator("tbody tr").nth(i).locator("td.what a").innerText()).trim());
      }
      const [, ...lines] = await h.export(h.t("console.milestones.exportTicked"), "button");
      assert.equal(lines.length, 3);
      for (const name of names) assert.ok(lines.some((line) => name.includes(line.find((cell) => cell && name.endsWith(cell)) ?? "?")), `${name} in ${lines}`);
      await h.follow(h.t("console.milestones.timeline"));
      assert.ok(await h.main.locator('a[href*="/milestones/mst_"]').count() > 5, "marks lead to their milestones");
      await h.opens(h.page.locator(".bell"));
      const unread = Number(/\d+/.exec(await h.page.locator(".bell").innerText())[0]);
      assert.ok(unread > 0);
      await h.press(h.t("console.notices.readAll"));
      const left = Number(/\d+/.exec(`${await h.page.locator(".bell").innerText()} 0`)[0]);
      assert.ok(left < unread, `${left} of ${unread}`);
      await h.leave();
    });

    test("signs out, and comes back to the page where the session ended", async () => {
      const h = await hands("manager");
      await h.section("milestones");
      await h.follow(h.t("console.milestones.timeline"));
      const where = h.page.url();
      await h.page.context().clearCookies({ name: "milepost" });
      await h.opens(h.page.locator("#nav").getByRole("link", { name: h.t("console.nav.tranches") }));
      assert.equal(h.path(), "/sign-in");
      await h.opens(h.page.locator('button[name="persona"][value="manager"]'));
      assert.equal(h.path(), "/tranches");
      await h.page.goBack();
      assert.ok(where);
      await h.section("inbox");
      await h.page.locator("details.me summary").click();
      await h.opens(h.page.getByRole("button", { name: h.t("console.nav.signOut") }));
      assert.equal(h.path(), "/sign-in");
      const answer = await h.page.goto(where);
      assert.equal(new URL(answer.url()).pathname, "/sign-in", "nothing is left to see");
      await h.leave();
    });
  });
}
