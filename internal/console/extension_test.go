package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func (h *house) extensionNow(ref tracker.ExtensionRef) award.Extension {
	h.t.Helper()
	x, err := h.Tracker.Extension(h.Ctx, h.Call(trackertest.Manager), ref)
	if err != nil {
		h.t.Fatal(err)
	}
	return x.Extension
}

func extensionAt(x tracker.ExtensionRef) string {
	return "/awards/" + string(x.Award) + "/extensions/" + string(x.Extension)
}

// The milestone's page offers what ends the wait for its extension, to whom it
// is permitted.
func TestMilestoneOffersWhatItsExtensionWaitsFor(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	x := h.Ask(a.M("M1"), "2026-08-01", trackertest.Operator)
	at := extensionAt(x)
	for persona, want := range map[string]struct{ decide, withdraw int }{
		trackertest.Operator: {0, 1}, trackertest.Lead: {0, 1}, trackertest.Manager: {1, 0}, trackertest.Auditor: {}, trackertest.Finance: {},
	} {
		steps := h.sees(persona, page).page.Find(".title .actions")
		own := h.sees(persona, at).page.Find(".title .actions")
		if d, w := steps.Find(`a[href="`+at+`/decide"]`).Length(), steps.Find(`a[href="`+at+`/withdraw"]`).Length(); d != want.decide || w != want.withdraw || own.Find(`a[href="`+at+`/withdraw"]`).Length() != w {
			t.Errorf("%s is offered to decide %d times and to withdraw %d times: %s", persona, d, w, steps.Text())
		}
	}
	h.does(trackertest.Operator, at+"/withdraw", at+"/withdraw", "reason", "not needed")
	if got := h.sees(trackertest.Operator, page); got.page.Find(`.title .actions a[href*="/extensions/"]`).Length() != 0 || got.page.Find(`a[href="`+page+`/extend"]`).Length() != 1 {
		t.Errorf("after that: %s", got.page.Find(".title .actions").Text())
	}
}

// An extension is asked for, its effect seen before, and decided.
func TestAskAndGrantAnExtension(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	form := h.sees(trackertest.Lead, page+"/extend")
	for name, test := range map[string]struct{ field, value string }{
		"no cause":  {"f-cause", ""},
		"not later": {"f-askedDueOn", "2026-05-01"},
		"no date":   {"f-askedDueOn", "next month"},
	} {
		fields := h.fill(form, page+"/extend", "cause", "technical", "reason", "the laser is late", "askedDueOn", test.value, "form_step", "check")
		if test.value == "" {
			fields.Set("cause", "")
			fields.Set("askedDueOn", "2026-08-01")
		}
		got := h.postFiles(trackertest.Lead, page+"/extend", fields)
		if got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="#`+test.field+`"]`).Length() != 1 {
			t.Errorf("%s = %d %s", name, got.Code, got.page.Find("#errors").Text())
		}
		if h.fill(got, page+"/extend").Get("reason") != "the laser is late" {
			t.Errorf("%s: the reason was lost", name)
		}
	}
	check := h.postFiles(trackertest.Lead, page+"/extend", h.fill(form, page+"/extend", "cause", "technical", "reason", "the laser is late", "askedDueOn", "2026-08-01", "form_step", "check"),
		chosen{"letter.txt", "text/plain", "sorry"})
	for _, want := range []string{"The clock stops", "2026-06-01", "2026-08-01", "61 days more", "letter.txt", "Decide the extension", "2026-03-09"} {
		if !strings.Contains(check.text(), want) {
			t.Errorf("the check lacks %q: %s", want, check.text())
		}
	}
	if h.MilestoneNow(a.M("M1")).Extension != "" {
		t.Error("checking asked for it")
	}
	done := h.post(trackertest.Lead, page+"/extend", h.fill(check, page+"/extend"))
	if done.Code != http.StatusSeeOther {
		t.Fatalf("asking = %d %s", done.Code, done.text())
	}
	x := tracker.ExtensionRef{Award: a.ID, Extension: h.MilestoneNow(a.M("M1")).Extension}
	at := extensionAt(x)
	for _, persona := range []string{trackertest.Manager, trackertest.Lead, trackertest.Operator, trackertest.Auditor, trackertest.Finance} {
		got := h.sees(persona, at)
		if got.page.Find(`a[href="`+at+`/decide"]`).Length() == 1 != (persona == trackertest.Manager) {
			t.Errorf("%s may decide: %s", persona, got.text())
		}
		if !strings.Contains(got.page.Find(".pre").Text(), "the laser is late") {
			t.Errorf("%s does not see the reason", persona)
		}
	}
	if got := h.sees(trackertest.Operator, page); !strings.Contains(got.text(), "An extension is being decided") || got.page.Find(`a[href$="/extend"]`).Length() != 0 {
		t.Errorf("the operator sees %s", got.text())
	}
	decide := h.sees(trackertest.Manager, at+"/decide")
	for name, test := range map[string]struct {
		fields []string
		field  string
	}{
		"no decision":           {nil, "f-decision"},
		"more than asked":       {[]string{"decision", "grant", "newDueOn", "2026-09-01"}, "f-newDueOn"},
		"less without a reason": {[]string{"decision", "grant", "newDueOn", "2026-07-01"}, "f-reason"},
		"refused for nothing":   {[]string{"decision", "refuse"}, "f-reason"},
	} {
		got := h.post(trackertest.Manager, at+"/decide", h.fill(decide, at+"/decide", append(test.fields, "form_step", "check")...))
		if got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="#`+test.field+`"]`).Length() != 1 {
			t.Errorf("%s = %d %s", name, got.Code, got.page.Find("#errors").Text())
		}
	}
	check = h.post(trackertest.Manager, at+"/decide", h.fill(decide, at+"/decide", "decision", "grant", "newDueOn", "2026-07-15", "reason", "six weeks are enough", "form_step", "check"))
	if !strings.Contains(check.text(), "2026-07-15") || !strings.Contains(check.text(), "44 days more") || h.extensionNow(x).State != award.ExtensionRequested {
		t.Fatalf("the check = %d %s", check.Code, check.text())
	}
	fields := h.fill(check, at+"/decide")
	if got := h.post(trackertest.Manager, at+"/decide", fields); got.Code != http.StatusSeeOther || h.MilestoneNow(a.M("M1")).DueOn != trackertest.Day("2026-07-15") {
		t.Errorf("granting = %d %s", got.Code, got.text())
	}
	seq := h.HeadNow(string(a.ID)).Seq
	h.post(trackertest.Manager, at+"/decide", fields)
	if h.HeadNow(string(a.ID)).Seq != seq {
		t.Error("sent twice it had two effects")
	}
	if got := h.sees(trackertest.Manager, at+"/decide"); got.page.Find("main form").Length() != 0 || !strings.Contains(got.text(), "It is over") {
		t.Errorf("decided again: %s", got.text())
	}
	if got := h.sees(trackertest.Lead, page); !strings.Contains(got.text(), "44 days later since") {
		t.Errorf("the milestone says %s", got.text())
	}
}

