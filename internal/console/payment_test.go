package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func paymentPath(ref tracker.PaymentRef) string {
	return "/awards/" + string(ref.Award) + "/payments/" + string(ref.Payment)
}

// approvedHouse is a moneyHouse whose first tranche is approved by Manager2.
func approvedHouse(t *testing.T) (*house, trackertest.Active) {
	t.Helper()
	h, a := moneyHouse(t)
	h.Request(a.Tr(1))
	h.Approve(a.Tr(1))
	return h, a
}

// instructs fills and sends the instruction and returns the payment's page.
func (h *house) instructs(a trackertest.Active, amount string) string {
	h.t.Helper()
	action := "/awards/" + string(a.ID) + "/payments/new"
	form := h.sees(trackertest.Finance, action+"?tranche="+string(a.Tranches[1]))
	check := h.post(trackertest.Finance, action, h.fill(form, action, "amount/"+string(a.Tranches[1]), amount, "payerAccount", "Treasury 1", "reference", "HT-001/1", "form_step", "check"))
	done := h.post(trackertest.Finance, action, h.fill(check, action))
	if done.Code != http.StatusSeeOther {
		h.t.Fatalf("instructing = %d: %s", done.Code, done.text())
	}
	return done.Header().Get("Location")
}

func (h *house) state(path string) award.PaymentState {
	h.t.Helper()
	parts := strings.Split(path, "/")
	p, err := h.Tracker.Payment(h.Ctx, h.Call(trackertest.Auditor), tracker.PaymentRef{Award: ident.Award(parts[2]), Payment: ident.Payment(parts[4])})
	if err != nil {
		h.t.Fatal(err)
	}
	return p.State
}

