// A form that is sent twice has one effect and says so; one that is out of date
// says what changed and by whom, and offers both.
import { after, beforeEach, afterEach, describe, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo, languages, Person } from "./harness.mjs";

let host;
beforeEach(async () => { host = await demo(); });
afterEach(async () => { await host?.stop(); });
after(closeBrowser);

const decide = 'td.do a[href*="/milestones/"][href$="/decide"]';
const check = 'button[name="form_step"][value="check"]';
const does = 'main form[method="post"] button[type="submit"]:not([name="form_step"]), main button[name="form_step"][value="do"]';
const words = {
  en: { changed: "This has changed since you opened it", outcome: "Outcome", notMet: "Not met", reason: "Reason", met: "Met", who: "Zhou Mingyuan", field: "Region" },
  "zh-CN": { changed: "您打开页面后，内容已被更改", outcome: "验收结果", notMet: "未达成", reason: "理由", met: "达成", who: "周明远", field: "地区" },
};

// journal is how many entries the journal of a page's award has.
async function journal(person, path) {
  const page = await person.page.request.get(`${host.url}${path.split("/milestones")[0]}/journal?format=csv`);
  return (await page.text()).split("\n").length;
}

// toCheck leads to the summary of a decision.
async function toCheck(person, path) {
  await person.go(`${path}/decide`);
  await person.click('input[name="outcome"][value="met"]');
  await person.click(check);
  await person.page.waitForSelector(does);
}

for (const script of [true, false]) {
  test(`a button pressed twice, ${script ? "with" : "without"} script`, async () => {
    const manager = await Person.at(host.url, "manager", { script });
    const path = (await manager.page.locator(decide).first().getAttribute("href")).replace(/\/decide$/, "");
    await toCheck(manager, path);
    const before = await journal(manager, path);
    const posted = manager.page.waitForRequest((r) => r.method() === "POST");
    await manager.page.locator(does).first().dblclick({ noWaitAfter: true });
    const sent = await posted;
    await manager.page.waitForSelector(".banner.good");
    assert.equal(new URL(manager.page.url()).pathname, path);
    const once = await journal(manager, path);
    assert.ok(once > before, "nothing was done");

    // back, and sent again: the browser sends the same once more
    const again = await manager.page.request.post(sent.url(), { data: sent.postData(), headers: { "Content-Type": "application/x-www-form-urlencoded" } });
    assert.equal(again.status(), 200);
    assert.equal(new URL(again.url()).pathname, path);
    assert.match(await again.text(), /class="banner good"/, "it does not say what was done");
    assert.equal(await journal(manager, path), once, "sent again, it had another effect");
    await manager.leave();
  });
}

test("the same page in two tabs", async () => {
  const manager = await Person.at(host.url, "manager");
  const path = (await manager.page.locator(decide).first().getAttribute("href")).replace(/\/decide$/, "");
  await toCheck(manager, path);
  const other = await manager.page.context().newPage();
  const twin = new Person(host.url, other, manager.lang);
  await toCheck(twin, path);
  await manager.page.locator(does).first().click();
  await manager.page.waitForSelector(".banner.good");
  const once = await journal(manager, path);
  await other.locator(does).first().click();
  await other.waitForSelector("h1");
  assert.ok((await twin.text()).includes(words["zh-CN"].changed), await twin.text());
  assert.equal(await journal(manager, path), once);
  await manager.leave();
});

// A press is a button down and up again at one place: a page that moves in
// between takes it away.
test("a page that has come stands still, and a press as soon as it is there acts", async () => {
  const manager = await Person.at(host.url, "manager");
  const { page } = manager, rows = 'main input[name^="milestones/"][name$="/code"]';
  const add = page.locator('button[name="form_step"][value="add-milestones"]');
  const frames = (n) => page.evaluate((n) => new Promise((done) => {
    const next = () => (n-- > 0 ? requestAnimationFrame(next) : done(scrollY));
    next();
  }), n);
  await manager.go("/awards/new");
  await Promise.all([page.waitForNavigation(), add.click()]);
  await page.locator('input[name="milestones/1/title"]:focus').waitFor(); // what was added is gone to
  const stood = await frames(2);
  assert.ok(stood > 0, "what was added is not in the window");
  assert.equal(await frames(8), stood, "the page moves after it has come");
  await add.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await add.boundingBox();
  const came = page.waitForNavigation();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await frames(6); // as long as a finger takes
  await page.mouse.up();
  await came;
  assert.equal(await page.locator(rows).count(), 3);
  await manager.leave();
});

for (const lang of languages) {
  describe(lang, () => {
    const say = words[lang];
    test("another person decided in between", async () => {
      const mine = await Person.at(host.url, "manager", { lang });
      const theirs = await Person.at(host.url, "manager2", { lang });
      const path = (await mine.page.locator(decide).first().getAttribute("href")).replace(/\/decide$/, "");
      await mine.go(`${path}/decide`);
      await mine.page.check('input[name="outcome"][value="notMet"]');
      await mine.page.locator('textarea[name^="reasons/"]').first().fill("too early 太早");
      await toCheck(theirs, path);
      await theirs.click(does);
      await theirs.page.waitForSelector(".banner.good");
      const done = await journal(theirs, path);
      await mine.page.locator(check).first().click();
      await mine.page.waitForSelector(`text=${say.changed}`);
      const text = await mine.text();
      for (const want of [say.who, say.outcome, say.met, say.notMet, say.reason, "too early 太早"]) assert.ok(text.includes(want), `lacks ${want}: ${text}`);
      await inWords(mine.page);
      await mine.accessible("out of date");
      assert.equal(await mine.page.locator(`main a.button[href="${path}"]`).count(), 1, "no way to what it is now");
      assert.equal(await journal(mine, path), done);
      await mine.leave();
      await theirs.leave();
    });

    test("another person changed what one edits; both are kept", async () => {
      const mine = await Person.at(host.url, "manager", { lang });
      const theirs = await Person.at(host.url, "manager2", { lang });
      const platforms = await mine.page.goto(`${host.url}/platforms`);
      assert.equal(platforms.status(), 200);
      const path = await mine.page.locator("tbody a[href^='/platforms/plt_']").first().getAttribute("href");
      const save = "main form.form button[type=submit]:not([name=form_step]), main form[method=post] p.actions button:not([name=form_step])";
      await mine.go(`${path}/edit`);
      await mine.page.fill('input[name="platform/region"]', "Mine 我的");
      await theirs.go(`${path}/edit`);
      await theirs.page.fill('input[name="platform/sector"]', "Theirs 他人的");
      await theirs.page.locator(save).first().click();
      await theirs.page.waitForSelector(".banner.good");
      await mine.page.locator(save).first().click();
      await mine.page.waitForSelector(`text=${say.changed}`);
      const text = await mine.text();
      for (const want of [say.who, "Theirs 他人的", say.field, "Mine 我的"]) assert.ok(text.includes(want), `lacks ${want}: ${text}`);
      await inWords(mine.page);
      await mine.page.locator('main form[method="post"] button').click();
      await mine.page.waitForSelector(".banner.good");
      assert.match(await mine.text(), /Mine 我的/);
      await mine.leave();
      await theirs.leave();
    });
  });
}

// inWords asserts that no label is a name as programs write it.
async function inWords(page) {
  const raw = (await page.locator("main dt").allInnerTexts()).filter((text) => /^\/|^[a-z]+[A-Z]|\/|_/.test(text));
  assert.deepEqual(raw, [], "raw names");
}
