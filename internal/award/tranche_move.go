package award

import (
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// Request asks for the whole tranche; all its gates must hold. The statement,
// which may be empty, is for who decides: the answer where a request was sent
// back. Milestones hold the gates; above as in Approve.
func (t Tranche) Request(actor Actor, statement string, milestones []Milestone, above bool, on civil.Date) (Tranche, error) {
	next, err := t.State.Next(CommandRequest)
	var f portfolio.Findings
	f.Text("/statement", statement, portfolio.MaxText)
	if err := first(err, t.gatesHold(milestones), f.Err()); err != nil {
		return t, err
	}
	if t.Barred, err = t.barred(actor, milestones, above); err != nil {
		return t, err
	}
	t.State, t.RequestedBy, t.RequestedOn, t.Statement, t.OpenedOn = next, actor.Person, on, statement, on
	return t, nil
}

// barred are those of whom mayApprove knows, when a tranche is asked for, that
// they may not approve it.
func (t Tranche) barred(requester Actor, milestones []Milestone, above bool) ([]ident.Person, error) {
	ids := []ident.Person{requester.Person}
	if above {
		gates, err := t.gatesOf(milestones)
		if err != nil {
			return nil, err
		}
		for _, g := range gates {
			ids = append(ids, g.Decider())
		}
	}
	return persons(ids...), nil
}

// TakeBack takes the request back, by who made it (tranche.takeBackByOthers).
func (t Tranche) TakeBack(actor Actor, on civil.Date) (Tranche, error) {
	if _, err := t.State.Next(CommandTakeBack); err != nil {
		return t, err
	}
	if actor.Person != t.RequestedBy {
		return t, fault.New(fault.Forbidden, "tranche.takeBackByOthers")
	}
	return t.rescheduled(CommandTakeBack, on)
}

// Refuse sends the request back with a reason; not by anybody of the payee's
// organisation.
func (t Tranche) Refuse(actor Actor, payee ident.Organisation, reason string, on civil.Date) (Tranche, error) {
	_, err := t.State.Next(CommandRefuse)
	if err := first(err, payeeDecides(actor, payee, t.name()), portfolio.NeedReason(reason)); err != nil {
		return t, err
	}
	t.Refused, t.RefusedBy, t.RefusedOn = reason, actor.Person, on
	return t.rescheduled(CommandRefuse, on)
}

// Approve releases the whole tranche for payment. Milestones hold all its
// gates, which are checked again; above says that the amount is above the
// programme's threshold (portfolio.Programme.Above), so that nobody approves
// what rests on their own decision (separation.deciderApproves). The requester
// and the payee's organisation never approve.
func (t Tranche) Approve(actor Actor, payee ident.Organisation, milestones []Milestone, above bool, paper *DecisionPaper, on civil.Date) (Tranche, error) {
	next, err := t.State.Next(CommandApprove)
	if err == nil {
		err = t.mayApprove(actor, payee, milestones, above)
	}
	var f portfolio.Findings
	checkPaper(&f, "/paper", paper, false, on)
	if err := first(err, f.Err()); err != nil {
		return t, err
	}
	t.State, t.Approved, t.ApprovedBy, t.ApprovedOn, t.Paper, t.OpenedOn, t.Barred = next, t.Amount, actor.Person, on, paper, on, nil
	t.Refused, t.RefusedBy, t.RefusedOn = "", "", civil.Date{}
	return t, nil
}

func (t Tranche) mayApprove(actor Actor, payee ident.Organisation, milestones []Milestone, above bool) error {
	err := first(payeeDecides(actor, payee, t.name()),
		separated("separation.requesterApproves", actor, t.RequestedBy, t.name()), t.gatesHold(milestones))
	if err != nil || !above {
		return err
	}
	gates, err := t.gatesOf(milestones)
	for _, g := range gates {
		err = first(err, separated("separation.deciderApproves", actor, g.Decider(), g.Code))
	}
	return err
}

// WithdrawApproval takes the approval back while nothing of it is instructed
// or paid (tranche.moneyMoved); not by anybody of the payee's organisation.
func (t Tranche) WithdrawApproval(actor Actor, payee ident.Organisation, reason string, on civil.Date) (Tranche, error) {
	_, err := t.State.Next(CommandWithdrawApproval)
	if err := first(err, payeeDecides(actor, payee, t.name()), portfolio.NeedReason(reason)); err != nil {
		return t, err
	}
	if !t.untouched() {
		return t, fault.New(fault.Conflict, "tranche.moneyMoved", "tranche", t.Number,
			"instructed", t.Instructed.String(), "paid", t.Paid.String())
	}
	t.Refused, t.RefusedBy, t.RefusedOn = reason, actor.Person, on
	if t.Locked {
		on = civil.Date{}
	}
	return t.rescheduled(CommandWithdrawApproval, on)
}

// Legal lists the commands that the tranche takes, as far as it can tell by
// itself.
func (t Tranche) Legal() []Command {
	legal := t.State.Legal()
	if t.Locked {
		legal = without(legal, CommandRequest, CommandApprove, CommandInstruct)
	}
	if t.State == Approved && !t.untouched() {
		legal = without(legal, CommandWithdrawApproval)
	}
	return legal
}

// Ended reports whether nothing of the tranche is open.
func (t Tranche) Ended() bool { return t.State == Settled || t.State == TrancheCancelled }

// Need returns what the tranche asks for, nil for nothing.
// Operator is who owes its request: the platform's operator, or the lead where
// the award has no platform. Funder and payee are the persons responsible for
// each side; a payment is owed by all members of finance.
func (t Tranche) Need(operator portfolio.Role, funder, payee ident.Person) *attention.Need {
	switch t.State {
	case Scheduled:
		if !t.Locked {
			return &attention.Need{Kind: attention.RequestTranche, Role: operator, Person: payee, OpenedOn: t.OpenedOn, NotBefore: t.PlannedOn}
		}
	case Requested:
		return &attention.Need{Kind: attention.ApproveTranche, Role: portfolio.ProgrammeManager, Person: funder, Except: t.Barred, OpenedOn: t.OpenedOn}
	case Approved:
		if t.Locked { // reopened after a part was paid: nobody may pay the rest
			return nil
		}
		n := &attention.Need{Kind: attention.PayTranche, Role: portfolio.Finance, OpenedOn: t.OpenedOn}
		if t.untouched() { // another person instructs
			n.Except = persons(t.ApprovedBy)
		}
		return n
	}
	return nil
}