func TestPaymentFromInstructionToRefund(t *testing.T) {
	h, a := approvedHouse(t)
	tranche, action := tranchePath(a.Tr(1)), "/awards/"+string(a.ID)+"/payments/new"
	if n := h.sees(trackertest.Finance, tranche).page.Find(`a.button[href="` + action + "?tranche=" + string(a.Tranches[1]) + `"]`).Length(); n != 1 {
		t.Errorf("finance is offered the payment %d times", n)
	}
	form := h.sees(trackertest.Finance, action+"?tranche="+string(a.Tranches[1]))
	if got := form.page.Find(`input[name="amount/`+string(a.Tranches[1])+`"]`).AttrOr("value", ""); got != "2,000,000.00" {
		t.Errorf("the amount begins as %q", got)
	}
	for lang, want := range map[string]string{"en": "CNY", "zh-CN": "元"} {
		page := h.getIn(lang, trackertest.Finance, action+"?tranche="+string(a.Tranches[1]))
		if got := page.page.Find(".unit").Text(); got != want {
			t.Errorf("the amount's unit is %q in %s, want %q", got, lang, want)
		}
	}
	zh := h.postIn("zh-CN", trackertest.Finance, action, h.fill(form, action, "payerAccount", "Treasury 1", "reference", "HT-001/1", "form_step", "check"))
	if got := zh.text(); !strings.Contains(got, "2,000,000.00元") || strings.Contains(got, "CNY") {
		t.Errorf("the summary says %s", got)
	}
	says(t, form, "The ledger gets no entry yet", "can be stopped", "University")
	filled := h.fill(form, action, "payerAccount", "Treasury 1", "reference", "HT-001/1", "form_step", "check")
	check := h.post(trackertest.Finance, action, filled)
	says(t, check, "Tranche 1 CNY 2,000,000.00", "Payer account Treasury 1", "Instruct CNY 2,000,000.00", "Nothing has happened yet.")
	if got := h.TrancheNow(a.Tr(1)).Instructed; !got.IsZero() {
		t.Errorf("the summary instructs %s", got)
	}
	fields := h.fill(check, action)
	first, again := h.post(trackertest.Finance, action, fields), h.post(trackertest.Finance, action, fields)
	path := first.Header().Get("Location")
	if first.Code != http.StatusSeeOther || again.Header().Get("Location") != path || h.TrancheNow(a.Tr(1)).Instructed.Decimal() != "2000000.00" {
		t.Fatalf("instructed twice: %d to %s, %d to %s, %s", first.Code, path, again.Code, again.Header().Get("Location"), h.TrancheNow(a.Tr(1)).Instructed)
	}
	if got := h.sees(trackertest.Finance, tranche).page.Find(`a.button[href="` + path + `/paid"]`).Text(); got != "Record HT-001/1 as paid" {
		t.Errorf("the tranche on its way to the bank offers %q", got)
	}
	if got := h.get(trackertest.Finance, action+"?tranche="+string(a.Tranches[1])); got.Code != http.StatusSeeOther || got.Header().Get("Location") != path {
		t.Errorf("paying what waits for the bank = %d to %q, want its payment", got.Code, got.Header().Get("Location"))
	}
	says(t, h.sees(trackertest.Finance, action), "No approved tranche of this award has anything left to instruct.", "Already on its way HT-001/1 · CNY 2,000,000.00")
	says(t, h.sees(trackertest.Finance, path), "record here what the bank says.", "Treasury 1", "You instructed this payment, so only another person in finance can reverse it later.")

	bank := h.sees(trackertest.Finance, path+"/paid")
	says(t, bank, "The ledger gets one entry of CNY 2,000,000.00: debit “Payable to the payee”, credit “Bank”.", "Tranche 1 goes from “Approved” to “Settled”.", "“Pay the tranche” is no longer owed.")
	tomorrow := h.post(trackertest.Finance, path+"/paid", h.fill(bank, path+"/paid", "paidOn", "2026-03-03", "bankReference", "ICBC-1", "form_step", "check"))
	if tomorrow.Code != http.StatusUnprocessableEntity || faultAt(tomorrow, "paidOn") != 1 || tomorrow.page.Find(`input[name=bankReference]`).AttrOr("value", "") != "ICBC-1" {
		t.Errorf("paid tomorrow = %d: %s", tomorrow.Code, tomorrow.text())
	}
	sum := h.post(trackertest.Finance, path+"/paid", h.fill(bank, path+"/paid", "paidOn", "2026-03-02", "bankReference", "ICBC-1", "form_step", "check"))
	says(t, sum, "Bank reference ICBC-1", "Date of payment at the bank 2026-03-02")
	if done := h.post(trackertest.Finance, path+"/paid", h.fill(sum, path+"/paid")); done.Code != http.StatusSeeOther || h.TrancheNow(a.Tr(1)).State != award.Settled {
		t.Fatalf("paid = %d, %s", done.Code, h.TrancheNow(a.Tr(1)).State)
	}

	says(t, h.sees(trackertest.Finance, path), "Not possible for you now: Reverse", "You instructed or recorded HT-001/1, so another person must reverse it.")
	says(t, h.sees(trackertest.Finance, path+"/reverse"), "This cannot be done now", "another person must reverse it")
	refund := h.sees(trackertest.Finance, path+"/refund")
	says(t, refund, "At most CNY 2,000,000.00", "a refund never opens it again")
	if got := refund.text(); !strings.Contains(got, "leaves the programme for good") || !strings.Contains(got, "can be committed again") {
		t.Errorf("the form does not say where the money can go: %s", got)
	}
	tooMuch := h.post(trackertest.Finance, path+"/refund", h.fill(refund, path+"/refund", "amount/amount", "2000000.01", "receivedOn", "2026-03-02", "reference", "R-1", "destination", "treasury", "reason", "Unspent", "form_step", "check"))
	if tooMuch.Code != http.StatusUnprocessableEntity || faultAt(tooMuch, "amount/amount") != 1 || tooMuch.page.Find(`input[value=treasury][checked]`).Length() != 1 {
		t.Errorf("more than was paid = %d: %s", tooMuch.Code, tooMuch.text())
	}
	sum = h.post(trackertest.Finance, path+"/refund", h.fill(tooMuch, path+"/refund", "amount/amount", "5,000", "form_step", "check"))
	says(t, sum, "The ledger gets one entry of CNY 5,000.00: debit “Refunded to the treasury”, credit “Refunds”.", "Record a refund of CNY 5,000.00")
	done := h.post(trackertest.Finance, path+"/refund", h.fill(sum, path+"/refund"))
	refunded := done.Header().Get("Location")
	if !strings.Contains(refunded, "/refunds/") {
		t.Fatalf("a refund = %d to %s", done.Code, refunded)
	}
	says(t, h.sees(trackertest.Finance, refunded), "Unspent", "HT-001/1", "Not possible for you now: Reverse")
	says(t, h.sees(trackertest.Finance2, path), "Refunded so far CNY 5,000.00", "R-1", "CNY 5,000.00 of this payment is recorded as refunded. Reverse the refund first.")

	back := h.sees(trackertest.Finance2, refunded+"/reverse")
	sum = h.post(trackertest.Finance2, refunded+"/reverse", h.fill(back, refunded+"/reverse", "reason", "Another award's.", "form_step", "check"))
	says(t, sum, "takes entry no. 3 back: CNY 5,000.00 counts as not refunded", "Another award's.")
	if done := h.post(trackertest.Finance2, refunded+"/reverse", h.fill(sum, refunded+"/reverse")); done.Header().Get("Location") != refunded {
		t.Fatalf("reversing a refund = %d: %s", done.Code, done.text())
	}
	says(t, h.sees(trackertest.Auditor, refunded), "Reversed", "Another award's.", "finance2 2026-03-02")

	form = h.sees(trackertest.Finance2, path+"/reverse")
	says(t, form, "takes entry no. 2 back", "Tranche 1 goes from “Settled” to “Approved”.", "“Pay the tranche” then waits on Finance")
	sum = h.post(trackertest.Finance2, path+"/reverse", h.fill(form, path+"/reverse", "reason", "Returned late.", "form_step", "check"))
	if done := h.post(trackertest.Finance2, path+"/reverse", h.fill(sum, path+"/reverse")); done.Code != http.StatusSeeOther || h.TrancheNow(a.Tr(1)).State != award.Approved {
		t.Errorf("reversed = %d: %s", done.Code, done.text())
	}
	for _, page := range []string{path, refunded} {
		if entry := h.sees(trackertest.Finance2, page).page.Find(`main dd a:contains("The entry and its reversal")`); entry.AttrOr("href", "") != "/awards/"+string(a.ID)+"/money" {
			t.Errorf("%s is reversed and leads to no entry", page)
		}
	}
	says(t, h.sees(trackertest.Manager, path), "Returned late.", "There is nothing for you to do here.")
}