func TestWithdrawAndAcknowledgeAnExtension(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	x := h.Ask(a.M("M1"), "2026-08-01")
	at := extensionAt(x)
	h.does(trackertest.Manager, at, at+"/acknowledge")
	if h.extensionNow(x).Watch.Current.Ack == nil {
		t.Error("not acknowledged")
	}
	if got := h.sees(trackertest.Manager, at+"/withdraw"); got.page.Find("main form").Length() != 0 {
		t.Errorf("a manager withdraws: %s", got.text())
	}
	h.does(trackertest.Operator, at+"/withdraw", at+"/withdraw")
	if got := h.extensionNow(x).State; got != award.ExtensionWithdrawn {
		t.Errorf("withdrawn it is %s", got)
	}
	for _, path := range []string{at, at + "/decide", at + "/withdraw"} {
		if got := h.get(trackertest.Operator2, path); got.Code != http.StatusNotFound {
			t.Errorf("GET %s by another's operator = %d", path, got.Code)
		}
	}
}

// An extension asked for after the due date needs a file.
func TestLateExtensionNeedsEvidence(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	h.Clock.Set(trackertest.Day("2026-06-10"))
	form := h.sees(trackertest.Operator, page+"/extend")
	fields := h.fill(form, page+"/extend", "cause", "technical", "reason", "the laser is late", "askedDueOn", "2026-08-01", "form_step", "check")
	got := h.postFiles(trackertest.Operator, page+"/extend", fields)
	if got.Code != http.StatusUnprocessableEntity || got.page.Find(`#errors a[href="#f-evidence"]`).Length() != 1 {
		t.Errorf("without a file = %d %s", got.Code, got.page.Find("#errors").Text())
	}
	if got := h.postFiles(trackertest.Operator, page+"/extend", fields, chosen{"letter.txt", "text/plain", "sorry"}); got.Code != http.StatusOK {
		t.Errorf("with a file = %d %s", got.Code, got.text())
	} else if strings.Contains(got.text(), "has passed already") {
		t.Errorf("a date to come has passed: %s", got.text())
	}
	fields.Set("askedDueOn", "2026-06-05")
	if got := h.postFiles(trackertest.Operator, page+"/extend", fields, chosen{"letter.txt", "text/plain", "sorry"}).text(); !strings.Contains(got, "2026-06-05 has passed already") {
		t.Errorf("a date that has passed is not warned of: %s", got)
	}
}

// Who asks is told what the programme allows, also a project lead, who may not
// view the programme.
func TestWhoAsksKnowsTheLimits(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")}, h.OnNoPlatform)
	if got := h.sees(trackertest.Lead, milestoneAt(a, "M1")+"/extend").text(); !strings.Contains(got, "The programme allows 3 for a milestone.") || !strings.Contains(got, "365 calendar days") {
		t.Errorf("the lead reads %s", got)
	}
}

