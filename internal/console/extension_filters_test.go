package console_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/tracker/trackertest"
)

// The list of extensions is narrowed by where, whose award, who asked and when,
// page by page, and its file holds what it shows.
func TestExtensionsAreNarrowed(t *testing.T) {
	h := newHouse(t)
	var drafts []award.MilestoneDraft
	for i := range 27 {
		drafts = append(drafts, trackertest.Milestone("M"+strconv.Itoa(i+1), "2026-06-01"))
	}
	a := h.ActiveAward(drafts, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	b := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("N1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "N1")}, h.OnOtherPlatform)
	h.Clock.Set(trackertest.Day("2026-03-10"))
	for i := range 26 {
		h.Ask(a.M("M"+strconv.Itoa(i+1)), "2026-08-01")
	}
	h.Clock.Set(trackertest.Day("2026-04-10"))
	h.Ask(b.M("N1"), "2026-08-01", trackertest.Operator2)

	codesOf := func(a answer) []string {
		return a.page.Find("main .scroll tbody td:nth-child(2)").Map(func(_ int, s *sel) string { return strings.Fields(s.Text())[0] })
	}
	first := h.sees(trackertest.Manager, "/extensions")
	if n := len(codesOf(first)); n != 25 {
		t.Fatalf("the first page has %d rows", n)
	}
	next := h.sees(trackertest.Manager, first.page.Find(`a[rel="next"]`).AttrOr("href", ""))
	if got := codesOf(next); len(got) != 2 || got[1] != "N1" {
		t.Errorf("the second page has %v", got)
	}
	if rows := rowsOf(t, h.get(trackertest.Manager, exportLink(first))); len(rows) != 28 {
		t.Errorf("the file has %d rows", len(rows))
	}
	number := h.get(trackertest.Manager, "/awards/"+string(b.ID)).page.Find("main").Text()
	_, number, _ = strings.Cut(number, "HT-")
	number = "HT-" + number[:3]
	by := string(h.People[trackertest.Operator2])
	for query, want := range map[string][]string{
		"platform=" + string(h.OtherPlatform):      {"N1"},
		"award=" + string(b.ID):                    {"N1"},
		"award=" + strings.ToLower(number):         {"N1"},
		"award=" + url.QueryEscape(" "+number+" "): {"N1"},
		"by=" + by:        {"N1"},
		"from=2026-04-01": {"N1"},
		"from=2026-04-10&to=2026-04-10&programme=" + string(h.Programme): {"N1"},
		"to=2026-04-09&by=" + by:                            nil,
		"award=HT-NONE":                                     nil,
		"award=awd_00000000000000000000000000":              nil,
		"state=granted&platform=" + string(h.OtherPlatform): nil,
		"state=all&platform=" + string(h.OtherPlatform):     {"N1"},
		"programme=prg_00000000000000000000000000":          nil,
	} {
		page := h.sees(trackertest.Manager, "/extensions?"+query)
		if got := codesOf(page); !slices.Equal(got, want) {
			t.Errorf("%s lists %v, want %v", query, got, want)
		}
		if page.page.Find(".chips li").Length() == 0 {
			t.Errorf("%s: nothing says what it is narrowed by", query)
		}
		if rows := rowsOf(t, h.get(trackertest.Manager, exportLink(page))); len(rows) != len(want)+1 {
			t.Errorf("%s exports %d rows", query, len(rows)-1)
		}
		// The form sends on what is set.
		form := h.fill(page, "/extensions")
		if again := h.get(trackertest.Manager, "/extensions?"+form.Encode()); !slices.Equal(codesOf(again), want) {
			t.Errorf("%s: its form asks for %s, which lists %v", query, form.Encode(), codesOf(again))
		}
	}
	if got := h.sees(trackertest.Manager, "/extensions?platform="+string(h.OtherPlatform)); !slices.Contains(texts(got.page.Find("#q-by option")), "operator2") {
		t.Errorf("who asked is not offered: %v", texts(got.page.Find("#q-by option")))
	}
	for _, odd := range []string{"from=yesterday", "from=2026-05-02&to=2026-05-01", "award=x"} {
		page := h.sees(trackertest.Manager, "/extensions?"+odd)
		if page.page.Find("[role=alert]").Length() != 1 || page.page.Find("form.filters").Length() != 1 {
			t.Errorf("%s: %.200s", odd, page.text())
		}
	}
	if got := codesOf(h.sees(trackertest.Operator, "/extensions?award="+string(b.ID))); len(got) != 0 {
		t.Errorf("another platform's operator sees %v", got)
	}
}