func TestPaymentReturnedAndStopped(t *testing.T) {
	h, a := approvedHouse(t)
	path := h.instructs(a, "1,500,000")
	form := h.sees(trackertest.Finance, path+"/returned")
	says(t, form, "CNY 1,500,000.00 is no longer on its way and can be instructed again", "This cannot be taken back")
	if empty := h.post(trackertest.Finance, path+"/returned", h.fill(form, path+"/returned")); empty.Code != http.StatusUnprocessableEntity || faultAt(empty, "reason") != 1 {
		t.Errorf("returned without a reason = %d", empty.Code)
	}
	check := h.post(trackertest.Finance, path+"/returned", h.fill(form, path+"/returned", "reason", "The account is closed.", "form_step", "check"))
	if says(t, check, "Reason The account is closed.", "Record CNY 1,500,000.00 as returned"); h.state(path) != award.Instructed {
		t.Errorf("the summary makes the payment %s", h.state(path))
	}
	back := h.does(trackertest.Finance, path+"/returned", path+"/returned", "reason", "The account is closed.")
	says(t, back, "The account is closed.", "The bank sent the money back.", "Instruct again")
	again := "/awards/" + string(a.ID) + "/payments/new?tranche=" + string(a.Tranches[1])
	if n := back.page.Find(`a.button[href="` + again + `"]`).Length(); n != 1 {
		t.Errorf("what the bank sent back is offered to be paid again %d times", n)
	}
	if n := h.sees(trackertest.Manager, path).page.Find(`a.button[href="` + again + `"]`).Length(); n != 0 {
		t.Error("who pays nothing is offered to pay again")
	}
	if got := h.TrancheNow(a.Tr(1)); got.State != award.Approved || !got.Instructed.IsZero() || h.state(path) != award.ReturnedByBank {
		t.Errorf("after the return the tranche is %s, %s on its way", got.State, got.Instructed)
	}
	second := h.instructs(a, "2000000")
	stale := h.fill(h.get(trackertest.Finance, second+"/paid"), second+"/paid", "paidOn", "2026-03-02", "bankReference", "B-1")
	h.does(trackertest.Finance, second+"/stop", second+"/stop", "reason", "Another bank.")
	if h.state(second) != award.Stopped {
		t.Errorf("stopped, the payment is %s", h.state(second))
	}
	if late := h.post(trackertest.Finance, second+"/paid", stale); late.Code != http.StatusPreconditionFailed {
		t.Errorf("paid out of date = %d", late.Code)
	}
	says(t, h.sees(trackertest.Finance, second+"/paid"), "This cannot be done now", "“Record as paid” is not possible in the state “Stopped”.")
	third, fourth := h.instructs(a, "1,000,000.00"), h.instructs(a, "1000000")
	pay := func(path, reference string) answer {
		return h.post(trackertest.Finance, path+"/paid", h.fill(h.get(trackertest.Finance, path+"/paid"), path+"/paid", "paidOn", "2026-03-02", "bankReference", reference))
	}
	if done := pay(third, "ICBC-7"); done.Code != http.StatusSeeOther {
		t.Fatalf("paid = %d: %s", done.Code, done.text())
	}
	says(t, h.sees(trackertest.Finance, tranchePath(a.Tr(1))), "partly paid")
	if twice := pay(fourth, "ICBC-7"); twice.Code != http.StatusUnprocessableEntity || faultAt(twice, "bankReference") != 1 {
		t.Errorf("one bank reference twice = %d: %s", twice.Code, twice.text())
	}
}

