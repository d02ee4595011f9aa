// A hostile text in every field of every form, and in every address: it is
// refused where it stands, with what was typed kept, or it is shown as what it
// is. It never runs, never breaks the layout, never fails the server.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { closeBrowser, demo, Person } from "./harness.mjs";
import { open, screens } from "./screens.mjs";

let host;
before(async () => { host = await demo(); });
after(async () => { await closeBrowser(); await host?.stop(); });

const markup = `<script>ran=1</script>"><img src=x onerror=ran=1>'\u202Eabc\u202C`;
const endless = "=HYPERLINK" + "W".repeat(9990); // 10,000 characters without a space, and a formula
const texts = 'main form[method="post"] :is(input[type=text], input[type=email], input[type=search], input:not([type]), textarea):not([readonly])';

// visit is somebody on a telephone, on whose pages nothing hostile may run.
async function visit(persona) {
  const person = await Person.visiting(host.url, persona, { lang: "en", width: 320, height: 800 });
  person.page.on("dialog", (d) => { person.errors.push(`a dialog: ${d.message()}`); d.dismiss(); });
  return person;
}

// unharmed asserts that nothing ran and nothing scrolls sideways.
async function unharmed(person, what) {
  assert.equal(await person.page.evaluate(() => globalThis.ran), undefined, `${what}: it ran`);
  assert.equal(await person.page.locator("img[src=x], main script:not([src])").count(), 0, `${what}: markup became elements`);
  await person.fits(what);
}

const typed = new Set(); // forms that were seen, by the pattern of their address

for (const screen of screens.filter((s) => s.persona && !s.press && !s.status)) {
  test(screen.name, async () => {
    const person = await visit(screen.persona);
    const { page } = person;
    await open(person, screen);
    const address = page.url();
    const fields = await page.locator(texts).count();
    const form = new URL(address).pathname.replace(/_[0-9A-Z]{26}/g, "");
    if (!fields || typed.has(form)) return person.leave();
    typed.add(form);
    for (const text of [markup, endless]) {
      await page.goto(address);
      if (!await page.locator(texts).count()) break; // the first was accepted and is done
      await page.$$eval(texts, (list, text) => list.forEach((e) => { e.removeAttribute("maxlength"); e.value = text; }), text);
      for (const name of await radios(page)) await page.locator(`input[type=radio][name="${name}"]`).first().check();
      const names = await page.$$eval(texts, (list) => list.map((e) => e.name));
      const sent = page.waitForResponse((r) => r.request().method() === "POST");
      await page.locator(`form:has(${texts.replace("main form[method=\"post\"] ", "")}) button:is([type=submit], :not([type])):not([value^=remove]):not([value^=add]):not([value=find]):not([hidden])`).last().click();
      const status = (await sent).status();
      await page.waitForLoadState();
      assert.ok(status < 500, `${screen.name} answers ${status}`);
      await unharmed(person, screen.name);
      if (status >= 400) await refusedWell(page, screen.name, names, text);
      else assert.ok(await page.locator(".errors").count() === 0, `${screen.name} accepts with errors`);
    }
    await person.leave();
  });
}

// radios are the names of the choices that a form asks for.
const radios = (page) => page.$$eval('main form[method="post"] input[type=radio]', (list) => [...new Set(list.map((e) => e.name))]);

// refusedWell asserts that the faults are summed up, each linked to a field
// that is there, and that what was typed is still in the fields.
async function refusedWell(page, what, names, text) {
  const links = await page.$$eval(".errors a", (list) => list.map((a) => decodeURIComponent(a.getAttribute("href").slice(1))));
  assert.ok(await page.locator(".errors, main h1").count(), `${what}: nothing is said`);
  for (const id of links) assert.ok(await page.evaluate((id) => document.getElementById(id) !== null, id), `${what}: nothing has the id ${id}`);
  if (!links.length) return;
  const kept = await page.$$eval("main form :is(input, textarea)", (list) => Object.fromEntries(list.filter((e) => e.name).map((e) => [e.name, e.value])));
  for (const name of names.filter((n) => n in kept && !n.startsWith("find"))) assert.equal(kept[name], text, `${what}: ${name} was not kept`);
}

test("in filters and the search", async () => {
  for (const [persona, path, names] of [
    ["manager", "/search", ["q"]], ["manager", "/", ["show", "cursor"]], ["auditor", "/audit", ["subject", "person", "kind", "month", "cursor"]],
    ["auditor", "/overdue", ["late", "platform", "kind", "cursor"]], ["manager", "/milestones", ["state", "platform", "view", "due", "cursor"]],
    ["manager", "/awards", ["state", "platform", "organisation", "cursor"]], ["manager", "/tranches", ["queue", "cursor"]], ["manager", "/payments", ["queue", "cursor"]],
    ["manager", "/projects", ["sector", "state", "programme", "cursor"]], ["auditor", "/extensions", ["state", "platform"]], ["admin", "/admin/access", ["person", "award", "notice"]],
    ["manager", "/notices", ["show", "cursor"]], ["head", "/overview", ["programme", "platform", "month"]], ["manager", "/organisations", ["q", "kind"]],
  ]) {
    const person = await visit(persona);
    for (const name of names) {
      for (const text of [markup, endless.slice(0, 4000)]) {
        const answer = await person.page.goto(`${host.url}${path}?${name}=${encodeURIComponent(text)}`);
        assert.ok(answer.status() < 500, `${path}?${name} = ${answer.status()}`);
        await unharmed(person, `${path}?${name}`);
      }
    }
    await person.leave();
  }
});

test("a hostile name that is accepted is shown everywhere as what it is", async () => {
  const admin = await visit("manager");
  const { page } = admin;
  await admin.go("/platforms");
  const path = await page.locator("tbody a[href^='/platforms/plt_']").first().getAttribute("href");
  await admin.go(`${path}/edit`);
  const name = `=1+1 ${markup}`;
  await page.fill('input[name="platform/names/zh"]', name);
  await page.fill('input[name="platform/names/en"]', name);
  await page.locator("main form p.actions button:not([name])").first().click();
  await page.waitForSelector(".banner.good");
  await unharmed(admin, "the platform");
  for (const at of [path, "/platforms", "/", "/overview", "/overdue", "/awards", "/milestones", "/milestones?view=timeline", "/extensions", "/notices", "/search?q=%3Cscript%3E", "/awards/new"]) {
    await admin.go(at);
    await unharmed(admin, at);
  }
  assert.ok((await (await page.request.get(`${host.url}/platforms`)).text()).includes("&lt;script&gt;"));
  const file = await (await page.request.get(`${host.url}/platforms?format=csv`)).text();
  assert.ok(file.includes("'=1+1"), "a formula in an export");
  assert.ok(!/(^|[,\n"])=1\+1/.test(file), "a formula in an export");
  await admin.leave();
  const auditor = await visit("auditor");
  for (const at of [path, `/audit/${path.split("/").at(-1)}`, "/overdue"]) {
    await auditor.go(at);
    await unharmed(auditor, at);
  }
  await auditor.leave();
});
