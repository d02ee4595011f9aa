// The screens that every check of form is run on: who sees them, and where.
// A screen whose address needs an id begins at a list and follows links, each
// the first that a selector finds; "then" is put behind the last address, for a
// step that the page there does not offer. "theirs" is somebody who sees what
// the reader may not: the address is found with their eyes. "fill" types into a
// form's fields, "check" ticks its boxes and "press" its button, for what is seen
// only after it was sent: with neither, it is refused. "free" first drops the change
// of a programme that waits. Pages that are there only
// after something has been done are in passages.mjs.
import assert from "node:assert/strict";
import { today } from "./harness.mjs";

const award = ["tbody td.award a, tbody a[href^='/awards/awd_']"];
const programme = ["tbody a[href^='/programmes/prg_']"];
const operatorsMilestone = ["main a[href$='/submit']", "nav.crumbs a[href*='/milestones/mst_']"];
const checks = "button[name=form_step][value=check] >> nth=-1"; // leads to the summary
const reason = { "textarea[name=reason]": "试验延后 · the trial is late" };
const paper = { "input[name='paper/number']": "申科发〔2026〕1 号", "input[name='paper/decidedOn']": today(-1), "input[name='paper/signer']": "赵 · Zhao" };
const evidence = "main a[href*='/evidence/mst_']:not([href$='/content'])";

