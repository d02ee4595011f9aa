package console_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// What is printed and filed is all of a journal, in the order in which it was
// written, and says so that the sheet can be checked.
func TestWholeJournal(t *testing.T) {
	h := newHouse(t)
	a := begun(h)
	for range 15 {
		h.Submit(a.M("M2"))
		h.SendBack(a.M("M2"), "2026-06-01")
	}
	path := "/awards/" + string(a.ID) + "/journal"
	pages := h.sees(trackertest.Auditor, path)
	if n := pages.page.Find(".journal > li").Length(); n != 25 {
		t.Fatalf("a page has %d entries", n)
	}
	link := pages.page.Find(`main a[href*="whole="]`).AttrOr("href", "")
	v := h.sees(trackertest.Auditor, link)
	journal, err := h.Tracker.Journal(t.Context(), h.Call(trackertest.Auditor), string(a.ID), tracker.JournalQuery{}, tracker.PageRequest{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	last := journal.Items[0].Sequence
	numbers := v.page.Find(".journal .number").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") })
	if len(numbers) != int(last) || v.page.Find(".pages, details.card, .journal details").Length() != 0 {
		t.Fatalf("the whole has %d of %d entries", len(numbers), last)
	}
	for i, href := range numbers {
		if want := "/receipts/" + strconv.Itoa(i+1); !strings.HasSuffix(href, want) {
			t.Fatalf("entry %d is %s", i+1, href)
		}
	}
	if said := v.page.Find(".filed").Text(); !strings.Contains(said, journal.Items[0].Hash) || !strings.Contains(said, strconv.FormatInt(last, 10)+" entries") {
		t.Errorf("the whole says %q", said)
	}
	if printed := v.page.Find(".printed").Text(); !strings.Contains(printed, "example.com"+path+"?whole=yes") || !strings.Contains(printed, "auditor") {
		t.Errorf("the printed page says %q", printed)
	}
	some := h.sees(trackertest.Auditor, link+"&kind=tranche")
	if said := some.page.Find(".filed").Text(); !strings.Contains(said, "not the whole journal") || some.page.Find(".journal > li").Length() >= len(numbers) {
		t.Errorf("a filtered journal says %q", said)
	}
	if got := h.get(trackertest.Lead, link); got.Code != h.get(trackertest.Lead, path).Code {
		t.Errorf("the project lead gets the whole: %d", got.Code)
	}
}

// A journal beyond the bound stays in pages and says why.
func TestJournalTooLongForOnePage(t *testing.T) {
	h := newHouse(t)
	a := begun(h)
	for i := range 1001 {
		if _, err := h.Tracker.ForecastMilestone(t.Context(), h.Call(trackertest.Operator), a.M("M2"), tracker.Forecast{ForecastOn: h.Today().AddDays(1 + i%9)}); err != nil {
			t.Fatal(err)
		}
	}
	v := h.sees(trackertest.Auditor, "/awards/"+string(a.ID)+"/journal?whole=yes")
	if !strings.Contains(v.page.Find(".banner.warn").Text(), "more than 1000 entries") || v.page.Find(".journal > li").Length() != 25 || v.page.Find(".filed").Length() != 0 {
		t.Errorf("%d entries under %q", v.page.Find(".journal > li").Length(), v.page.Find(".banner.warn").Text())
	}
}

func TestWholeLedger(t *testing.T) {
	h := newHouse(t)
	a := begun(h)
	path := "/awards/" + string(a.ID) + "/money"
	link := h.sees(trackertest.Finance, path).page.Find(`main a[href*="whole="]`).AttrOr("href", "")
	v := h.sees(trackertest.Finance, link)
	if v.Code != http.StatusOK || v.page.Find(".filed").Text() == "" {
		t.Fatalf("GET %s = %d %q", link, v.Code, v.page.Find(".filed").Text())
	}
	sum := v.page.Find("table.book tfoot td .money").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	if len(sum) != 2 || sum[0] != sum[1] || strings.Trim(sum[0], "CNY 0.,") == "" {
		t.Errorf("debits and credits add up to %v", sum)
	}
}
