package tracker_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// wroteOf is all that a sweep wrote, read page by page.
func wroteOf(t *testing.T, o *trackertest.Office, id string, limit int) (flags []tracker.SweepFlag, awards, renewed int) {
	t.Helper()
	p := tracker.PageRequest{Limit: limit}
	for {
		v, err := o.Tracker.Swept(o.Ctx, o.Call(trackertest.Administrator), id, p)
		if err != nil || v.ID != id {
			t.Fatalf("what %s wrote: %+v, %v", id, v.Sweep, err)
		}
		for _, a := range v.Wrote.Items {
			flags, awards, renewed = append(flags, a.Flags...), awards+1, renewed+a.Renewed
		}
		if p.Cursor = v.Wrote.Next; p.Cursor == "" {
			return flags, awards, renewed
		}
	}
}

// What a sweep wrote is told one by one: as a dry run of that day foresaw it, in
// numbers as its record counts it, and nothing of other sweeps.
func TestSweptTellsWhatASweepWrote(t *testing.T) {
	o, _ := sweptOffice(t, nil, 1, "2026-03-25")
	for _, day := range []string{"2026-04-05", "2026-04-20"} {
		o.Clock.Set(trackertest.Day(day))
		foreseen := mustSweep(t, o, tracker.SweepRequest{DryRun: true})
		if len(foreseen.Flags) == 0 {
			t.Fatalf("nothing is due on %s", day)
		}
		by := system()
		if day == "2026-04-20" {
			by = o.Call(trackertest.Administrator)
		}
		ran := mustSweep(t, o, tracker.SweepRequest{By: by})
		flags, awards, renewed := wroteOf(t, o, ran.ID, 1)
		if diff := gocmp.Diff(foreseen.Flags, flags, cmpopts.EquateComparable(civil.Date{}), cmpopts.SortSlices(func(a, b tracker.SweepFlag) bool {
			return a.Thing+a.Reached.Rung < b.Thing+b.Reached.Rung
		})); diff != "" {
			t.Errorf("%s (-foreseen +written):\n%s", day, diff)
		}
		if len(flags) != ran.Flagged+ran.Baselined || awards != ran.Awards || renewed != ran.Renewed {
			t.Errorf("%s tells %d flags in %d awards, %d renewed, of %+v", day, len(flags), awards, renewed, ran.Sweep)
		}
	}
	sweeps, err := o.Tracker.Sweeps(o.Ctx, o.Call(trackertest.Administrator), tracker.PageRequest{})
	if err != nil || len(sweeps.Items) != 3 {
		t.Fatalf("sweeps = %+v, %v", sweeps, err)
	}
	for _, s := range sweeps.Items {
		if flags, _, _ := wroteOf(t, o, s.ID, 100); len(flags) != s.Flagged+s.Baselined {
			t.Errorf("%s tells %d flags of %d", s.AsOf, len(flags), s.Flagged)
		}
	}
	known := sweeps.Items[0].ID
	for _, test := range []struct {
		persona, id string
		kind        fault.Kind
	}{
		{trackertest.Administrator, known[:len(known)-1] + "Z", fault.NotFound}, {trackertest.Administrator, "swp_", fault.NotFound},
		{trackertest.Administrator, schema.Deployment, fault.NotFound}, {trackertest.Manager, known, fault.Forbidden}, {trackertest.Auditor, known, fault.Forbidden},
		{trackertest.Stranger, known, fault.Forbidden},
	} {
		if v, err := o.Tracker.Swept(o.Ctx, o.Call(test.persona), test.id, tracker.PageRequest{}); fault.KindOf(err) != test.kind || len(v.Wrote.Items) > 0 {
			t.Errorf("%s reads %s: %+v, %v", test.persona, test.id, v, err)
		}
	}
}