export const screens = [
  { name: "sign in", path: "/sign-in" },
  { name: "signed out", path: "/sign-in?done=signedOut" },
  { name: "a session that ended", path: "/sign-in?problem=lapsed&return=%2Foverdue" },
  { name: "a page that wants a sign-in", path: "/overdue" },
  { name: "nothing here", persona: "manager", path: "/nowhere", status: 404 },

  // what waits
  { name: "inbox", persona: "manager", path: "/" },
  { name: "inbox of an operator", persona: "operator_bci", path: "/" },
  { name: "inbox of a project lead", persona: "lead", path: "/" },
  { name: "inbox of the administrator", persona: "admin", path: "/" },
  { name: "inbox: what waits", persona: "manager", path: "/?show=waiting" },
  { name: "inbox: what was done", persona: "manager", path: "/?show=done" },
  { name: "overdue", persona: "auditor", path: "/overdue" },
  { name: "notices", persona: "manager", path: "/notices" },
  { name: "search", persona: "manager", path: "/search?q=%E5%B9%B3%E5%8F%B0" },
  { name: "search that finds nothing", persona: "manager", path: "/search?q=zzzz" },

  // the portfolio
  { name: "overview", persona: "head", path: "/overview" },
  { name: "overview of an operator", persona: "operator_bci", path: "/overview" },
  { name: "milestones", persona: "manager", path: "/milestones" },
  { name: "milestones as a timeline", persona: "manager", path: "/milestones?view=timeline" },
  { name: "awards", persona: "manager", path: "/awards" },

  // an award
  { name: "award", persona: "manager", path: "/awards", follow: award },
  { name: "an award of others", persona: "operator_bci", theirs: "manager", path: "/awards", follow: award, status: 404 },
  { name: "a form that is not the reader's", persona: "auditor", path: "/awards/new", status: 403 },
  { name: "award: money", persona: "finance", path: "/awards", follow: [...award, "main a[href$='/money']"] },
  { name: "award: people", persona: "manager", path: "/awards", follow: [...award, "main a[href$='/people']"] },
  { name: "award: documents", persona: "manager", path: "/awards", follow: [...award, "main a[href$='/documents']"] },
  { name: "award: journal", persona: "auditor", path: "/awards", follow: [...award, "main a[href$='/journal']"] },
  { name: "award: the whole ledger", persona: "finance", path: "/awards", follow: [...award, "main a[href$='/money']", "main a[href*='whole=']"] },
  { name: "award: the whole journal", persona: "auditor", path: "/awards", follow: [...award, "main a[href$='/journal']", "main a[href*='whole=']"] },
  { name: "receipt", persona: "auditor", path: "/awards", follow: [...award, "main a[href$='/journal']", "main a[href*='/receipts/']"] },
  { name: "draft an award", persona: "manager", path: "/awards/new" },
  { name: "a draft that was refused", persona: "manager", path: "/awards/new", press: "p.actions.sticky button" },
  { name: "a draft", persona: "manager", path: "/awards?state=draft", follow: award },
  { name: "edit a draft", persona: "manager", path: "/awards?state=draft", follow: [...award, "main a[href$='/edit']"] },
  { name: "submit a draft", persona: "manager", path: "/awards?state=draft", follow: [...award, "main a[href$='/submit']"] },
  { name: "take an award back", persona: "manager", path: "/awards?state=submitted", follow: [...award, "main a[href$='/take-back']"] },
  { name: "discard a draft", persona: "manager", path: "/awards?state=draft", follow: [...award, "main a[href$='/discard']"] },
  { name: "activate an award", persona: "manager2", path: "/awards?state=submitted", follow: [...award, "main a[href$='/activate']"] },
  { name: "check an activation", persona: "manager2", path: "/awards?state=submitted", follow: [...award, "main a[href$='/activate']"], fill: {}, press: checks },
  { name: "return an award to draft", persona: "manager2", path: "/awards?state=submitted", follow: [...award, "main a[href$='/return']"] },

  // a milestone
  { name: "milestone", persona: "auditor", path: "/overdue", follow: ["main a[href*='/milestones/mst_']"] },
  { name: "milestone that waits on its operator", persona: "operator_bci", path: "/", follow: [...operatorsMilestone] },
  { name: "submit a milestone", persona: "operator_bci", path: "/", follow: ["main a[href$='/submit']"] },
  { name: "a submission that was refused", persona: "operator_bci", path: "/", follow: ["main a[href$='/submit']"], press: "button[name=form_step][value=check]" },
  { name: "check a submission", persona: "operator_bci", path: "/", follow: ["main a[href$='/submit']"], fill: { "textarea[name^='answers/']": "测试完成 · tested" }, press: checks },
  { name: "add evidence", persona: "operator_bci", path: "/", follow: [...operatorsMilestone, "main a[href$='/evidence']"] },
  { name: "evidence", persona: "operator_bci", path: "/", follow: ["tbody td.award a", "main a[href$='/documents']", evidence] },
  { name: "erase evidence", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']", "nav.crumbs a[href^='/awards/awd_']", "main a[href$='/documents']", evidence, "main a[href$='/erase']"] },
  { name: "withdraw a submission", persona: "operator_bci", path: "/milestones?state=submitted", follow: ["tbody a[href*='/milestones/mst_']", "main a[href$='/withdraw']"] },
  { name: "forecast a milestone", persona: "operator_bci", path: "/", follow: [...operatorsMilestone, "main a[href$='/forecast']"] },
  { name: "ask for an extension", persona: "operator_bci", path: "/", follow: [...operatorsMilestone, "main a[href$='/extend']"] },
  { name: "check an extension that is asked for", persona: "operator_bci", path: "/milestones?state=inProgress", follow: ["tbody tr:last-child a[href*='/milestones/mst_']", "main a[href$='/extend']"], fill: { ...reason, "select[name=cause]": "partner", "input[name=askedDueOn]": today(90) }, press: checks },
  { name: "decide a milestone", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']"] },
  { name: "a decision that was refused", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']"], press: "button[name=form_step][value=check]" },
  { name: "check a decision", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']"], check: ["input[name=outcome][value=met]"], press: "button[name=form_step][value=check]" },
  { name: "check a return", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']"], check: ["input[name=outcome][value=return]"], fill: { "textarea[name^='reasons/']": "缺报告 · a report is missing" }, press: checks },
  { name: "return a milestone", persona: "manager", path: "/", follow: ["main a[href*='/milestones/'][href$='/decide']", "nav.crumbs a[href*='/milestones/mst_']", "main a[href$='/return']"] },
  { name: "settle a milestone", persona: "manager2", path: "/overdue", follow: ["main a[href$='/settle']"] },
  { name: "check a settlement", persona: "manager2", path: "/overdue", follow: ["main a[href$='/settle']"], check: ["input[name=choice][value=terminate]"], fill: { ...reason, ...paper }, press: checks },
  { name: "reopen a milestone", persona: "manager2", path: "/overdue", follow: ["main a[href$='/settle']", "nav.crumbs a[href*='/milestones/mst_']", "main a[href$='/reopen']"] },
  { name: "check a reopening", persona: "manager2", path: "/overdue", follow: ["main a[href$='/settle']", "nav.crumbs a[href*='/milestones/mst_']", "main a[href$='/reopen']"], fill: { ...reason, ...paper }, press: checks },

  // extensions
  { name: "extensions", persona: "manager", path: "/extensions" },
  { name: "extension", persona: "auditor", path: "/extensions", follow: ["main a[href*='/extensions/ext_']"] },
  { name: "decide an extension", persona: "manager", path: "/extensions", follow: ["main a[href*='/extensions/'][href$='/decide']"] },
  { name: "check a grant of an extension", persona: "manager", path: "/extensions", follow: ["main a[href*='/extensions/'][href$='/decide']"], check: ["input[name=decision][value=grant]"], press: checks },
  { name: "withdraw an extension", persona: "manager", path: "/extensions", follow: ["main a[href*='/extensions/ext_']:not([href$='/decide'])"], then: "/withdraw" },

  // tranches, payments, refunds
  { name: "tranches to approve", persona: "manager", path: "/tranches" },
  { name: "tranche", persona: "manager", path: "/tranches?queue=requested", follow: ["tbody td:nth-child(2) a"] },
  { name: "approve a tranche", persona: "manager2", path: "/tranches?queue=requested", follow: ["tbody td.do a"] },
  { name: "check an approval", persona: "manager2", path: "/tranches?queue=requested", follow: ["tbody td.do a"], fill: {}, press: checks },
  { name: "take a request back", persona: "operator_bci", path: "/tranches?queue=requested", follow: ["tbody td:nth-child(2) a", "main a[href$='/take-back']"] },
  { name: "refuse a tranche", persona: "manager2", path: "/tranches?queue=requested", follow: ["tbody td:nth-child(2) a", "main a[href$='/refuse']"] },
  { name: "withdraw an approval that must stand", persona: "manager2", path: "/tranches?queue=pay", follow: ["tbody td:nth-child(2) a"], then: "/withdraw" },
  { name: "request a tranche", persona: "lead", path: "/", follow: ["main a[href$='/request']"] },
  { name: "tranches to pay", persona: "finance", path: "/tranches" },
  { name: "instruct a payment", persona: "finance", path: "/tranches", follow: ["tbody td.do a"] },
  { name: "check a payment", persona: "finance", path: "/tranches", follow: ["tbody td.do a"], fill: {}, press: checks },
  { name: "payments", persona: "finance", path: "/payments?queue=all" },
  { name: "payment", persona: "finance", path: "/payments", follow: ["tbody td.reference a"] },
  { name: "record a payment as paid", persona: "finance", path: "/payments", follow: ["tbody td.do a"] },
  { name: "record a payment as returned", persona: "finance", path: "/payments", follow: ["tbody td.reference a", "main a[href$='/returned']"] },
  { name: "stop a payment", persona: "finance", path: "/payments", follow: ["tbody td.reference a", "main a[href$='/stop']"] },
  { name: "reverse a payment", persona: "finance", path: "/payments?queue=paid", follow: ["tbody td.reference a"], then: "/reverse" },
  { name: "record a refund", persona: "finance", path: "/payments?queue=paid", follow: ["tbody td.reference a", "main a[href$='/refund']"] },
  { name: "check a refund", persona: "finance", path: "/payments?queue=paid", follow: ["tbody td.reference a", "main a[href$='/refund']"], check: ["input[name=destination]"], fill: { ...reason, "input[name='amount/amount']": "1", "input[name=receivedOn]": today(), "input[name=reference]": "REF-1" }, press: checks },
  { name: "refunds", persona: "auditor", path: "/refunds" },
  { name: "refund", persona: "finance", path: "/refunds", follow: ["tbody td.reference a"] },
  { name: "reverse a refund", persona: "finance", path: "/refunds", follow: ["tbody td.reference a"], then: "/reverse" },

  // the register
  { name: "platforms", persona: "manager", path: "/platforms" },
  { name: "platform", persona: "manager", path: "/platforms", follow: ["tbody a[href^='/platforms/plt_']"] },
  { name: "write down a platform", persona: "manager", path: "/platforms/new" },
  { name: "edit a platform", persona: "manager", path: "/platforms", follow: ["tbody a[href^='/platforms/plt_']", "main a[href$='/edit']"] },
  { name: "enrol a platform", persona: "manager", path: "/platforms", follow: ["tbody a[href^='/platforms/plt_']", "main a[href*='/enrol']"] },
  { name: "suspend a platform", persona: "manager", path: "/platforms", follow: ["tbody a[href^='/platforms/plt_']", "main a[href$='/suspend']"] },
  { name: "rectify a platform", persona: "manager", path: "/platforms", follow: ["tbody tr:nth-child(2) a[href^='/platforms/plt_']", "main a[href$='/rectify']"] },
  { name: "close a platform", persona: "manager", path: "/platforms", follow: ["tbody a[href^='/platforms/plt_']", "main a[href$='/close']"] },
  { name: "projects", persona: "manager", path: "/projects" },
  { name: "project", persona: "manager", path: "/projects", follow: ["tbody a[href^='/projects/prj_']"] },
  { name: "write down a project", persona: "manager", path: "/projects/new" },
  { name: "a project's next step", persona: "manager", path: "/projects", follow: ["tbody a[href^='/projects/prj_']", "main .actions a:not([href$='/edit']):not([href^='/awards']), main a[href$='/complete']"] },
  { name: "approve a project", persona: "manager", path: "/projects?state=proposed", follow: ["tbody a[href^='/projects/prj_']", "main a[href$='/approve']"] },
  { name: "have a project's results accepted", persona: "manager", path: "/projects?state=underway", follow: ["tbody a[href^='/projects/prj_']", "main a[href$='/accept']"] },
  { name: "terminate a project", persona: "manager", path: "/projects?state=underway", follow: ["tbody a[href^='/projects/prj_']", "main a[href$='/terminate']"] },
  { name: "edit a project", persona: "manager", path: "/projects", follow: ["tbody a[href^='/projects/prj_']", "main a[href$='/edit']"] },
  { name: "edit an organisation", persona: "manager", path: "/organisations", follow: ["tbody a[href^='/organisations/org_']", "main a[href$='/edit']"] },
  { name: "organisations", persona: "manager", path: "/organisations" },
  { name: "organisation", persona: "manager", path: "/organisations", follow: ["tbody a[href^='/organisations/org_']"] },
  { name: "write down an organisation", persona: "manager", path: "/organisations/new" },
  { name: "an organisation that was refused", persona: "manager", path: "/organisations/new", press: "main form.form button[type=submit]:not([hidden])" },
  { name: "programmes", persona: "manager", path: "/programmes" },
  { name: "programme", persona: "manager", path: "/programmes", follow: programme },
  { name: "edit a programme", persona: "manager", path: "/programmes", follow: [...programme, "main a[href$='/edit']"] },
  { name: "check a change of a programme", persona: "manager", path: "/programmes", follow: [...programme, "main a[href$='/edit']"], fill: { ...reason, "input[name='extensions/count']": "3" }, press: checks },
  { name: "what a programme asks for", persona: "manager", path: "/programmes", follow: [...programme, "main a[href$='/suspend']"] },
  { name: "ladders", persona: "manager", path: "/programmes", follow: [...programme, "main a[href*='/ladders']"] },
  { name: "a change of a programme that waits", persona: "manager2", path: "/programmes", follow: ["main a[href$='/change']"] },
  { name: "dropping a change of a programme that waits", persona: "manager2", path: "/programmes", follow: ["main a[href$='/change']", "main a[href$='/change/drop']"] },
  { name: "a ladder", persona: "manager", free: true, path: "/programmes", follow: [...programme, "main a[href*='/ladders']", "main a[href*='/ladders/']"] },
  { name: "the effect of a ladder", persona: "manager", free: true, path: "/programmes", follow: [...programme, "main a[href*='/ladders']", "main a[href*='/ladders/']"], fill: { ...reason, "input[name='rungs/1/offset']": "-13" }, press: checks },
  { name: "a new programme", persona: "admin", path: "/programmes/new" },

  // audit
  { name: "audit", persona: "auditor", path: "/audit" },
  { name: "audit of a subject", persona: "auditor", path: "/audit", follow: ["tbody a.quiet[href^='/audit/']"] },
  { name: "an entry of the journal", persona: "auditor", path: "/audit", follow: ["tbody td:nth-child(3) a"] },
  { name: "anchors", persona: "auditor", path: "/audit/anchors" },

  // imports
  { name: "imports", persona: "manager", path: "/imports" },
  { name: "import files", persona: "manager", path: "/imports/new" },
  { name: "import", persona: "manager", path: "/imports", follow: ["tbody a[href^='/imports/imp_']"] },

  // administration
  { name: "administration", persona: "admin", path: "/admin" },
  { name: "members", persona: "admin", path: "/admin/members" },
  { name: "people", persona: "admin", path: "/admin/people" },
  { name: "grant a role", persona: "admin", path: "/admin/members", follow: ["main a[href*='/grant']"] },
  { name: "check a role", persona: "admin", path: "/admin/members", follow: ["main a[href*='/grant']"], check: ["input[name=role]"], fill: { "select[name=person]": { index: 1 } }, press: checks },
  { name: "grant a person a role", persona: "admin", path: "/admin/people", follow: ["tbody a[href^='/admin/people/per_']", "main a[href*='/grant']"] },
  { name: "revoke a role", persona: "admin", path: "/admin/members", follow: ["main a[href$='/revoke']"] },
  { name: "record a person", persona: "admin", path: "/admin/people/new" },
  { name: "person", persona: "admin", path: "/admin/people", follow: ["tbody a[href^='/admin/people/per_']"] },
  { name: "who may do what", persona: "admin", path: "/admin/access" },
  { name: "working days", persona: "admin", path: "/admin/calendars" },
  { name: "a new calendar", persona: "admin", path: "/admin/calendars/new" },
  { name: "checks", persona: "admin", path: "/admin/sweeps" },
  { name: "what a check flagged", persona: "admin", path: "/admin/sweeps", follow: ["tbody a[href^='/admin/sweeps/']"] },
];

// screen is one of them by its name.
export const screen = (name) => screens.find((s) => s.name === name) ?? assert.fail(`no screen ${name}`);

// open is the screen's page, reached by its links. The person is somebody whom
// visitor signs in: a screen that is found with another's eyes asks for them.
export async function open(person, screen, visitor) {
  const page = person.page;
  if (screen.theirs) {
    const other = await visitor(screen.theirs);
    const address = await walk(other, screen);
    await other.leave();
    const answer = await page.goto(person.url + address);
    assert.equal(answer.status(), screen.status, address);
    return;
  }
  if (screen.free) await dropChange(person);
  await walk(person, screen);
  for (const box of screen.check ?? []) await page.locator(box).first().check();
  for (const [field, value] of Object.entries(screen.fill ?? {})) {
    for (const one of await page.locator(field).all()) await (field.startsWith("select") ? one.selectOption(value) : one.fill(value));
  }
  if (!screen.press) return;
  const sent = page.waitForNavigation();
  await page.locator(screen.press).first().click();
  const status = (await sent).status();
  if (screen.check || screen.fill) assert.equal(status, 200, screen.name);
  else assert.ok([400, 409, 422].includes(status), `${screen.name} = ${status}`);
}

// dropChange drops the change of a programme that waits, if one does: while it
// waits none of its ladders is changed.
async function dropChange({ page, url }) {
  await page.goto(`${url}/programmes`);
  const waits = page.locator("main a[href$='/change']").first();
  if (!await waits.count()) return;
  await waits.click();
  await page.locator("main a[href$='/change/drop']").click();
  await page.locator("form[action$='/drop'] button").click();
  await page.locator(".banner.good").waitFor();
}

// walk goes to a screen's first page and follows its links, and returns the
// path that it ends at.
async function walk(person, screen) {
  const page = person.page, links = screen.follow ?? [];
  let answer = await page.goto(person.url + screen.path);
  for (const link of links) {
    assert.equal(answer.status(), 200, `GET ${page.url()}`);
    const found = page.locator(link).first();
    assert.ok(await found.count(), `${page.url()} has no ${link}`);
    answer = await page.goto(new URL(await found.getAttribute("href"), page.url()).href);
  }
  if (screen.then) answer = await page.goto(page.url() + screen.then);
  assert.equal(answer.status(), screen.theirs ? 200 : screen.status ?? 200, `GET ${page.url()}`);
  return new URL(page.url()).pathname;
}