func TestPaymentInstructionsRefused(t *testing.T) {
	h, a := approvedHouse(t)
	action, amount := "/awards/"+string(a.ID)+"/payments/new", "amount/"+string(a.Tranches[1])
	for _, c := range []struct{ value, fault string }{{"2000000.01", amount}, {"", amount}, {"one", amount}, {"-5", amount}} {
		form := h.get(trackertest.Finance, action+"?tranche="+string(a.Tranches[1]))
		got := h.post(trackertest.Finance, action, h.fill(form, action, amount, c.value, "payerAccount", "<b>T", "reference", "R", "form_step", "check"))
		if got.Code != http.StatusUnprocessableEntity || faultAt(got, c.fault) != 1 {
			t.Errorf("an amount of %q = %d: %s", c.value, got.Code, got.text())
		}
		if kept := got.page.Find(`input[name=payerAccount]`).AttrOr("value", ""); kept != "<b>T" {
			t.Errorf("the account is now %q", kept)
		}
	}
	empty := h.post(trackertest.Finance, action, h.fill(h.get(trackertest.Finance, action), action, "reference", ""))
	if faultAt(empty, "payerAccount") != 1 || faultAt(empty, "reference") != 1 {
		t.Errorf("nothing typed = %d: %s", empty.Code, empty.text())
	}
	says(t, empty, "Reference on the instruction: This is required.")
	if got := h.get(trackertest.Manager, action); got.Code != http.StatusForbidden {
		t.Errorf("a manager instructs = %d", got.Code)
	}
	if got := h.get(trackertest.Operator2, action); got.Code != http.StatusNotFound {
		t.Errorf("a stranger instructs = %d", got.Code)
	}
	h.Grant(trackertest.Manager2, portfolio.Finance, string(h.Programme))
	says(t, h.sees(trackertest.Manager2, tranchePath(a.Tr(1))), "Not possible for you now: Instruct a payment", "You approved tranche 1, so another person must instruct its payment.")
	says(t, h.sees(trackertest.Manager2, action+"?tranche="+string(a.Tranches[1])), "This cannot be done now", "You approved tranche 1")
	h.MarkPaid(h.Instruct(a.Tr(1)))
	says(t, h.sees(trackertest.Finance, action), "No approved tranche of this award has anything left to instruct.")
}

