// The console by keyboard alone: what people do every day without a mouse,
// where the focus goes, and that it is seen.
import { after, afterEach, beforeEach, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo, Person } from "./harness.mjs";

let host;
beforeEach(async () => { host = await demo(); });
afterEach(async () => { await host?.stop(); });
after(closeBrowser);

const most = 150; // stops of the focus on a page

// at is what has the focus.
const at = (page, selector) => page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector);

// tabTo presses Tab until something has the focus.
async function tabTo(page, selector, key = "Tab") {
  for (let n = 0; n < most; n++) {
    await page.keyboard.press(key);
    if (await at(page, selector)) return;
  }
  assert.fail(`${page.url()}: Tab does not reach ${selector}`);
}

// presses sends the form or follows the link that has the focus.
async function presses(page, key = "Enter") {
  const gone = page.waitForNavigation();
  await page.keyboard.press(key);
  return gone;
}

// by signs in by keyboard.
async function by(persona) {
  const person = await Person.at(host.url, undefined);
  await person.go("/sign-in");
  await tabTo(person.page, `button[value="${persona}"]`);
  await presses(person.page);
  return person;
}

const check = 'button[name="form_step"][value="check"]';
const does = 'main form[method="post"] button[type="submit"]:not([name="form_step"]), main button[name="form_step"][value="do"]';

test("a manager skips to the content and decides what waits longest", async () => {
  const manager = await by("manager");
  const { page } = manager;
  await page.keyboard.press("Tab");
  assert.ok(await at(page, ".skip"), "the first stop is not the skip link");
  await page.keyboard.press("Enter");
  assert.ok(await at(page, "main"), "the skip link does not lead to the content");
  await tabTo(page, 'td.do a[href*="/milestones/"][href$="/decide"]');
  await presses(page);
  await tabTo(page, 'input[name="outcome"]');
  await page.keyboard.press("Space");
  if (!await page.isChecked('input[name="outcome"][value="met"]')) await page.keyboard.press("ArrowUp");
  assert.ok(await page.isChecked('input[name="outcome"][value="met"]'), "arrows do not choose");
  await tabTo(page, check);
  await presses(page, "Space");
  await tabTo(page, does);
  await page.keyboard.press("Shift+Tab");
  assert.ok(!await at(page, does), "Shift+Tab does not go back");
  await tabTo(page, does);
  await presses(page);
  assert.ok(await page.locator(".banner.good").isVisible());
  await manager.leave();
});

test("an operator submits a milestone with two files", async () => {
  const operator = await by("operator_bci");
  const { page } = operator;
  await tabTo(page, 'td.do a[href$="/submit"]');
  await presses(page);
  await tabTo(page, 'input[type="file"]');
  const file = (name) => ({ name, mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.7 ${name}`) });
  await page.setInputFiles("input[type=file]:focus", [file("one.pdf"), file("two.pdf")]); // the system's own window
  for (let left = await page.locator('textarea[name^="answers/"]').count(); left > 0; left--) {
    await tabTo(page, 'textarea[name^="answers/"]');
    await page.keyboard.type("测试完成");
  }
  await tabTo(page, check);
  await presses(page);
  await tabTo(page, does);
  await presses(page);
  assert.ok(await page.locator(".banner.good").isVisible());
  assert.match(await operator.text(), /one\.pdf[\s\S]*two\.pdf|two\.pdf[\s\S]*one\.pdf/);
  await operator.leave();
});

test("finance records a payment as paid", async () => {
  const finance = await by("finance");
  const { page } = finance;
  await tabTo(page, '.nav a[href="/payments"]');
  await presses(page);
  await tabTo(page, 'td.do a[href$="/paid"]');
  await presses(page);
  await tabTo(page, 'input[name="paidOn"]');
  const [year, month, day] = new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10).split("-"); // in Shanghai
  await page.keyboard.type(month + day + year); // as this browser writes dates, whatever the page's language
  assert.equal(await page.inputValue('input[name="paidOn"]'), `${year}-${month}-${day}`);
  await tabTo(page, 'input[name="bankReference"]');
  await page.keyboard.type("BANK-KEYBOARD-1");
  await tabTo(page, `${check}, ${does}`);
  await presses(page);
  if (!await page.locator(".banner.good").count()) {
    await tabTo(page, does);
    await presses(page);
  }
  assert.ok(await page.locator(".banner.good").isVisible(), await finance.text());
  await finance.leave();
});

test("a list is filtered, and the filter dropped", async () => {
  const manager = await by("manager");
  const { page } = manager;
  await tabTo(page, '.nav a[href="/milestones"]');
  await presses(page);
  await tabTo(page, "form.filters select");
  const name = await page.evaluate(() => document.activeElement.name);
  await page.keyboard.press("ArrowDown");
  await tabTo(page, "form.filters button");
  await presses(page);
  assert.ok(new URL(page.url()).searchParams.get(name), `${name} is not in the address`);
  await tabTo(page, ".chips a");
  await presses(page);
  assert.equal(new URL(page.url()).searchParams.get(name) ?? "", "");
  await manager.leave();
});

// Every stop of the focus is seen: it is marked, in the window and not behind
// anything; the way goes down the page as one reads, and comes to an end.
for (const [name, persona, path, narrow] of [
  ["the inbox", "manager", "/"], ["the inbox on a telephone", "manager", "/", true], ["the overview", "head", "/overview"],
  ["milestones", "manager", "/milestones"], ["drafting an award", "manager", "/awards/new"], ["the sign-in", undefined, "/sign-in"],
]) {
  test(`where the focus goes: ${name}`, async () => {
    const person = await Person.at(host.url, persona, narrow ? { width: 320, height: 640 } : { height: 640 });
    const { page } = person;
    await person.go(path);
    const stops = [];
    for (let n = 0; n < 2 * most; n++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(seen);
      if (!stop || stops.some((s) => s.order === stop.order)) break; // out of the page, or round
      stops.push(stop);
      assert.ok(stop.marked, `${name}: no mark on ${stop.html}`);
      assert.ok(stop.inWindow, `${name}: not in the window: ${stop.html}`);
      assert.ok(stop.free, `${name}: behind ${stop.over}: ${stop.html}`);
    }
    assert.ok(stops.length > 5 && stops.length < 2 * most, `${stops.length} stops: a trap?`);
    const orders = stops.map((s) => s.order);
    assert.deepEqual(orders, [...orders].sort((a, b) => a - b), "not in the order of the page");
    await person.leave();
  });
}

// seen tells of what has the focus whether people see that; it runs in the page.
function seen() {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return undefined;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const x = Math.min(Math.max((box.left + box.right) / 2, 1), innerWidth - 1), y = Math.min(Math.max((box.top + box.bottom) / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const free = top === null || e.contains(top) || top.contains(e) || e.labels?.length > 0 && [...e.labels].some((l) => l.contains(top));
  return {
    order: [...document.querySelectorAll("*")].indexOf(e), html: e.outerHTML.slice(0, 100),
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none",
    inWindow: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    free, over: top?.outerHTML.slice(0, 80),
  };
}
