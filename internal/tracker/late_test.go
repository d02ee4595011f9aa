package tracker_test

import (
	"slices"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// What is handed in on the day after its due date, before any sweep, is late
// on record all the same: the flag and its clearing stand in the same entry,
// before the submission.
func TestLateForANight(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-03-20"))
	o.Clock.Set(trackertest.Day("2026-03-21"))
	r := o.Submit(a.M("M1"))
	entry := journalOf(t, o, r)
	if got, want := eventsOf(t, o, r), []string{"obligation.flagged", "obligation.flagged", "obligation.cleared", "milestone.submitted"}; !slices.Equal(got, want) {
		t.Fatalf("events %q, want %q", got, want)
	}
	for i, want := range []string{`"rung":"before7"`, `"rung":"after1"`, `"daysLate":1`} {
		if !containsText(entry.Events[i].Data, want) {
			t.Errorf("event %d says %s, want %s", i, entry.Events[i].Data, want)
		}
	}
	if !containsText(entry.Events[0].Data, `"notice":"superseded"`) || !containsText(entry.Events[1].Data, `"notice":"tell"`) {
		t.Errorf("not the highest rung alone is told: %s, %s", entry.Events[0].Data, entry.Events[1].Data)
	}
	for _, e := range entry.Events {
		if e.Thing != string(a.Milestones["M1"]) || e.Was != entry.Events[0].Was || e.Is != e.Was+1 {
			t.Errorf("event %s is of %s, version %d to %d", e.Kind, e.Thing, e.Was, e.Is)
		}
	}
	if got := o.MilestoneNow(a.M("M1")).Rounds[0]; got.SubmittedOn != o.Today() || got.DueOn != trackertest.Day("2026-03-20") || got.DaysLate() != 1 {
		t.Errorf("submitted on %s, due %s, %d days late", got.SubmittedOn, got.DueOn, got.DaysLate())
	}
}

// On the due date itself nothing is late.
func TestOnTheLastDay(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-03-08"))
	o.Clock.Set(trackertest.Day("2026-03-08"))
	if got := eventsOf(t, o, o.Submit(a.M("M1"))); !slices.Equal(got, []string{"milestone.submitted"}) {
		t.Errorf("events %q", got)
	}
	if got := o.MilestoneNow(a.M("M1")).Rounds[0]; got.DueOn.IsZero() || got.DaysLate() != 0 {
		t.Errorf("due %s, %d days late", got.DueOn, got.DaysLate())
	}
}

// The funder's own delay is told when it ends: deciding late flags, clears, and
// the money that waited for it is asked for from today on.
func TestFunderLateForANight(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-06-01"))
	o.Submit(a.M("M1"))
	// Ten working days after Monday 2026-03-02, and one more: the first rung.
	o.Clock.Set(trackertest.Day("2026-03-17"))
	r := o.Decide(a.M("M1"), award.Met)
	want := []string{"obligation.flagged", "obligation.cleared", "milestone.decided", "tranche.gatesOpened"}
	if got := eventsOf(t, o, r); !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
	if got := o.TrancheNow(a.Tr(1)).Watch.Current; got == nil || got.OpenedOn != o.Today() || got.DueOn.String() != "2026-04-15" {
		t.Errorf("the tranche is asked for since %+v", got)
	}
}

// However much is submitted and withdrawn, room is left to write that a
// milestone is late.
func TestRoundsLeaveRoom(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-03-20"))
	operator := o.Call(trackertest.Operator)
	rounds := 0
	for size := 8000; size > 0; {
		s := award.Submission{Statement: strings.Repeat("长", size), Answers: []award.Answer{{Criterion: "C1", Text: strings.Repeat("长", size)}}}
		if _, err := o.Tracker.SubmitMilestone(o.Ctx, operator, a.M("M1"), s); err != nil {
			expectFault(t, "a round too many", err, fault.TooLarge, "milestone.tooLarge")
			size /= 2
			continue
		}
		rounds++
		r, err := o.Tracker.WithdrawMilestone(o.Ctx, operator, a.M("M1"))
		expectDone(t, "withdraw", r, err)
	}
	if rounds < 5 {
		t.Errorf("only %d rounds", rounds)
	}
	o.Clock.Set(trackertest.Day("2026-06-01"))
	r, err := o.Tracker.ForecastMilestone(o.Ctx, operator, a.M("M1"), tracker.Forecast{ForecastOn: o.Today()})
	expectDone(t, "forecast, late", r, err)
	if r.Counts["obligation.flagged"] == 0 {
		t.Errorf("late without a flag: %v", r.Counts)
	}
}
