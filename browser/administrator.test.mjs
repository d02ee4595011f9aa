// The administrator: people and their roles, who may see what and why, working
// days, ladders, the daily check, and a new programme with its first manager.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo } from "./harness.mjs";
import { Hands, variants } from "./office.mjs";

let host;
before(async () => { host = await demo(); });
after(async () => { await closeBrowser(); await host?.stop(); });

variants.forEach(({ lang, script, name }, turn) => {
  describe(name, () => {
    const hands = (persona) => Hands.of(host.url, persona, { lang, script });
    const lead = lang === "en" ? "Su Jianwei" : "苏见微";

    // card opens a part of the administration.
    async function card(h, id) {
      await h.section("admin");
      await h.follow(h.t(`console.admin.card.${id}`));
    }

    test("records a person, gives them a role, and ends it", async () => {
      const h = await hands("admin");
      await h.follow(h.t("console.nav.admin")); // the inbox says so
      await card(h, "people");
      await h.follow(h.t("console.admin.person.new"));
      await h.refused(h.t("console.admin.person.do"));
      assert.ok(await h.page.locator("#errors a").count() > 0, "a person without a name or login is refused");
      const person = lang === "en" ? `Ning Zhixing ${turn}` : `宁知行${turn}`;
      await h.field(h.t("console.admin.nameZH")).fill(`宁知行${turn}`);
      await h.field(h.t("console.admin.nameEN")).fill(`Ning Zhixing ${turn}`);
      await h.field(h.t("console.admin.subject")).fill(`ning-${turn}`);
      await h.press(h.t("console.admin.person.do"));
      await h.done("createPerson");

      // from the new person on to their role
      await h.follow(h.t("console.admin.grant.do"));
      assert.equal(await h.field(h.t("console.admin.person")).locator("option:checked").innerText(), person);
      await h.field(h.t("label.role.finance")).check();
      await h.refused(h.t("console.form.continue")); // where?
      await h.field(h.t("console.admin.scope")).selectOption({ index: 1 }); // the programme
      await h.press(h.t("console.form.continue"));
      const check = await h.text();
      assert.ok(check.includes(person) && check.includes(h.t("console.admin.grant.then.money")), check);
      await h.press(h.t("console.admin.grant.do"));
      await h.done("grantMembership");
      assert.match(await h.row(h.t("label.role.finance")).innerText(), new RegExp(h.t("label.scopeKind.programme")));
      const theirs = h.page.url();
      await card(h, "members");
      await h.field(h.t("console.admin.scope")).selectOption({ index: 1 });
      await h.press(h.t("console.admin.show"));
      assert.ok((await h.export()).length > 1);
      assert.match(await h.row(person).innerText(), new RegExp(h.t("label.role.finance")));

      // who may do what, and why
      await h.opens(h.row(person).getByRole("link").first());
      assert.equal(h.page.url(), theirs);
      await h.follow(h.t("console.admin.explain"));
      assert.ok((await h.text()).includes(h.t("label.role.finance")), "the role is the reason");
      assert.match(await h.row(h.t("label.access.instructPayment")).innerText(), new RegExp(h.t("label.role.finance")));

      // and the other way round: who can see this
      await h.follow(h.t("console.admin.access.whoElse"));
      assert.match(await h.row(person).innerText(), new RegExp(h.t("label.role.finance")));
      assert.ok((await h.export()).length > 1);
      await h.field(h.t("console.admin.access.thing")).fill("DEMO-2025-016");
      await h.field(h.t("console.admin.access.choose")).selectOption("");
      await h.press(h.t("console.admin.access.do"));
      assert.match(await h.row(h.t("label.role.auditor")).innerText(), /SH-POC-DEMO/);

      // and it ends, with a reason that stays
      await card(h, "members");
      await h.field(h.t("console.admin.scope")).selectOption({ index: 1 });
      await h.press(h.t("console.admin.show"));
      await h.opens(h.row(person).getByRole("link", { name: h.t("console.admin.revoke.do") }));
      await h.refused(h.t("console.admin.revoke.do"));
      await h.field(h.t("console.admin.reason")).fill(`left the office ${turn}`);
      await h.press(h.t("console.admin.revoke.do"));
      await h.done("revokeMembership");
      assert.match(await h.text(), new RegExp(`left the office ${turn}`));
      await h.leave();
    });

    test("a role takes effect at the next click of whoever got it", async () => {
      const h = await hands("admin"), theirs = await hands("lead");
      const audits = () => theirs.page.locator("#nav").getByRole("link", { name: h.t("console.nav.imports") }).count();
      assert.equal(await audits(), 0);
      await card(h, "members");
      await h.field(h.t("console.admin.scope")).selectOption({ index: 1 });
      await h.press(h.t("console.admin.show"));
      await h.follow(h.t("console.admin.grant.do"));
      await h.field(h.t("console.admin.person")).selectOption({ label: lead });
      await h.field(h.t("label.role.auditor")).check();
      await h.press(h.t("console.form.continue"));
      await h.press(h.t("console.admin.grant.do"));
      await theirs.section("overview");
      assert.equal(await audits(), 1);
      await h.opens(h.row(lead).getByRole("link", { name: h.t("console.admin.revoke.do") }));
      await h.field(h.t("console.admin.reason")).fill("r");
      await h.press(h.t("console.admin.revoke.do"));
      await theirs.section("overview");
      assert.equal(await audits(), 0);
      await h.leave();
      await theirs.leave();
    });

    test("publishes the working days of a year, which are shown first", async () => {
      const year = 2028 + turn, h = await hands("admin");
      await card(h, "calendars");
      await h.follow(h.t("console.admin.calendar.new"));
      await h.field(h.t("console.admin.calendar.year")).fill(String(year));
      await h.field(h.t("console.admin.calendar.restDays")).fill(`${year}-01-32, 元旦, New Year`);
      await h.refused(h.t("console.form.continue"));
      assert.equal(await h.field(h.t("console.admin.calendar.year")).inputValue(), String(year));
      await h.field(h.t("console.admin.calendar.restDays")).fill(`${year}-05-01, 劳动节, Labour Day\n${year}-05-02, 劳动节, Labour Day\n${year}-05-03, 劳动节, Labour Day\n${year}-05-04, 劳动节, Labour Day`);
      await h.press(h.t("console.form.continue"));
      const moved = await h.main.locator("ul.days li").allInnerTexts();
      assert.ok(moved.length >= 2 && moved.every((day) => day.startsWith(`${year}-05-0`)), moved.join("; "));
      await h.press(h.t("console.admin.calendar.do"));
      await h.done("importCalendarYear");
      const published = await h.main.locator("details", { has: h.page.locator("summary", { hasText: String(year) }) }).innerText();
      for (const day of moved) assert.ok(published.includes(day.slice(0, 10)), `${day} in ${published}`);
      await h.leave();
    });

    test("looks ahead at the daily check, and runs it", async () => {
      const h = await hands("admin");
      await card(h, "sweeps");
      const newest = () => h.main.locator("tbody tr").first().locator("time").first().getAttribute("datetime");
      const before = await newest();
      const day = await h.page.evaluate((n) => new Date(Date.now() + n * 864e5).toISOString().slice(0, 10), 45);
      await h.field(h.t("console.admin.sweeps.on")).fill(day);
      await h.press(h.t("console.admin.sweeps.dry.do"));
      const figure = h.main.locator("dl.figures > div").filter({ hasText: h.t("console.admin.flagged") }).locator("dd");
      assert.ok(Number(await figure.innerText()) > 10, "in 45 days much would be flagged");
      assert.ok(await h.main.locator("section[aria-labelledby=would] tbody tr").count() > 0);
      await card(h, "sweeps");
      assert.equal(await newest(), before, "a dry run leaves nothing behind");
      await h.press(h.t("console.admin.sweeps.run.do"));
      await h.done("sweep");
      assert.notEqual(await newest(), before);
      assert.match(await h.main.locator("tbody tr").first().innerText(), lang === "en" ? /Administrator/ : /管理员/);
      await h.leave();
    });

    test("makes a programme and names its first manager, and reads the ladders", async () => {
      const h = await hands("admin");
      await card(h, "ladders");
      await h.follow(h.t("console.programme.new"));
      await h.refused(h.t("console.programme.new.do"));
      await h.field(h.t("console.place.code")).fill(`NEW-${turn}`);
      await h.field(h.t("console.place.name.zh", { label: h.t("console.place.name") })).fill(`新专项${turn}（演示数据）`);
      await h.field(h.t("console.place.name.en", { label: h.t("console.place.name") })).fill(`New programme ${turn} (demo data)`);
      await h.field(h.t("console.programme.goLiveOn")).fill("2026-12-01");
      await h.press(h.t("console.programme.new.do"));
      await h.done("createProgramme");
      await h.opens(h.main.locator(`a[href^="/admin/members"]`).first());
      await h.follow(h.t("console.admin.grant.do"));
      await h.field(h.t("console.admin.person")).selectOption({ label: lang === "en" ? "Lin Ruoxi" : "林若溪" });
      await h.field(h.t("label.role.programmeManager")).check();
      await h.press(h.t("console.form.continue"));
      await h.press(h.t("console.admin.grant.do"));
      await h.done("grantMembership");
      const manager = await hands("manager");
      await manager.section("programmes");
      await manager.follow(lang === "en" ? `New programme ${turn} (demo data)` : `新专项${turn}（演示数据）`);
      await manager.follow(h.t("console.programme.tab.ladders"));
      assert.ok(await manager.main.locator("table.ladders tbody tr").count() >= 8);
      await manager.leave();
      await h.leave();
    });

    test("is shown why there is nothing of money to do", async () => {
      const h = await hands("admin");
      assert.match(await h.text(), new RegExp(h.t("console.inbox.administers")));
      for (const part of ["awards", "tranches", "payments", "audit"]) {
        assert.equal(await h.page.locator("#nav").getByRole("link", { name: h.t(`console.nav.${part}`) }).count(), 0, `no empty ${part}`);
      }
      await h.leave();
    });
  });
});
