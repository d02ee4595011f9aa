package award

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
)

// gatesOf picks the tranche's gates out of milestones, in the tranche's order.
// The caller must have loaded all of them.
func (t Tranche) gatesOf(milestones []Milestone) ([]Milestone, error) {
	gates := make([]Milestone, 0, len(t.Gates))
	for _, id := range t.Gates {
		i := slices.IndexFunc(milestones, func(m Milestone) bool { return m.ID == id })
		if i < 0 {
			return nil, fault.New(fault.Internal, "tranche.gateNotLoaded", "milestone", string(id))
		}
		gates = append(gates, milestones[i])
	}
	return gates, nil
}

// gatesHold returns the fault tranche.gatesNotMet with a field for each gate
// of the tranche that does not hold, nil where all do.
func (t Tranche) gatesHold(milestones []Milestone) error {
	gates, err := t.gatesOf(milestones)
	if err != nil {
		return err
	}
	if len(gates) == 0 && !t.Ungated {
		return fault.New(fault.Conflict, "tranche.gatesNotMet", "tranche", t.Number)
	}
	var fields []fault.Field
	for i, g := range gates {
		if !g.Holds() {
			fields = append(fields, fault.At(at("/gates", i), "gate.notMet",
				"milestone", g.Code, "state", string(g.State), "outcome", string(g.Outcome())))
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Conflict, Code: "tranche.gatesNotMet", Args: fault.Args{"tranche": t.Number}, Fields: fields}
}

// WithGates brings the tranche up to date after one of its gates was decided
// or reopened on a date; milestones hold all its gates as they are now. The
// tranche opens when its last gate comes to hold. Where a gate no longer holds,
// a requested one, and an approved one of which nothing is instructed or paid,
// return to scheduled; the rest of a partly paid one waits.
func (t Tranche) WithGates(milestones []Milestone, on civil.Date) (Tranche, error) {
	gates, err := t.gatesOf(milestones)
	if err != nil {
		return t, err
	}
	before := t.Locked
	t.Locked = false
	for _, g := range gates {
		if !g.Holds() {
			t.Locked = true
		}
	}
	switch {
	case !t.Locked && before && (t.State == Scheduled || t.State == Approved):
		t.OpenedOn = on
	case t.Locked && t.State == Scheduled && !before:
		t.OpenedOn = civil.Date{}
	case t.Locked && (t.State == Requested || t.State == Approved && t.untouched()):
		return t.rescheduled(CommandReopen, civil.Date{})
	}
	return t, nil
}

// untouched reports whether nothing of the tranche is instructed or paid.
func (t Tranche) untouched() bool { return t.Instructed.IsZero() && t.Paid.IsZero() }

// rescheduled is the tranche back at scheduled, with request and approval
// forgotten, asking for a request again since opened.
func (t Tranche) rescheduled(command Command, opened civil.Date) (Tranche, error) {
	next, err := t.State.Next(command)
	if err != nil {
		return t, err
	}
	t.State, t.Approved = next, money.Zero(t.Amount.Unit())
	t.RequestedBy, t.RequestedOn, t.Statement, t.Barred = "", civil.Date{}, "", nil
	t.ApprovedBy, t.ApprovedOn, t.Paper = "", civil.Date{}, nil
	if !opened.IsZero() && t.Ungated {
		opened = civil.Max(opened, t.PlannedOn)
	}
	t.OpenedOn = opened
	return t, nil
}
