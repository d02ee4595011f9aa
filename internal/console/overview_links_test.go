package console_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"milepost/internal/award"
	"milepost/internal/money"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// busyPortfolio has something of everything that the overview counts, over
// several months and pages.
func busyPortfolio(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	drafts := []award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-03-12"), trackertest.Milestone("M3", "2026-04-10"),
		trackertest.Milestone("M4", "2026-04-20"), trackertest.Milestone("M5", "2026-09-01"), trackertest.Milestone("M6", "2026-12-01")}
	for i := range 28 { // more than a page
		drafts = append(drafts, trackertest.Milestone("L"+strconv.Itoa(i), trackertest.Day("2026-03-20").AddDays(i).String()))
	}
	a := h.ActiveAward(drafts, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-15", "10000000", "M1"), trackertest.Tranche(2, "2026-06-15", "4000000", "M2"),
		trackertest.Tranche(3, "2026-06-16", "2000000", "M3"), trackertest.Tranche(4, "2026-12-15", "24000000", "M6")})
	b := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("N1", "2026-05-15"), trackertest.Milestone("N2", "2026-11-15")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-15", "7000000", "N1")}, h.OnOtherPlatform)
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("P1", "2026-05-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-15", "1000000", "P1")}, h.OnNoPlatform)
	h.Clock.Set(trackertest.Day("2026-03-09"))
	h.Meet(a.M("M1"))
	h.Refund(h.PayOut(a.Tr(1)), "500000")
	h.Clock.Set(trackertest.Day("2026-04-02"))
	h.Meet(a.M("M2"))
	h.PayOut(a.Tr(2))
	h.Submit(a.M("M4"))
	h.Decide(a.M("M4"), award.NotMet)
	h.Clock.Set(trackertest.Day("2026-04-28"))
	h.Meet(a.M("M3"))
	h.Request(a.Tr(3))
	h.Ask(a.M("M5"), "2026-10-01")
	h.Submit(b.M("N1"), trackertest.Operator2)
	h.Clock.Set(trackertest.Day("2026-05-20"))
	h.follow()
	return h
}

// listed is how many rows a list has on all its pages.
func (h *house) listed(persona, href string) int {
	h.t.Helper()
	n := 0
	for href != "" {
		page := h.get(persona, href)
		if page.Code != 200 {
			h.t.Fatalf("%s = %d %s", href, page.Code, page.text())
		}
		n += page.page.Find("main .scroll:not(.ch-scroll) tbody tr").Length()
		href = page.page.Find(`a[rel="next"]`).AttrOr("href", "")
	}
	return n
}

// summed adds up a column of a list's export.
func (h *house) summed(persona, href, column string) string {
	h.t.Helper()
	rows := rowsOf(h.t, h.get(persona, exportLink(h.get(persona, href))))
	at := -1
	for i, name := range rows[0] {
		if name == column {
			at = i
		}
	}
	if at < 0 {
		h.t.Fatalf("%s exports %v, not %s", href, rows[0], column)
	}
	sum := yuan("0")
	for _, row := range rows[1:] {
		if row[at] == "" {
			continue
		}
		next, err := sum.Add(yuan(row[at]))
		if err != nil {
			h.t.Fatal(err)
		}
		sum = next
	}
	return sum.Decimal()
}

func yuan(s string) money.Amount { return money.MustParse(s) }

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(s), ",", ""))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// table is the table behind a chart of the overview.
func chartTable(t *testing.T, page answer, key string) *goquery.Selection {
	t.Helper()
	figure := page.page.Find(`figure.chart:has(a[href*="table=` + key + `"])`)
	if figure.Length() != 1 {
		t.Fatalf("%d charts have the key %s", figure.Length(), key)
	}
	return figure.Find("tbody tr")
}

