package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/award"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// fieldsOf are the fields that a list of faults leads to, in its order.
func fieldsOf(list *goquery.Selection) []string {
	var out []string
	for _, a := range list.Find("a").EachIter() {
		_, field, _ := strings.Cut(a.AttrOr("href", ""), "#f-")
		out = append(out, strings.ReplaceAll(field, "%2f", "/"))
	}
	return out
}

// placesOf are where fields stand on a page, counted in elements; -1 for none.
func placesOf(page *goquery.Document, fields []string) []int {
	var ids []string
	for _, s := range page.Find("[id]").EachIter() {
		ids = append(ids, s.AttrOr("id", ""))
	}
	out := make([]int, len(fields))
	for i, f := range fields {
		out[i] = slices.Index(ids, "f-"+f)
	}
	return out
}

func inPageOrder(t *testing.T, page *goquery.Document, fields []string) {
	t.Helper()
	places := placesOf(page, fields)
	if !slices.IsSorted(places) || slices.Contains(places, -1) {
		t.Errorf("the fields %v stand at %v", fields, places)
	}
}

// One press of save tells everything: what cannot be read, what a draft must
// have and what others have taken, and what submitting will ask for.
func TestDraftIsRefusedWithAllAtOnce(t *testing.T) {
	h := newHouse(t)
	if _, sent := drafted(h, trackertest.Manager); sent.Code != http.StatusSeeOther {
		t.Fatalf("the first = %d", sent.Code)
	}
	page, sent := drafted(h, trackertest.Manager, "title/en", "", "fundingLines/0/fiscalYear", "x", "amount/amount", "3k", "startOn", "2027-04-01", "milestones/1/title", "", "tranches/1/plannedOn", "soon")
	if sent.Code != http.StatusUnprocessableEntity {
		t.Fatalf("refused with %d, to %q", sent.Code, page)
	}
	want := []string{"number", "title", "amount/amount", "fundingLines/0/fiscalYear", "tranches/1/plannedOn"}
	if got := fieldsOf(sent.page.Find("#errors")); !slices.Equal(got, want) {
		t.Errorf("refused for %v, want %v", got, want)
	}
	lacks := fieldsOf(sent.page.Find(".lacks"))
	for _, field := range []string{"endOn", "milestones/0/dueOn", "milestones/1/title"} {
		if !slices.Contains(lacks, field) {
			t.Errorf("submitting lacks %v, without %s", lacks, field)
		}
	}
	for _, field := range append(want, "tranches", "fundingLines") { // nothing twice, and no sum of what is not known
		if slices.Contains(lacks, field) {
			t.Errorf("submitting lacks %s, which is said above or not known", field)
		}
	}
	inPageOrder(t, sent.page, fieldsOf(sent.page.Find("#errors")))
	inPageOrder(t, sent.page, lacks)
	for name, want := range map[string]string{"amount/amount": "3k", "tranches/1/plannedOn": "soon", "fundingLines/0/fiscalYear": "x"} {
		if got := sent.page.Find(`[name="`+name+`"]`).AttrOr("value", ""); got != want {
			t.Errorf("%s became %q", name, got)
		}
	}
	if got := sent.page.Find("#errors").Text(); !strings.Contains(got, "Agreement number: ") {
		t.Errorf("the summary does not say where: %s", got)
	}
}

// A number and one title are enough to save; the page of the draft then lists
// what submitting will ask for, by the rules that submitting uses, and each
// line leads to its field.
func TestIncompleteDraftSaysWhatItLacks(t *testing.T) {
	h := newHouse(t)
	path := "/awards/new"
	form := h.sees(trackertest.Manager, path)
	if got := form.text(); !strings.Contains(got, "One of the two titles is needed to save") || !strings.Contains(got, "Needed to save") {
		t.Errorf("the form does not say what it needs: %s", got)
	}
	saved := h.post(trackertest.Manager, path, h.fill(form, path, "number", "HT-77", "title/zh", "Only a title", "platform", string(h.Platform), "startOn", "2026-05-01", "endOn", "2026-04-01"))
	if saved.Code != http.StatusSeeOther {
		t.Fatalf("saving = %d: %s", saved.Code, saved.text())
	}
	page := saved.Header().Get("Location")
	lacks := h.sees(trackertest.Manager, page).page.Find(".lacks")
	edit := h.sees(trackertest.Manager, page+"/edit")
	for _, field := range []string{"payee", "amount/amount", "endOn", "fundingLines/0/funder", "milestones/0/title", "tranches/0/gates"} {
		if lacks.Find(`a[href="`+page+`/edit#f-`+linked(field)+`"]`).Length() == 0 {
			t.Errorf("%s is not listed in %v", field, fieldsOf(lacks))
		}
	}
	inPageOrder(t, edit.page, fieldsOf(lacks))
	check := h.sees(trackertest.Manager, page+"/submit")
	if at, there := fieldsOf(lacks), fieldsOf(check.page.Find("main .errors")); !slices.Equal(at, there) || !slices.Equal(at, fieldsOf(edit.page.Find(".lacks"))) {
		t.Errorf("three pages say three things: %v, %v, %v", at, there, fieldsOf(edit.page.Find(".lacks")))
	}
	whole, _ := drafted(h, trackertest.Manager)
	if got := h.get(trackertest.Manager, whole).page.Find(".lacks"); got.Length() != 0 {
		t.Errorf("a whole draft lacks %s", got.Text())
	}
	if got := h.get(trackertest.Auditor, page).page.Find(".lacks"); got.Length() != 0 {
		t.Errorf("who cannot submit it is told %s", got.Text())
	}
}

