package award

import (
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// RefundEntry is money that came back, as it is recorded.
type RefundEntry struct {
	ID          ident.Refund
	Amount      money.Amount
	Reason      string
	Destination Destination
	Reference   string
	ReceivedOn  civil.Date
}

// RecordRefund records money that came back of a payment that stands as paid:
// at most what is paid and not refunded yet.
func RecordRefund(actor Actor, in RefundEntry, p Payment, on civil.Date) (Refund, Payment, error) {
	if p.State != Paid {
		return Refund{}, p, fault.New(fault.Conflict, "refund.paymentNotPaid", "state", string(p.State))
	}
	if err := in.check(p, on); err != nil {
		return Refund{}, p, err
	}
	r := Refund{
		ID: in.ID, Award: p.Award, Payment: p.ID, State: Recorded, Amount: in.Amount, Reason: in.Reason,
		Destination: in.Destination, Reference: in.Reference, ReceivedOn: in.ReceivedOn,
		RecordedBy: actor.Person, RecordedOn: on,
	}
	var err error
	p.Refunded, err = p.Refunded.Add(in.Amount)
	return r, p, err
}

func (in RefundEntry) check(p Payment, on civil.Date) error {
	var f portfolio.Findings
	left, err := p.Amount.Sub(p.Refunded)
	if err != nil {
		return err
	}
	switch {
	case in.Amount.Unit() != p.Amount.Unit():
		f.Add("/amount/currency", "currency.mixed", "currency", p.Amount.Unit().Code(), "other", in.Amount.Unit().Code())
	case in.Amount.Sign() <= 0:
		f.Add("/amount/amount", "amount.notPositive")
	case in.Amount.Minor() > left.Minor():
		f.Add("/amount/amount", "refund.moreThanPaid", "left", left.String())
	}
	f.Required("/reason", in.Reason, portfolio.MaxText)
	portfolio.OneOf(&f, "/destination", in.Destination, Treasury, BudgetLine)
	f.Required("/reference", in.Reference, portfolio.MaxCode)
	f.Date("/receivedOn", in.ReceivedOn)
	switch {
	case in.ReceivedOn.After(on):
		f.Add("/receivedOn", "date.inFuture", "today", on.String())
	case !in.ReceivedOn.IsZero() && in.ReceivedOn.Before(p.PaidOn):
		f.Add("/receivedOn", "date.before", "earliest", p.PaidOn.String())
	}
	return f.Err()
}

// Reverse takes a recorded refund back, by a second person than its recorder
// (separation.recorderReverses).
func (r Refund) Reverse(actor Actor, reason string, p Payment, on civil.Date) (Refund, Payment, error) {
	next, err := r.State.Next(CommandReverse)
	err = first(err, separated("separation.recorderReverses", actor, r.RecordedBy, r.Reference), portfolio.NeedReason(reason))
	if err != nil {
		return r, p, err
	}
	if r.Payment != p.ID {
		return r, p, fault.New(fault.Internal, "refund.otherPayment")
	}
	if p.Refunded, err = p.Refunded.Sub(r.Amount); err != nil {
		return r, p, err
	}
	r.State, r.ReversedBy, r.ReversedOn, r.ReversedFor = next, actor.Person, on, reason
	return r, p, nil
}
