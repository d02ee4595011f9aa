package trackertest_test

import (
	"testing"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// An office does what its shortcuts say, on every store.
func TestOffice(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		a := o.ActiveAward(
			[]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-09-01")},
			[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "20"), trackertest.Tranche(2, "2026-06-01", "80", "M1", "M2")})
		o.Ask(a.M("M2"), "2026-10-01")
		e := o.Upload(a.M("M1"), "a report")
		o.SubmitWith(a.M("M1"), []ident.Evidence{e.Evidence})
		o.SendBack(a.M("M1"), "")
		o.Meet(a.M("M1"))
		o.Meet(a.M("M2"))
		p := o.PayOut(a.Tr(2))
		o.Refund(p, "5")
		if got := o.TrancheNow(a.Tr(2)).State; got != award.Settled {
			t.Errorf("tranche 2 is %s, want settled", got)
		}
		if got := o.HeadNow(string(a.ID)).Totals.Refunded.Decimal(); got != "5.00" {
			t.Errorf("refunded %s, want 5.00", got)
		}
		for _, persona := range trackertest.Personas() {
			if len(o.Call(persona).Principal.Grants) == 0 {
				t.Errorf("%s holds no role", persona)
			}
		}
	})
}