// A person who approves and holds finance is told beforehand.
func TestSeparationOfApproverIsSaidBefore(t *testing.T) {
	h, a := moneyHouse(t)
	h.Grant(trackertest.Manager2, portfolio.Finance, string(h.Programme))
	h.Request(a.Tr(1))
	for _, path := range []string{tranchePath(a.Tr(1)), tranchePath(a.Tr(1)) + "/approve"} {
		says(t, h.sees(trackertest.Manager2, path), "Who approves a tranche cannot instruct its payment.")
	}
}

func TestPaymentPagesByRole(t *testing.T) {
	h, a := approvedHouse(t)
	p := h.Instruct(a.Tr(1))
	h.MarkPaid(p)
	r := h.Refund(p, "5")
	path, refund := paymentPath(p), "/awards/"+string(a.ID)+"/refunds/"+string(r.Refund)
	for _, persona := range append(trackertest.Personas(), trackertest.Stranger) {
		switch persona {
		case trackertest.Operator2, trackertest.Stranger, trackertest.Administrator:
			for _, x := range []string{path, path + "/reverse", refund} {
				if got := h.get(persona, x); got.Code != http.StatusNotFound {
					t.Errorf("GET %s as %s = %d", x, persona, got.Code)
				}
			}
			continue
		}
		h.sees(persona, path)
		h.sees(persona, refund)
		want := http.StatusForbidden
		if persona == trackertest.Finance || persona == trackertest.Finance2 {
			want = http.StatusOK
		}
		for _, step := range []string{path + "/paid", path + "/returned", path + "/stop", path + "/reverse", path + "/refund", refund + "/reverse"} {
			if got := h.get(persona, step); got.Code != want {
				t.Errorf("GET %s as %s = %d, want %d", step, persona, got.Code, want)
			}
			if want == http.StatusForbidden {
				if got := h.post(persona, step, url.Values{"form_key": {strings.Repeat("k", 32)}, "reason": {"x"}}); got.Code != want {
					t.Errorf("POST %s as %s = %d", step, persona, got.Code)
				}
			}
		}
	}
	if got := h.TrancheNow(a.Tr(1)); got.State != award.Settled {
		t.Errorf("what was refused moved the tranche to %s", got.State)
	}
}

// One payment carries several tranches; what is wrong with one stands at it.
func TestPaymentOfSeveralTranches(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-09-01")}, []award.TrancheDraft{
		trackertest.Tranche(1, "2026-03-01", "1000"), trackertest.Tranche(2, "2026-03-01", "2000"), trackertest.Tranche(3, "2026-03-01", "3000")})
	for n := 1; n <= 3; n++ {
		h.Request(a.Tr(n))
		h.Approve(a.Tr(n))
	}
	action := "/awards/" + string(a.ID) + "/payments/new"
	amount := func(n int) string { return "amount/" + string(a.Tranches[n]) }
	form := h.sees(trackertest.Finance, action)
	says(t, form, "Leave it empty to pay nothing of it now.")
	more := h.post(trackertest.Finance, action, h.fill(form, action, amount(2), "1999.99", amount(3), "3000.01", "payerAccount", "T", "reference", "R", "form_step", "check"))
	if more.Code != http.StatusUnprocessableEntity || faultAt(more, amount(3)) != 1 || faultAt(more, amount(2)) != 0 {
		t.Errorf("more than is left of the third = %d: %s", more.Code, more.text())
	}
	done := h.post(trackertest.Finance, action, h.fill(more, action, amount(3), "3000"))
	if done.Code != http.StatusSeeOther {
		t.Fatalf("instructed = %d: %s", done.Code, done.text())
	}
	page := h.sees(trackertest.Finance, done.Header().Get("Location"))
	says(t, page, "Total CNY 4,999.99", "Tranche 2", "Tranche 3")
	if strings.Contains(page.text(), "Tranche 1") {
		t.Error("the payment pays a tranche that was left empty")
	}
}

