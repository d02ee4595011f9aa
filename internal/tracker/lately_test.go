package tracker_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func sentOn(t *testing.T, o *trackertest.Office, persona string) []string {
	t.Helper()
	rows, more, err := o.Tracker.SentOn(o.Ctx, o.Call(persona))
	if err != nil || more {
		t.Fatalf("what %s sent on: %v, more %v", persona, err, more)
	}
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprint(r.Code, " ", r.Kind, " ", r.Role))
	}
	return out
}

func doneLately(t *testing.T, o *trackertest.Office, persona string) []string {
	t.Helper()
	return all(t, 2, func(r tracker.DoneRow) string {
		return fmt.Sprint(r.Code, " ", r.Command, " ", r.Person.Names.ZH, " late ", r.DaysLate, " now ", r.State)
	}, func(p tracker.PageRequest) (tracker.Page[tracker.DoneRow], error) {
		return o.Tracker.DoneLately(o.Ctx, o.Call(persona), p)
	})
}

// What somebody moved is theirs to follow until nobody owes anything on it;
// who decides sees what everybody did, and the payee's side its own.
func TestWhatWasDoneLately(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-03-31"), trackertest.Milestone("M3", "2026-06-30")},
			[]award.TrancheDraft{trackertest.Tranche(1, "2026-04-01", "10", "M1"), trackertest.Tranche(2, "2026-12-01", "20", "M3")})
		o.Clock.Set(trackertest.Day("2026-03-14")) // four days late
		o.Submit(a.M("M1"))
		o.Submit(a.M("M2"))
		o.Decide(a.M("M1"), award.Met)
		o.Ask(a.M("M3"), "2026-07-31")
		settle(t, o)
		o.Clock.Set(trackertest.Day("2026-04-02")) // of the next month

		for persona, want := range map[string][]string{
			trackertest.Operator:  {"M3 decideExtension programmeManager", "M2 decideSubmission programmeManager"},
			trackertest.Manager:   {"1 requestTranche platformOperator"},
			trackertest.Manager2:  nil, // activated the award, and did nothing to a thing in it
			trackertest.Operator2: nil,
			trackertest.Auditor:   nil,
		} {
			if diff := cmp.Diff(want, sentOn(t, o, persona)); diff != "" {
				t.Errorf("%s sent on (-want +got):\n%s", persona, diff)
			}
		}
		own := []string{"M2 submitMilestone operator late 0 now submitted", "M1 submitMilestone operator late 4 now decided"}
		everybodys := append([]string{"M1 decideMilestone manager late 0 now decided"}, own...)
		for persona, want := range map[string][]string{
			trackertest.Operator: own, trackertest.Manager: everybodys, trackertest.Auditor: everybodys, trackertest.Operator2: nil, trackertest.Stranger: nil,
		} {
			if diff := cmp.Diff(want, doneLately(t, o, persona)); diff != "" {
				t.Errorf("%s sees done (-want +got):\n%s", persona, diff)
			}
		}
		o.Clock.Set(trackertest.Day("2026-05-02"))
		if got := append(sentOn(t, o, trackertest.Manager), doneLately(t, o, trackertest.Manager)...); got != nil {
			t.Errorf("two months later: %v", got)
		}
	})
}

