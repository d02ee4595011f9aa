// A month of a finance officer, from what a manager approved to money that
// comes back, by the screen alone; with script and without.
import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { amount, closeBrowser, demo, languages, Reader, today } from "./harness.mjs";

const approved = "DEMO-2026-008"; // its second tranche waits for an approval
const ready = "DEMO-2026-004"; // of its third nothing is instructed
const atBank = "DEMO-2026-005"; // its second waits for the bank

// checks goes on to the summary, where nothing has happened yet, and sends it.
async function checks(reader, id, values) {
  await reader.sends("console.form.continue");
  await reader.sees(reader.say("console.form.checkLead"));
  await reader.sends(id, values);
}

// pays instructs what an inbox line says is to be paid.
async function pays(finance, number, yuan) {
  await finance.open("inbox");
  await finance.owed(number, "payTranche").locator("td.do a").click();
  const sum = amount(finance.lang, yuan);
  await finance.sees(finance.say("console.payment.new.left", { amount: sum }));
  const before = await finance.recorded();
  await finance.sends("console.form.continue");
  await finance.sees(finance.say("console.form.checkLead"), finance.say("console.money.ledger.instruct", { amount: sum }));
  assert.equal(await finance.recorded(), before, "the summary has an effect");
  await finance.sends("console.payment.new.doAmount", { amount: sum });
  assert.ok((await finance.done("instructPayment")).includes(finance.say("console.payment.step.stop.crumb")), "the banner says how it is taken back");
  assert.equal(await finance.recorded(), before + 1);
}

// books records on the payment's page that the bank paid it.
async function books(finance, yuan, reference) {
  const before = await finance.recorded();
  await finance.sends("console.payment.step.paid.crumb");
  await finance.fill(finance.say("console.payment.paidOn"), today());
  await finance.fill(finance.say("console.payment.bankReference"), reference);
  await checks(finance, "console.payment.step.paid.do", { amount: amount(finance.lang, yuan) });
  await finance.done("markPaymentPaid");
  assert.equal(await finance.recorded(), before + 1);
}

// balance is what the ledger's table says of an account, debit and credit.
async function balance(reader, id) {
  const row = reader.main.locator("table").filter({ has: reader.page.getByText(reader.say("console.award.balances"), { exact: true }) })
    .locator("tbody tr").filter({ hasText: reader.say(id) }).first();
  if (await row.count() === 0) return 0;
  const cells = await row.locator("td.n").allInnerTexts();
  const [debit, credit] = cells.map((c) => Number(c.replaceAll(/[^0-9.]/g, "") || 0));
  return debit - credit;
}

// ledger opens the money of the award that the page is of.
async function ledger(reader) {
  await reader.main.locator("dl.summary a[href*='/awards/awd_']").first().click();
  await reader.page.locator("nav.tabs").getByRole("link", { name: reader.say("console.award.tab.money") }).click();
  await reader.sees(reader.say("console.award.balances"));
}

after(closeBrowser);