// readsOf are the reads of a page.
func (h *house) readsOf(persona, path string) store.Tally {
	h.t.Helper()
	ctx, tally := store.WithTally(h.t.Context())
	if got := h.send(persona, httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx)); got.Code != http.StatusOK {
		h.t.Fatalf("GET %s = %d", path, got.Code)
	}
	return *tally
}

// What a draft lacks costs as many reads however much it holds.
func TestWhatADraftLacksIsBounded(t *testing.T) {
	h := houseOf(t, trackertest.New(t, store.Counted(trackertest.Memory(t))))
	page, _ := drafted(h, trackertest.Manager)
	small := h.readsOf(trackertest.Manager, page)
	var milestones []award.MilestoneDraft
	for i := range 30 {
		milestones = append(milestones, trackertest.Milestone(fmt.Sprintf("M%d", i+1), "2026-06-30"))
	}
	large := h.readsOf(trackertest.Manager, "/awards/"+string(h.Draft(h.Document(milestones, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")}))))
	if large.Gets > small.Gets || large.Queries > small.Queries {
		t.Errorf("reads grew from %+v to %+v", small, large)
	}
	t.Logf("the page of a draft reads %+v", small)
}

// A summary follows the order of the fields on its page, whatever is checked
// first.
func TestErrorsFollowThePage(t *testing.T) {
	h, a := approvedHouse(t)
	path := h.instructs(a, "2000000") + "/paid"
	refused := h.post(trackertest.Finance, path, h.fill(h.sees(trackertest.Finance, path), path, "paidOn", "", "bankReference", "", "form_step", "check"))
	got := fieldsOf(refused.page.Find("#errors"))
	if !slices.Equal(got, []string{"paidOn", "bankReference"}) {
		t.Errorf("the summary leads to %v", got)
	}
	inPageOrder(t, refused.page, got)
}

// Dates after the award's end, and a tranche's before its gate is due, are allowed, and said in the form and before the draft
// is submitted and activated.
func TestDatesAfterTheEndAreSaid(t *testing.T) {
	h := newHouse(t)
	page, sent := drafted(h, trackertest.Manager, "milestones/1/dueOn", "2027-06-30", "tranches/1/plannedOn", "2027-05-15")
	if sent.Code != http.StatusSeeOther {
		t.Fatalf("saving = %d: %s", sent.Code, sent.text())
	}
	want := []string{"Milestone 2 · Due date: 2027-06-30 is after the award ends (2027-03-31).", "Tranche 2 · Planned on: 2027-05-15 is after the award ends (2027-03-31).",
		"Tranche 2 · Planned on: 2027-05-15 is before M2, a gate of this tranche, is due (2027-06-30)."}
	said := func(persona, path, form string) {
		t.Helper()
		links := h.sees(persona, path).page.Find(`[aria-labelledby="stray"] a`)
		if got := texts(links); !slices.Equal(got, want) || links.First().AttrOr("href", "") != form+"#f-"+linked("milestones/1/dueOn") {
			t.Errorf("%s says %q, leading to %s", path, got, links.First().AttrOr("href", ""))
		}
	}
	said(trackertest.Manager, page+"/edit", "")
	said(trackertest.Manager, page+"/submit", page+"/edit")
	h.does(trackertest.Manager, page+"/submit", page+"/submit")
	said(trackertest.Manager2, page+"/activate", page+"/edit")
	within, _ := drafted(h, trackertest.Manager, "number", "HT-901")
	if got := h.sees(trackertest.Manager, within+"/edit").page.Find("#stray"); got.Length() != 0 {
		t.Errorf("dates within the term are said: %s", got.Text())
	}
}
