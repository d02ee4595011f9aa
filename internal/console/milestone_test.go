package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func milestoneAt(a trackertest.Active, code string) string {
	return "/awards/" + string(a.ID) + "/milestones/" + string(a.Milestones[code])
}

// gatedAward has a milestone that needs evidence and gates the only tranche
// together with another one.
func gatedAward(h *house) trackertest.Active {
	m1 := trackertest.NeedingEvidence(trackertest.Milestone("M1", "2026-06-01"))
	m1.Criteria = append(m1.Criteria, award.Criterion{ID: "C2", Text: "twice as fast"})
	return h.ActiveAward([]award.MilestoneDraft{m1, trackertest.Milestone("M2", "2026-07-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "2000000", "M1"), trackertest.Tranche(2, "2026-04-01", "3000000", "M1", "M2")})
}

func submitted(h *house) (trackertest.Active, string) {
	a := gatedAward(h)
	e := h.Upload(a.M("M1"), "measured 0.8 dB")
	h.SubmitWith(a.M("M1"), []ident.Evidence{e.Evidence})
	return a, milestoneAt(a, "M1")
}

func TestMilestonePageForEachRole(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	h.Ask(a.M("M2"), "2026-09-01")
	for persona, want := range map[string][]string{
		trackertest.Manager:  {"Decide", "Send back", "Acknowledge"},
		trackertest.Operator: {"Add files", "Withdraw the submission"},
		trackertest.Lead:     {"Add files"},
		trackertest.Finance:  {"Acknowledge"},
		trackertest.Auditor:  {},
	} {
		got := h.sees(persona, page)
		var steps []string
		got.page.Find(".title .actions a, .title .actions button").Each(func(_ int, s *sel) { steps = append(steps, s.Text()) })
		if strings.Join(steps, "|") != strings.Join(want, "|") {
			t.Errorf("%s may %q, want %q", persona, steps, want)
		}
		if got := got.page.Find(".criteria").Text(); !strings.Contains(got, "works") || !strings.Contains(got, "twice as fast") {
			t.Errorf("%s sees the criteria %s", persona, got)
		}
		for _, part := range []string{"report.txt", "Tranche 1", "Tranche 2", "Decide the submission", "2026-06-01", "Round 1"} {
			if !strings.Contains(got.text(), part) {
				t.Errorf("%s does not see %q", persona, part)
			}
		}
	}
	if got := h.sees(trackertest.Operator, page).text(); strings.Contains(got, "Journal") || !strings.Contains(got, "To change what was submitted, withdraw") {
		t.Errorf("the operator sees %s", got)
	}
	if got := h.sees(trackertest.Auditor, page).text(); !strings.Contains(got, "You can read this") || !strings.Contains(got, "Journal") {
		t.Errorf("the auditor sees %s", got)
	}
	for _, persona := range []string{trackertest.Operator2, trackertest.Administrator} {
		for _, path := range []string{page, page + "/submit", page + "/decide", page + "/evidence", page + "/extend", page + "/withdraw", page + "/reopen", page + "/settle", page + "/forecast"} {
			if got := h.get(persona, path); got.Code != http.StatusNotFound {
				t.Errorf("GET %s as %s = %d", path, persona, got.Code)
			}
		}
	}
	// Every form is a page for whoever may read, though not to be sent.
	for _, step := range []string{"submit", "decide", "return", "settle", "reopen", "withdraw", "forecast", "extend", "evidence"} {
		if got := h.sees(trackertest.Auditor, page+"/"+step); got.page.Find("main form").Length() != 0 || got.page.Find(".why").Length() == 0 {
			t.Errorf("the auditor is shown a form at %s", step)
		}
	}
}

func TestStartForecastAcknowledge(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	got := h.does(trackertest.Operator, page, page+"/start")
	if h.MilestoneNow(a.M("M1")).State != award.InProgress || !strings.Contains(got.text(), "Milestone started") {
		t.Errorf("started: %s", got.text())
	}
	if form := h.sees(trackertest.Operator, page+"/forecast"); form.page.Find(`main a[href="`+page+`/extend"]`).Length() != 1 {
		t.Error("who expects it late is not led to an extension")
	}
	if empty := h.post(trackertest.Operator, page+"/forecast", h.fill(h.get(trackertest.Operator, page+"/forecast"), page+"/forecast")); empty.Code != http.StatusUnprocessableEntity || faultAt(empty, "forecastOn") != 1 {
		t.Errorf("an empty forecast, where none stands = %d", empty.Code)
	}
	bad := h.post(trackertest.Operator, page+"/forecast", h.fill(h.get(trackertest.Operator, page+"/forecast"), page+"/forecast", "forecastOn", "2026-01-01"))
	if bad.Code != http.StatusUnprocessableEntity || bad.page.Find(`#errors a[href="#f-forecastOn"]`).Length() != 1 || bad.page.Find("#f-forecastOn").AttrOr("value", "") != "2026-01-01" {
		t.Errorf("a forecast in the past = %d %s", bad.Code, bad.text())
	}
	h.does(trackertest.Operator, page+"/forecast", page+"/forecast", "forecastOn", "2026-06-20")
	if got := h.MilestoneNow(a.M("M1")).ForecastOn; got != trackertest.Day("2026-06-20") {
		t.Errorf("forecast %s", got)
	}
	h.does(trackertest.Operator, page, page+"/acknowledge")
	if h.MilestoneNow(a.M("M1")).Watch.Current.Ack == nil {
		t.Error("not acknowledged")
	}
	if got := h.sees(trackertest.Operator, page); got.page.Find(`form[action$="/acknowledge"]`).Length() != 0 || !strings.Contains(got.text(), "Acknowledged by") {
		t.Errorf("acknowledged: %s", got.text())
	}
}

func TestDecideShowsWhatHappensFirst(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	form := h.sees(trackertest.Manager, page+"/decide")
	for _, want := range []string{"yes", "report.txt", "Request the tranche", "Still waits for", "Rework due 2026-06-01"} {
		if !strings.Contains(form.text(), want) {
			t.Errorf("the form does not say %q: %s", want, form.text())
		}
	}
	for outcome, want := range map[string]string{"met": "Request the tranche", "notMet": "Decide", "return": "Rework and submit again"} {
		if got := form.page.Find(`section[data-if="` + outcome + `"]`).Text(); !strings.Contains(got, want) {
			t.Errorf("what follows %s does not say %q: %s", outcome, want, got)
		}
	}
	check := h.post(trackertest.Manager, page+"/decide", h.fill(form, page+"/decide", "outcome", "met", "form_step", "check"))
	if check.Code != http.StatusOK || h.MilestoneNow(a.M("M1")).State != award.MilestoneSubmitted {
		t.Fatalf("the check = %d, the milestone is %s: %s", check.Code, h.MilestoneNow(a.M("M1")).State, check.text())
	}
	if got := check.page.Find(".effects").Text(); !strings.Contains(got, "Request the tranche") || !strings.Contains(got, "M2") {
		t.Errorf("the effects are %s", got)
	}
	fields := h.fill(check, page+"/decide")
	done := h.post(trackertest.Manager, page+"/decide", fields)
	if done.Code != http.StatusSeeOther || done.Header().Get("Location") != page {
		t.Fatalf("deciding = %d %s", done.Code, done.text())
	}
	seq := h.HeadNow(string(a.ID)).Seq
	if again := h.post(trackertest.Manager, page+"/decide", fields); h.HeadNow(string(a.ID)).Seq != seq {
		t.Errorf("sent twice it had two effects: %d", again.Code)
	}
	if got := h.get(trackertest.Manager, page); !strings.Contains(got.text(), "Milestone decided") || !strings.Contains(got.text(), "You decided this") {
		t.Errorf("after: %s", got.text())
	}
	if h.MilestoneNow(a.M("M1")).Outcome() != award.Met || h.TrancheNow(a.Tr(1)).Locked {
		t.Error("not met, or the tranche is locked")
	}
}

func TestDecideRefusals(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	form := h.get(trackertest.Manager, page+"/decide")
	for name, test := range map[string]struct {
		fields []string
		field  string
	}{
		"no outcome":             {nil, "f-outcome"},
		"no reason":              {[]string{"outcome", "notMet"}, "f-reasons/2/text"},
		"no percentage":          {[]string{"outcome", "partiallyMet", "reasons/1/text", "half of it"}, "f-percent"},
		"percentage of met":      {[]string{"outcome", "met", "percent", "40"}, "f-percent"},
		"too long a reason":      {[]string{"outcome", "notMet", "reasons/1/text", strings.Repeat("x", 9000)}, "f-reasons/1/text"},
		"paper of tomorrow":      {[]string{"outcome", "met", "paper/number", "1", "paper/decidedOn", "2026-03-03"}, "f-paper/decidedOn"},
		"no number":              {[]string{"outcome", "met", "paper/signer", "Li"}, "f-paper/number"},
		"no date":                {[]string{"outcome", "met", "paper/number", "1", "paper/decidedOn", "soon"}, "f-paper/decidedOn"},
		"rework in the past":     {[]string{"outcome", "return", "reasons/0/text", "show it", "reworkDueOn", "2026-03-01"}, "f-reworkDueOn"},
		"return without why":     {[]string{"outcome", "return"}, "f-reasons/2/text"},
		"percentage of a return": {[]string{"outcome", "return", "reasons/0/text", "show it", "percent", "50"}, "f-percent"},
		"rework of an outcome":   {[]string{"outcome", "met", "reworkDueOn", "2026-06-01"}, "f-reworkDueOn"},
		"document of a return":   {[]string{"outcome", "return", "reasons/0/text", "show it", "paper/number", "1"}, "f-paper/number"},
	} {
		got := h.post(trackertest.Manager, page+"/decide", h.fill(form, page+"/decide", append(test.fields, "form_step", "check")...))
		if got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="#`+strings.ReplaceAll(test.field, "/", "%2f")+`"]`).Length() != 1 {
			t.Errorf("%s = %d, want a fault at %s: %s", name, got.Code, test.field, got.page.Find("#errors").Text())
		}
		if got.page.Find(`[id="`+test.field+`"]`).Length() != 1 {
			t.Errorf("%s: nothing has the id %s", name, test.field)
		}
		for i := 0; i+1 < len(test.fields); i += 2 {
			again := h.fill(got, page+"/decide")
			if again.Get(test.fields[i]) != test.fields[i+1] {
				t.Errorf("%s: %s was lost", name, test.fields[i])
			}
		}
	}
	if h.MilestoneNow(a.M("M1")).State != award.MilestoneSubmitted {
		t.Error("something was decided")
	}
	// Meanwhile another manager decides: the page says so and keeps the input.
	fields := h.fill(form, page+"/decide", "outcome", "notMet", "reasons/0/text", "never seen")
	h.Decide(a.M("M1"), award.Met)
	h.Reopen(a, "M1")
	got := h.post(trackertest.Manager, page+"/decide", fields)
	if got.Code != http.StatusPreconditionFailed || !strings.Contains(got.text(), "This has changed") || !strings.Contains(got.text(), "never seen") {
		t.Errorf("out of date = %d %s", got.Code, got.text())
	}
}

func TestReturnAndSubmitAgain(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	form := h.sees(trackertest.Manager, page+"/return")
	if got := form.page.Find(`input[name="outcome"][checked]`).AttrOr("value", ""); got != "return" {
		t.Errorf("the return page chose %q", got)
	}
	check := h.post(trackertest.Manager, page+"/return", h.fill(form, page+"/decide", "reasons/1/text", "the curve is missing", "form_step", "check"))
	if !strings.Contains(check.text(), "2026-06-01") || !strings.Contains(check.text(), "Rework and submit again") {
		t.Fatalf("the check says %s", check.text())
	}
	if got := h.post(trackertest.Manager, page+"/return", h.fill(check, page+"/return")); got.Code != http.StatusSeeOther {
		t.Fatalf("returning = %d %s", got.Code, got.text())
	}
	m := h.MilestoneNow(a.M("M1"))
	if r := m.Rounds[0].Reasons; m.State != award.Returned || len(r) != 1 || r[0].Criterion != "C2" {
		t.Errorf("returned: %+v", r)
	}
	again := h.sees(trackertest.Operator, page+"/submit")
	fields := h.fill(again, page+"/submit")
	if !strings.Contains(again.text(), "the curve is missing") || fields.Get("answers/0/text") != "yes" || len(fields["evidence"]) != 1 {
		t.Errorf("the form has %v: %s", fields, again.text())
	}
}

// Handing a milestone in has one name from the inbox to the last button, and
// handing it in again another.
func TestSubmittingHasOneName(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	at := milestoneAt(a, "M1")
	named := func(want, last string) {
		t.Helper()
		inbox, page := h.getIn("zh-CN", trackertest.Operator, "/"), h.getIn("zh-CN", trackertest.Operator, at)
		form := h.getIn("zh-CN", trackertest.Operator, at+"/submit")
		check := h.postIn("zh-CN", trackertest.Operator, at+"/submit", h.fill(form, at+"/submit", "answers/0/text", "works now", "answers/1/text", "twice now", "form_step", "check"))
		link := `a[href="` + at + `/submit"]`
		for where, got := range map[string]string{
			"inbox": inbox.page.Find(link).First().Text(), "milestone": page.page.Find(link).First().Text(), "title": form.page.Find("h1").Text(),
		} {
			if got = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(got), "M1")); got != want {
				t.Errorf("%s: %q, want %q", where, got, want)
			}
		}
		if got := check.page.Find(`.actions button:not([name])`).Text(); got != last {
			t.Errorf("the last button: %q, want %q", got, last)
		}
	}
	file := h.Upload(a.M("M1"), "a report", trackertest.Operator)
	named("提交验收", "确认提交验收")
	h.SubmitWith(a.M("M1"), []ident.Evidence{file.Evidence})
	h.SendBack(a.M("M1"), "2026-07-15")
	named("重新提交验收", "确认重新提交验收")
}

// TestTryAgain: what is to be tried again waits for somebody from the choice to
// the rework, and every choice says where it is carried out.
func TestTryAgain(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	h.Decide(a.M("M1"), award.NotMet)
	form := h.sees(trackertest.Manager, page+"/settle")
	if n := strings.Count(form.text(), "outside Milepost"); n != 4 {
		t.Errorf("%d sentences say what is done elsewhere: %s", n, form.text())
	}
	check := h.post(trackertest.Manager, page+"/settle", h.fill(form, page+"/settle", "choice", "retry", "reason", "once more", "paper/number", "2026-9", "form_step", "check"))
	if !strings.Contains(check.text(), "Reopen to try again") || !strings.Contains(check.text(), "Programme manager") {
		t.Errorf("the check = %s", check.text())
	}
	h.post(trackertest.Manager, page+"/settle", h.fill(check, page+"/settle"))
	o := h.MilestoneNow(a.M("M1")).Watch.Current
	if o == nil || o.Kind != attention.TryAgain || !slices.Contains(o.Except, h.People[trackertest.Manager]) {
		t.Fatalf("owed is %+v", o)
	}
	if got := h.sees(trackertest.Manager2, "/"); got.page.Find(`a[href="`+page+`/reopen"]`).Length() != 1 {
		t.Errorf("the second manager's inbox = %s", got.text())
	}
	if got := h.sees(trackertest.Manager, "/"); got.page.Find(`a[href="`+page+`/reopen"]`).Length() != 0 {
		t.Errorf("who decided is asked to reopen: %s", got.text())
	}
	if got := h.sees(trackertest.Manager2, page+"/reopen"); !strings.Contains(got.text(), "send the submission back and name the date") {
		t.Errorf("reopening = %s", got.text())
	}
}

func TestWithdrawSettleReopen(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	got := h.sees(trackertest.Operator, page+"/withdraw")
	if !strings.Contains(got.text(), "Deliver the milestone") {
		t.Errorf("withdrawing says %s", got.text())
	}
	h.does(trackertest.Operator, page+"/withdraw", page+"/withdraw")
	if h.MilestoneNow(a.M("M1")).State != award.InProgress {
		t.Error("not withdrawn")
	}
	h.SubmitWith(a.M("M1"), h.MilestoneNow(a.M("M1")).Rounds[0].Evidence)
	h.Decide(a.M("M1"), award.PartiallyMet)

	settle := h.sees(trackertest.Manager, page+"/settle")
	bad := h.post(trackertest.Manager, page+"/settle", h.fill(settle, page+"/settle", "choice", "accept", "reason", "good enough", "form_step", "check"))
	if bad.Code != http.StatusUnprocessableEntity || bad.page.Find(`#errors a[href="#f-paper"]`).Length() != 1 {
		t.Errorf("without a document = %d %s", bad.Code, bad.text())
	}
	check := h.post(trackertest.Manager, page+"/settle", h.fill(bad, page+"/settle", "paper/number", "2026-9", "form_step", "check"))
	if check.Code != http.StatusOK || !strings.Contains(check.text(), "Accept as it is") {
		t.Fatalf("the check = %d %s", check.Code, check.text())
	}
	if got := h.post(trackertest.Manager, page+"/settle", h.fill(check, page+"/settle")); got.Code != http.StatusSeeOther || h.MilestoneNow(a.M("M1")).Settlement != award.Accept {
		t.Errorf("settling = %d %s", got.Code, got.text())
	}

	if got := h.sees(trackertest.Manager, page+"/reopen"); got.page.Find("main form").Length() != 0 || !strings.Contains(got.text(), "Only another person") {
		t.Errorf("the decider reopens: %s", got.text())
	}
	form := h.sees(trackertest.Manager2, page+"/reopen")
	check = h.post(trackertest.Manager2, page+"/reopen", h.fill(form, page+"/reopen", "reason", "the wrong sample", "paper/number", "2026-10", "form_step", "check"))
	if !strings.Contains(check.text(), "Decide the submission") {
		t.Fatalf("the check = %d %s", check.Code, check.text())
	}
	if got := h.post(trackertest.Manager2, page+"/reopen", h.fill(check, page+"/reopen")); got.Code != http.StatusSeeOther || h.MilestoneNow(a.M("M1")).State != award.MilestoneSubmitted {
		t.Errorf("reopening = %d %s", got.Code, got.text())
	}
	h.sees(trackertest.Manager, page)
}

func TestReopenOfWhatIsPaidAsksForAcceptance(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	h.Decide(a.M("M1"), award.Met)
	h.PayOut(a.Tr(1))
	form := h.sees(trackertest.Manager2, page+"/reopen")
	bad := h.post(trackertest.Manager2, page+"/reopen", h.fill(form, page+"/reopen", "reason", "the wrong sample", "paper/number", "2026-10", "form_step", "check"))
	if bad.Code != http.StatusUnprocessableEntity || bad.page.Find(`#errors a[href="#f-acceptance"]`).Length() != 1 || bad.page.Find("#f-acceptance").Length() != 1 {
		t.Errorf("without acceptance = %d %s", bad.Code, bad.text())
	}
	check := h.post(trackertest.Manager2, page+"/reopen", h.fill(bad, page+"/reopen", "acceptance/number", "2026-11", "form_step", "check"))
	if got := h.post(trackertest.Manager2, page+"/reopen", h.fill(check, page+"/reopen")); got.Code != http.StatusSeeOther {
		t.Errorf("reopening = %d %s", got.Code, got.text())
	}
}

func TestHostileAnswersAreTexts(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M2")
	hostile := "<script>alert(1)</script>\u202e" + strings.Repeat("w", 7000)
	form := h.get(trackertest.Operator, page+"/submit")
	check := h.post(trackertest.Operator, page+"/submit", h.fill(form, page+"/submit", "answers/0/text", hostile, "statement", hostile, "form_step", "check"))
	if check.Code != http.StatusOK || check.page.Find("main script").Length() != 0 {
		t.Fatalf("the check = %d %s", check.Code, check.text())
	}
	if got := h.post(trackertest.Operator, page+"/submit", h.fill(check, page+"/submit")); got.Code != http.StatusSeeOther {
		t.Fatalf("submitting = %d", got.Code)
	}
	if got := h.MilestoneNow(a.M("M2")).Rounds[0].Answers[0].Text; got != hostile {
		t.Errorf("kept %.60q", got)
	}
	for _, path := range []string{page, page + "/decide"} {
		if got := h.sees(trackertest.Manager, path); got.page.Find("main script").Length() != 0 || !strings.Contains(got.page.Find(".pre").Text(), "<script>alert(1)") {
			t.Errorf("%s shows a script", path)
		}
	}
}

type sel = goquery.Selection

// Reopen has Manager2 take a decision back.
func (h *house) Reopen(a trackertest.Active, code string) {
	h.t.Helper()
	_, err := h.Tracker.ReopenMilestone(h.Ctx, h.Call(trackertest.Manager2), a.M(code), award.Reopen{Reason: "the wrong sample", Paper: trackertest.Paper()})
	if err != nil {
		h.t.Fatal(err)
	}
}

// Steps sent where the page offers none are refused, whoever sends them and
// whatever state the milestone is in.
func TestStepsOutOfPlaceAreRefused(t *testing.T) {
	h := newHouse(t)
	_, page := submitted(h)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-09-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-09-20", "100", "M1")})
	planned := "/awards/" + string(a.ID) + "/milestones/" + string(a.M("M1").Milestone)
	for _, at := range []string{page, planned} {
		for _, persona := range []string{trackertest.Auditor, trackertest.Finance} {
			for _, step := range []string{"start", "forecast", "submit", "withdraw", "decide", "return", "settle", "reopen", "extend"} {
				got := h.post(persona, at+"/"+step, url.Values{"form_key": {strings.Repeat("a", 32)}, "outcome": {"met"}, "reason": {"r"}})
				if got.Code < 400 || got.Code >= 500 {
					t.Errorf("%s sends %s: %d %.300s", persona, step, got.Code, got.text())
				}
			}
		}
	}
	if got := h.post(trackertest.Manager, planned+"/decide", url.Values{"form_key": {strings.Repeat("b", 32)}, "outcome": {"met"}}); got.Code < 400 || got.Code >= 500 {
		t.Errorf("a manager decides what was never submitted: %d %.300s", got.Code, got.text())
	}
}

// TestDueDateThatCounts: every page says the date that a milestone's days count
// from, with the agreed one beside it, and handing it in again moves neither.
func TestDueDateThatCounts(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	form := h.sees(trackertest.Manager, page+"/return")
	if !strings.Contains(form.text(), "2026-06-01 at the earliest") {
		t.Errorf("returning says %s", form.text())
	}
	h.SendBack(a.M("M1"), "2026-07-10")
	for _, path := range []string{"/milestones", "/awards/" + string(a.ID), page, page + "/submit"} {
		if got := h.sees(trackertest.Operator, path).text(); !strings.Contains(got, "2026-07-10 agreed 2026-06-01") {
			t.Errorf("%s says %s", path, got)
		}
	}
	again := h.sees(trackertest.Operator, page+"/submit")
	check := h.post(trackertest.Operator, page+"/submit", h.fill(again, page+"/submit", "form_step", "check"))
	if strings.Contains(check.text(), "2026-07-10 → 2026-06-01") || !strings.Contains(check.text(), "Decide the submission") {
		t.Errorf("the check = %s", check.text())
	}
	h.Clock.Set(trackertest.Day("2026-06-20"))
	h.signIn(trackertest.Operator)
	if got := h.sees(trackertest.Operator, page).text(); !strings.Contains(got, "19 days after the agreed date") {
		t.Errorf("after the agreed date: %s", got)
	}
}

// TestForecastBeyondTheDueDate: a forecast past the due date says so, with the
// way to an extension for who may ask for one, and a round says whose words
// are whose.
func TestForecastBeyondTheDueDate(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	h.does(trackertest.Operator, page+"/forecast", page+"/forecast", "forecastOn", "2026-06-01")
	if got := h.sees(trackertest.Operator, page); strings.Contains(got.text(), "after the due date") {
		t.Errorf("on the due date: %s", got.text())
	}
	h.does(trackertest.Operator, page+"/forecast", page+"/forecast", "forecastOn", "2026-06-21")
	for persona, links := range map[string]int{trackertest.Operator: 1, trackertest.Manager: 0} {
		why := h.sees(persona, page).page.Find(".why").FilterFunction(func(_ int, s *goquery.Selection) bool {
			return strings.Contains(s.Text(), "20 days after the due date")
		})
		if why.Length() != 1 || why.Find(`a[href="`+page+`/extend"]`).Length() != links {
			t.Errorf("%s reads of the forecast: %s", persona, why.Text())
		}
	}
	e := h.Upload(a.M("M1"), "measured")
	h.SubmitWith(a.M("M1"), []ident.Evidence{e.Evidence})
	h.SendBack(a.M("M1"), "2026-07-10")
	if got := section(h.sees(trackertest.Manager, page), "rounds").Text(); !strings.Contains(got, "Reasons given for the outcome") {
		t.Errorf("the rounds = %s", got)
	}
}

// TestDecideShowsTheStake: before anything is chosen the form says which money
// hangs on it, what is left to another person, and that no file came with it.
func TestDecideShowsTheStake(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	got := h.sees(trackertest.Manager, page+"/decide")
	stake := got.page.Find(`section[aria-labelledby="stake"]`)
	if text := stake.Text(); stake.Find("a").Length() != 2 || !strings.Contains(text, "CNY 2.00m") || !strings.Contains(text, "Tranche 1: above CNY 1,000,000.00 another person than who decides this must approve it") {
		t.Errorf("the stake is %s", text)
	}
	if strings.Contains(got.text(), "No file came") {
		t.Error("it says that no file came")
	}
	h.Submit(a.M("M2"))
	if got := h.sees(trackertest.Manager, milestoneAt(a, "M2")+"/decide"); !strings.Contains(got.text(), "No file came with this submission") {
		t.Errorf("without a file: %s", got.text())
	}
}

// TestRefusedAnswersAreNotDone: what was refused is not counted until it says
// something else.
func TestRefusedAnswersAreNotDone(t *testing.T) {
	h := newHouse(t)
	a, page := submitted(h)
	ref := a.M("M1")
	if _, err := h.Tracker.ReturnMilestone(h.Ctx, h.Call(trackertest.Manager), ref, award.Return{Reasons: []award.Reason{{Criterion: "C2", Text: "not twice"}}}); err != nil {
		t.Fatal(err)
	}
	done := func(p answer) string { return p.page.Find(`[data-task="criteria"]`).Text() }
	form := h.sees(trackertest.Operator, page+"/submit")
	if got := done(form); !strings.HasPrefix(got, "1 of 2") || form.page.Find(".ask[data-refused]").Length() != 1 {
		t.Errorf("refused, the form says %q", got)
	}
	changed := h.post(trackertest.Operator, page+"/submit", h.fill(form, page+"/submit", "answers/1/text", "now it is", "form_step", "edit"))
	if got := done(changed); !strings.HasPrefix(got, "2 of 2") {
		t.Errorf("changed, the form says %q", got)
	}
	check := func(answers ...string) string {
		return h.post(trackertest.Operator, page+"/submit", h.fill(form, page+"/submit", append(answers, "form_step", "check")...)).text()
	}
	if same := "This answer is as it was when it was not accepted."; strings.Count(check(), same) != 1 || strings.Contains(check("answers/1/text", "now it is"), same) {
		t.Errorf("unchanged, the check says %s", check())
	}
	h.SubmitWith(ref, []ident.Evidence{h.Upload(ref, "measured again").Evidence})
	if got := h.sees(trackertest.Operator, page+"/evidence").text(); !strings.Contains(got, "beside what was submitted") {
		t.Errorf("while it is decided, adding files says %s", got)
	}
	h.Decide(ref, award.Met)
	if got := h.sees(trackertest.Operator, page+"/evidence").text(); !strings.Contains(got, "The milestone is decided.") {
		t.Errorf("once it is decided, adding files says %s", got)
	}
}

// What was overdue before reminders began says so, names who owes it and what
// the reader can do.
func TestMilestoneOverdueBeforeTheStart(t *testing.T) {
	h := newHouse(t, trackertest.Programme(func(p *tracker.NewProgramme) { p.AttentionFrom = trackertest.Day("2026-03-01") }))
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-01-10"), trackertest.Milestone("M2", "2026-05-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	h.sweep()
	page := milestoneAt(a, "M1")
	for persona, want := range map[string][]string{
		trackertest.Manager: {"already 50 days overdue when reminders began on 2026-03-01", "The side that owes it has not acknowledged it yet",
			"It is the turn of Platform operator operator", "not sent: from before this was owed"},
		trackertest.Operator: {"already 50 days overdue", "acknowledge that you have seen it", "everybody in this role"},
		trackertest.Auditor:  {"You can read this", "not acknowledged it yet"},
	} {
		got := h.sees(persona, page)
		for _, part := range want {
			if !strings.Contains(got.text(), part) {
				t.Errorf("%s does not see %q: %s", persona, part, got.text())
			}
		}
		to := map[bool]string{true: "/?show=baselined", false: "/overdue?baselined=yes"}[persona == trackertest.Operator]
		if got.page.Find(`.why a[href="`+to+`"]`).Length() != 1 {
			t.Errorf("%s is not led to %s", persona, to)
		}
	}
	waits := h.sees(trackertest.Manager, page).page.Find(`[aria-labelledby="waits"]`).Text()
	if !strings.Contains(waits, "operator") || strings.Contains(waits, "not sentnot sent") {
		t.Errorf("it waits on %s", waits)
	}
	if got := h.sees(trackertest.Manager, milestoneAt(a, "M2")).text(); strings.Contains(got, "when reminders began") {
		t.Errorf("one that is not overdue says %s", got)
	}
	if _, err := h.Tracker.Acknowledge(h.Ctx, h.Call(trackertest.Operator), a.ID, string(a.Milestones["M1"])); err != nil {
		t.Fatal(err)
	}
	if got := h.sees(trackertest.Operator, page); strings.Contains(got.text(), "acknowledge that you have seen it, here") || got.page.Find(`.why a[href="/overdue?baselined=yes"]`).Length() != 1 {
		t.Errorf("acknowledged, it says %s", got.text())
	}

	// Once submitted it is the decision that may be late; that it came late stays said.
	h.Submit(a.M("M1"))
	for _, path := range []string{page, page + "/decide"} {
		if got := h.sees(trackertest.Manager, path).text(); !strings.Contains(got, "51 days late") {
			t.Errorf("%s of what was submitted late says %s", path, got)
		}
	}
	h.Decide(a.M("M1"), award.Met)
	if got := h.sees(trackertest.Manager, page); strings.Contains(got.page.Find(".marks").Text(), "late") || !strings.Contains(section(got, "rounds").Text(), "51 days late") {
		t.Errorf("decided, it says %s", got.text())
	}
}
