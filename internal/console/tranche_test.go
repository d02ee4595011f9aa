package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/award"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// moneyHouse is a house with an award of two tranches above the threshold: the
// first gated by a milestone that Manager decided as met, the second by one
// that is not submitted yet.
func moneyHouse(t *testing.T, edits ...func(*house, *award.Document)) (*house, trackertest.Active) {
	t.Helper()
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-04-01"), trackertest.Milestone("M2", "2026-09-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-10", "2000000", "M1"), trackertest.Tranche(2, "2026-09-10", "500000", "M2")},
		func(d *award.Document) {
			for _, edit := range edits {
				edit(h, d)
			}
		})
	h.Meet(a.M("M1"))
	return h, a
}

func tranchePath(ref tracker.TrancheRef) string {
	return "/awards/" + string(ref.Award) + "/tranches/" + string(ref.Tranche)
}

// says fails where a page's text lacks one of the texts.
func says(t *testing.T, a answer, texts ...string) {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body.String())) // as it was sent
	if err != nil {
		t.Fatal(err)
	}
	page.Find("dt, dd, td, th, li, small, p, h1, h2").AfterHtml(" ")
	text := strings.Join(strings.Fields(page.Find("main").Text()), " ")
	for _, want := range texts {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
}

// faultAt counts the links from the summary of errors to a field.
func faultAt(a answer, field string) int {
	return a.page.Find("#errors a").FilterFunction(func(_ int, s *goquery.Selection) bool {
		to, err := url.PathUnescape(s.AttrOr("href", ""))
		return err == nil && to == "#f-"+field
	}).Length()
}

func TestTrancheFromRequestToApproval(t *testing.T) {
	h, a := moneyHouse(t)
	path := tranchePath(a.Tr(1))
	open := h.sees(trackertest.Operator, path)
	says(t, open, "Request the tranche", "M1 Milestone M1", "Holds", "CNY 2,000,000.00", "Nothing has been instructed yet.")
	if n := open.page.Find(`a.button[href="` + path + `/request"]`).Length(); n != 1 {
		t.Errorf("the operator is offered the request %d times", n)
	}
	says(t, h.sees(trackertest.Manager, path), "You decided its gate M1: above CNY 1,000,000.00 another person must approve the tranche.")
	says(t, h.sees(trackertest.Operator, tranchePath(a.Tr(2))), "It cannot be requested until every gate holds.", "Not submitted yet; due 2026-09-01", "Does not hold yet")

	says(t, h.sees(trackertest.Operator, path+"/request"), "Tranche 1 goes from “Scheduled” to “Requested”.", "“Approve the tranche” then waits on Programme manager, due 2026-03-09", "You can take the request back")
	says(t, h.does(trackertest.Operator, path+"/request", path+"/request"), "Requested", "operator")
	done := h.does(trackertest.Operator, path+"/take-back", path+"/take-back")
	if got := h.TrancheNow(a.Tr(1)); got.State != award.Scheduled || !strings.Contains(done.page.Find(".banner").Text(), "taken back") {
		t.Errorf("taken back, the tranche is %s and the page says %q", got.State, done.page.Find(".banner").Text())
	}
	h.does(trackertest.Operator, path+"/request", path+"/request")
	says(t, h.does(trackertest.Manager2, path+"/refuse", path+"/refuse", "reason", "The invoice is missing."), "Last sent back because: The invoice is missing.")
	says(t, h.sees(trackertest.Operator, "/"), "Last sent back because: The invoice is missing.")
	answering := h.sees(trackertest.Operator, path+"/request")
	says(t, answering, "Last sent back because The invoice is missing.", "manager2 2026-03-02", "Answer here why the request was sent back")
	const unanswered = "The reason for sending it back is not answered. Request it all the same?"
	empty := h.post(trackertest.Operator, path+"/request", h.fill(answering, path+"/request", "form_step", "check"))
	says(t, empty, "Nothing has happened yet.", unanswered, "“Approve the tranche” then waits on Programme manager")
	full := h.post(trackertest.Operator, path+"/request", h.fill(answering, path+"/request", "statement", "With M1.", "form_step", "check"))
	says(t, full, "Statement With M1.")
	if strings.Contains(full.text(), unanswered) || h.TrancheNow(a.Tr(1)).State != award.Scheduled {
		t.Errorf("the summary of an answer says %s", full.text())
	}
	h.does(trackertest.Operator, path+"/request", path+"/request", "statement", "<i>The invoice is with M1.")
	says(t, h.sees(trackertest.Manager2, path+"/approve"), "Last sent back because The invoice is missing.", "Statement <i>The invoice is with M1.")
	says(t, h.sees(trackertest.Manager2, path), "<i>The invoice is with M1.", "Not for, by separation of duties: operator (requested the tranche), manager (decided milestone M1)")

	blocked := h.sees(trackertest.Manager, path+"/approve")
	says(t, blocked, "You decided milestone M1, so above the threshold another person must approve the tranche.", "above CNY 1,000,000.00")
	if blocked.page.Find(`form[action="`+path+`/approve"]`).Length() != 0 {
		t.Error("who decided the gate gets a form to approve with")
	}
	says(t, h.sees(trackertest.Manager, path), "Not possible for you now: Approve")

	form := h.sees(trackertest.Manager2, path+"/approve")
	says(t, form, "Gross amount approved CNY 2,000,000.00", "Held back nothing", "To be paid CNY 2,000,000.00", "The ledger gets one entry of CNY 2,000,000.00: debit “Approved for the payee”, credit “Payable to the payee”.", "The approval can be withdrawn")
	check := h.post(trackertest.Manager2, path+"/approve", h.fill(form, path+"/approve", "paper/number", "SH-2026-7", "form_step", "check"))
	says(t, check, "Nothing has happened yet.", "Document number SH-2026-7", "“Pay the tranche” then waits on Finance, due 2026-03-16.")
	if check.Code != http.StatusOK || h.TrancheNow(a.Tr(1)).State != award.Requested {
		t.Fatalf("the summary is %d, and the tranche %s", check.Code, h.TrancheNow(a.Tr(1)).State)
	}
	changed := h.post(trackertest.Manager2, path+"/approve", h.fill(check, path+"/approve", "form_step", "edit"))
	if got := changed.page.Find(`input[name="paper/number"]`).AttrOr("value", ""); got != "SH-2026-7" {
		t.Errorf("back at the fields, the number is %q", got)
	}
	fields := h.fill(check, path+"/approve")
	first := h.post(trackertest.Manager2, path+"/approve", fields)
	again := h.post(trackertest.Manager2, path+"/approve", fields)
	if first.Code != http.StatusSeeOther || again.Code != http.StatusSeeOther || again.Header().Get("Location") != path {
		t.Fatalf("approved twice = %d, %d", first.Code, again.Code)
	}
	got := h.TrancheNow(a.Tr(1))
	if got.State != award.Approved || got.Paper == nil || got.Paper.Number != "SH-2026-7" || h.HeadNow(string(a.ID)).Ledger != 1 {
		t.Errorf("approved: %+v, ledger %d", got, h.HeadNow(string(a.ID)).Ledger)
	}
	page := h.get(trackertest.Manager2, path)
	if banner := page.page.Find(".banner").Text(); !strings.Contains(banner, "Withdraw the approval") {
		t.Errorf("the banner does not say what takes it back: %q", banner)
	}
	says(t, page, "manager2 2026-03-02", "SH-2026-7", "Tranche approved")

	says(t, h.does(trackertest.Manager2, path+"/withdraw", path+"/withdraw", "reason", "The wrong one."), "Scheduled")
	if h.HeadNow(string(a.ID)).Ledger != 2 {
		t.Error("withdrawing posts nothing")
	}
}

