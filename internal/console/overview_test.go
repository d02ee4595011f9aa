package console_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/award"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// smallPortfolio has two awards on two platforms: of 40 and 7 million, with a
// milestone met, one late by five days and one by forty, and money paid and
// returned.
func smallPortfolio(t *testing.T, s store.Store) *house {
	t.Helper()
	h := houseOf(t, trackertest.New(t, s))
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-04-10"), trackertest.Milestone("M3", "2026-12-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-15", "10000000", "M1"), trackertest.Tranche(2, "2026-06-15", "30000000", "M2", "M3")})
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-05-15")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-15", "7000000", "M1")}, h.OnOtherPlatform)
	h.Meet(a.M("M1"))
	h.Refund(h.PayOut(a.Tr(1)), "500000")
	h.Clock.Set(trackertest.Day("2026-05-20"))
	h.follow()
	return h
}

func TestOverviewFiguresLeadToWhatTheyCount(t *testing.T) {
	h := smallPortfolio(t, nil)
	page := h.sees(trackertest.Manager, "/overview")
	values := page.page.Find(".figures data").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") })
	if want := []string{"47000000.00", "10000000.00", "10000000.00", "500000.00", "37000000.00"}; !slices.Equal(values, want) {
		t.Errorf("money is %v, want %v", values, want)
	}
	if text := page.page.Find(".figures").Text(); !strings.Contains(text, "100.0%") || !strings.Contains(text, "1 of 1 milestones met") {
		t.Errorf("the figures say %s", text)
	}
	if n := page.page.Find("figure.chart").Length(); n != 8 {
		t.Errorf("%d charts", n)
	}
	if page.page.Find(`link[href^="/assets/chart."]`).Length() != 1 || h.get(trackertest.Manager, "/").page.Find(`link[href^="/assets/chart."]`).Length() != 0 {
		t.Error("the style sheet of charts belongs to pages with charts")
	}
	// Links of this package's own lists count what the mark says.
	for mark, want := range map[string]int{
		`a[href="/overdue?late=1-7"]`: 1, `a[href="/overdue?late=31-90"]`: 1, `a[href="/overdue?late=8-30"]`: 0,
		`a[href="/overdue"]`: 2, `a[href="/overdue?from=2026-06-20&status=open"]`: 1, `a[href="/overdue?role=platformOperator&status=owed"]`: 3,
		`a[href="/milestones?state=planned"]`: 3, `a[href="/milestones?outcome=met&state=decided"]`: 1, `a[href="/milestones?outcome=notMet&state=decided"]`: 0,
	} {
		link := page.page.Find(".charts, .figures").Find(mark).First()
		if link.Length() == 0 {
			t.Errorf("nothing leads to %s", mark)
			continue
		}
		if got := h.get(trackertest.Manager, link.AttrOr("href", "")).page.Find("tbody tr").Length(); got != want {
			t.Errorf("%s lists %d, want %d", mark, got, want)
		}
	}
	parts := page.page.Find("#parts ~ div tbody tr")
	if parts.Length() != 2 {
		t.Fatalf("%d parts", parts.Length())
	}
	for _, persona := range everybody() {
		h.sees(persona, "/overview")
	}
}

func TestOverviewOfAPlace(t *testing.T) {
	h := smallPortfolio(t, nil)
	page := h.sees(trackertest.Manager, "/overview?platform="+string(h.OtherPlatform))
	if got := page.page.Find(".figures data").First().AttrOr("value", ""); got != "7000000.00" {
		t.Errorf("awarded on the other platform: %s", got)
	}
	if got := page.page.Find(`.figures a`).Eq(0).AttrOr("href", ""); got != "/awards?half=all&platform="+string(h.OtherPlatform) {
		t.Errorf("awarded leads to %s", got)
	}
	if page.page.Find(".chips li").Length() != 1 {
		t.Error("the filter has no chip")
	}
	if got := h.sees(trackertest.Operator2, "/overview").page.Find(".figures data").First().AttrOr("value", ""); got != "7000000.00" {
		t.Errorf("its operator sees %s", got)
	}
	for persona, path := range map[string]string{trackertest.Operator2: "/overview?platform=" + string(h.Platform), trackertest.Manager: "/overview?platform=plt_00000000000000000000000000", trackertest.Stranger: "/overview?programme=" + string(h.Programme)} {
		if got := h.get(persona, path); got.Code != http.StatusNotFound {
			t.Errorf("%s: %s = %d", persona, path, got.Code)
		}
	}
}

func TestOverviewExports(t *testing.T) {
	h := smallPortfolio(t, nil)
	rows := rowsOf(t, h.get(trackertest.Manager, "/overview?format=csv"))
	if len(rows) != 3 || len(rows[0]) != 12 {
		t.Fatalf("the export is %v", rows)
	}
	for _, row := range rows[1:] {
		want := []string{"2026-05-20", "CNY", "1", "7000000.00", "0.00", "0.00", "0.00", "1", "1", "7000000.00"}
		if row[5] == "40000000.00" {
			want = []string{"2026-05-20", "CNY", "1", "40000000.00", "10000000.00", "10000000.00", "500000.00", "2", "1", "30000000.00"}
		}
		if got := slices.Concat(row[:1], row[3:]); !slices.Equal(got, want) {
			t.Errorf("a row is %v, want %v", got, want)
		}
	}
	page := h.get(trackertest.Manager, "/overview")
	links := page.page.Find(`figure.chart a[href*="table="]`)
	if links.Length() != 8 {
		t.Fatalf("%d charts offer their table", links.Length())
	}
	links.Each(func(_ int, s *goquery.Selection) {
		if rows := rowsOf(t, h.get(trackertest.Manager, s.AttrOr("href", ""))); len(rows) < 2 {
			t.Errorf("%s holds %v", s.AttrOr("href", ""), rows)
		}
	})
	if got := h.get(trackertest.Manager, "/overview?format=csv&table=nonsense"); got.Code != http.StatusNotFound {
		t.Errorf("the table of no chart = %d", got.Code)
	}
}

// Before any figures are made the page says so, and shows no wrong ones.
func TestOverviewBeforeTheFirstFigures(t *testing.T) {
	h := newHouse(t)
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-15", "10", "M1")})
	page := h.sees(trackertest.Manager, "/overview")
	if !strings.Contains(page.page.Find("[role=status]").Text(), "still being made") || page.page.Find(".figures").Length() != 0 {
		t.Errorf("the page says %s", page.text())
	}
}

// What is read does not grow with the awards.
func TestOverviewReadsDoNotGrow(t *testing.T) {
	reads := func(awards int) store.Tally {
		h := smallPortfolio(t, store.Counted(trackertest.Memory(t)))
		for range awards {
			h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-15")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-15", "70", "M1")})
		}
		h.follow()
		h.signIn(trackertest.Head)
		ctx, tally := store.WithTally(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/overview", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.send(trackertest.Head, r); got.Code != http.StatusOK {
			t.Fatalf("the overview = %d", got.Code)
		}
		return *tally
	}
	if few, many := reads(1), reads(12); few != many {
		t.Errorf("%+v, then %+v", few, many)
	}
}
