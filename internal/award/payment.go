package award

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// Instruction asks for a payment of tranches of one award.
type Instruction struct {
	ID           ident.Payment
	Lines        []PaymentLine // at least one, each tranche once; an empty kind is a release
	Payee        ident.Organisation
	PayerAccount string
	Reference    string
}

// Instruct orders a payment. Tranches are those of the lines and milestones all
// their gates, which are checked again; payee is the award's. It returns the
// payment and the tranches in the order of its lines. Nobody instructs what
// they approved (separation.approverInstructs).
func Instruct(actor Actor, payee ident.Organisation, in Instruction, tranches []Tranche, milestones []Milestone, on civil.Date) (Payment, []Tranche, error) {
	if err := in.check(payee, tranches); err != nil {
		return Payment{}, nil, err
	}
	p := Payment{
		ID: in.ID, State: Instructed, Lines: list(in.Lines), Payee: in.Payee, PayerAccount: in.PayerAccount,
		Reference: in.Reference, InstructedBy: actor.Person, InstructedOn: on,
	}
	changed := make([]Tranche, len(in.Lines))
	for i, l := range in.Lines {
		t := tranches[find(tranches, l.Tranche)]
		err := first(separated("separation.approverInstructs", actor, t.ApprovedBy, t.name()), t.gatesHold(milestones))
		if err == nil {
			changed[i], err = t.instruct(l.Amount)
		}
		if err != nil {
			return Payment{}, nil, fault.Rebase(err, at("/lines", i))
		}
		p.Award, p.Lines[i].Kind = t.Award, Release
	}
	amounts := make([]money.Amount, len(p.Lines))
	for i, l := range p.Lines {
		amounts[i] = l.Amount
	}
	var err error
	p.Amount, err = money.Sum(amounts[0].Unit(), amounts...)
	p.Refunded = money.Zero(amounts[0].Unit())
	return p, changed, err
}

// MaxPaymentLines is how many tranches one payment may carry.
const MaxPaymentLines = 40

func (in Instruction) check(payee ident.Organisation, tranches []Tranche) error {
	var f portfolio.Findings
	f.Required("/payerAccount", in.PayerAccount, portfolio.MaxCode)
	f.Required("/reference", in.Reference, portfolio.MaxTitle)
	if in.Payee != payee {
		f.Add("/payee", "payment.otherPayee")
	}
	switch {
	case len(in.Lines) == 0:
		f.Add("/lines", "field.required")
	case len(in.Lines) > MaxPaymentLines:
		f.Add("/lines", "field.tooMany", "max", MaxPaymentLines)
	}
	for i, l := range in.Lines {
		l.check(&f, at("/lines", i), tranches)
		twice := func(other PaymentLine) bool { return other.Tranche == l.Tranche }
		if slices.ContainsFunc(in.Lines[:i], twice) {
			f.Add(at("/lines", i)+"/tranche", "field.notUnique", "value", string(l.Tranche))
		}
	}
	return f.Err()
}

func (l PaymentLine) check(f *portfolio.Findings, at string, tranches []Tranche) {
	if l.Kind != "" {
		portfolio.OneOf(f, at+"/kind", l.Kind, Release)
	}
	i := find(tranches, l.Tranche)
	if i < 0 || tranches[i].Award != tranches[0].Award {
		f.Add(at+"/tranche", "tranche.unknown", "tranche", string(l.Tranche))
		return
	}
	t := tranches[i]
	left, err := t.Payable()
	switch {
	case l.Amount.Unit() != t.Amount.Unit():
		f.Add(at+"/amount/currency", "currency.mixed", "currency", t.Amount.Unit().Code(), "other", l.Amount.Unit().Code())
	case l.Amount.Sign() <= 0:
		f.Add(at+"/amount/amount", "amount.notPositive")
	case t.State == Approved && (err != nil || l.Amount.Minor() > left.Minor()):
		f.Add(at+"/amount/amount", "payment.moreThanApproved", "left", left.String(), "tranche", t.Number)
	}
}

func find(tranches []Tranche, id ident.Tranche) int {
	return slices.IndexFunc(tranches, func(t Tranche) bool { return t.ID == id })
}

// book applies a bookkeeping step to the tranche of each line and returns the
// tranches in the order of the lines.
func (p Payment) book(tranches []Tranche, step func(t Tranche, amount money.Amount, on civil.Date) (Tranche, error), on civil.Date) ([]Tranche, error) {
	changed := make([]Tranche, len(p.Lines))
	for i, l := range p.Lines {
		found := find(tranches, l.Tranche)
		if found < 0 {
			return nil, fault.New(fault.Internal, "payment.trancheNotLoaded", "tranche", string(l.Tranche))
		}
		var err error
		if changed[i], err = step(tranches[found], l.Amount, on); err != nil {
			return nil, err
		}
	}
	return changed, nil
}
