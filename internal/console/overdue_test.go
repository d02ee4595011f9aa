package console_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/award"
	"milepost/internal/tracker/trackertest"
)

// lateHouse is a house with an award of which 30 milestones are late, by
// different days: M1 by 1 day, M2 by 4, M3 by 7 …
func lateHouse(t *testing.T) (*house, trackertest.Active) {
	t.Helper()
	h := newHouse(t)
	today := trackertest.Day("2026-07-01")
	var ms []award.MilestoneDraft
	for i := range 30 {
		ms = append(ms, trackertest.Milestone(fmt.Sprintf("M%d", i+1), today.AddDays(-1-3*i).String()))
	}
	ms = append(ms, trackertest.Milestone("SOON", "2026-07-10"))
	a := h.ActiveAward(ms, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1", "M2"), trackertest.Tranche(2, "2026-12-01", "20", "M30")})
	h.Clock.Set(today)
	return h, a
}

func codes(a answer) []string {
	return a.page.Find("td.what bdi").Map(func(_ int, s *goquery.Selection) string { return strings.Fields(s.Text())[0] })
}

func rowsOf(t testing.TB, a answer) [][]string {
	t.Helper()
	if a.Code != http.StatusOK || !strings.HasPrefix(a.Header().Get("Content-Type"), "text/csv") {
		t.Fatalf("the export = %d %s", a.Code, a.Header().Get("Content-Type"))
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Body.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestOverduePagesAndBuckets(t *testing.T) {
	h, _ := lateHouse(t)
	page := h.sees(trackertest.Manager, "/overdue")
	if got := codes(page); len(got) != 25 || got[0] != "M30" || got[24] != "M6" {
		t.Fatalf("the first page shows %v", got)
	}
	if page.page.Find(".buckets .count").Length() != 0 {
		t.Error("buckets are counted that nobody has counted")
	}
	if got := codes(h.sees(trackertest.Manager, page.page.Find(`a[rel="next"]`).AttrOr("href", ""))); !slices.Equal(got, []string{"M5", "M4", "M3", "M2", "M1"}) {
		t.Errorf("the second page shows %v", got)
	}
	if got := rowsOf(t, h.get(trackertest.Manager, page.page.Find(".title .actions a").AttrOr("href", ""))); len(got) != 31 || got[1][2] != "88" {
		t.Errorf("the export has %d rows", len(got))
	}

	h.follow()
	page = h.sees(trackertest.Manager, "/overdue")
	if got := texts(page.page.Find(".buckets .count")); !slices.Equal(got, []string{"30 items", "3 items", "7 items", "20 items", "0 items"}) {
		t.Errorf("the buckets count %v", got)
	}
	risks := page.page.Find(".bucket data").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") })
	if !slices.Equal(risks, []string{"10.00", "20.00"}) {
		t.Errorf("money at risk: %v", risks)
	}
	for i, want := range []int{30, 3, 7, 20, 0} {
		bucket := h.sees(trackertest.Manager, page.page.Find(".bucket a").Eq(i).AttrOr("href", ""))
		if got := rowsOf(t, h.get(trackertest.Manager, bucket.page.Find(".title .actions a").AttrOr("href", ""))); len(got)-1 != want {
			t.Errorf("bucket %d counts %d and lists %d", i, want, len(got)-1)
		}
	}
	for _, persona := range everybody() {
		h.sees(persona, "/overdue")
	}
}

func TestOverdueFilters(t *testing.T) {
	h, a := lateHouse(t)
	h.Submit(a.M("M30"))
	h.sweep()
	h.follow()
	operator := string(h.People[trackertest.Operator])
	for _, c := range []struct {
		persona, query string
		want           int // rows of the first page
		chips          int
	}{
		{trackertest.Manager, "late=8-30", 7, 1},
		{trackertest.Manager, "whose=mine", 0, 1},
		{trackertest.Manager, "whose=others", 25, 1},
		{trackertest.Manager, "status=open&whose=mine", 1, 1},
		{trackertest.Manager, "status=dueSoon", 2, 0},
		{trackertest.Manager, "status=paused", 0, 0},
		{trackertest.Manager, "kind=deliver&late=1-7", 3, 2},
		{trackertest.Manager, "kind=rework", 0, 1},
		{trackertest.Manager, "role=platformOperator&level=head", 3, 2},
		{trackertest.Manager, "role=finance", 0, 1},
		{trackertest.Manager, "person=" + operator, 0, 1},
		{trackertest.Manager, "platform=" + string(h.Platform) + "&late=1-7", 3, 2},
		{trackertest.Manager, "platform=" + string(h.OtherPlatform), 0, 1},
		{trackertest.Manager, "programme=" + string(h.Programme) + "&late=1-7", 3, 2},
		{trackertest.Manager, "programme=prg_00000000000000000000000000", 0, 1},
		{trackertest.Manager, "late=nonsense&kind=%3Cb%3E&level=x", 25, 0},
		{trackertest.Operator2, "late=8-30", 0, 1},
		{trackertest.Manager, "person=" + url.QueryEscape("\"><b>\u202e"+strings.Repeat("x", 300)), 0, 1},
	} {
		page := h.sees(c.persona, "/overdue?"+c.query)
		if got := page.page.Find("tbody tr").Length(); got != c.want {
			t.Errorf("%s %s: %d rows, want %d: %v", c.persona, c.query, got, c.want, codes(page))
		}
		if got := page.page.Find(".chips li").Length(); got != c.chips || page.page.Find("main b").Length() != 0 {
			t.Errorf("%s: %d chips, want %d", c.query, got, c.chips)
		}
	}
	// Who was told is one truth: what was found too late says nobody, in both.
	list := h.get(trackertest.Manager, "/overdue")
	untold := 0
	for _, row := range rowsOf(t, h.get(trackertest.Manager, "/overdue?format=csv"))[1:26] {
		if slices.Contains(row, "Not told yet") {
			untold++
		}
	}
	if got := list.page.Find("tbody .none").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == "Not told yet" }).Length(); got != untold || untold == 0 {
		t.Errorf("the page says of %d that nobody was told, the file of %d", got, untold)
	}
	// A chip drops its filter and keeps the others.
	page := h.get(trackertest.Manager, "/overdue?kind=deliver&late=8-30")
	if got := page.page.Find(".chips a").First().AttrOr("href", ""); got != "/overdue?late=8-30" && got != "/overdue?kind=deliver" {
		t.Errorf("the first chip leads to %q", got)
	}
	if got := page.page.Find(`form.filters input[name="late"]`).AttrOr("value", ""); got != "8-30" {
		t.Errorf("the filter form keeps %q", got)
	}
}