func TestTrancheRefusalsKeepWhatWasTyped(t *testing.T) {
	h, a := moneyHouse(t)
	path := tranchePath(a.Tr(1))
	h.Request(a.Tr(1))
	a1 := h.get(trackertest.Manager2, path+"/refuse")
	empty := h.post(trackertest.Manager2, path+"/refuse", h.fill(a1, path+"/refuse", "reason", ""))
	if empty.Code != http.StatusUnprocessableEntity || faultAt(empty, "reason") != 1 {
		t.Errorf("without a reason = %d: %s", empty.Code, empty.text())
	}
	hostile := "<b>\u202e" + strings.Repeat("x", 10_000)
	long := h.post(trackertest.Manager2, path+"/refuse", h.fill(a1, path+"/refuse", "reason", hostile))
	if long.Code != http.StatusUnprocessableEntity || long.page.Find("textarea[name=reason]").Text() != hostile || long.page.Find("main b").Length() != 0 {
		t.Errorf("10,000 characters = %d, kept %d", long.Code, len(long.page.Find("textarea[name=reason]").Text()))
	}
	form := h.get(trackertest.Manager2, path+"/approve")
	bad := h.post(trackertest.Manager2, path+"/approve", h.fill(form, path+"/approve", "paper/decidedOn", "2027-01-01", "paper/signer", `"><i>x`, "form_step", "check"))
	if bad.Code != http.StatusUnprocessableEntity || faultAt(bad, "paper/number") != 1 || faultAt(bad, "paper/decidedOn") != 1 {
		t.Errorf("a paper of tomorrow without number = %d: %s", bad.Code, bad.text())
	}
	if got := bad.page.Find(`input[name="paper/signer"]`).AttrOr("value", ""); got != `"><i>x` {
		t.Errorf("the signer is now %q", got)
	}
	says(t, h.does(trackertest.Manager2, path+"/refuse", path+"/refuse", "reason", "<script>x</script> \u202e&"), "<script>x</script>")
	if h.get(trackertest.Operator, path).page.Find("main script").Length() != 0 {
		t.Error("a reason becomes markup")
	}
}