func TestInboxSaysWhatAPaymentNeeds(t *testing.T) {
	h, a := approvedHouse(t)
	row := func() []string {
		return texts(section(h.sees(trackertest.Finance, "/"), "waiting").Find("td.n, td.do a"))
	}
	if got := row(); len(got) != 2 || got[0] != "CNY 2.00m" || got[1] != "Instruct 1" {
		t.Errorf("approved: %q", got)
	}
	part := h.instructs(a, "1,500,000")
	if got := row(); len(got) != 2 || got[0] != "CNY 2.00mat the bank CNY 1.50m" || got[1] != "Instruct 1" {
		t.Errorf("partly instructed: %q", got)
	}
	h.does(trackertest.Finance, part+"/paid", part+"/paid", "paidOn", "2026-03-02", "bankReference", "B-1")
	rest := h.instructs(a, "500,000")
	if got := row(); len(got) != 2 || got[0] != "CNY 0.50mat the bank CNY 0.50m" || got[1] != "Record the bank’s answer 1" {
		t.Errorf("all of the rest instructed: %q", got)
	}
	if got := h.sees(trackertest.Finance, "/awards/"+string(a.ID)).page.Find(".when a.button").Text(); got != "Record the bank’s answer 1" {
		t.Errorf("the award's page offers %q", got)
	}
	done := h.does(trackertest.Finance, rest+"/paid", rest+"/paid", "paidOn", "2026-03-02", "bankReference", "B-2")
	banner := strings.Join(texts(done.page.Find("main .banner.good")), "")
	if !strings.Contains(banner, "Another person in finance can reverse it.") || strings.Contains(banner, "To undo it") {
		t.Errorf("who paid is told %q", banner)
	}
}

// What a step says of the ledger beforehand names the accounts as the ledger
// does afterwards, whose balances add up.
func TestStepsNameTheAccountsOfTheLedger(t *testing.T) {
	h, a := approvedHouse(t)
	path := h.instructs(a, "1,500,000")
	paid := h.get(trackertest.Finance, path+"/paid")
	h.does(trackertest.Finance, path+"/paid", path+"/paid", "paidOn", "2026-03-02", "bankReference", "B-1")
	form := h.sees(trackertest.Finance, path+"/refund")
	refund := h.post(trackertest.Finance, path+"/refund", h.fill(form, path+"/refund", "amount/amount", "500000", "receivedOn", "2026-03-02",
		"reference", "B-2", "destination", "treasury", "reason", "Not spent.", "form_step", "check"))
	h.does(trackertest.Finance, path+"/refund", path+"/refund", "amount/amount", "500000", "receivedOn", "2026-03-02",
		"reference", "B-2", "destination", "treasury", "reason", "Not spent.")
	said := paid.text() + refund.text()
	table := h.sees(trackertest.Finance, "/awards/"+string(a.ID)+"/money").page.Find(`caption:contains("Balances")`).Parent()
	accounts := texts(table.Find("tbody td:first-child"))
	if len(accounts) != 5 {
		t.Errorf("accounts are %q", accounts)
	}
	for _, account := range accounts {
		if account != "Approved for the payee" && !strings.Contains(said, "“"+account+"”") {
			t.Errorf("no step names the account %q", account)
		}
	}
	if got := texts(table.Find("tfoot td.n")); len(got) != 2 || got[0] != got[1] || !strings.Contains(got[0], "CNY 2,500,000.00") {
		t.Errorf("the balances add up to %q", got)
	}
}

