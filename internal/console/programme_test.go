package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/attention"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func (h *house) programmeNow(id ident.Programme) tracker.ProgrammeView {
	h.t.Helper()
	p, err := h.Tracker.Programme(h.Ctx, h.Call(trackertest.Manager), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func TestProgramme(t *testing.T) {
	h := newHouse(t)
	a := lateAward(h)
	h.counted()
	path := "/programmes/" + string(h.Programme)
	h.opened(path, append(funders(), trackertest.Operator, trackertest.Administrator), map[string]int{trackertest.Stranger: http.StatusNotFound, trackertest.Lead: http.StatusNotFound})
	page := h.get(trackertest.Manager, path)
	for _, want := range []string{"POC", "Open", "CNY 1,000,000.00", "Platform PLT-1", "Platform PLT-2", "HT-001", "365"} {
		if !strings.Contains(page.text(), want) {
			t.Errorf("the programme lacks %q: %s", want, page.text())
		}
	}
	of := "programme=" + string(h.Programme)
	for href, want := range map[string]string{
		"/awards?" + of + "&state=active": "1", "/overdue?" + of: "1", "/awards?platform=" + string(h.Platform) + "&" + of + "&state=active": "1",
		"/overdue?platform=" + string(h.OtherPlatform) + "&" + of: "0", "/awards/" + string(a.ID): "Award 1",
	} {
		if got := page.page.Find(`main a[href="` + href + `"]`).First().Text(); got != want {
			t.Errorf("the figure of %s is %q, want %q", href, got, want)
		}
	}
	if admin := h.get(trackertest.Administrator, path); strings.Contains(admin.text(), "HT-001") || admin.page.Find(".figures").Length() != 0 || admin.page.Find("main a.button").Length() != 0 {
		t.Errorf("the administrator sees more than the programme: %s", admin.text())
	}
	if operator := h.get(trackertest.Operator, path); strings.Contains(operator.text(), "PLT-2") {
		t.Errorf("an operator sees another platform: %s", operator.text())
	}
}

func TestNewProgramme(t *testing.T) {
	h := newHouse(t)
	h.opened("/programmes/new", []string{trackertest.Administrator}, map[string]int{trackertest.Manager: http.StatusForbidden, trackertest.Stranger: http.StatusForbidden})
	bad := h.post(trackertest.Administrator, "/programmes/new", h.fill(h.get(trackertest.Administrator, "/programmes/new"), "/programmes/new", "code", "POC", "names/en", hostile, "attentionFrom", "soon"))
	if !bad.blames("attentionFrom") {
		t.Errorf("a date that is none = %d: %s", bad.Code, bad.text())
	}
	taken := h.post(trackertest.Administrator, "/programmes/new", h.fill(bad, "/programmes/new", "attentionFrom", ""))
	if !taken.blames("code") || taken.page.Find(`[name="names/en"]`).AttrOr("value", "") != strings.TrimSpace(hostile) {
		t.Errorf("a code that is taken = %d: %s", taken.Code, taken.text())
	}
	fields := h.fill(taken, "/programmes/new", "code", "NEW")
	made := h.post(trackertest.Administrator, "/programmes/new", fields)
	again := h.post(trackertest.Administrator, "/programmes/new", fields)
	if made.Code != http.StatusSeeOther || made.Header().Get("Location") != again.Header().Get("Location") {
		t.Errorf("created at %s, sent twice at %s: %s", made.Header(), again.Header(), made.text())
	}
	if page := h.sees(trackertest.Administrator, made.Header().Get("Location")); page.page.Find("main u").Length() != 0 {
		t.Error("a name is taken for markup")
	}
}

// Names change at once, thresholds once another person has confirmed them.
func TestProgrammeTermsTakeTwo(t *testing.T) {
	h := newHouse(t)
	path := "/programmes/" + string(h.Programme)
	h.opened(path+"/edit", []string{trackertest.Manager}, map[string]int{trackertest.Head: http.StatusForbidden, trackertest.Operator: http.StatusForbidden, trackertest.Administrator: http.StatusForbidden})
	page := h.get(trackertest.Manager, path+"/edit")
	if currencies := page.page.Find(`[name="separationAbove/0/currency"] option`); currencies.Filter(`[value="CNY"]`).Length() != 1 || currencies.Filter("[data-exponent]").Length() != currencies.Length() {
		t.Errorf("currencies that script cannot read amounts of, or twice: %d", currencies.Length())
	}
	same := h.post(trackertest.Manager, path+"/edit", h.fill(page, path+"/edit", "form_step", "check"))
	if same.Code != http.StatusOK || !strings.Contains(same.text(), "Nothing would change.") {
		t.Errorf("nothing changed = %d: %s", same.Code, same.text())
	}
	wrong := h.post(trackertest.Manager, path+"/edit", h.fill(page, path+"/edit", "separationAbove/0/amount", "", "separationAbove/1/amount", "-1", "separationAbove/1/currency", "USD", "form_step", "check"))
	if !wrong.blames("separationAbove/0/amount") || wrong.page.Find(`[name="separationAbove/0/currency"] option[selected]`).AttrOr("value", "") != "USD" {
		t.Errorf("a threshold below zero = %d: %s", wrong.Code, wrong.text())
	}
	check := h.post(trackertest.Manager, path+"/edit", h.fill(page, path+"/edit", "separationAbove/0/amount", "500,000", "extensions/count", "1", "names/en", "Proofs", "reason", hostile, "form_step", "check"))
	for _, want := range []string{"CNY 1,000,000.00 → CNY 500,000.00", "3 → 1", "whoever decided a gate does not approve the tranche", "Programme POC → Proofs", "This takes two people"} {
		if !strings.Contains(check.text(), want) {
			t.Errorf("the summary = %d lacks %q: %s", check.Code, want, check.text())
		}
	}
	if p := h.programmeNow(h.Programme); p.Pending != nil || p.Names.EN != "Programme POC" {
		t.Errorf("looking at the summary changed it: %+v", p.Programme)
	}
	sent := h.post(trackertest.Manager, path+"/edit", h.fill(check, path+"/edit"))
	if sent.Code != http.StatusSeeOther || sent.Header().Get("Location") != path+"/change" {
		t.Fatalf("proposing = %d to %s: %s", sent.Code, sent.Header().Get("Location"), sent.text())
	}
	own := h.sees(trackertest.Manager, path+"/change")
	if own.page.Find(`form[action="`+path+`/change/confirm"]`).Length() != 0 || !strings.Contains(own.text(), "You proposed this, so another programme manager or the head confirms it.") {
		t.Errorf("the proposer is offered to confirm: %s", own.text())
	}
	if p := h.programmeNow(h.Programme); p.Names.EN != "Proofs" || p.Extensions.Count != 3 {
		t.Errorf("proposed, it is %+v", p.Programme)
	}
	for _, persona := range []string{trackertest.Head, trackertest.Manager2} {
		if h.sees(persona, path+"/change").page.Find(`form[action="`+path+`/change/confirm"]`).Length() != 1 {
			t.Errorf("%s is not offered to confirm", persona)
		}
	}
	for _, persona := range []string{trackertest.Finance, trackertest.Auditor, trackertest.Operator} {
		if v := h.sees(persona, path+"/change"); v.page.Find(`main form`).Length() != 0 || v.page.Find("main u").Length() != 0 {
			t.Errorf("%s is offered a form: %s", persona, v.text())
		}
	}
	confirmed := h.does(trackertest.Manager2, path+"/change", path+"/change/confirm")
	if p := h.programmeNow(h.Programme); p.Pending != nil || p.Extensions.Count != 1 || !strings.Contains(confirmed.text(), "Change of the programme confirmed") {
		t.Errorf("confirmed, it is %+v: %s", p.Programme, confirmed.text())
	}
	if nothing := h.get(trackertest.Manager2, path+"/change"); nothing.Code != http.StatusSeeOther {
		t.Errorf("nothing waits = %d", nothing.Code)
	}
}

func TestLadderPreview(t *testing.T) {
	h := newHouse(t)
	path := "/programmes/" + string(h.Programme) + "/ladders"
	h.opened(path, append(funders(), trackertest.Operator, trackertest.Administrator), map[string]int{trackertest.Stranger: http.StatusNotFound})
	dates := func(a answer) string {
		return strings.Join(a.page.Find("#preview ol time").Map(func(_ int, s *goquery.Selection) string { return s.Text() }), " ")
	}
	if got, want := dates(h.sees(trackertest.Operator, path+"?kind=deliver&due=2026-06-01")), "2026-05-02 2026-05-25 2026-06-02 2026-06-16 2026-07-01"; got != want {
		t.Errorf("a milestone due on 2026-06-01 would be flagged on %s, want %s", got, want)
	}
	// Working days: 30 September is a Wednesday, 1 to 7 October rest, 10 October is worked.
	counted := h.sees(trackertest.Manager, path+"?kind=approveTranche&opened=2026-09-28")
	if got, want := dates(counted), "2026-10-12 2026-10-16 2026-10-23"; got != want || !strings.Contains(counted.text(), "Opened on 2026-09-28, so it is due on 2026-10-10") {
		t.Errorf("a request of 2026-09-28 would be flagged on %s, want %s: %s", got, want, counted.text())
	}
	bad := h.sees(trackertest.Manager, path+"?kind=nothing&due=tomorrow")
	if bad.page.Find("[role=alert]").Length() != 1 || bad.page.Find("#preview ol time").Length() != 5 {
		t.Errorf("a date that is none: %s", bad.text())
	}
	if n := h.get(trackertest.Manager, path).page.Find("table.ladders tbody tr").Length(); n != len(attention.Kinds()) {
		t.Errorf("%d ladders of %d", n, len(attention.Kinds()))
	}
	if h.get(trackertest.Head, path).page.Find(`a[href="`+path+`/deliver"]`).Length() != 0 || h.get(trackertest.Manager, path).page.Find(`a[href="`+path+`/deliver"]`).Length() != 1 {
		t.Error("who may change a ladder is offered it, who may not is not")
	}
}

func TestLadderChange(t *testing.T) {
	h := newHouse(t)
	programme := "/programmes/" + string(h.Programme)
	path := programme + "/ladders/deliver"
	h.opened(path, []string{trackertest.Manager}, map[string]int{trackertest.Head: http.StatusForbidden, trackertest.Operator: http.StatusForbidden, trackertest.Stranger: http.StatusNotFound})
	if got := h.get(trackertest.Manager, programme+"/ladders/nothing"); got.Code != http.StatusNotFound {
		t.Errorf("a ladder of nothing = %d", got.Code)
	}
	page := h.get(trackertest.Manager, path)
	wrong := h.post(trackertest.Manager, path, h.fill(page, path, "rungs/0/offset", "soon", "form_step", "check"))
	if wrong.Code != http.StatusUnprocessableEntity || wrong.page.Find(".errors a").Length() != 1 || wrong.page.Find("[aria-invalid=true]").AttrOr("value", "") != "soon" {
		t.Errorf("days that are no number = %d: %s", wrong.Code, wrong.text())
	}
	late := h.post(trackertest.Manager, path, h.fill(page, path, "rungs/2/offset", "", "rungs/3/offset", "", "rungs/4/offset", "", "form_step", "check"))
	if late.page.Find(`.errors`).Length() != 1 || late.page.Find(`[id="f-rungs"] .wrong`).Length() != 1 {
		t.Errorf("nothing after the due date = %d: %s", late.Code, late.text())
	}
	for _, lang := range []string{"en", "zh-CN"} {
		for _, row := range h.getIn(lang, trackertest.Manager, path).page.Find(`select[name$="/asks"]`).EachIter() {
			if offered := texts(row.Find("option")); len(offered) != len(slices.Compact(slices.Sorted(slices.Values(offered)))) {
				t.Errorf("in %s what is asked is offered as %q", lang, offered)
			}
		}
	}
	early := h.get(trackertest.Manager2, programme+"/ladders/rework")
	// A row is added out of order, one is taken away, one is moved.
	check := h.post(trackertest.Manager, path, h.fill(page, path, "rungs/0/offset", "", "rungs/4/offset", "45", "rungs/5/offset", "3", "rungs/5/level", "manager", "rungs/5/unit", "calendar", "rungs/5/asks", "overdue",
		"due", "2026-06-01", "reason", hostile, "form_step", "check"))
	if check.Code != http.StatusOK || check.page.Find(".ch-ladder").Length() != 2 {
		t.Fatalf("the summary = %d: %s", check.Code, check.text())
	}
	for _, want := range []string{"2026-05-02", "2026-06-04", "2026-07-16", "Obligations that are open keep the ladder"} {
		if !strings.Contains(check.text(), want) {
			t.Errorf("the effect lacks %q: %s", want, check.text())
		}
	}
	sent := h.post(trackertest.Manager, path, h.fill(check, path))
	if sent.Code != http.StatusSeeOther {
		t.Fatalf("proposing = %d: %s", sent.Code, sent.text())
	}
	said := h.get(trackertest.Manager, sent.Header().Get("Location"))
	if !strings.Contains(said.text(), "Nothing changes until another person confirms it.") {
		t.Errorf("proposed: %s", said.text())
	}
	rework := programme + "/ladders/rework"
	for _, step := range []string{"check", ""} { // of a form that was opened before
		second := h.post(trackertest.Manager2, rework, h.fill(early, rework, "reason", "mine", "form_step", step))
		if second.Code != http.StatusPreconditionFailed || !strings.Contains(second.text(), "Reasonmine") {
			t.Errorf("a second proposal, step %q = %d: %s", step, second.Code, second.text())
		}
	}
	waits := h.sees(trackertest.Manager2, rework)
	if waits.page.Find(`main form`).Length() != 0 || waits.page.Find(`main a[href="`+programme+`/change"]`).Length() != 1 || !strings.Contains(waits.text(), "One change of a programme waits at a time") {
		t.Errorf("while a change waits, another is offered: %s", waits.text())
	}
	if offered := `table.ladders a[href^="` + programme + `/ladders/"]:not([href*="?"])`; h.sees(trackertest.Manager2, programme+"/ladders").page.Find(offered).Length() != 0 {
		t.Error("the list offers to change a ladder while a change waits")
	}
	if list := h.sees(trackertest.Manager2, programme+"/ladders"); !strings.Contains(list.text(), "Ladder: Deliver the milestone") || !strings.Contains(list.text(), "One change of a programme waits at a time") {
		t.Errorf("the list does not say why it offers none: %s", list.text())
	}
	change := h.sees(trackertest.Head, programme+"/change")
	if !strings.Contains(change.text(), "manager") || change.page.Find(".ch-ladder").Length() != 2 || change.page.Find("main u").Length() != 0 {
		t.Errorf("what waits: %s", change.text())
	}
	h.does(trackertest.Head, programme+"/change", programme+"/change/confirm")
	for _, l := range h.programmeNow(h.Programme).Current {
		if l.Kind != attention.Deliver {
			continue
		}
		var ids []string
		for _, r := range l.Rungs {
			ids = append(ids, r.ID)
		}
		if got, want := strings.Join(ids, " "), "before7 after1 after3 after15 after45"; got != want || l.Version != 2 {
			t.Errorf("version %d has the rungs %s, want %s", l.Version, got, want)
		}
	}
}

func TestLadderChangeDropped(t *testing.T) {
	h := newHouse(t)
	programme := "/programmes/" + string(h.Programme)
	path := programme + "/ladders/payTranche"
	page, old := h.get(trackertest.Manager, path), h.get(trackertest.Manager, path)
	if bad := h.post(trackertest.Manager, path, h.fill(page, path, "allowedDays", "0")); !bad.blames("allowedDays") {
		t.Errorf("no days = %d: %s", bad.Code, bad.text())
	}
	h.post(trackertest.Manager, path, h.fill(page, path, "allowedDays", "4"))
	if change := h.sees(trackertest.Manager2, programme+"/change"); !strings.Contains(change.text(), "10 → 4") {
		t.Errorf("what waits: %s", change.text())
	}
	dropped := h.does(trackertest.Manager, programme+"/change/drop", programme+"/change/drop", "reason", "changed my mind")
	if p := h.programmeNow(h.Programme); p.Pending != nil || p.Ladders["payTranche"] != 1 || !strings.Contains(dropped.text(), "Change of the programme dropped") {
		t.Errorf("dropped, it is %+v: %s", p.Programme, dropped.text())
	}
	stale := h.post(trackertest.Manager, path, h.fill(old, path, "allowedDays", "5"))
	if stale.Code != http.StatusPreconditionFailed {
		t.Errorf("on a version that is gone = %d", stale.Code)
	}
}

func TestProgrammeSteps(t *testing.T) {
	h := newHouse(t)
	path := "/programmes/" + string(h.Programme)
	h.opened(path+"/suspend", []string{trackertest.Manager}, map[string]int{trackertest.Head: http.StatusForbidden, trackertest.Operator: http.StatusForbidden})
	if got := h.get(trackertest.Manager, path+"/close"); got.Code != http.StatusConflict {
		t.Errorf("closing what is open = %d", got.Code)
	}
	suspended := h.does(trackertest.Manager, path+"/suspend", path+"/suspend", "reason", "audit")
	if !strings.Contains(suspended.text(), "This programme is suspended") || !strings.Contains(suspended.text(), "audit") {
		t.Errorf("suspended: %s", suspended.text())
	}
	none := h.post(trackertest.Manager, path+"/resume", h.fill(h.get(trackertest.Manager, path+"/resume"), path+"/resume"))
	if !none.blames("reason") {
		t.Errorf("resumed without a reason = %d: %s", none.Code, none.text())
	}
	h.does(trackertest.Manager, path+"/close", path+"/close", "reason", "over")
	if p := h.programmeNow(h.Programme); p.State != portfolio.ProgrammeClosed {
		t.Errorf("it is %s", p.State)
	}
	if v := h.sees(trackertest.Manager, path); !strings.Contains(v.text(), "Nothing leads on from this state.") {
		t.Errorf("closed: %s", v.text())
	}
}

// A step whose day always lies before the opening is named, with the reason,
// before it is proposed, to who confirms it and once it is in force.
func TestLadderSaysWhichStepIsNeverReached(t *testing.T) {
	h := newHouse(t)
	programme := "/programmes/" + string(h.Programme)
	path := programme + "/ladders/payTranche"
	const warned = "main .banner.warn.never"
	page := h.get(trackertest.Manager, path)
	fit := h.post(trackertest.Manager, path, h.fill(page, path, "allowedDays", "3", "rungs/3/offset", "-5", "rungs/3/unit", "calendar", "rungs/3/level", "owner", "rungs/3/asks", "remind", "opened", "2026-03-02", "form_step", "check"))
	if fit.Code != http.StatusOK || fit.page.Find(warned).Length() != 0 {
		t.Errorf("a step that some openings reach = %d: %s", fit.Code, fit.text())
	}
	fields := h.fill(page, path, "allowedDays", "3", "rungs/3/offset", "-400", "rungs/3/unit", "calendar", "rungs/3/level", "owner", "rungs/3/asks", "remind", "form_step", "check")
	check := h.post(trackertest.Manager, path, fields)
	for _, want := range []string{"can never be reached", "−400 calendar days: Owner, remind", "3 working days"} {
		if got := check.page.Find(warned); got.Length() != 1 || !strings.Contains(got.Text(), want) {
			t.Errorf("the summary = %d does not say %q: %s", check.Code, want, check.text())
		}
	}
	h.post(trackertest.Manager, path, h.fill(check, path))
	for _, lang := range []string{"en", "zh-CN"} {
		change := h.getIn(lang, trackertest.Head, programme+"/change")
		if got := change.page.Find(warned); got.Length() != 1 || !strings.Contains(got.Text(), "−400") {
			t.Errorf("in %s who confirms it is not warned: %s", lang, change.text())
		}
	}
	if before := h.sees(trackertest.Head, programme+"/ladders?kind=payTranche"); before.page.Find(warned).Length() != 0 {
		t.Errorf("the ladder in force is warned of: %s", before.text())
	}
	h.does(trackertest.Head, programme+"/change", programme+"/change/confirm")
	if after := h.sees(trackertest.Head, programme+"/ladders?kind=payTranche"); after.page.Find(warned).Length() != 1 {
		t.Errorf("in force, nothing is said of it: %s", after.text())
	}
}

// A change that waits is dropped on a page of its own, which says what goes:
// one press on the change's page drops nothing.
func TestDroppingAChangeIsChecked(t *testing.T) {
	h := newHouse(t)
	programme := "/programmes/" + string(h.Programme)
	change, drop, path := programme+"/change", programme+"/change/drop", programme+"/ladders/payTranche"
	if nothing := h.get(trackertest.Manager, drop); nothing.Code != http.StatusSeeOther || nothing.Header().Get("Location") != programme {
		t.Errorf("with nothing to drop = %d to %s", nothing.Code, nothing.Header().Get("Location"))
	}
	h.post(trackertest.Manager, path, h.fill(h.get(trackertest.Manager, path), path, "allowedDays", "4", "reason", hostile))
	for persona, want := range map[string]int{trackertest.Manager: 1, trackertest.Manager2: 1, trackertest.Head: 1, trackertest.Finance: 0, trackertest.Administrator: 0} {
		seen := h.sees(persona, change)
		if got := seen.page.Find(`main a[href="` + drop + `"]`).Length(); got != want || seen.page.Find(`form[action="`+drop+`"]`).Length() != 0 {
			t.Errorf("%s is led to dropping it %d times, want %d: %s", persona, got, want, seen.text())
		}
	}
	h.opened(drop, []string{trackertest.Manager, trackertest.Manager2, trackertest.Head}, map[string]int{trackertest.Finance: http.StatusForbidden, trackertest.Operator: http.StatusForbidden, trackertest.Stranger: http.StatusNotFound})
	page := h.sees(trackertest.Manager2, drop)
	for _, want := range []string{"Ladder: Pay the tranche", "10 → 4", "Proposed on", "Everything stays as it is"} {
		if !strings.Contains(page.text(), want) {
			t.Errorf("the page before it lacks %q: %s", want, page.text())
		}
	}
	if page.page.Find("main u").Length() != 0 || page.page.Find(`main a[href="`+change+`"]`).Length() == 0 {
		t.Errorf("a reason is taken for markup, or nothing leads back: %s", page.text())
	}
	if h.programmeNow(h.Programme).Pending == nil {
		t.Fatal("looking at the page dropped the change")
	}
	fields := h.fill(page, drop, "reason", "not now")
	long := h.fill(page, drop, "reason", strings.Repeat("x", portfolio.MaxText+1))
	if bad := h.post(trackertest.Manager2, drop, long); !bad.blames("reason") || bad.page.Find(`form[action="`+drop+`"]`).Length() != 1 {
		t.Errorf("a reason too long = %d: %s", bad.Code, bad.text())
	}
	if dropped := h.post(trackertest.Manager2, drop, fields); dropped.Code != http.StatusSeeOther || h.programmeNow(h.Programme).Pending != nil {
		t.Errorf("dropped = %d: %s", dropped.Code, dropped.text())
	}
}