func TestExtensionList(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	if got := h.sees(trackertest.Manager, "/extensions"); !strings.Contains(got.text(), "No extensions") {
		t.Errorf("empty: %s", got.text())
	}
	x := h.Ask(a.M("M1"), "2026-08-01")
	y := h.Ask(a.M("M2"), "2026-08-10")
	if _, err := h.Tracker.RefuseExtension(h.Ctx, h.Call(trackertest.Manager), y, tracker.ExtensionRefusal{Reason: "foreseeable"}); err != nil {
		t.Fatal(err)
	}
	rows := func(persona, path string) string {
		t.Helper()
		var out []string
		h.sees(persona, path).page.Find("main tbody tr").Each(func(_ int, s *sel) {
			out = append(out, strings.Fields(s.Find("td").Eq(1).Text())[0]+" "+s.Find("td").Last().Text())
		})
		return strings.Join(out, ", ")
	}
	for _, test := range []struct{ persona, path, want string }{
		{trackertest.Manager, "/extensions", "M1 Decide"},
		{trackertest.Operator, "/extensions", "M1 Open"},
		{trackertest.Auditor, "/extensions?state=refused", "M2 Open"},
		{trackertest.Manager, "/extensions?state=nonsense", "M1 Decide"},
		{trackertest.Operator2, "/extensions?state=all", ""},
	} {
		if got := rows(test.persona, test.path); got != test.want {
			t.Errorf("%s of %s lists %q, want %q", test.path, test.persona, got, test.want)
		}
	}
	all := h.get(trackertest.Manager, "/extensions?state=all")
	if n := all.page.Find("main tbody tr").Length(); n != 2 || all.page.Find(".chips a").AttrOr("href", "") != "/extensions" {
		t.Errorf("all are %d", n)
	}
	csv := h.get(trackertest.Manager, "/extensions?state=all&format=csv").Body.String()
	if strings.Count(csv, "\n") != 3 || !strings.Contains(csv, "the laser is late") || !strings.Contains(csv, "2026-08-10") {
		t.Errorf("the file is %q", csv)
	}
	if got := h.get(trackertest.Manager, extensionAt(x)); got.Code != http.StatusOK {
		t.Errorf("%s = %d", extensionAt(x), got.Code)
	}
}

// Reads of a milestone's page do not grow with its files and rounds, nor those
// of the list with its rows.
func TestMilestoneReadsDoNotGrow(t *testing.T) {
	h := houseOf(t, trackertest.New(t, store.Counted(trackertest.Memory(t))))
	a := gatedAward(h)
	reads := func(path string) int64 {
		h.get(trackertest.Manager, path) // signed in, its ladder read
		ctx, tally := store.WithTally(h.Ctx)
		if got := h.send(trackertest.Manager, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)); got.Code != http.StatusOK {
			t.Fatalf("GET %s = %d", path, got.Code)
		}
		return tally.Gets + tally.Queries
	}
	page := milestoneAt(a, "M1")
	more := func(n int) {
		for i := range n {
			e := h.Upload(a.M("M1"), strings.Repeat("x", n+i+1))
			h.SubmitWith(a.M("M1"), []ident.Evidence{e.Evidence})
			h.SendBack(a.M("M1"), "")
		}
	}
	more(1)
	h.Ask(a.M("M1"), "2026-08-01")
	one, list := reads(page), reads("/extensions")
	h.Ask(a.M("M2"), "2026-08-01")
	if many := reads("/extensions"); many > list {
		t.Errorf("two in the list take %d calls, one takes %d", many, list)
	}
	more(3)
	h.Ask(a.M("M1"), "2026-08-01")
	if many := reads(page); many > one {
		t.Errorf("%d calls with more in it, %d before", many, one)
	}
	t.Logf("milestone: %d calls, extensions: %d", one, list)
}

// What was asked and what was granted stand apart, a check speaks of the date
// that is granted, and who asks sees how often that was done and what the
// programme allows.
func TestAnExtensionGrantedForLess(t *testing.T) {
	h := newHouse(t)
	a := gatedAward(h)
	page := milestoneAt(a, "M1")
	due := h.MilestoneNow(a.M("M1")).DueOn
	says(t, h.sees(trackertest.Lead, page+"/extend"), "0 extensions of this milestone were granted so far, 0 calendar days in all.")
	at := extensionAt(h.Ask(a.M("M1"), due.AddDays(45).String(), trackertest.Lead))
	form := h.sees(trackertest.Manager, at+"/decide")
	if got := form.page.Find("label[for=f-reason]").Text(); got != "Reason" {
		t.Errorf("the reason, which may be needed, is called %q", got)
	}
	granted := due.AddDays(32).String()
	check := h.post(trackertest.Manager, at+"/decide", h.fill(form, at+"/decide", "decision", "grant", "newDueOn", granted, "reason", "The lab is free by then.", "form_step", "check"))
	says(t, check, "Effect of the new due date, "+granted)
	h.post(trackertest.Manager, at+"/decide", h.fill(check, at+"/decide"))
	says(t, h.sees(trackertest.Lead, at), "New due date asked for "+due.AddDays(45).String()+" 45 days more", "New due date granted "+granted+" 32 days more")
	says(t, h.sees(trackertest.Lead, page+"/extend"), "1 extension of this milestone was granted so far, 32 calendar days in all.")
}
