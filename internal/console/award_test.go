package console_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// begun is an award on its way: M1 is met and its tranche paid, with a refund;
// M2 is late; a third tranche is ungated.
func begun(h *house) trackertest.Active {
	a := h.ActiveAward([]award.MilestoneDraft{trackertest.NeedingEvidence(trackertest.Milestone("M1", "2026-03-10")), trackertest.Milestone("M2", "2026-03-20"), trackertest.Milestone("M3", "2026-12-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "400000", "M1"), trackertest.Tranche(2, "2026-05-01", "500000", "M2", "M3"), trackertest.Tranche(3, "2026-03-03", "100000")})
	h.SubmitWith(a.M("M1"), []ident.Evidence{h.Upload(a.M("M1"), "the report").Evidence})
	h.Decide(a.M("M1"), award.Met)
	h.Refund(h.PayOut(a.Tr(1)), "1000")
	h.Clock.Set(trackertest.Day("2026-03-30"))
	return a
}

func TestAwardShowsWhatWaits(t *testing.T) {
	h := newHouse(t)
	a := begun(h)
	page := "/awards/" + string(a.ID)
	for _, persona := range []string{trackertest.Manager, trackertest.Finance, trackertest.Head, trackertest.Operator, trackertest.Lead, trackertest.Auditor} {
		v := h.sees(persona, page)
		for _, want := range []string{"HT-001", "10 days late", "CNY 1.00m", "CNY 400,000.00", "CNY 1,000.00", "waits to be handed in, due 2026-03-20"} {
			if !strings.Contains(v.text(), want) {
				t.Errorf("%s does not see %q", persona, want)
			}
		}
		if n := v.page.Find(`a[href="` + page + `/milestones/` + string(a.Milestones["M2"]) + `"]`).Length(); n < 3 {
			t.Errorf("%s: %d links to the late milestone: waits, table and gate should lead there", persona, n)
		}
	}
	operator := h.get(trackertest.Operator, page)
	if got := operator.page.Find(".waits a.button:not(.second)").AttrOr("href", ""); got != page+"/tranches/"+string(a.Tranches[3])+"/request" && got != page+"/milestones/"+string(a.Milestones["M2"])+"/submit" {
		t.Errorf("the operator's next step leads to %q", got)
	}
	if auditor := h.get(trackertest.Auditor, page); auditor.page.Find(".waits a.button").Length() != 0 || !strings.Contains(auditor.text(), "None of this is yours") {
		t.Error("the auditor is offered a step")
	}
	for _, persona := range []string{trackertest.Operator2, trackertest.Administrator, trackertest.Stranger} {
		if got := h.get(persona, page); got.Code != http.StatusNotFound {
			t.Errorf("%s gets %d", persona, got.Code)
		}
	}
}

func TestAwardTabs(t *testing.T) {
	h := newHouse(t)
	a := begun(h)
	page := "/awards/" + string(a.ID)
	for tab, personas := range map[string]struct {
		may, not []string
		want     []string
	}{
		"/money": {[]string{trackertest.Manager, trackertest.Finance, trackertest.Operator, trackertest.Lead, trackertest.Auditor}, nil,
			[]string{"Held: approved, not instructed", "Payable to the payee", "CNY 399,000.00", "unspent", "Balances", "treasury"}},
		"/people": {[]string{trackertest.Manager, trackertest.Operator, trackertest.Auditor}, nil, []string{"Drafted bymanager", "Activated bymanager2", "University", "City"}},
		"/documents": {[]string{trackertest.Manager, trackertest.Operator, trackertest.Lead, trackertest.Auditor}, nil,
			[]string{"Decision 2026-1", "Activation of the award", "Decision on M1 Milestone M1", "report.txt"}},
		"/journal": {[]string{trackertest.Manager, trackertest.Finance, trackertest.Auditor}, []string{trackertest.Operator, trackertest.Lead},
			[]string{"Milestone decided", "Outcome", "Met", "Refund recorded"}},
	} {
		for _, persona := range personas.may {
			v := h.sees(persona, page+tab)
			for _, want := range personas.want {
				if !strings.Contains(v.text(), want) {
					t.Errorf("%s%s as %s lacks %q: %s", page, tab, persona, want, v.text())
				}
			}
		}
		for _, persona := range personas.not {
			if got := h.get(persona, page+tab); got.Code != http.StatusForbidden {
				t.Errorf("%s as %s = %d", tab, persona, got.Code)
			}
			if n := h.get(persona, page).page.Find(`.tabs a[href="` + page + tab + `"]`).Length(); n != 0 {
				t.Errorf("%s is led to %s", persona, tab)
			}
		}
	}
	if got := h.get(trackertest.Operator, page+"/people").text(); !strings.Contains(got, "shown to the funder's side") || strings.Contains(got, "Finance") {
		t.Errorf("the operator reads %s", got)
	}
}

func TestAwardExports(t *testing.T) {
	h := newHouse(t)
	a := begun(h)
	page := "/awards/" + string(a.ID)
	for path, want := range map[string][]string{
		page + "/money?format=csv":                                  {"Approval", "400000.00", "CNY", "Tranche 1"},
		page + "/journal?format=csv":                                {"Milestone decided", "M1 Milestone M1", "Outcome 1: — → Met", "Document number 1: — → Decision 2026-1", "How it ended 1: — → Milestone decided"},
		page + "/journal?format=csv&thing=" + string(a.Tranches[1]): {"Tranche approved"},
		"/awards?format=csv":                                        {"HT-001", "1000000.00", "400000.00", "Active"},
	} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		got := h.send(trackertest.Auditor, r)
		if got.Code != http.StatusOK || !strings.HasPrefix(got.Body.String(), "\ufeff") || !strings.Contains(got.Header().Get("Content-Disposition"), ".csv") {
			t.Errorf("GET %s = %d %v", path, got.Code, got.Header())
		}
		for _, w := range want {
			if !strings.Contains(got.Body.String(), w) {
				t.Errorf("%s lacks %q:\n%s", path, w, got.Body)
			}
		}
	}
	filtered := h.send(trackertest.Auditor, httptest.NewRequest(http.MethodGet, page+"/journal?format=csv&thing="+string(a.Tranches[1]), nil)).Body.String()
	if strings.Contains(filtered, "Milestone submitted") || !strings.Contains(filtered, "All gates hold") {
		t.Errorf("the export is not filtered:\n%s", filtered)
	}
}

func TestAwardJournalFiltersAndPages(t *testing.T) {
	h := newHouse(t)
	a := begun(h)
	for range 14 {
		h.Submit(a.M("M2"))
		h.SendBack(a.M("M2"), "")
	}
	page := "/awards/" + string(a.ID) + "/journal"
	v := h.sees(trackertest.Auditor, page)
	if n := v.page.Find(".journal > li").Length(); n != 25 {
		t.Errorf("%d entries on the first page", n)
	}
	next := v.page.Find(`.pages a[rel="next"]`).AttrOr("href", "")
	if got := h.sees(trackertest.Auditor, next); got.page.Find(".journal > li").Length() == 0 || got.page.Find(".pages a").First().AttrOr("href", "") != page {
		t.Error("the second page leads nowhere")
	}
	money := h.sees(trackertest.Auditor, page+"?kind=payment")
	if got := money.text(); !strings.Contains(got, "Payment made") || strings.Contains(got, "Milestone returned") || money.page.Find(".chips a").AttrOr("href", "") != page {
		t.Errorf("payments alone: %s", got)
	}
}

// The receipt of a command is what the next page leads to, for whoever gave it.
func TestReceipts(t *testing.T) {
	h := newHouse(t)
	a := begun(h)
	sent := h.Submit(a.M("M2"))
	path := "/awards/" + string(a.ID) + "/receipts/" + strconv.FormatInt(sent.Sequence, 10)
	for _, persona := range []string{trackertest.Operator, trackertest.Manager, trackertest.Auditor} {
		v := h.sees(persona, path)
		for _, want := range []string{"Milestone submitted", "operator", "2026-03-30 09:00", "Shanghai time", "Decide the submission", "Programme manager", "Whoever sent it withdraws it", "Hash of the entry"} {
			if !strings.Contains(v.text(), want) {
				t.Errorf("%s does not read %q: %s", persona, want, v.text())
			}
		}
		if changes := v.page.Find("details .changes").Length() > 0; changes != (persona != trackertest.Operator) {
			t.Errorf("%s sees changes: %v", persona, changes)
		}
	}
	if got := h.get(trackertest.Lead, path); got.Code != http.StatusForbidden {
		t.Errorf("another person's receipt = %d", got.Code)
	}
	for _, bad := range []string{"/awards/" + string(a.ID) + "/receipts/9999", "/awards/" + string(a.ID) + "/receipts/x", "/awards/" + string(a.ID) + "/receipts/0"} {
		if got := h.get(trackertest.Auditor, bad); got.Code != http.StatusNotFound {
			t.Errorf("GET %s = %d", bad, got.Code)
		}
	}
	for seq := range sent.Sequence {
		h.sees(trackertest.Auditor, "/awards/"+string(a.ID)+"/receipts/"+strconv.FormatInt(seq+1, 10))
	}
}

func TestAwardsList(t *testing.T) {
	h := newHouse(t)
	a := begun(h)
	other := h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")}, h.OnOtherPlatform)
	draft := h.Draft(h.Document([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")}))
	shows := func(persona, query string, want ...string) {
		t.Helper()
		v := h.sees(persona, "/awards"+query)
		got := map[string]bool{}
		for _, l := range v.page.Find("tbody td.what a").EachIter() {
			got[strings.TrimPrefix(l.AttrOr("href", ""), "/awards/")] = true
		}
		for _, w := range want {
			if !got[w] {
				t.Errorf("/awards%s as %s lacks %s", query, persona, w)
			}
		}
		if len(got) != len(want) {
			t.Errorf("/awards%s as %s shows %d awards, want %d", query, persona, len(got), len(want))
		}
	}
	one, two, three := string(a.ID), string(other.ID), string(draft)
	shows(trackertest.Manager, "", one, two, three)
	shows(trackertest.Manager, "?state=draft", three)
	shows(trackertest.Manager, "?platform="+string(h.OtherPlatform), two)
	shows(trackertest.Manager, "?half=closed")
	shows(trackertest.Manager, "?organisation="+string(h.OtherPayee), two)
	shows(trackertest.Operator2, "", two)
	shows(trackertest.Lead, "", one)
	shows(trackertest.Administrator, "")
	if h.get(trackertest.Manager, "/awards").page.Find(`a[href="/awards/new"]`).Length() != 1 || h.get(trackertest.Finance, "/awards").page.Find(`a[href="/awards/new"]`).Length() != 0 {
		t.Error("drafting is offered to the wrong people")
	}
}

// An award's page costs the same however much its journal holds.
func TestAwardReadsAreBounded(t *testing.T) {
	h := houseOf(t, trackertest.New(t, store.Counted(trackertest.Memory(t))))
	a := begun(h)
	page := "/awards/" + string(a.ID)
	reads := func(path string) store.Tally {
		h.get(trackertest.Auditor, path)
		ctx, tally := store.WithTally(t.Context())
		r := httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx)
		if got := h.send(trackertest.Auditor, r); got.Code != http.StatusOK {
			t.Fatalf("GET %s = %d", path, got.Code)
		}
		return *tally
	}
	paths := []string{page, page + "/money", page + "/journal", page + "/receipts/3"}
	before := map[string]store.Tally{}
	for _, p := range paths {
		before[p] = reads(p)
	}
	for range 20 {
		h.Submit(a.M("M2"))
		h.SendBack(a.M("M2"), "2026-06-01")
	}
	for _, p := range paths {
		if after := reads(p); after.Gets > before[p].Gets || after.Queries > before[p].Queries {
			t.Errorf("%s: reads grew from %+v to %+v", p, before[p], after)
		}
	}
}
