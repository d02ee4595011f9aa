package tracker_test

import (
	"testing"

	"milepost/internal/award"
	"milepost/internal/tracker/trackertest"
)

// An entry names whom and what it tells of by id, but nothing that its reader
// may not view: an id may stand in what somebody wrote.
func TestEntriesNameOnlyWhatTheirReaderSees(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-05-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "10", "M1")})
	other := string(o.NewProgramme("SECOND", nil, trackertest.Manager2))
	o.SubmitWith(a.M("M1"), nil)
	r := must(t)(o.Tracker.ReturnMilestone(o.Ctx, o.Call(trackertest.Manager), a.M("M1"), award.Return{Reasons: []award.Reason{{Criterion: "C1", Text: other}}}))
	for persona, want := range map[string]bool{trackertest.Manager2: true, trackertest.Manager: false} {
		e, err := o.Tracker.JournalEntry(o.Ctx, o.Call(persona), string(a.ID), r.Sequence)
		if err != nil {
			t.Fatal(err)
		}
		if n := e.Names[other]; (n.Code != "") != want {
			t.Errorf("%s reads of %s that it is called %+v", persona, other, n)
		}
		if n := e.Names[string(o.People[trackertest.Manager])]; n.Names.EN+n.Names.ZH == "" {
			t.Errorf("%s does not read who did it", persona)
		}
	}
}
