package tracker_test

import (
	"slices"
	"testing"

	"milepost/internal/attention"
	"milepost/internal/fault"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// proposed is an office in which Manager wants other thresholds and names.
func proposed(t *testing.T) (*trackertest.Office, tracker.ProgrammeTerms) {
	t.Helper()
	o := trackertest.New(t, nil)
	in := termsOf(programmeNow(t, o, o.Programme))
	in.AttentionFrom, in.SeparationAbove = trackertest.Day("2026-01-01"), []money.Amount{money.MustParse("500")}
	in.FoundingDocument, in.Reason = "沪科规〔2025〕3号", "the board wants more eyes"
	r, err := o.Tracker.EditProgramme(o.Ctx, o.Call(trackertest.Manager), o.Programme, in)
	expectDone(t, "propose", r, err)
	if got := eventsOf(t, o, r); !slices.Equal(got, []string{"programme.edited", "programme.changeProposed"}) {
		t.Errorf("proposed by %q", got)
	}
	if !slices.Equal(r.TakeBack, []string{"dropChange"}) || !tells(journalOf(t, o, r), in.Reason) {
		t.Errorf("the receipt offers %q; the journal must tell %q", r.TakeBack, in.Reason)
	}
	return o, in
}

// Drafter ≠ decider: nobody changes alone what is late or who must decide.
func TestThresholdsTakeTwo(t *testing.T) {
	o, in := proposed(t)
	before := programmeNow(t, o, o.Programme)
	if before.FoundingDocument != in.FoundingDocument || before.SeparationAbove[0] != portfolio.DefaultSeparation()[0] || before.AttentionFrom == in.AttentionFrom {
		t.Errorf("names are in force at once, thresholds are not: %+v", before)
	}
	if c := before.Pending; c == nil || c.By != o.People[trackertest.Manager] || c.On != o.Today() || c.Reason != in.Reason || c.Terms.AttentionFrom != in.AttentionFrom {
		t.Errorf("pending %+v", c)
	}
	confirm := func(persona string) error {
		return second(o.Tracker.ConfirmProgrammeChange(o.Ctx, o.Call(persona), o.Programme))
	}
	expectFault(t, "by who proposed it", confirm(trackertest.Manager), fault.Forbidden, "separation.proposerConfirms")
	expectFault(t, "by finance", confirm(trackertest.Finance), fault.Forbidden, "access.forbidden")
	stale := o.Call(trackertest.Manager2)
	stale.IfMatch = new(int64(1))
	_, err := o.Tracker.ConfirmProgrammeChange(o.Ctx, stale, o.Programme)
	expectFault(t, "of a version before it", err, fault.PreconditionFailed, "precondition.failed")
	r := o.Agree()
	if got := eventsOf(t, o, r); !slices.Equal(got, []string{"programme.changeConfirmed"}) {
		t.Errorf("confirmed by %q", got)
	}
	after := programmeNow(t, o, o.Programme)
	if after.SeparationAbove[0] != in.SeparationAbove[0] || after.AttentionFrom != in.AttentionFrom || after.Pending != nil {
		t.Errorf("confirmed: %+v", after)
	}
	expectFault(t, "twice", confirm(trackertest.Manager2), fault.Conflict, "programme.noChange")
	if got := verified(t, o).Wrong; got != nil {
		t.Error(got)
	}
}

// One change waits at a time; who proposed it, or another, drops it.
func TestPendingChangeIsDropped(t *testing.T) {
	for _, persona := range []string{trackertest.Manager, trackertest.Manager2, trackertest.Head} {
		o, in := proposed(t)
		in.SeparationAbove = nil
		_, err := o.Tracker.EditProgramme(o.Ctx, o.Call(trackertest.Manager2), o.Programme, in)
		expectFault(t, "another proposal", err, fault.Conflict, "programme.changePending")
		_, err = o.Tracker.SetLadder(o.Ctx, o.Call(trackertest.Manager2), o.Programme, attention.DefaultLadders()[0], because)
		expectFault(t, "a ladder", err, fault.Conflict, "programme.changePending")
		names := termsOf(programmeNow(t, o, o.Programme))
		names.Names = portfolio.Names{EN: "Renamed"}
		r, err := o.Tracker.EditProgramme(o.Ctx, o.Call(trackertest.Manager2), o.Programme, names)
		expectDone(t, "names meanwhile", r, err)

		r, err = o.Tracker.DropProgrammeChange(o.Ctx, o.Call(persona), o.Programme, tracker.Reason{Reason: "not this year"})
		expectDone(t, "drop by "+persona, r, err)
		if got := eventsOf(t, o, r); !slices.Equal(got, []string{"programme.changeDropped"}) || !tells(journalOf(t, o, r), "not this year") {
			t.Errorf("dropped by %q", got)
		}
		p := programmeNow(t, o, o.Programme)
		if p.Pending != nil || p.SeparationAbove[0] != portfolio.DefaultSeparation()[0] {
			t.Errorf("dropped: %+v", p)
		}
		_, err = o.Tracker.DropProgrammeChange(o.Ctx, o.Call(persona), o.Programme, because)
		expectFault(t, "drop nothing", err, fault.Conflict, "programme.noChange")
	}
}

// The head may be the second person; the view says what each may do.
func TestPendingChangeIsShown(t *testing.T) {
	o, in := proposed(t)
	for _, test := range []struct {
		persona       string
		confirm, drop bool
	}{{trackertest.Manager, false, true}, {trackertest.Manager2, true, true}, {trackertest.Head, true, true}, {trackertest.Finance, false, false}} {
		v, err := o.Tracker.Programme(o.Ctx, o.Call(test.persona), o.Programme)
		if err != nil || v.Pending == nil || v.Pending.Reason != in.Reason {
			t.Errorf("%s sees %+v, %v", test.persona, v.Pending, err)
		}
		confirm, drop := slices.Contains(v.Actions, tracker.ActionConfirmChange), slices.Contains(v.Actions, tracker.ActionDropChange)
		if confirm != test.confirm || drop != test.drop {
			t.Errorf("%s may %v", test.persona, v.Actions)
		}
	}
	r, err := o.Tracker.ConfirmProgrammeChange(o.Ctx, o.Call(trackertest.Head), o.Programme)
	expectDone(t, "by the head", r, err)
	v, err := o.Tracker.Programme(o.Ctx, o.Call(trackertest.Manager2), o.Programme)
	if err != nil || v.Pending != nil || slices.Contains(v.Actions, tracker.ActionDropChange) {
		t.Errorf("afterwards: %+v, %v", v.Actions, err)
	}
}