// Each mark leads to a list of as many rows as it says.
func TestOverviewMarksCountTheirLists(t *testing.T) {
	h := busyPortfolio(t)
	for _, place := range []string{"", "?platform=" + string(h.Platform), "?programme=" + string(h.Programme), "?platform=none"} {
		page := h.sees(trackertest.Manager, "/overview"+place)
		checked, months := 0, 0
		equal := func(what, href string, want int) {
			t.Helper()
			checked++
			if got := h.listed(trackertest.Manager, href); got != want {
				t.Errorf("%s%s: %s says %d, its list %s has %d", "/overview", place, what, want, href, got)
			}
		}
		keys := []string{"milestones", "late", "owed", "outcomes", "decided"}
		if place == "?platform=none" { // where nothing was decided
			keys = keys[:3]
		}
		for _, key := range keys {
			chartTable(t, page, key).Each(func(_ int, row *goquery.Selection) {
				link := row.Find("td").First().Find("a")
				want := number(t, row.Find("td").Eq(1).Text())
				switch key {
				case "owed":
					if last := row.Find("td").Last().Text(); !strings.Contains(last, "%") { // of one role the table has a row for each state, with its share
						want = number(t, last)
					}
				case "decided":
					want = 0
					row.Find("td.n").Each(func(_ int, cell *goquery.Selection) { want += number(t, cell.Text()) })
					if want > 0 {
						months++
					}
				}
				if link.Length() == 0 && want != 0 {
					t.Errorf("%s: %s leads nowhere", key, row.Text())
				}
				if link.Length() > 0 {
					equal(key+" "+link.Text(), link.AttrOr("href", ""), want)
				}
			})
		}
		page.page.Find(`figure.chart .ch-counts li:has(a)`).Each(func(_ int, entry *goquery.Selection) {
			equal("the key "+entry.Text(), entry.Find("a").AttrOr("href", ""), number(t, entry.Find("b").Text()))
		})
		page.page.Find(`#parts ~ div td.n a:not(:has(data))`).Each(func(_ int, link *goquery.Selection) {
			equal("a part's "+link.Parent().AttrOr("data-label", ""), link.AttrOr("href", ""), number(t, link.Text()))
		})
		if place == "?platform=none" {
			if checked < 5 {
				t.Errorf("only %d marks were followed of what is on no platform", checked)
			}
			continue
		}
		if checked < 25 || months < 2 {
			t.Errorf("only %d marks were followed, %d months", checked, months)
		}
		// The drawn months lead where their rows do.
		decided := page.page.Find(`figure.chart:has(a[href*="table=decided"])`)
		if svg := decided.Find("svg a.ch-mark"); svg.Length() != months {
			t.Errorf("%d months are links in the drawing, want %d", svg.Length(), months)
		}
	}
}

