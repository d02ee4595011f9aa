package award

import (
	"cmp"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
)

// MarkPaid records that the bank paid, on a value date not in the future and
// not before the instruction. It returns the tranches of the payment, changed,
// in the order of its lines; a tranche paid in full is settled.
func (p Payment) MarkPaid(actor Actor, bankReference string, paidOn civil.Date, tranches []Tranche, on civil.Date) (Payment, []Tranche, error) {
	next, err := p.State.Next(CommandMarkPaid)
	if err != nil {
		return p, nil, err
	}
	var f portfolio.Findings
	f.Required("/bankReference", bankReference, portfolio.MaxCode)
	f.Date("/paidOn", paidOn)
	switch {
	case paidOn.After(on):
		f.Add("/paidOn", "date.inFuture", "today", on.String())
	case !paidOn.IsZero() && paidOn.Before(p.InstructedOn):
		f.Add("/paidOn", "date.before", "earliest", p.InstructedOn.String())
	}
	if err := f.Err(); err != nil {
		return p, nil, err
	}
	changed, err := p.book(tranches, Tranche.pay, on)
	if err != nil {
		return p, nil, err
	}
	p.State, p.BankReference, p.PaidOn, p.RecordedBy, p.RecordedOn = next, bankReference, paidOn, actor.Person, on
	return p, changed, nil
}

// MarkReturned records that the bank sent the money back 退汇: the tranches stay
// approved.
func (p Payment) MarkReturned(actor Actor, reason string, tranches []Tranche, on civil.Date) (Payment, []Tranche, error) {
	return p.release(CommandMarkReturned, actor, reason, tranches, on)
}

// Stop records that the instruction was stopped before the bank paid.
func (p Payment) Stop(actor Actor, reason string, tranches []Tranche, on civil.Date) (Payment, []Tranche, error) {
	return p.release(CommandStop, actor, reason, tranches, on)
}

func (p Payment) release(command Command, actor Actor, reason string, tranches []Tranche, on civil.Date) (Payment, []Tranche, error) {
	next, err := p.State.Next(command)
	if err := first(err, portfolio.NeedReason(reason)); err != nil {
		return p, nil, err
	}
	changed, err := p.book(tranches, Tranche.release, on)
	if err != nil {
		return p, nil, err
	}
	p.State, p.Reason, p.RecordedBy, p.RecordedOn = next, reason, actor.Person, on
	return p, changed, nil
}

// name names the payment in a fault: its reference, which opening payments do
// not have.
func (p Payment) name() string { return cmp.Or(p.Reference, string(p.ID)) }

// Reverse takes a recorded payment back, by a second person than its recorder
// and its instructor (separation.recorderReverses); refused while a refund
// stands on it (payment.refunded). Settled tranches are approved again.
func (p Payment) Reverse(actor Actor, reason string, tranches []Tranche, on civil.Date) (Payment, []Tranche, error) {
	next, err := p.State.Next(CommandReverse)
	err = first(err, separated("separation.recorderReverses", actor, p.RecordedBy, p.name()),
		separated("separation.recorderReverses", actor, p.InstructedBy, p.name()), portfolio.NeedReason(reason))
	if err != nil {
		return p, nil, err
	}
	if p.Refunded.Sign() > 0 {
		return p, nil, fault.New(fault.Conflict, "payment.refunded", "refunded", p.Refunded.String())
	}
	changed, err := p.book(tranches, Tranche.reverse, on)
	if err != nil {
		return p, nil, err
	}
	p.State, p.Reason, p.ReversedBy, p.ReversedOn = next, reason, actor.Person, on
	return p, changed, nil
}