func TestMoneyPagesLieWhereTheirCrumbsBegin(t *testing.T) {
	h, a := approvedHouse(t)
	payment := h.instructs(a, "1,500,000")
	for path, want := range map[string]string{
		"/awards/" + string(a.ID): "/awards", "/awards/" + string(a.ID) + "/money": "/awards",
		tranchePath(a.Tr(1)): "/tranches", payment: "/payments", "/awards/" + string(a.ID) + "/payments/new": "/payments", payment + "/paid": "/payments",
	} {
		page := h.sees(trackertest.Finance, path)
		if got := page.page.Find("nav.nav a[aria-current]").AttrOr("href", ""); got != want {
			t.Errorf("%s lies in %s, want %s", path, got, want)
		}
	}
	done := h.does(trackertest.Finance, payment+"/paid", payment+"/paid", "paidOn", "2026-03-02", "bankReference", "B-1")
	if next := done.page.Find(`.banner.good a[href="/"]`).Text(); next != "Waiting for you: 1" {
		t.Errorf("done, the banner leads on by %q", next)
	}
}

// A second payment of an award is offered a reference of its own; a reference
// that another payment has is taken, after a warning. What a payment in part
// leaves of its tranche is said before and after.
func TestReferencesOfPaymentsTellThemApart(t *testing.T) {
	h, a := approvedHouse(t)
	action := "/awards/" + string(a.ID) + "/payments/new"
	address := action + "?tranche=" + string(a.Tranches[1])
	offered := func() string {
		return h.sees(trackertest.Finance, address).page.Find(`input[name="reference"]`).AttrOr("value", "")
	}
	first := offered()
	if !strings.HasSuffix(first, "-P01") {
		t.Errorf("the first reference offered is %q", first)
	}
	send := func(amount string) answer {
		return h.post(trackertest.Finance, action, h.fill(h.get(trackertest.Finance, address), action, "amount/"+string(a.Tranches[1]), amount,
			"payerAccount", "Treasury 1", "reference", first, "form_step", "check"))
	}
	check := send("1500000")
	says(t, check, "Tranche 1: CNY 500,000.00 remains to be instructed later.")
	if check.page.Find(".banner.warn").Length() != 0 {
		t.Errorf("a reference of its own is warned of: %s", check.text())
	}
	path := h.post(trackertest.Finance, action, h.fill(check, action)).Header().Get("Location")
	says(t, h.sees(trackertest.Finance, path), "Approved manager2", "CNY 500,000.00")
	if second := offered(); !strings.HasSuffix(second, "-P02") {
		t.Errorf("the second reference offered is %q", second)
	}
	again := send("500000")
	if warned := again.page.Find(".banner.warn").Text(); !strings.Contains(warned, "“"+first+"” stands on another payment of this award: CNY 1,500,000.00") {
		t.Errorf("the same reference is warned of as %q", warned)
	}
	if strings.Contains(again.text(), "remains") {
		t.Errorf("all of it leaves something: %s", again.text())
	}
}

// The list of payments says to whom each goes, is narrowed to one payee and a
// year, and adds up what is on one page.
func TestPaymentsToOnePayee(t *testing.T) {
	h, a := approvedHouse(t)
	h.instructs(a, "1500000")
	h.instructs(a, "300000")
	list := h.sees(trackertest.Finance, "/payments?payee="+string(h.Payee))
	says(t, list, "University", "Total of these payments CNY 1.80m")
	if rows := list.page.Find("main .scroll tbody tr").Length(); rows != 2 {
		t.Errorf("to the payee go %d payments", rows)
	}
	for query, want := range map[string]int{"payee=" + string(h.City): 0, "payee=x": 2, "queue=all&month=2026": 0, "payee=" + string(h.Payee) + "&from=2026-01-01": 2} {
		if rows := h.sees(trackertest.Finance, "/payments?"+query).page.Find("main .scroll tbody tr").Length(); rows != want {
			t.Errorf("%s lists %d payments, want %d", query, rows, want)
		}
	}
}

