package tracker_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// Who may read the journal is told what its things are called, in as many reads
// as for one; nobody else is.
func TestThingsIn(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-30"), trackertest.Milestone("M2", "2026-07-30")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")})
	e := o.Upload(a.M("M1"), "a report")
	o.Submit(a.M("M1"))
	x := o.Ask(a.M("M2"), "2026-10-01")
	page, err := o.Tracker.Journal(o.Ctx, o.Call(trackertest.Auditor), string(a.ID), tracker.JournalQuery{}, tracker.PageRequest{Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	ctx, tally := store.WithTally(o.Ctx)
	things, err := o.Tracker.ThingsIn(ctx, o.Call(trackertest.Auditor), page.Items)
	if err != nil || tally.Gets > 3 || tally.Queries > 0 {
		t.Errorf("names in %d gets, %d queries, %v", tally.Gets, tally.Queries, err)
	}
	got := []tracker.EventThing{things[string(e.Evidence)], things[string(a.Milestones["M1"])], things[string(x.Extension)], things[string(a.Tranches[1])]}
	want := []tracker.EventThing{
		{Kind: "evidence", Code: "M1", Title: "Milestone M1", File: "report.txt"}, {Kind: "milestone", Code: "M1", Title: "Milestone M1"},
		{Kind: "extension", Code: "M2", Title: "Milestone M2"}, {Kind: "tranche", Code: "1"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("names (-want +got):\n%s", d)
	}
	for _, persona := range []string{trackertest.Operator2, trackertest.Stranger} {
		if things, err := o.Tracker.ThingsIn(o.Ctx, o.Call(persona), page.Items); err != nil || len(things) > 0 {
			t.Errorf("%s is told %v, %v", persona, things, err)
		}
	}
}
