package tracker_test

import (
	"context"

	"milepost/internal/attention"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// programmeChanges proposes, confirms and drops.
func (x *counting) programmeChanges() {
	x.Helper()
	tr := x.Tracker
	edit := func(name string, items int64, change func(*tracker.ProgrammeTerms)) {
		x.Helper()
		in := termsOf(programmeNow(x.T, x.Office, x.Programme))
		change(&in)
		x.writes(name, trackertest.Manager, items, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return tr.EditProgramme(ctx, c, x.Programme, in)
		})
	}
	confirm := func(name string, items int64) {
		x.Helper()
		x.writes(name, trackertest.Manager2, items, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return tr.ConfirmProgrammeChange(ctx, c, x.Programme)
		})
	}
	edit("edit programme's names", 4+1, func(in *tracker.ProgrammeTerms) { in.Names.EN = "Renamed" })
	edit("propose thresholds", 4, func(in *tracker.ProgrammeTerms) { in.Extensions.Count = 1 })
	confirm("confirm thresholds", 4)
	edit("propose to roll rest days", 4, func(in *tracker.ProgrammeTerms) { in.RollRestDays = true })
	confirm("confirm to roll rest days", 4+9)
	set := func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.SetLadder(ctx, c, x.Programme, attention.DefaultLadders()[0], because)
	}
	x.writes("propose a ladder", trackertest.Manager, 4, 0, set)
	confirm("confirm a ladder", 5)
	x.writes("propose a ladder", trackertest.Manager, 4, 0, set)
	x.writes("drop a change", trackertest.Manager, 4, 0, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return tr.DropProgrammeChange(ctx, c, x.Programme, because)
	})
}
