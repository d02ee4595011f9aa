package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/tracker/trackertest"
)

func TestSearchLeadsToWhatMayBeSeen(t *testing.T) {
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	page := h.sees(trackertest.Manager, "/search?q=ht-0")
	if got := page.page.Find("main td a").AttrOr("href", ""); got != "/awards/"+string(a.ID) {
		t.Errorf("the search leads to %q", got)
	}
	if got := h.sees(trackertest.Operator2, "/search?q=HT-0"); got.page.Find("main td a").Length() != 0 {
		t.Errorf("somebody else's operator finds %s", got.text())
	}
	if got := h.sees(trackertest.Manager, "/search?q=HT-0&type=platform"); !strings.Contains(got.text(), "Nothing begins with that.") {
		t.Errorf("an award is found among platforms: %s", got.text())
	}
}

func TestSearchSaysWhatItNeeds(t *testing.T) {
	h := newHouse(t)
	for _, text := range []string{"x", strings.Repeat("长", 150), "<b>", "\u202e", "%00"} {
		a := h.get(trackertest.Manager, "/search?q="+url.QueryEscape(text))
		if a.Code != http.StatusOK || a.page.Find("main b").Length() != 0 {
			t.Errorf("searching %q = %d", text, a.Code)
		}
	}
	if a := h.get(trackertest.Manager, "/search?q=x"); a.page.Find("[role=alert]").Length() != 1 {
		t.Errorf("one character: %s", a.text())
	}
}
