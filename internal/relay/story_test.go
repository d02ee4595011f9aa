package relay_test

import (
	"testing"

	"milepost/internal/award"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// An office's day from the outbox to the figures of its portfolio, on every
// kind of store.
func TestPortfolio(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s, outboxed())
		r := everyone(o, s, "one")
		a := o.ActiveAward(
			[]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-04-10")},
			[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-10", "20", "M1"), trackertest.Tranche(2, "2026-04-10", "80", "M1", "M2")})
		if len(waiting(t, o, s)) == 0 {
			t.Fatal("nothing waits in the outbox")
		}
		verified(t, o, s)
		scanned(t, o, r)
		addsUp(t, o, s)
		o.Meet(a.M("M1"))
		p := o.PayOut(a.Tr(1))
		o.Refund(p, "5")
		scanned(t, o, r)
		for range 5 { // indexes may be late
			scanned(t, o, r)
		}
		addsUp(t, o, s)
		o.Clock.Set(trackertest.Day("2026-04-20"))
		view, err := o.Tracker.Portfolio(o.Ctx, o.Call(trackertest.Manager), tracker.PortfolioQuery{Programme: o.Programme, Parts: true})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "money", `[{"approved":{"amount":"20.00","currency":"CNY"},"awarded":{"amount":"100.00","currency":"CNY"},"paid":{"amount":"20.00","currency":"CNY"},"returned":{"amount":"5.00","currency":"CNY"}}]`, text(t, view.Money))
		same(t, "overdue", `[{"atRisk":[],"from":1,"obligations":0,"to":7},{"atRisk":[{"amount":"80.00","currency":"CNY"}],"from":8,"obligations":1,"to":30},{"atRisk":[],"from":31,"obligations":0,"to":90},{"atRisk":[],"from":91,"obligations":0}]`, text(t, view.Overdue))
		if view.OnTime.Rate != "100.0" || view.MedianSlip != "-8" {
			t.Errorf("on time %+v, median slip %s", view.OnTime, view.MedianSlip)
		}
		verified(t, o, s)
	})
}