for (const lang of languages) {
  describe(lang, { concurrency: 2 }, () => {
    for (const script of [true, false]) {
      describe(script ? "with script" : "without script", { concurrency: 1 }, () => {
        let host, finance;
        const at = (persona) => Reader.at(host.url, persona, { lang, script });
        const has = (number) => finance.owed(number, "payTranche");
        before(async () => { host = await demo(); finance = await at("finance"); });
        after(async () => { await finance?.leave(); await host?.stop(); });

        test("what a manager approves is with finance at once", async () => {
          const waited = await finance.waiting();
          assert.ok(waited > 0);
          assert.equal(await has(approved).count(), 0);

          const manager = await at("manager2");
          await manager.open("tranches");
          await manager.press(manager.say("console.tranche.queue.requested"));
          await manager.row(approved).locator("td.do a").click();
          const sum = amount(lang, 1440000);
          await manager.sees(manager.say("console.money.effect.owes", {
            number: 2, what: manager.say("label.obligation.payTranche"), who: manager.say("label.role.finance"), due: "",
          }).split(lang === "en" ? ", due" : "，")[0]);
          await checks(manager, "console.tranche.step.approve.do", { amount: sum });
          await manager.done("approveTranche");
          assert.equal(await manager.main.getByRole("link", { name: manager.say("console.payment.new.title") }).count(), 0, "who approves is offered to pay");
          await manager.leave();

          await finance.open("inbox");
          assert.equal(await finance.waiting(), waited + 1);
          await has(approved).waitFor();
          await finance.open("tranches");
          await finance.row(approved).locator("td:nth-child(2) a").click();
          await finance.sees(finance.say("console.tranche.holds"), finance.say("console.tranche.gates"), lang === "en" ? "Zhou Mingyuan" : "周明远");
          await finance.press(finance.say("console.payment.new.title"));
          await finance.sees(finance.say("console.payment.new.left", { amount: sum }));
        });

        test("a payment is instructed, and recorded when the bank has paid", async () => {
          const waited = await finance.waiting();
          await pays(finance, approved, 1440000);
          await finance.sends("console.notice.receipt");
          await finance.sees(finance.say("label.done.instructPayment"), finance.say("console.receipt.back.stop"));

          // the inbox leads to what waits for the bank
          await finance.open("inbox");
          assert.equal(await finance.waiting(), waited, "what is instructed still waits");
          await has(approved).locator("td.do a").click();
          await finance.sees(finance.say("console.payment.next.instructed"));
          await ledger(finance);
          const bank = await balance(finance, "console.award.account.bank");
          const owed = await balance(finance, "console.award.account.payable");
          assert.equal(owed, -1440000);
          await finance.open("payments");
          await finance.row(approved).locator("td.reference a").click();
          await books(finance, 1440000, "STORY-BANK-1");
          await ledger(finance);
          assert.equal(await balance(finance, "console.award.account.payable"), 0);
          assert.equal(await balance(finance, "console.award.account.bank"), bank - 1440000);
          await finance.open("inbox");
          assert.equal(await finance.waiting(), waited - 1);
          assert.equal(await has(approved).count(), 0);
        });

        test("the recipient sees it paid", async () => {
          const operator = await at("operator_bci");
          await operator.open("awards");
          await operator.row(approved).locator("a[href*='/awards/awd_']").first().click();
          const tranche = operator.row(operator.say("console.tranche", { number: 2 }), operator.say("label.trancheState.settled"));
          await tranche.locator("a").first().click();
          await operator.sees(operator.say("label.paymentState.paid"), "STORY-BANK-1");
          assert.equal(await operator.main.getByRole("link", { name: operator.say("console.payment.new.title") }).count(), 0);
          await operator.leave();
        });

        test("a payment that the bank sends back can be instructed again", async () => {
          await pays(finance, ready, 6000000);
          const before = await finance.recorded();
          await finance.sends("console.payment.step.returned.crumb");
          await finance.sees(finance.say("console.money.ledger.released", { amount: amount(lang, 6000000) }));
          await finance.sends("console.form.continue");
          await finance.page.locator("#errors").waitFor(); // a reason is needed
          assert.equal(await finance.recorded(), before);
          await finance.fill(finance.say("console.money.reason"), "户名不符 · wrong holder");
          await checks(finance, "console.payment.step.returned.do", { amount: amount(lang, 6000000) });
          await finance.done("markPaymentReturned");
          assert.equal(await finance.recorded(), before + 1);
          await finance.sees(finance.say("label.paymentState.returned"), finance.say("console.payment.next.returned"), "户名不符 · wrong holder", finance.say("console.payment.again"));
          await finance.open("payments");
          await finance.press(finance.say("label.paymentState.returned"));
          await finance.row(ready, "户名不符 · wrong holder").waitFor();
          await pays(finance, ready, 6000000);
          await finance.sees(finance.say("label.paymentState.instructed"));
        });

        test("money that comes back is booked, and the ledger shows where it went", async () => {
          await finance.open("inbox");
          await has(atBank).locator("td.do a").click(); // it was instructed before
          await books(finance, 6600000, "STORY-BANK-2");
          const before = await finance.recorded();
          await finance.sends("console.payment.step.refund.crumb");
          await finance.fill(finance.say("console.refund.amount"), "40,000");
          await finance.fill(finance.say("console.refund.receivedOn"), today());
          await finance.fill(finance.say("console.payment.bankReference"), "STORY-REFUND-1");
          await finance.main.getByLabel(finance.say("label.refundDestination.treasury")).check();
          await finance.fill(finance.say("console.money.reason"), "结余退回 · unspent");
          await checks(finance, "console.payment.step.refund.do", { amount: amount(lang, 40000) });
          await finance.done("recordRefund");
          assert.equal(await finance.recorded(), before + 1);
          await ledger(finance);
          assert.equal(await balance(finance, "console.award.account.refund.treasury"), 40000);
          await finance.row("STORY-REFUND-1").first().waitFor();
        });

        test("who recorded a payment cannot reverse it, another person in finance can", async () => {
          await finance.open("payments");
          await finance.press(finance.say("label.paymentState.paid"));
          await finance.row(approved, "STORY-BANK-1").locator("td.reference a").click();
          const name = (await finance.main.getByRole("heading", { level: 1 }).locator("..").locator("bdi").last().innerText()).trim();
          await finance.sees(finance.say("console.money.cannot", { what: finance.say("console.payment.step.reverse.crumb") }),
            finance.say("fault.separation.recorderReverses", { thing: name }));

          const second = await at("finance2");
          await second.open("payments");
          await second.press(second.say("label.paymentState.paid"));
          await second.row(approved, "STORY-BANK-1").locator("td.reference a").click();
          const before = await second.recorded();
          await second.sends("console.payment.step.reverse.crumb");
          await second.fill(second.say("console.money.reason"), "银行次日退汇 · returned late");
          await checks(second, "console.payment.step.reverse.do", { amount: amount(lang, 1440000) });
          await second.done("reversePayment");
          assert.equal(await second.recorded(), before + 1);
          await ledger(second);
          assert.equal(await balance(second, "console.award.account.payable"), -1440000);
          await second.open("inbox");
          await second.owed(approved, "payTranche").waitFor();
          await second.leave();
        });

        test("the list of payments is taken along as a file", async () => {
          await finance.open("payments");
          await finance.press(finance.say("console.payment.queue.all"));
          const [file] = await Promise.all([finance.page.waitForEvent("download"), finance.sends("console.list.exportCSV")]);
          const text = await readFile(await file.path(), "utf8");
          for (const [state, what] of [["reversed", "STORY-BANK-1"], ["paid", "STORY-BANK-2"], ["returned", ready], ["instructed", ready]]) {
            assert.ok(text.split("\n").some((l) => l.includes(what) && l.includes(finance.say(`label.paymentState.${state}`))), `${what} is not ${state} in the file`);
          }
        });
      });
    }
  });
}
