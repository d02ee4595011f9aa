package tracker_test

import (
	"slices"
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// A receipt is for whoever gave the command and for readers of the journal; it
// says what waits now, and what happened since.
func TestReceipt(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")})
		sent := o.Submit(a.M("M1"))

		mine, err := o.Tracker.Receipt(o.Ctx, o.Call(trackertest.Operator), a.ID, sent.Sequence)
		if err != nil {
			t.Fatal(err)
		}
		if mine.Whole || mine.Events[0].Changes != nil || mine.Command != "submitMilestone" || mine.Hash == "" || !slices.Equal(mine.TakeBack, []string{"withdraw"}) {
			t.Errorf("the operator's own receipt = %+v", mine)
		}
		got := mine.Subjects[0]
		if got.Code != "M1" || got.State != "submitted" || got.Changed || got.Waits == nil || got.Waits.Kind != "decideSubmission" {
			t.Errorf("subject = %+v", got)
		}
		whole, err := o.Tracker.Receipt(o.Ctx, o.Call(trackertest.Auditor), a.ID, sent.Sequence)
		if err != nil || !whole.Whole || len(whole.Events[0].Changes) == 0 || whole.Person.Names.EN != trackertest.Operator {
			t.Errorf("the auditor's = %+v, %v", whole, err)
		}
		for persona, want := range map[string]fault.Kind{trackertest.Lead: fault.Forbidden, trackertest.Operator2: fault.NotFound, trackertest.Administrator: fault.NotFound} {
			if _, err := o.Tracker.Receipt(o.Ctx, o.Call(persona), a.ID, sent.Sequence); fault.KindOf(err) != want {
				t.Errorf("%s gets %v, want kind %v", persona, err, want)
			}
		}
		if _, err := o.Tracker.Receipt(o.Ctx, o.Call(trackertest.Auditor), a.ID, sent.Sequence+1); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an entry that is not there: %v", err)
		}

		o.Decide(a.M("M1"), award.Met)
		later, err := o.Tracker.Receipt(o.Ctx, o.Call(trackertest.Operator), a.ID, sent.Sequence)
		if err != nil || !later.Subjects[0].Changed || later.Subjects[0].Outcome != award.Met || later.Subjects[0].Waits != nil {
			t.Errorf("after the decision = %+v, %v", later.Subjects, err)
		}
	})
}

// However long the journal is, a receipt reads its own entry.
func TestReceiptIsBounded(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")})
	reads := func(seq int64) store.Tally {
		c := o.Call(trackertest.Auditor)
		ctx, tally := store.WithTally(o.Ctx)
		if _, err := o.Tracker.Receipt(ctx, c, a.ID, seq); err != nil {
			t.Fatal(err)
		}
		return *tally
	}
	sent := o.Submit(a.M("M1"))
	before := reads(sent.Sequence)
	for range 5 {
		o.SendBack(a.M("M1"), "")
		o.Submit(a.M("M1"))
	}
	if after := reads(sent.Sequence); after != before {
		t.Errorf("reads grew from %+v to %+v", before, after)
	}
}

// The evidence of an award is that of each of its milestones.
func TestAwardEvidence(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01"), trackertest.Milestone("M2", "2026-06-02")},
			[]award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")})
		want := []string{string(o.Upload(a.M("M1"), "one").Evidence), string(o.Upload(a.M("M1"), "two").Evidence), string(o.Announce(a.M("M2"), "three").Evidence)}
		slices.Sort(want)
		got := ids(t, func(e tracker.EvidenceView) string { return string(e.ID) }, func(p tracker.PageRequest) (tracker.Page[tracker.EvidenceView], error) {
			return o.Tracker.AwardEvidence(o.Ctx, o.Call(trackertest.Operator), a.ID, p)
		})
		if !slices.Equal(got, want) {
			t.Errorf("evidence = %v, want %v", got, want)
		}
		if _, err := o.Tracker.AwardEvidence(o.Ctx, o.Call(trackertest.Operator2), a.ID, tracker.PageRequest{}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another operator: %v", err)
		}
	})
}

// An award's page names everybody who had a hand in it.
func TestAwardNamesPeople(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")})
	o.Meet(a.M("M1"))
	o.PayOut(a.Tr(1))
	v, err := o.Tracker.Award(o.Ctx, o.Call(trackertest.Lead), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, persona := range []string{trackertest.Manager, trackertest.Manager2, trackertest.Operator, trackertest.Finance} {
		if got := v.Names[string(o.People[persona])].Names.EN; got != persona {
			t.Errorf("%s is called %q", persona, got)
		}
	}
}
