package relay_test

import (
	"fmt"
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/relay"
	"milepost/internal/rollup"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func total(v tracker.PortfolioView) string {
	if len(v.Money) == 0 {
		return "nothing"
	}
	return v.Money[0].Awarded.Decimal()
}

// Who sees which figures: those of their scopes, each award once; what lies
// outside cannot be told from what does not exist.
func TestPortfolioKeepsToScopes(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	tranche := func(amount string) []award.TrancheDraft {
		return []award.TrancheDraft{trackertest.Tranche(1, "2026-05-01", amount, "M1")}
	}
	milestone := []award.MilestoneDraft{trackertest.Milestone("M1", "2026-05-01")}
	o.ActiveAward(milestone, tranche("1"))
	o.ActiveAward(milestone, tranche("10"), o.OnOtherPlatform)
	alone := o.ActiveAward(milestone, tranche("100"), o.OnNoPlatform)
	o.ActiveAward(milestone, tranche("1000"))
	other := o.NewProgramme("OTHER", nil, trackertest.Finance2)
	o.Grant(trackertest.Auditor, portfolio.PlatformOperator, string(o.Platform)) // two scopes that overlap
	scanned(t, o, everyone(o, s, "one"))
	for _, test := range []struct {
		persona string
		q       tracker.PortfolioQuery
		want    string
	}{
		{trackertest.Manager, tracker.PortfolioQuery{}, "1111.00"},
		{trackertest.Manager, tracker.PortfolioQuery{Programme: o.Programme}, "1111.00"},
		{trackertest.Manager, tracker.PortfolioQuery{Platform: o.OtherPlatform}, "10.00"},
		{trackertest.Manager, tracker.PortfolioQuery{Programme: o.Programme, Platform: o.Platform}, "1001.00"},
		{trackertest.Auditor, tracker.PortfolioQuery{}, "1111.00"},
		{trackertest.Operator, tracker.PortfolioQuery{}, "1001.00"},
		{trackertest.Operator, tracker.PortfolioQuery{Platform: o.Platform}, "1001.00"},
		{trackertest.Operator, tracker.PortfolioQuery{Programme: o.Programme}, "1001.00"},
		{trackertest.Operator2, tracker.PortfolioQuery{}, "10.00"},
		{trackertest.Lead, tracker.PortfolioQuery{}, "1101.00"},
		{trackertest.Finance2, tracker.PortfolioQuery{Programme: other}, "nothing"},
		{trackertest.Stranger, tracker.PortfolioQuery{}, "nothing"},
		{trackertest.Administrator, tracker.PortfolioQuery{}, "nothing"},
	} {
		for _, parts := range []bool{false, true} {
			test.q.Parts = parts
			v, err := o.Tracker.Portfolio(o.Ctx, o.Call(test.persona), test.q)
			if err != nil || total(v) != test.want {
				t.Errorf("%s %+v: %s, %v, want %s", test.persona, test.q, total(v), err, test.want)
			}
		}
	}
	for _, test := range []struct {
		persona string
		q       tracker.PortfolioQuery
	}{
		{trackertest.Operator, tracker.PortfolioQuery{Platform: o.OtherPlatform}},
		{trackertest.Operator, tracker.PortfolioQuery{Programme: other}},
		{trackertest.Manager, tracker.PortfolioQuery{Programme: other}},
		{trackertest.Manager, tracker.PortfolioQuery{Programme: "prg_none"}},
		{trackertest.Manager, tracker.PortfolioQuery{Platform: "plt_none"}},
		{trackertest.Stranger, tracker.PortfolioQuery{Programme: o.Programme}},
		{trackertest.Administrator, tracker.PortfolioQuery{Programme: o.Programme}},
	} {
		if _, err := o.Tracker.Portfolio(o.Ctx, o.Call(test.persona), test.q); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s %+v: %v, want not found", test.persona, test.q, err)
		}
	}
	if alone.ID == "" {
		t.Error("no award")
	}
}

// stock writes the figures of so many awards into a cell and has them summed.
func stock(t testing.TB, o *trackertest.Office, s store.Store, c schema.Cell, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		a := ident.Award(fmt.Sprintf("awd_%026d", n))
		m := schema.Summary{Award: a, Cell: c, Seq: 1, Figures: rollup.Figures{Awards: map[award.State]int{award.Active: 1}}}
		item, err := schema.SummaryRecord(m).Item(1)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Transact(o.Ctx, fmt.Sprintf("stock-%d", n), store.PutOp(item, store.Absent)); err != nil {
			t.Fatal(err)
		}
	}
	settle(t, o, s, c, ident.Award(fmt.Sprintf("awd_%026d", to-1)), fmt.Sprint("stock", to))
}

func settle(t testing.TB, o *trackertest.Office, s store.Store, c schema.Cell, a ident.Award, name string) {
	t.Helper()
	memo := text(t, map[string]any{"cell": c, "hash": ""})
	if err := rollups(o, s, name).Settle(o.Ctx, []relay.Touched{{Aggregate: string(a), Memo: memo}}); err != nil {
		t.Fatal(err)
	}
}

// What the overview reads does not grow with the number of awards; a change
// reads the members of one group and the sums of the groups.
func TestReadsDoNotGrowWithAwards(t *testing.T) {
	s := store.Counted(trackertest.Memory(t))
	o := trackertest.New(t, s)
	c := schema.CellOf(o.Programme, o.Platform)
	var overview []store.Tally
	var change []store.Tally
	was := 0
	for _, n := range []int{10, 150, 1500} {
		stock(t, o, s, c, was, n)
		was = n
		call := o.Call(trackertest.Manager)
		ctx, tally := store.WithTally(t.Context())
		v, err := o.Tracker.Portfolio(ctx, call, tracker.PortfolioQuery{Programme: o.Programme, Parts: true})
		if err != nil || v.Awards[award.Active] != n {
			t.Fatalf("%d awards: %v, %v", n, v.Awards, err)
		}
		overview = append(overview, *tally)
		counting := *o
		counting.Ctx, tally = store.WithTally(t.Context())
		settle(t, &counting, s, c, ident.Award(fmt.Sprintf("awd_%026d", 3)), fmt.Sprint("settle", n))
		change = append(change, *tally)
	}
	t.Logf("overview %+v", overview[2])
	t.Logf("change %+v", change)
	if overview[0] != overview[2] {
		t.Errorf("the overview reads %+v at 10 awards, %+v at 1,500", overview[0], overview[2])
	}
	if change[2].ItemsRead > 1500/schema.Groups*2+schema.Groups+8 || change[2].ItemsWritten != 4 {
		t.Errorf("a change among 1,500 awards: %+v", change[2])
	}
	if change[1].ItemsRead > 150+8 || change[1].ItemsWritten != 3 {
		t.Errorf("a change among 150 awards: %+v", change[1])
	}
}
