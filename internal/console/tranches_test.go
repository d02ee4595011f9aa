package console_test

import (
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

// queued is a house with four ungated tranches: requested, approved and
// instructed, free to be requested, settled; and a gated one.
func queued(t *testing.T) (*house, trackertest.Active) {
	t.Helper()
	h := newHouse(t)
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-09-01")}, []award.TrancheDraft{
		trackertest.Tranche(1, "2026-03-01", "1000"), trackertest.Tranche(2, "2026-03-01", "2000"), trackertest.Tranche(3, "2026-03-01", "3000"),
		trackertest.Tranche(4, "2026-03-01", "4000"), trackertest.Tranche(5, "2026-10-01", "5000", "M1"), trackertest.Tranche(6, "2026-03-01", "6000")})
	h.Request(a.Tr(1))
	h.Request(a.Tr(2))
	h.Approve(a.Tr(2))
	h.Instruct(a.Tr(2))
	h.Refund(h.PayOut(a.Tr(4)), "400")
	h.Request(a.Tr(6))
	h.Approve(a.Tr(6))
	return h, a
}

// rows are the first words of what a list's rows link to.
func rows(a answer) []string {
	var out []string
	a.page.Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		out = append(out, strings.TrimSpace(row.Find("td:nth-child(2) a").First().Text()))
	})
	return out
}

func TestTrancheQueues(t *testing.T) {
	h, a := queued(t)
	for _, c := range []struct{ persona, query, want string }{
		{trackertest.Manager, "", "Tranche 1"},
		{trackertest.Manager, "?queue=requested", "Tranche 1"},
		{trackertest.Finance, "", "Tranche 2, Tranche 6"},
		{trackertest.Operator, "", "Tranche 3"},
		{trackertest.Head, "", "Tranche 1, Tranche 2, Tranche 3, Tranche 4, Tranche 6, Tranche 5"},
		{trackertest.Auditor, "?queue=mine", "Tranche 1, Tranche 2, Tranche 3, Tranche 4, Tranche 6, Tranche 5"}, // not theirs
		{trackertest.Auditor, "?queue=all&state=settled", "Tranche 4"},
		{trackertest.Auditor, "?queue=all&from=2026-09-01", "Tranche 5"},
		{trackertest.Auditor, "?queue=all&to=2026-01-01", ""},
		{trackertest.Auditor, "?queue=all&state=melted&from=soon&programme=x", "Tranche 1, Tranche 2, Tranche 3, Tranche 4, Tranche 6, Tranche 5"},
		{trackertest.Manager, "?queue=requested&platform=" + string(h.OtherPlatform), ""},
		{trackertest.Operator2, "?queue=all", ""},
		{trackertest.Stranger, "?queue=all", ""},
	} {
		page := h.sees(c.persona, "/tranches"+c.query)
		got := rows(page)
		slices.Sort(got)
		var want []string
		if c.want != "" {
			want = strings.Split(c.want, ", ")
		}
		slices.Sort(want)
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s sees %v at %q, want %s", c.persona, got, c.query, c.want)
		}
		if c.want == "" && page.page.Find(".empty").Length() != 1 {
			t.Errorf("%s sees no word for an empty list at %q", c.persona, c.query)
		}
	}
	mine := h.sees(trackertest.Manager2, "/tranches")
	if href := mine.page.Find("td.do a").AttrOr("href", ""); href != tranchePath(a.Tr(1))+"/approve" {
		t.Errorf("the manager's button leads to %q", href)
	}
	pay := h.sees(trackertest.Finance, "/tranches?queue=pay&lang=en")
	if links := pay.page.Find("td.do a"); links.Length() != 1 || links.AttrOr("href", "") != "/awards/"+string(a.ID)+"/payments/new?tranche="+string(a.Tranches[6]) {
		t.Errorf("finance is offered %d payments, the first at %q", links.Length(), links.AttrOr("href", ""))
	}
	says(t, pay, "CNY 2,000.00 CNY 0.00m CNY 0.00m", "CNY 6,000.00 CNY 0.00m CNY 6,000.00")
	if chips := h.sees(trackertest.Auditor, "/tranches?queue=all&state=settled&from=2026-01-01").page.Find(".chips li").Length(); chips != 2 {
		t.Errorf("two filters show %d chips", chips)
	}
}

func TestPaymentAndRefundLists(t *testing.T) {
	h, _ := queued(t)
	for path, want := range map[string]string{
		"/payments?queue=instructed": "Instructed", "/payments?queue=paid": "Paid", "/payments?queue=all&state=stopped": "", "/payments?queue=returned": "",
		"/payments?queue=paid&to=2026-01-01": "", "/refunds": "Recorded", "/refunds?state=reversed": "",
	} {
		page := h.sees(trackertest.Auditor, path)
		state := page.page.Find("tbody tr .state")
		if want == "" && (state.Length() != 0 || page.page.Find(".empty").Length() != 1) || want != "" && (state.Length() != 1 || strings.TrimSpace(state.Text()) != want) {
			t.Errorf("%s shows %q, want one %q", path, state.Text(), want)
		}
		if n := len(h.sees(trackertest.Operator2, path).page.Find("tbody tr").Nodes); n != 0 {
			t.Errorf("another operator sees %d rows at %s", n, path)
		}
	}
	if href := h.sees(trackertest.Finance, "/payments").page.Find("td.do a").AttrOr("href", ""); !strings.HasSuffix(href, "/paid") {
		t.Errorf("finance is offered %q", href)
	}
}

