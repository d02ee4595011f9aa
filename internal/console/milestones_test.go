package console_test

import (
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

func exportLink(a answer) string {
	return a.page.Find(`.title .actions a[href*="format=csv"]`).AttrOr("href", "")
}

func TestMilestonesPagesAndFilters(t *testing.T) {
	h, a := lateHouse(t)
	h.Submit(a.M("M1"))
	h.Submit(a.M("M2"))
	h.Decide(a.M("M2"), award.NotMet)
	h.Meet(a.M("M3"))
	page := h.sees(trackertest.Manager, "/milestones")
	if got := codes(page); len(got) != 25 || got[0] != "M30" {
		t.Fatalf("the first page shows %v", got)
	}
	if got := codes(h.sees(trackertest.Manager, page.page.Find(`a[rel="next"]`).AttrOr("href", ""))); len(got) != 5 {
		t.Errorf("the second page shows %v", got)
	}
	if got := rowsOf(t, h.get(trackertest.Manager, exportLink(page))); len(got) != 31 || got[1][0] != "M30" || got[1][14] != "88" || got[1][15] != "20.00" {
		t.Errorf("the export is %v …", got[:2])
	}
	for query, want := range map[string][]string{
		"state=submitted":                                 {"M1"},
		"state=decided&outcome=notMet":                    {"M2"},
		"outcome=met":                                     {"M3"},
		"half=closed":                                     {"M3"},
		"state=cancelled":                                 nil,
		"from=2026-07-02&state=planned":                   {"SOON"},
		"to=2026-04-08":                                   {"M30", "M29"},
		"from=2026-04-07&to=2026-04-07":                   {"M29"},
		"platform=" + string(h.OtherPlatform):             nil,
		"programme=prg_00000000000000000000000000":        nil,
		"state=nonsense&outcome=%3Cb%3E&to=2026-04-05":    {"M30"},
		"half=all&from=2026-06-24&to=2026-06-24":          {"M3"},
		"platform=" + string(h.Platform) + "&half=closed": {"M3"},
	} {
		got := codes(h.sees(trackertest.Manager, "/milestones?"+query))
		if !slices.Equal(got, want) {
			t.Errorf("%s lists %v, want %v", query, got, want)
		}
		if len(want) > 0 {
			timeline := h.sees(trackertest.Manager, "/milestones?view=timeline&"+query)
			if n := timeline.page.Find("figure.chart .ch-row").Length(); n < len(want) {
				t.Errorf("%s draws %d rows, want %d", query, n, len(want))
			}
		}
	}
	for _, persona := range everybody() {
		h.sees(persona, "/milestones")
		h.sees(persona, "/milestones?view=timeline&half=all")
	}
	if got := codes(h.get(trackertest.Operator2, "/milestones")); len(got) != 0 {
		t.Errorf("another platform's operator sees %v", got)
	}
}

// What cannot be asked for is said on the page, which can be mended there.
func TestMilestonesSayWhatIsWrong(t *testing.T) {
	h, _ := lateHouse(t)
	for _, query := range []string{"from=2026-13-40", "from=yesterday", "to=" + url.QueryEscape(`"><b>`+strings.Repeat("x", 9000)), "from=2026-05-02&to=2026-05-01"} {
		page := h.sees(trackertest.Manager, "/milestones?"+query)
		if page.page.Find("[role=alert]").Length() != 1 || page.page.Find("tbody tr").Length() != 0 || page.page.Find("form.filters").Length() != 1 || page.page.Find("main b").Length() != 0 {
			t.Errorf("%.60s: %.300s", query, page.text())
		}
	}
}

func TestMilestonesTickedAreExported(t *testing.T) {
	h, a := lateHouse(t)
	page := h.get(trackertest.Manager, "/milestones?to=2026-05-01&state=planned")
	form := page.page.Find(`form:has(input[name="only"])`)
	fields := url.Values{}
	form.Find(`input[type="hidden"]`).Each(func(_ int, s *goquery.Selection) { fields.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	fields["only"] = []string{string(a.Milestones["M30"]), string(a.Milestones["M28"])}
	rows := rowsOf(t, h.get(trackertest.Manager, "/milestones?"+fields.Encode()))
	if len(rows) != 3 || rows[1][0] != "M30" || rows[2][0] != "M28" {
		t.Errorf("the export is %v", rows)
	}
	h.Submit(a.M("M28"))
	if got := h.get(trackertest.Manager, "/milestones?"+fields.Encode()); got.Code != http.StatusConflict || !strings.Contains(got.text(), "has changed since you ticked") {
		t.Errorf("once one has gone = %d %s", got.Code, got.text())
	}
}

// Everything typed is escaped wherever a list shows it.
func TestListsEscapeWhatWasTyped(t *testing.T) {
	h := newHouse(t)
	hostile := `"><b>bold</b><script>x</script>` + "\u202e" + strings.Repeat("W", 150)
	m := trackertest.Milestone("M1", "2026-03-10")
	m.Title = hostile
	a := h.ActiveAward([]award.MilestoneDraft{m}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")}, func(d *award.Document) { d.Title.ZH, d.Title.EN = hostile, hostile })
	h.Submit(a.M("M1"))
	h.Decide(a.M("M1"), award.PartiallyMet)
	h.Clock.Set(trackertest.Day("2026-04-10"))
	h.follow()
	for _, persona := range []string{trackertest.Manager, trackertest.Auditor, trackertest.Operator} {
		for _, path := range []string{"/", "/?show=done", "/?show=sent", "/overdue", "/milestones?half=all", "/milestones?half=all&view=timeline", "/overview"} {
			page := h.sees(persona, path)
			if page.page.Find("main b:contains(bold), main script").Length() != 0 {
				t.Errorf("%s: %s is not escaped", persona, path)
			}
		}
	}
	row := rowsOf(t, h.get(trackertest.Manager, "/milestones?half=all&format=csv"))[1]
	if row[1] != hostile {
		t.Errorf("the export says %q", row[5])
	}
}

// A filter that finds nothing among the first that are looked through says so,
// and goes on.
func TestMilestonesSearchedInParts(t *testing.T) {
	h := newHouse(t)
	var last trackertest.Active
	for range 3 {
		var drafts []award.MilestoneDraft
		for i := range 70 {
			drafts = append(drafts, trackertest.Milestone(fmt.Sprintf("M%d", i+1), trackertest.Day("2026-03-20").AddDays(i).String()))
		}
		last = h.ActiveAward(drafts, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	}
	m := h.MilestoneNow(last.M("M70"))
	page := "/awards/" + string(last.ID) + "/milestones/" + string(m.ID)
	h.does(trackertest.Operator, page, page+"/start")
	list := h.sees(trackertest.Manager, "/milestones?state=inProgress")
	if text := list.text(); len(codes(list)) != 0 || !strings.Contains(text, "Nothing found so far.") || !strings.Contains(text, "Only part of the list") || strings.Contains(text, "Nothing matches") {
		t.Errorf("the first page says %s", text)
	}
	further := list.page.Find(`a[rel="next"]`)
	if further.Text() != "Look further" {
		t.Fatalf("it goes on with %q", further.Text())
	}
	list = h.sees(trackertest.Manager, further.AttrOr("href", ""))
	if got := codes(list); !slices.Equal(got, []string{"M70"}) || list.page.Find(`a[rel="next"]`).Length() != 0 {
		t.Errorf("it finds %v", got)
	}
}
