package console_test

import (
	"fmt"
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

// drafted fills the form of a new award with two milestones and two tranches
// over a million, adding their rows as one does without script, and saves it.
func drafted(h *house, persona string, pairs ...string) (string, answer) {
	h.t.Helper()
	const path = "/awards/new"
	page := h.get(persona, path)
	for _, step := range []string{"add-milestones", "add-tranches"} {
		fields := h.fill(page, path)
		fields.Set("form_step", step)
		page = h.post(persona, path, fields)
		if page.Code != http.StatusOK || page.page.Find("[autofocus]").Length() != 1 {
			h.t.Fatalf("%s = %d, with %d new fields", step, page.Code, page.page.Find("[autofocus]").Length())
		}
	}
	fields := h.fill(page, path, append([]string{
		"number", "HT-900", "title/en", "A new award", "platform", string(h.Platform), "project", string(h.Project), "payee", string(h.Payee),
		"amount/amount", "1,000,000", "startOn", "2026-04-01", "endOn", "2027-03-31",
		"fundingLines/0/funder", string(h.City), "fundingLines/0/level", "municipal", "fundingLines/0/amount/amount", "1000000",
		"milestones/0/title", "Prototype", "milestones/0/dueOn", "2026-06-30", "milestones/0/criteria", "It runs\nIt is measured",
		"milestones/1/title", "Trial", "milestones/1/dueOn", "2026-12-31", "milestones/1/criteria", "Two users",
		"tranches/0/plannedOn", "2026-04-15", "tranches/0/amount/amount", "400000.00", "tranches/0/ungated", "true",
		"tranches/1/plannedOn", "2027-01-15", "tranches/1/amount/amount", "600000",
	}, pairs...)...)
	if fields.Get("tranches/1/gates") == "" {
		fields["tranches/1/gates"] = []string{"0", "1"}
	}
	sent := h.post(persona, path, fields)
	return sent.Header().Get("Location"), sent
}

// linked is a field's name in the fragment of a link, as browsers decode it.
func linked(field string) string { return strings.ReplaceAll(field, "/", "%2f") }

func (h *house) award(page string) ident.Award {
	return ident.Award(strings.Split(page, "/")[2])
}

// From the empty form to an active award, by two people.
func TestDraftToActivation(t *testing.T) {
	h := newHouse(t)
	page, sent := drafted(h, trackertest.Manager)
	if sent.Code != http.StatusSeeOther {
		t.Fatalf("saving = %d: %s", sent.Code, sent.text())
	}
	shown := h.sees(trackertest.Manager, page)
	for _, want := range []string{"HT-900", "Prototype", "It is measured", "CNY 1.00m", "Draft", "Tranche 2"} {
		if !strings.Contains(shown.text(), want) {
			t.Errorf("the draft lacks %q: %s", want, shown.text())
		}
	}
	v, err := h.Tracker.Award(h.Ctx, h.Call(trackertest.Manager), h.award(page))
	if err != nil {
		t.Fatal(err)
	}
	d := v.Document
	if len(d.Milestones) != 2 || len(d.Milestones[0].Criteria) != 2 || d.Milestones[0].Criteria[1] != (award.Criterion{ID: "C2", Text: "It is measured"}) ||
		strings.Join(d.Tranches[1].Gates, " ") != "M1 M2" || !d.Tranches[0].Ungated || d.Amount.Decimal() != "1000000.00" {
		t.Errorf("saved %+v", d)
	}

	check := h.sees(trackertest.Manager, page+"/submit")
	if got := check.text(); !strings.Contains(got, "Milestones: 2. Tranches: 2. Amount: CNY 1,000,000.00.") {
		t.Errorf("before submitting: %s", got)
	}
	after := h.does(trackertest.Manager, page+"/submit", page+"/submit")
	if receipt := after.page.Find(`.banner a`).AttrOr("href", ""); !strings.HasPrefix(receipt, page+"/receipts/") {
		t.Errorf("the banner leads to %q", receipt)
	} else if got := h.sees(trackertest.Manager, receipt).text(); !strings.Contains(got, "neither drafted nor submitted") {
		t.Errorf("the receipt says %s", got)
	}
	if got := h.get(trackertest.Manager, page); !strings.Contains(got.text(), "so another person must activate it") || got.page.Find(`a[href="`+page+`/activate"]`).Length() != 0 {
		t.Errorf("the author is offered the activation: %s", got.text())
	}
	if got := h.get(trackertest.Manager, page+"/activate"); got.page.Find("main form").Length() != 0 || !strings.Contains(got.text(), "so another person must activate it") {
		t.Error("the author gets the form of the activation")
	}

	activating := h.sees(trackertest.Manager2, page+"/activate")
	for _, want := range []string{"Becomes active: milestones 2, tranches 2, over CNY 1,000,000.00", "M1 Prototype", "2026-06-30", "Platform operator", "Request the tranche", "may be asked for from 2026-04-15 on", "due 2026-06-30", "cannot be taken back"} {
		if !strings.Contains(activating.text(), want) {
			t.Errorf("before activating it does not say %q: %s", want, activating.text())
		}
	}
	fields := h.fill(activating, page+"/activate", "paper/number", "No. 12 <b>", "paper/decidedOn", "2026-03-01", "form_step", "check")
	checked := h.post(trackertest.Manager2, page+"/activate", fields)
	if !strings.Contains(checked.text(), "No. 12 <b>") || !strings.Contains(checked.text(), "Nothing has happened yet") {
		t.Fatalf("the last look = %d: %s", checked.Code, checked.text())
	}
	if v, _ := h.Tracker.Award(h.Ctx, h.Call(trackertest.Manager), h.award(page)); v.State != award.Submitted {
		t.Fatalf("looking made it %s", v.State)
	}
	do := h.fill(checked, page+"/activate")
	for range 2 { // sent twice, it has one effect
		if got := h.post(trackertest.Manager2, page+"/activate", do); got.Code != http.StatusSeeOther || got.Header().Get("Location") != page {
			t.Fatalf("activating = %d: %s", got.Code, got.text())
		}
	}
	done := h.sees(trackertest.Operator, page)
	if got := done.text(); !strings.Contains(got, "Active") || !strings.Contains(got, "Deliver the milestone") {
		t.Errorf("active: %s", got)
	}
	v, _ = h.Tracker.Award(h.Ctx, h.Call(trackertest.Manager), h.award(page))
	if v.Decision == nil || v.Decision.Number != "No. 12 <b>" || v.Version != 3 {
		t.Errorf("activated %d by %+v", v.Version, v.Decision)
	}
}

// What is wrong is linked to its field, and what was typed is kept.
func TestDraftRefused(t *testing.T) {
	h := newHouse(t)
	_, got := drafted(h, trackertest.Manager, "number", "", "milestones/1/dueOn", "soon", "tranches/0/amount/amount", "12.345", "fundingLines/0/fiscalYear", "x")
	if got.Code != http.StatusUnprocessableEntity && got.Code != http.StatusBadRequest {
		t.Fatalf("refused with %d", got.Code)
	}
	for _, field := range []string{"milestones/1/dueOn", "tranches/0/amount/amount", "fundingLines/0/fiscalYear"} {
		if got.page.Find(`#errors a[href="#f-`+linked(field)+`"]`).Length() != 1 || got.page.Find(`[id="f-`+field+`"][aria-invalid="true"]`).Length() != 1 {
			t.Errorf("%s is not said to be wrong", field)
		}
	}
	if text := got.page.Find("#errors").Text(); !strings.Contains(text, "Milestone 2 · Due date: ") || !strings.Contains(text, "Tranche 1 · Amount: ") {
		t.Errorf("the summary does not say where: %s", text)
	}
	if v := got.page.Find(`[name="milestones/0/title"]`).AttrOr("value", ""); v != "Prototype" {
		t.Errorf("the title became %q", v)
	}
	if n := got.page.Find(`[name="tranches/1/gates"][checked]`).Length(); n != 2 {
		t.Errorf("%d gates are kept", n)
	}
	_, got = drafted(h, trackertest.Manager, "number", "")
	if got.page.Find(`#errors a[href="#f-number"]`).Length() != 1 {
		t.Errorf("a missing number: %s", got.text())
	}
	if page, err := h.Tracker.Awards(h.Ctx, h.Call(trackertest.Manager), tracker.AwardsQuery{Half: tracker.AllHalves}, tracker.PageRequest{}); err != nil || len(page.Items) != 0 {
		t.Errorf("%d awards were drafted, %v", len(page.Items), err)
	}
}

// An incomplete draft is saved, and its problems are listed before it is
// submitted, each leading to its field.
func TestDraftProblems(t *testing.T) {
	h := newHouse(t)
	page, sent := drafted(h, trackertest.Manager, "tranches/1/amount/amount", "500000", "milestones/1/criteria", "", "payee", "", "tranches/0/ungated", "")
	if sent.Code != http.StatusSeeOther {
		t.Fatalf("saving = %d: %s", sent.Code, sent.text())
	}
	check := h.sees(trackertest.Manager, page+"/submit")
	for _, field := range []string{"tranches", "milestones/1/criteria", "payee", "tranches/0/gates"} {
		if check.page.Find(`.errors a[href="`+page+`/edit#f-`+linked(field)+`"]`).Length() == 0 {
			t.Errorf("nothing leads to %s", field)
		}
		if edit := h.get(trackertest.Manager, page+"/edit"); edit.page.Find(`[id="f-`+field+`"]`).Length() != 1 {
			t.Errorf("the form has no place f-%s", field)
		}
	}
	if check.page.Find("main form").Length() != 0 {
		t.Error("an incomplete draft can be submitted")
	}
	if got := h.get(trackertest.Manager, page).text(); !strings.Contains(got, "CNY 100,000.00 of the award is not placed yet") {
		t.Errorf("the page does not say what is missing: %s", got)
	}
}

// Rows that are taken out leave the others, their gates and splits in place.
func TestDraftRows(t *testing.T) {
	h := newHouse(t)
	page, _ := drafted(h, trackertest.Manager)
	path := page + "/edit"
	press := func(a answer, step string, pairs ...string) answer {
		t.Helper()
		fields := h.fill(a, path, pairs...)
		if a.page.Find(`[name="tranches/1/gates"][checked]`).Length() > 1 {
			fields["tranches/1/gates"] = []string{"0", "1"}
		}
		fields.Set("form_step", step)
		got := h.post(trackertest.Manager, path, fields)
		if got.Code != http.StatusOK {
			t.Fatalf("%s = %d: %s", step, got.Code, got.text())
		}
		return got
	}
	a := press(h.sees(trackertest.Manager, path), "add-fundingLines")
	a = press(a, "add-milestones", "fundingLines/0/amount/amount", "700000", "fundingLines/1/amount/amount", "300000", "fundingLines/1/funder", string(h.OtherPayee),
		"tranches/0/split/0/amount/amount", "100000", "tranches/0/split/1/amount/amount", "300000")
	if got := a.page.Find(`[data-sum="fundingLines"]`).Text(); !strings.Contains(got, "Adds up") || !strings.Contains(got, "CNY 1,000,000.00") {
		t.Errorf("the lines: %s", got)
	}
	a = press(a, "remove-milestones-0")
	if n, title := a.page.Find(`[name^="milestones/"][name$="/code"]`).Length(), a.page.Find(`[name="milestones/0/title"]`).AttrOr("value", ""); n != 2 || title != "Trial" {
		t.Errorf("%d milestones, the first %q", n, title)
	}
	if gates := a.page.Find(`[name="tranches/1/gates"][checked]`); gates.Length() != 1 || gates.AttrOr("value", "") != "0" {
		t.Errorf("gates: %d, %s", gates.Length(), gates.AttrOr("value", ""))
	}
	a = press(a, "remove-milestones-1")
	a = press(a, "add-fundingLines")
	a = press(a, "remove-fundingLines-0", "tranches/0/split/2/amount/amount", "1")
	if one, two := a.page.Find(`[name="tranches/0/split/0/amount/amount"]`).AttrOr("value", ""), a.page.Find(`[name="tranches/0/split/1/amount/amount"]`).AttrOr("value", ""); one != "300000" || two != "1" {
		t.Errorf("the split moved to %q and %q", one, two)
	}
	a = press(a, "remove-fundingLines-1", "fundingLines/0/amount/amount", "1000000")
	got := h.post(trackertest.Manager, path, h.fill(a, path))
	if got.Code != http.StatusSeeOther {
		t.Fatalf("saving = %d: %s", got.Code, got.text())
	}
	v, err := h.Tracker.Award(h.Ctx, h.Call(trackertest.Manager), h.award(page))
	if err != nil {
		t.Fatal(err)
	}
	d := v.Document
	if len(d.FundingLines) != 1 || d.FundingLines[0].ID != "F2" || len(d.Tranches[0].Split) != 0 || strings.Join(d.Tranches[1].Gates, " ") != "M2" {
		t.Errorf("saved %+v", d)
	}
}

// Who has the form of an older draft is shown what changed, by whom, and can
// send it all the same.
func TestDraftOutOfDate(t *testing.T) {
	h := newHouse(t)
	page, _ := drafted(h, trackertest.Manager)
	old := h.get(trackertest.Manager, page+"/edit")
	h.does(trackertest.Manager2, page+"/edit", page+"/edit", "title/en", "Renamed", "tranches/1/gates", "1")
	got := h.post(trackertest.Manager, page+"/edit", h.fill(old, page+"/edit", "title/en", "Mine", "tranches/1/gates", "0"))
	if got.Code != http.StatusPreconditionFailed || !strings.Contains(got.text(), "manager2") || !strings.Contains(got.text(), "Mine") {
		t.Fatalf("out of date = %d: %s", got.Code, got.text())
	}
	if again := h.post(trackertest.Manager, page+"/edit", h.fill(got, page+"/edit")); again.Code != http.StatusSeeOther {
		t.Errorf("sending it all the same = %d: %s", again.Code, again.text())
	}
	if got := h.get(trackertest.Manager, page); !strings.Contains(got.page.Find("h1").Text(), "Mine") {
		t.Errorf("the title is %s", got.page.Find("h1").Text())
	}
}

func TestDraftMovesBack(t *testing.T) {
	h := newHouse(t)
	page, _ := drafted(h, trackertest.Manager)
	h.does(trackertest.Manager, page+"/submit", page+"/submit")
	if got := h.get(trackertest.Manager2, page+"/take-back"); got.page.Find("main form").Length() != 0 {
		t.Error("another person can take it back")
	}
	h.does(trackertest.Manager, page+"/take-back", page+"/take-back")
	h.does(trackertest.Manager, page+"/submit", page+"/submit")
	refused := h.post(trackertest.Manager2, page+"/return", h.fill(h.sees(trackertest.Manager2, page+"/return"), page+"/return"))
	if refused.page.Find(`#errors a[href="#f-reason"]`).Length() != 1 {
		t.Errorf("without a reason: %d %s", refused.Code, refused.text())
	}
	h.does(trackertest.Manager2, page+"/return", page+"/return", "reason", hostileDraft)
	if got := h.sees(trackertest.Manager, page); !strings.Contains(got.page.Find(".banner.warn").Text(), "<script>") {
		t.Errorf("the reason is not shown as it is: %s", got.page.Find(".banner.warn").Text())
	}
	h.does(trackertest.Manager, page+"/discard", page+"/discard", "reason", "not wanted")
	if got := h.sees(trackertest.Manager, page); !strings.Contains(got.text(), "This draft was discarded") || got.page.Find(".actions a[href$='/edit']").Length() != 0 {
		t.Errorf("discarded: %s", got.text())
	}
	if got := h.get(trackertest.Manager, page+"/edit"); got.Code != http.StatusConflict {
		t.Errorf("editing it = %d", got.Code)
	}
}

// hostileDraft is what nobody should be able to do harm with.
var hostileDraft = "<script>alert(1)</script> \u202e\u2066" + strings.Repeat("x", 2000)

// Every text field takes what is hostileDraft, and shows it as text or refuses it.
func TestDraftHostileTexts(t *testing.T) {
	h := newHouse(t)
	page, sent := drafted(h, trackertest.Manager, "title/en", hostileDraft[:200], "title/zh", "\u202e<b>", "milestones/0/title", hostileDraft[:250], "milestones/0/criteria", hostileDraft,
		"milestones/0/deliverable", hostileDraft, "milestones/0/description", hostileDraft, "fundingLines/0/region", hostileDraft[:200], "fundingLines/0/level", "<i>", "milestones/0/code", "<M1>")
	if sent.Code != http.StatusSeeOther {
		t.Fatalf("saving = %d: %s", sent.Code, sent.text())
	}
	for _, path := range []string{page, page + "/edit", page + "/submit", page + "/journal", page + "/receipts/1", "/awards"} {
		if got := h.sees(trackertest.Manager, path); got.page.Find("main script:not([src]), main b, main i").Length() != 0 {
			t.Errorf("%s lets markup through", path)
		}
	}
	_, sent = drafted(h, trackertest.Manager, "number", "HT-901", "title/en", strings.Repeat("x", 10000), "form_step", "")
	if sent.page.Find(`#errors a[href="#f-`+linked("title/en")+`"]`).Length() != 1 {
		t.Errorf("a title of 10,000 characters: %d %s", sent.Code, sent.text())
	}
}

func TestWhoMayDraft(t *testing.T) {
	h := newHouse(t)
	page, _ := drafted(h, trackertest.Manager)
	for _, persona := range []string{trackertest.Finance, trackertest.Head, trackertest.Auditor, trackertest.Operator, trackertest.Administrator} {
		if got := h.get(persona, "/awards/new"); got.Code != http.StatusForbidden {
			t.Errorf("%s drafts: %d", persona, got.Code)
		}
		for _, step := range []string{"/edit", "/submit", "/discard"} {
			if got := h.get(persona, page+step); got.Code != http.StatusForbidden && got.Code != http.StatusNotFound {
				t.Errorf("%s %s = %d", persona, step, got.Code)
			}
			if got := h.post(persona, page+step, url.Values{"form_key": {strings.Repeat("a", 32)}, "reason": {"x"}, "number": {"1"}, "title/zh": {"x"}, "programme": {string(h.Programme)}, "amount/currency": {"CNY"}}); got.Code != http.StatusForbidden && got.Code != http.StatusNotFound {
				t.Errorf("%s posts %s = %d: %s", persona, step, got.Code, got.text())
			}
		}
	}
	other := h.NewProgramme("TWO", nil, trackertest.Manager)
	choice := h.sees(trackertest.Manager, "/awards/new")
	if n := choice.page.Find(`main a[href^="/awards/new?programme="]`).Length(); n != 2 {
		t.Errorf("%d programmes to choose from", n)
	}
	if got := h.sees(trackertest.Manager, "/awards/new?programme="+string(other)); got.page.Find(`[name="programme"]`).AttrOr("value", "") != string(other) {
		t.Error("the choice is not kept")
	}
}

// Where there are more organisations than a list offers, they are looked up by
// name, and what was chosen stays.
func TestDraftLooksUpNames(t *testing.T) {
	h := newHouse(t)
	for i := range 201 {
		h.Organisation(fmt.Sprintf("A%03d", i), portfolio.Company)
	}
	const path = "/awards/new"
	page := h.sees(trackertest.Manager, path)
	if n := page.page.Find(`[name="payee"] option`).Length(); n != 201 { // with the empty one
		t.Errorf("%d organisations are offered", n)
	}
	find := func(a answer, text string) answer {
		fields := h.fill(a, path, "find/organisation", text, "form_step", "find", "number", "HT-7")
		return h.post(trackertest.Manager, path, fields)
	}
	found := find(page, "Univ")
	if n := found.page.Find(`[name="payee"] option`).Length(); n != 2 {
		t.Fatalf("%d organisations are found", n)
	}
	fields := h.fill(found, path, "payee", string(h.Payee), "find/organisation", "City", "form_step", "find")
	again := h.post(trackertest.Manager, path, fields)
	if got := again.page.Find(`[name="payee"] option[selected]`).AttrOr("value", ""); got != string(h.Payee) || again.page.Find(`[name="number"]`).AttrOr("value", "") != "HT-7" {
		t.Errorf("the choice became %q", got)
	}
	if again.page.Find(`[name="fundingLines/0/funder"] option[value="`+string(h.City)+`"]`).Length() != 1 {
		t.Error("the second search found nothing")
	}
}
