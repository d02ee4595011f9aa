package console_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"milepost/internal/portfolio"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// offered are the choices of a list by their groups: who fits, and the others.
func offered(t *testing.T, a answer, field string) (fits, others []string) {
	t.Helper()
	for _, group := range a.page.Find(`[name="` + field + `"] optgroup`).EachIter() {
		for _, o := range group.Find("option").EachIter() {
			if group.AttrOr("label", "") == "Others" {
				others = append(others, o.AttrOr("value", ""))
			} else {
				fits = append(fits, o.AttrOr("value", ""))
			}
		}
	}
	return fits, others
}

// Who fits a place of an award is offered first. People of the other side and
// auditors are not offered as responsible; who was chosen stays.
func TestDraftOffersWhoFitsFirst(t *testing.T) {
	h := newHouse(t)
	form := h.sees(trackertest.Manager, "/awards/new")
	person := func(name string) string { return string(h.People[name]) }
	tests := []struct {
		field              string
		first, then, never []string
	}{
		{"responsible/funder", []string{person(trackertest.Manager), person(trackertest.Manager2), person(trackertest.Finance), person(trackertest.Head)},
			nil, []string{person(trackertest.Auditor), person(trackertest.Operator)}},
		{"responsible/payee", []string{person(trackertest.Operator)}, nil,
			[]string{person(trackertest.Auditor), person(trackertest.Manager), person(trackertest.Finance)}},
		{"payee", []string{string(h.Payee)}, []string{string(h.City)}, nil},
		{"fundingLines/0/funder", []string{string(h.City)}, []string{string(h.Payee)}, nil},
	}
	for _, test := range tests {
		fits, others := offered(t, form, test.field)
		for _, id := range test.first {
			if !slices.Contains(fits, id) {
				t.Errorf("%s: %s is not offered first", test.field, id)
			}
		}
		for _, id := range test.then {
			if !slices.Contains(others, id) {
				t.Errorf("%s: %s is not offered with the others", test.field, id)
			}
		}
		for _, id := range test.never {
			if slices.Contains(fits, id) || slices.Contains(others, id) {
				t.Errorf("%s: %s of the other side is offered", test.field, id)
			}
		}
	}

	fields := h.fill(form, "/awards/new", "payee", string(h.OtherPayee), "form_step", "find")
	fits, others := offered(t, h.post(trackertest.Manager, "/awards/new", fields), "responsible/payee")
	if slices.Contains(fits, person(trackertest.Operator)) || !slices.Contains(others, person(trackertest.Operator)) {
		t.Errorf("the operator of another payee is offered first: %v", fits)
	}
	page, sent := drafted(h, trackertest.Manager, "responsible/payee", person(trackertest.Auditor))
	if sent.Code != http.StatusSeeOther {
		t.Fatalf("saved = %d: %s", sent.Code, sent.text())
	}
	if _, others := offered(t, h.sees(trackertest.Manager, page+"/edit"), "responsible/payee"); !slices.Contains(others, person(trackertest.Auditor)) {
		t.Errorf("who was chosen is not offered again: %v", others)
	}
}

// Of more people than a list offers, those in a role here are in it all the
// same, and the form costs no more reads than a full list.
func TestDraftOffersWhoFitsOfMany(t *testing.T) {
	h := houseOf(t, trackertest.New(t, store.Counted(trackertest.Memory(t))))
	few := h.readsOf(trackertest.Manager, "/awards/new")
	grow := func(from, to int) {
		for i := from; i < to; i++ {
			name := fmt.Sprintf("a%03d", i)
			h.Person(name, h.City)
			h.Grant(name, portfolio.Auditor, string(h.Programme))
		}
	}
	grow(0, 210)
	fits, _ := offered(t, h.sees(trackertest.Manager, "/awards/new"), "responsible/funder")
	if !slices.Contains(fits, string(h.People[trackertest.Manager])) || !slices.Contains(fits, string(h.People[trackertest.Head])) {
		t.Errorf("offered first are %v", fits)
	}
	full := h.readsOf(trackertest.Manager, "/awards/new")
	grow(210, 240)
	more := h.readsOf(trackertest.Manager, "/awards/new")
	if more.Queries > full.Queries || more.Gets > full.Gets {
		t.Errorf("reads grew from %+v to %+v", full, more)
	}
	t.Logf("the form reads %+v for few, %+v for many", few, full)
}