// However much there is, a page of what was done and what was sent on reads
// about the same.
func TestLatelyReadsAreBounded(t *testing.T) {
	reads := func(awards int) (done, sent store.Tally) {
		o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
		for range awards {
			a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-31"), trackertest.Milestone("M2", "2026-03-31")},
				[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
			o.Submit(a.M("M1"))
			o.Submit(a.M("M2"))
			o.Decide(a.M("M1"), award.Met)
		}
		ctx, tally := store.WithTally(context.Background())
		page, err := o.Tracker.DoneLately(ctx, o.Call(trackertest.Manager), tracker.PageRequest{Limit: 5})
		if err != nil || len(page.Items) != min(5, 3*awards) {
			t.Fatalf("%d rows, %v", len(page.Items), err)
		}
		done = *tally
		ctx, tally = store.WithTally(context.Background())
		if _, more, err := o.Tracker.SentOn(ctx, o.Call(trackertest.Operator)); err != nil || more != (awards > 30) {
			t.Fatalf("more %v, %v", more, err)
		}
		return done, *tally
	}
	done, sent := reads(40)
	doneMore, sentMore := reads(60)
	if done.Gets+done.Queries > 12 || sent.Gets+sent.Queries > 8 {
		t.Errorf("what was done takes %+v, what was sent on %+v", done, sent)
	}
	if doneMore != done || sentMore != sent {
		t.Errorf("with half as much again: %+v after %+v, %+v after %+v", doneMore, done, sentMore, sent)
	}
}

// Others' obligations, by date and by how they were decided.
func TestNarrowerLists(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-03-12"), trackertest.Milestone("M3", "2026-03-13"), trackertest.Milestone("M4", "2026-06-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1")})
	o.Submit(a.M("M1"))
	o.Clock.Set(trackertest.Day("2026-04-01"))
	attention := func(persona string, q tracker.AttentionQuery) []string {
		return all(t, 2, func(r tracker.AttentionRow) string { return r.Code }, func(p tracker.PageRequest) (tracker.Page[tracker.AttentionRow], error) {
			return o.Tracker.Attention(o.Ctx, o.Call(persona), q, p)
		})
	}
	overdue := tracker.AttentionQuery{Status: tracker.StatusOverdue}
	for _, c := range []struct {
		persona string
		change  func(*tracker.AttentionQuery)
		want    []string
	}{
		{trackertest.Manager, func(*tracker.AttentionQuery) {}, []string{"M2", "M3", "M1"}},
		{trackertest.Manager, func(q *tracker.AttentionQuery) { q.Others = true }, []string{"M2", "M3"}},
		{trackertest.Operator, func(q *tracker.AttentionQuery) { q.Others = true }, []string{"M1"}},
		{trackertest.Auditor, func(q *tracker.AttentionQuery) { q.Others = true }, []string{"M2", "M3", "M1"}},
		{trackertest.Manager, func(q *tracker.AttentionQuery) { q.To = trackertest.Day("2026-03-12") }, []string{"M2"}},
		{trackertest.Manager, func(q *tracker.AttentionQuery) { q.From = trackertest.Day("2026-03-13") }, []string{"M3", "M1"}},
		{trackertest.Manager, func(q *tracker.AttentionQuery) { q.From = trackertest.Day("2026-05-01") }, nil}, // none of them is overdue
		{trackertest.Manager, func(q *tracker.AttentionQuery) { q.Status, q.From = "", trackertest.Day("2026-05-01") }, []string{"M4"}},
	} {
		q := overdue
		c.change(&q)
		if diff := cmp.Diff(c.want, attention(c.persona, q)); diff != "" {
			t.Errorf("%s asks for %+v (-want +got):\n%s", c.persona, q, diff)
		}
	}
	if _, err := o.Tracker.Attention(o.Ctx, o.Call(trackertest.Manager), tracker.AttentionQuery{From: trackertest.Day("2026-05-01"), To: trackertest.Day("2026-04-01")}, tracker.PageRequest{}); err == nil {
		t.Error("a range that ends before it begins is taken")
	}

	o.Decide(a.M("M1"), award.Met)
	o.Submit(a.M("M2"))
	o.Decide(a.M("M2"), award.NotMet)
	milestones := func(q tracker.ThingsQuery) []string {
		return all(t, 2, func(r tracker.ThingRow[tracker.MilestoneView]) string { return r.Thing.Code }, func(p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.MilestoneView]], error) {
			return o.Tracker.Milestones(o.Ctx, o.Call(trackertest.Manager), q, p)
		})
	}
	if diff := cmp.Diff([]string{"M2"}, milestones(tracker.ThingsQuery{State: string(award.Decided), Outcome: award.NotMet})); diff != "" {
		t.Errorf("not met (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"M1"}, milestones(tracker.ThingsQuery{Half: tracker.AllHalves, Outcome: award.Met})); diff != "" {
		t.Errorf("met (-want +got):\n%s", diff)
	}
	if _, err := o.Tracker.Tranches(o.Ctx, o.Call(trackertest.Manager), tracker.ThingsQuery{Outcome: award.Met}, tracker.PageRequest{}); err == nil {
		t.Error("tranches with an outcome are taken")
	}
}
