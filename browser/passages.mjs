// Ways through the console whose pages are there only after something was done
// on the page before. Each yields a person at a page, and the page's name, and
// goes on from there when the page has been looked at.
import assert from "node:assert/strict";

// sends presses a button of the page and waits for the page that comes.
async function sends(page, button = "main form[method=post] button:not([name])") {
  const sent = page.waitForNavigation();
  await page.locator(button).first().click();
  const answer = await sent;
  assert.equal(answer.status(), 200, `${answer.request().method()} ${page.url()}`);
}

const csv = (name, lines) => ({ name, mimeType: "text/csv", buffer: Buffer.from(lines.map((l) => `${l}\n`).join("")) });

// history are the files of a portfolio with what has happened, in a currency.
const history = (currency) => [
  csv("awards.csv", ["award_ref,title,currency,amount,start_on,remark", "IMP-1,虚构历史项目 invented past project,CNY,300.00,2025-01-01,x",
    `IMP-2,虚构项目二 invented two,${currency},50.00,2025-03-01,x`]),
  csv("milestones.csv", ["award_ref,milestone_no,title,due_on,amount", "IMP-1,1,设计 design,2025-06-01,100.00", "IMP-1,2,样机 build,2025-10-01,200.00", "IMP-2,1,研磨 grind,2027-09-01,50.00"]),
  csv("events.csv", ["award_ref,milestone_no,event,on_date", "IMP-1,1,delivered,2025-05-20", "IMP-1,1,accepted,2025-05-28"]),
  csv("award_events.csv", ["award_ref,event,on_date", "IMP-1,agreed,2025-01-01", "IMP-2,agreed,2025-03-01"]),
];

// many are the files of so many awards in which nothing has happened.
const many = (n) => [
  csv("many.csv", ["award_ref,title,currency,amount,start_on", ...Array.from({ length: n }, (_, i) => `MANY-${i},虚构项目 invented ${i},CNY,100.00,2026-01-01`)]),
  csv("milestones.csv", ["award_ref,milestone_no,title,due_on,amount", ...Array.from({ length: n }, (_, i) => `MANY-${i},1,设计 design,2029-06-01,100.00`)]),
];

async function reads(page, files) {
  await page.setInputFiles("input[type=file]", files);
  await page.selectOption("select[name=payee]", { index: 1 });
  await sends(page, "button[name=form_step][value=check]");
}

// anImport is a portfolio that is brought in: with problems, mended, applied by a
// second person; and a plan that is dropped.
async function* anImport(visitor) {
  const manager = await visitor("manager"), second = await visitor("manager2"), { page } = manager;
  await manager.go("/imports/new");
  await reads(page, history("XYZ"));
  yield [manager, "a plan with problems"];
  await sends(page, "button[name=form_step][value=edit]");
  yield [manager, "files that are kept"];
  await reads(page, history("CNY"));
  yield [manager, "a plan"];
  await sends(page);
  yield [manager, "an import that waits for another person"];
  const path = new URL(page.url()).pathname;
  await second.go(path);
  yield [second, "an import that waits for the reader"];
  await manager.go(`${path}/apply`);
  yield [manager, "an import that another person applies"];
  await second.go(`${path}/apply`);
  yield [second, "apply an import"];
  await sends(second.page);
  yield [second, "what an import did"];
  await second.go(`${path}/apply`);
  yield [second, "an import that is over"];

  await manager.go("/imports/new");
  await reads(page, many(3));
  await sends(page);
  await manager.go(`${new URL(page.url()).pathname}/discard`);
  yield [manager, "discard an import"];
  await page.fill("textarea[name=reason]", "重新整理 · to be done anew");
  await sends(page);
  yield [manager, "an import that was discarded"];
}

// anImportInParts is one whose applying was cut off and goes on.
async function* anImportInParts(visitor) {
  const manager = await visitor("manager"), { page } = manager;
  await manager.go("/imports/new");
  await reads(page, many(400));
  await sends(page);
  const path = new URL(page.url()).pathname, other = await page.context().newPage();
  await manager.go(`${path}/apply`);
  await page.locator("main form[method=post] button").click({ noWaitAfter: true });
  do await other.goto(manager.url + path); while (!await other.locator("progress").count());
  await page.goto("about:blank"); // whoever applied it goes away
  await manager.go(path);
  assert.ok(await page.locator("progress").count(), "it was applied whole before anybody could look");
  yield [manager, "an import that goes on"];
  while (await page.locator("progress").count()) await sends(page);
  yield [manager, "what an import of many rows did"];
}

// moves takes a thing through its states; the last command is looked at only.
async function* moves(person, path, commands, kind) {
  for (const command of commands) {
    await person.go(`${path}/${command}`);
    yield [person, `${command} a ${kind}`];
    if (command === commands.at(-1)) return;
    await person.page.fill("textarea[name=reason]", "虚构的原因 · an invented reason");
    await sends(person.page);
  }
}

async function* aPlatform(visitor) {
  const manager = await visitor("manager"), { page } = manager;
  await manager.go("/platforms/new");
  for (const [name, value] of [["code", "POC-NEW"], ["names/zh", "虚构平台"], ["names/en", "Invented platform"]]) await page.fill(`input[name="platform/${name}"]`, value);
  await page.selectOption('select[name="platform/operator"]', { index: 1 });
  await page.check('input[name="platform/kind"] >> nth=0');
  await sends(page);
  yield [manager, "a platform that is a candidate"];
  yield* moves(manager, new URL(page.url()).pathname, ["approve", "operate", "rectify", "rectified", "suspend", "resume", "close"], "platform");
}

async function* aProject(visitor) {
  const manager = await visitor("manager"), { page } = manager;
  await manager.go("/projects?state=proposed");
  yield* moves(manager, await page.getAttribute("tbody a[href^='/projects/prj_']", "href"), ["approve", "start", "accept", "complete"], "project");
}

async function* aProgramme(visitor) {
  const manager = await visitor("manager"), { page } = manager;
  await manager.go("/programmes");
  const path = await page.getAttribute("tbody a[href^='/programmes/prg_']", "href");
  yield* moves(manager, path, ["suspend", "resume"], "programme");
  yield* moves(manager, path, ["close"], "programme");
}

export const passages = {
  "an import": anImport, "an import in parts": anImportInParts, "a platform": aPlatform, "a project": aProject, "a programme": aProgramme,
};