// Each amount leads to a list whose column adds up to it.
func TestOverviewAmountsAddUpTheirLists(t *testing.T) {
	h := busyPortfolio(t)
	page := h.sees(trackertest.Finance, "/overview")
	links := func(key string) map[string][2]string {
		out := map[string][2]string{}
		chartTable(t, page, key).Each(func(_ int, row *goquery.Selection) {
			label := strings.TrimSpace(row.Find("td").First().Text())
			row.Find("a").Each(func(_ int, link *goquery.Selection) {
				out[label+" "+link.Parent().AttrOr("data-label", "")] = [2]string{link.AttrOr("href", ""), strings.TrimSpace(link.Text())}
			})
		})
		return out
	}
	plain := func(s string) string { return strings.NewReplacer(",", "", "−", "-", "+", "").Replace(s) }
	paid := links("paid-CNY")
	if len(paid) != 3 {
		t.Fatalf("payments and returns by month lead to %v", paid)
	}
	for mark, x := range paid {
		column, want := "Amount", plain(x[1])
		if strings.Contains(x[0], "/refunds") {
			column, want = "Amount refunded", strings.TrimPrefix(want, "-")
		}
		if got := h.summed(trackertest.Finance, x[0], column); got != want {
			t.Errorf("%s says %s, its list %s adds up to %s", mark, want, x[0], got)
		}
	}
	for step, want := range map[string][2]string{
		"Awarded": {"Awarded", "48000000.00"}, "Not approved yet": {"Amount", "34000000.00"}, "Approved": {"Approved (gross)", "14000000.00"}, "Paid": {"Amount", "14000000.00"}, "Refunded": {"Amount refunded", "500000.00"},
	} {
		href := ""
		chartTable(t, page, "money-CNY").Each(func(_ int, row *goquery.Selection) {
			if link := row.Find("td").First().Find("a"); strings.TrimSpace(link.Text()) == step {
				href = link.AttrOr("href", "")
			}
		})
		if href == "" {
			t.Errorf("no step %s: %s", step, chartTable(t, page, "money-CNY").Text())
			continue
		}
		if got := h.summed(trackertest.Finance, href, want[0]); got != want[1] {
			t.Errorf("%s: %s adds up to %s, want %s", step, href, got, want[1])
		}
	}
	for i, want := range []string{"48000000.00", "14000000.00", "14000000.00", "500000.00"} {
		figure := page.page.Find("dl.figures").First().Find("div").Eq(i)
		column := []string{"Awarded", "Approved (gross)", "Amount", "Amount refunded"}[i]
		if got := figure.Find("data").AttrOr("value", ""); got != want {
			t.Errorf("figure %d is %s, want %s", i, got, want)
		}
		if got := h.summed(trackertest.Finance, figure.Find("a").AttrOr("href", ""), column); got != want {
			t.Errorf("the list of figure %d adds up to %s, want %s", i, got, want)
		}
	}
}

// What was overdue before the start is counted and listed alike, and what is on
// no platform has its amounts in lists of its own.
func TestOverviewOfBeforeTheStartAndOfNoPlatform(t *testing.T) {
	h := newHouse(t, trackertest.Programme(func(p *tracker.NewProgramme) { p.AttentionFrom = trackertest.Day("2026-03-01") }))
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-01-10"), trackertest.Milestone("M2", "2026-01-11"), trackertest.Milestone("M3", "2026-03-12")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("N1", "2026-01-12")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "20", "N1")}, h.OnNoPlatform)
	h.Clock.Set(trackertest.Day("2026-04-01"))
	h.sweep()
	h.follow()
	page := h.sees(trackertest.Manager, "/overview")
	link := page.page.Find(".figures small a")
	if text := link.Text(); text != "3 overdue before the start" {
		t.Fatalf("the overview says %q of what was overdue before the start", text)
	}
	list := h.sees(trackertest.Manager, link.AttrOr("href", ""))
	if got := codes(list); strings.Join(got, " ") != "M1 M2 N1" || list.page.Find(".chips li").Length() != 1 {
		t.Errorf("its list has %v, %d chips", got, list.page.Find(".chips li").Length())
	}
	if rows := rowsOf(t, h.get(trackertest.Manager, exportLink(list))); len(rows) != 4 {
		t.Errorf("its file has %d rows", len(rows))
	}
	row := page.page.Find("#parts ~ div tbody tr:contains('Without a platform')")
	checked := 0
	row.Find("a:has(data)").Each(func(_ int, link *goquery.Selection) {
		column := map[string]string{"Awarded": "Awarded", "Money at risk": "Money at risk"}[link.Closest("td").AttrOr("data-label", "")]
		if column == "" {
			return
		}
		checked++
		if got, want := h.summed(trackertest.Manager, link.AttrOr("href", ""), column), link.Find("data").AttrOr("value", ""); got != want {
			t.Errorf("%s says %s, its list adds up to %s", column, want, got)
		}
	})
	if checked != 2 {
		t.Errorf("%d amounts of what is on no platform lead to lists", checked)
	}
	if filter := h.sees(trackertest.Operator, "/overdue?platform=none"); len(codes(filter)) != 0 || filter.page.Find(`#q-platform option[value="none"]`).Text() == "Without a platform" {
		t.Error("an operator is offered what only a programme's people see")
	}
}