// Who has nothing to work through is shown all that there is, and is offered
// the payees of what they see alone.
func TestMoneyListsOpenWhereSomethingIs(t *testing.T) {
	h, _ := queued(t)
	for _, c := range []struct{ persona, path, tab string }{
		{trackertest.Finance, "/payments", "Instructed"}, {trackertest.Operator, "/payments", "All"}, {trackertest.Auditor, "/payments", "All"},
		{trackertest.Operator, "/tranches", "May be requested"}, {trackertest.Operator2, "/tranches", "All"}, {trackertest.Operator2, "/tranches?queue=ready", "May be requested"},
	} {
		got := h.get(c.persona, c.path)
		if got.Code == http.StatusSeeOther {
			got = h.get(c.persona, got.Header().Get("Location"))
		}
		if tab := strings.TrimSpace(got.page.Find(`.tabs [aria-current]`).Text()); tab != c.tab {
			t.Errorf("%s as %s opens on %q, want %q", c.path, c.persona, tab, c.tab)
		}
	}
	for persona, want := range map[string]int{trackertest.Operator: 1, trackertest.Operator2: 0} {
		for _, path := range []string{"/payments", "/refunds"} {
			if n := h.sees(persona, path).page.Find(`select[name="payee"] option[value!=""]`).Length(); n != want {
				t.Errorf("%s is offered %d payees at %s, want %d", persona, n, path, want)
			}
		}
	}
}

func TestMoneyExports(t *testing.T) {
	h, _ := queued(t)
	for path, want := range map[string][]string{
		"/tranches?queue=pay": {
			"2026-03-16,0,2,Interim,Approved,2026-03-01,CNY,HT-001,Award 1,Platform PLT-1,Finance,\"finance, finance2\",2000.00,0.00,0.00",
			",CNY,HT-001,Award 1,Platform PLT-1,Finance,\"finance, finance2\",6000.00,0.00,6000.00",
		},
		"/tranches?queue=all&state=settled":   {",0,4,Interim,Settled,2026-03-01,CNY,HT-001,Award 1,Platform PLT-1,4000.00,4000.00,4000.00,0.00"},
		"/payments?queue=paid":                {"instalment,CNY,Paid,,HT-001,Award 1,Platform PLT-1,University,2026-03-02,2026-03-02,BANK-pay_", ",4000.00,400.00"},
		"/refunds":                            {",Recorded,HT-001,Award 1,Platform PLT-1,2026-03-02,Treasury,400.00,CNY,unspent"},
		"/tranches?queue=all&from=2029-01-01": nil,
	} {
		page := h.sees(trackertest.Auditor, path)
		export := page.page.Find(".title .actions a").AttrOr("href", "")
		got := h.get(trackertest.Auditor, export)
		if got.Code != http.StatusOK || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/csv") {
			t.Fatalf("GET %s = %d %s", export, got.Code, got.Header())
		}
		lines := strings.Split(strings.TrimSpace(got.Body.String()), "\n")
		if n := page.page.Find("tbody tr").Length(); len(lines) != n+1 {
			t.Errorf("%s shows %d rows and exports %d", path, n, len(lines)-1)
		}
		for _, part := range want {
			if !strings.Contains(got.Body.String(), part) {
				t.Errorf("the export of %s lacks %q:\n%s", path, part, got.Body.String())
			}
		}
	}
}

// A page of a list reads as often for many rows as for few, and its pages lead
// on to all of them.
func TestTrancheListReadsAreBounded(t *testing.T) {
	s := store.Counted(trackertest.Memory(t))
	h := houseOf(t, trackertest.New(t, s))
	add := func(n int) {
		var tranches []award.TrancheDraft
		for i := range n {
			tranches = append(tranches, trackertest.Tranche(i+1, "2026-03-01", "1000"))
		}
		h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-09-01")}, tranches)
	}
	reads := func() (store.Tally, answer) {
		h.sees(trackertest.Operator, "/tranches")
		ctx, tally := store.WithTally(t.Context())
		r := httptest.NewRequest(http.MethodGet, "/tranches", nil).WithContext(ctx)
		a := h.send(trackertest.Operator, r)
		return *tally, a
	}
	add(5)
	few, _ := reads()
	for range 2 {
		add(20)
	}
	many, page := reads()
	if len(rows(page)) != 25 {
		t.Fatalf("the first page has %d rows", len(rows(page)))
	}
	if few.Gets+few.Queries == 0 || many.Gets > few.Gets+2 || many.Queries > few.Queries+2 {
		t.Errorf("5 rows take %+v, 25 of 45 take %+v", few, many)
	}
	seen := len(rows(page))
	for next := page.page.Find("a[rel=next]").AttrOr("href", ""); next != ""; {
		page = h.get(trackertest.Operator, next)
		seen += len(rows(page))
		next = page.page.Find("a[rel=next]").AttrOr("href", "")
	}
	if seen != 45 {
		t.Errorf("the pages show %d rows of 45", seen)
	}
}