// What the bank paid is narrowed by its own date too; what has none is left out.
func TestPaymentsByTheBanksDate(t *testing.T) {
	h, a := approvedHouse(t)
	payment := h.instructs(a, "1500000")
	h.does(trackertest.Finance, payment+"/paid", payment+"/paid", "paidOn", "2026-03-02", "bankReference", "ICBC-9")
	h.instructs(a, "300000")
	for query, want := range map[string]int{
		"queue=paid&since=2026-03-02&until=2026-03-02": 1, "queue=paid&since=2026-03-03": 0, "queue=all&until=2026-03-02": 1, "queue=all&from=2026-03-02": 2,
		"queue=paid&month=2025&since=2026-01-01": 1, "queue=paid&month=2026&until=2025-01-01": 0, "queue=instructed&since=2029-01-01": 1, "queue=all&since=x": 2,
	} {
		page := h.sees(trackertest.Finance, "/payments?"+query)
		if rows := page.page.Find("main .scroll tbody tr").Length(); rows != want {
			t.Errorf("%s lists %d payments, want %d", query, rows, want)
		}
	}
	page := h.sees(trackertest.Finance, "/payments?queue=paid&since=2026-03-02&from=2026-01-01")
	says(t, page, "Paid at the bank from: 2026-03-02", "Instructed from: 2026-01-01")
	says(t, h.sees(trackertest.Finance, "/payments?queue=paid&month=2026"), "Paid at the bank: 2026")
	if n := h.sees(trackertest.Finance, "/payments").page.Find(`input[name="since"]`).Length(); n != 0 {
		t.Error("what waits for the bank has no bank's date")
	}
}

// An organisation's page says what was paid to it in each year, which leads to
// those payments, and what is left of its awards.
func TestOrganisationSaysWhatWasPaid(t *testing.T) {
	h, a := approvedHouse(t)
	path := "/organisations/" + string(h.Payee)
	if strings.Contains(h.sees(trackertest.Finance, path).text(), "Paid to it by year") {
		t.Error("before anything is paid, there are years")
	}
	payment := h.instructs(a, "1500000")
	h.does(trackertest.Finance, payment+"/paid", payment+"/paid", "paidOn", "2026-03-02", "bankReference", "ICBC-9")
	page := h.sees(trackertest.Finance, path)
	says(t, page, "2026 CNY 1,500,000.00 CNY 0.00 CNY 1,500,000.00", "Left of its active awards, not paid yet CNY 1,000,000.00")
	h.does(trackertest.Finance, payment+"/refund", payment+"/refund", "amount/amount", "400000", "receivedOn", "2026-03-02", "reference", "R-9", "reason", "Unspent", "destination", "treasury")
	page = h.sees(trackertest.Finance, path)
	says(t, page, "2026 CNY 1,500,000.00 CNY 400,000.00 CNY 1,100,000.00", "Paid counts in the year of the bank’s date")
	if strings.Contains(page.text(), "All years") {
		t.Error("one year is added up")
	}
	page.page.Find(`section[aria-labelledby="h-paid"] td a`).Each(func(i int, a *sel) {
		list := h.sees(trackertest.Finance, a.AttrOr("href", ""))
		if rows := list.page.Find("main .scroll tbody tr").Length(); rows != 1 {
			t.Errorf("the year's link %d leads to %d rows: %s", i, rows, list.text())
		}
	})
	// The same sums as the award's.
	says(t, h.sees(trackertest.Finance, "/awards/"+string(a.ID)+"/money"), "Refunded: CNY −400,000.00", "Kept by the payee: CNY 1,100,000.00")
}