func TestTrancheFormsOutOfDate(t *testing.T) {
	h, a := moneyHouse(t)
	path := tranchePath(a.Tr(1))
	h.Request(a.Tr(1))
	fields := h.fill(h.get(trackertest.Manager2, path+"/refuse"), path+"/refuse", "reason", "Too early.")
	h.does(trackertest.Operator, path+"/take-back", path+"/take-back")
	h.does(trackertest.Operator, path+"/request", path+"/request")
	late := h.post(trackertest.Manager2, path+"/refuse", fields)
	if late.Code != http.StatusPreconditionFailed {
		t.Fatalf("out of date = %d", late.Code)
	}
	says(t, late, "Request for a tranche taken back", "Too early.")
	if sent := h.post(trackertest.Manager2, path+"/refuse", h.fill(late, path+"/refuse")); sent.Code != http.StatusSeeOther {
		t.Errorf("sent all the same = %d", sent.Code)
	}
}

func TestTrancheAcknowledged(t *testing.T) {
	h, a := moneyHouse(t)
	path := tranchePath(a.Tr(1))
	page := h.does(trackertest.Operator, path, path+"/acknowledge")
	says(t, page, "acknowledged 2026-03-02")
	if page.page.Find(`form[action="`+path+`/acknowledge"]`).Length() != 0 {
		t.Error("what was acknowledged can be acknowledged again")
	}
}

// Who may see a page sees it in both languages; a step is for whose role it is.
func TestTranchePagesByRole(t *testing.T) {
	h, a := moneyHouse(t)
	path := tranchePath(a.Tr(1))
	h.Request(a.Tr(1))
	managers := []string{trackertest.Manager, trackertest.Manager2}
	payees := []string{trackertest.Operator} // the award has a platform
	for _, persona := range append(trackertest.Personas(), trackertest.Stranger) {
		if persona == trackertest.Operator2 || persona == trackertest.Stranger || persona == trackertest.Administrator {
			for _, step := range []string{"", "/approve", "/request"} {
				if got := h.get(persona, path+step); got.Code != http.StatusNotFound {
					t.Errorf("GET %s as %s = %d", step, persona, got.Code)
				}
			}
			continue
		}
		h.sees(persona, path)
		for _, step := range []struct {
			name string
			who  []string
		}{{"approve", managers}, {"refuse", managers}, {"withdraw", managers}, {"request", payees}, {"take-back", payees}} {
			want := http.StatusForbidden
			for _, p := range step.who {
				if p == persona {
					want = http.StatusOK
				}
			}
			if got := h.get(persona, path+"/"+step.name); got.Code != want {
				t.Errorf("GET %s as %s = %d, want %d: %s", step.name, persona, got.Code, want, got.text())
			}
			if want == http.StatusForbidden {
				fields := url.Values{"form_key": {strings.Repeat("k", 32)}, "reason": {"x"}}
				if got := h.post(persona, path+"/"+step.name, fields); got.Code != http.StatusForbidden {
					t.Errorf("POST %s as %s = %d", step.name, persona, got.Code)
				}
			}
		}
	}
	for _, wrong := range []string{path + "x", "/awards/" + string(a.ID) + "/tranches/trn_00000000000000000000000000"} {
		if got := h.get(trackertest.Manager, wrong); got.Code != http.StatusNotFound {
			t.Errorf("GET %s = %d", wrong, got.Code)
		}
	}
}

// What a button says is what the page that it leads to is called, in both
// languages.
func TestTrancheButtonsNameTheirPages(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-09-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "1000")})
	seen := map[string]bool{}
	look := func(persona string) {
		t.Helper()
		for _, lang := range []string{"zh-CN", "en"} {
			page := h.getIn(lang, persona, tranchePath(a.Tr(1)))
			page.page.Find(`section[aria-labelledby="next"] a.button`).Each(func(_ int, b *goquery.Selection) {
				href := b.AttrOr("href", "")
				to := h.getIn(lang, persona, href)
				if want := to.page.Find("nav.crumbs [aria-current]").Text(); b.Text() != want {
					t.Errorf("%s: %q leads to %q", lang, b.Text(), want)
				}
				path, _, _ := strings.Cut(href, "?")
				seen[path[strings.LastIndex(path, "/")+1:]] = true
			})
		}
	}
	look(trackertest.Operator)
	h.Request(a.Tr(1))
	look(trackertest.Operator)
	look(trackertest.Manager2)
	h.Approve(a.Tr(1))
	look(trackertest.Manager2)
	look(trackertest.Finance)
	for _, want := range []string{"request", "take-back", "approve", "refuse", "withdraw", "new"} {
		if !seen[want] {
			t.Errorf("nobody was offered %s: %v", want, seen)
		}
	}
}
