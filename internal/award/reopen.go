package award

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// Reopen asks for a decision to be taken back.
type Reopen struct {
	Reason string
	Paper  *DecisionPaper // required
	// Acceptance is the document that leaves paid what was paid on the
	// decision; required where something was.
	Acceptance *DecisionPaper
}

// Reopen takes a decision back: the round is undecided again and the milestone
// submitted. The decider and the payee's organisation never reopen. Tranches
// are all that name the milestone: refused while a payment of one is
// instructed (milestone.paymentInstructed). Each is the caller's to bring up to
// date with Tranche.WithGates.
func (m Milestone) Reopen(actor Actor, payee ident.Organisation, r Reopen, tranches []Tranche, on civil.Date) (Milestone, error) {
	next, err := m.State.Next(CommandReopen)
	if err != nil {
		return m, err
	}
	round := m.last()
	err = first(separated("separation.deciderReopens", actor, round.EndedBy, m.Code), payeeDecides(actor, payee, m.Code))
	if err != nil {
		return m, err
	}
	if err := m.checkReopen(r, tranches, on); err != nil {
		return m, err
	}
	round.Reopened = append(slices.Clone(round.Reopened), Reopening{
		By: actor.Person, On: on, Reason: r.Reason, Paper: r.Paper, Acceptance: r.Acceptance,
		Was: round.Outcome, WasBy: round.EndedBy, WasOn: round.EndedOn, Settlement: m.Settlement,
	})
	m = m.withLast(round.undecided()).unsettled()
	m.State, m.OpenedOn, m.MetOn = next, on, civil.Date{}
	return m, nil
}

func (m Milestone) checkReopen(r Reopen, tranches []Tranche, on civil.Date) error {
	var f portfolio.Findings
	f.Required("/reason", r.Reason, portfolio.MaxText)
	checkPaper(&f, "/paper", r.Paper, true, on)
	checkPaper(&f, "/acceptance", r.Acceptance, false, on)
	for _, t := range tranches {
		if !slices.Contains(t.Gates, m.ID) {
			continue
		}
		if t.Instructed.Sign() > 0 {
			return fault.New(fault.Conflict, "milestone.paymentInstructed", "milestone", m.Code, "tranche", t.Number)
		}
		if t.Paid.Sign() > 0 && r.Acceptance == nil {
			f.Add("/acceptance", "milestone.acceptanceRequired", "tranche", t.Number, "paid", t.Paid.String())
			break
		}
	}
	return f.Err()
}

// undecided is the round as it was before its decision, with its reopenings.
func (r Round) undecided() Round {
	return Round{
		From: r.From, SubmittedBy: r.SubmittedBy, SubmittedByOrg: r.SubmittedByOrg, SubmittedOn: r.SubmittedOn, DueOn: r.DueOn,
		Answers: r.Answers, Evidence: r.Evidence, Statement: r.Statement, Reopened: r.Reopened,
	}
}

func (m Milestone) unsettled() Milestone {
	m.Settlement, m.SettledBy, m.SettledOn, m.SettledFor, m.SettledPaper = "", ident.Person(""), civil.Date{}, "", nil
	return m
}
