package tracker

import (
	"fmt"
	"slices"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/ledger"
	"milepost/internal/money"
)

// trancheGates: a tranche and its gates name each other, it knows how many of
// them do not hold, and nothing is requested, approved or settled on one that
// does not hold, unless it is opening history or was accepted at reopening.
func (c *aggregateCheck) trancheGates() error {
	for _, t := range c.award.tranches {
		open := 0
		for _, id := range t.Gates {
			m, ok := c.award.milestone(id)
			if !ok || !slices.Contains(m.Gates, t.ID) {
				return fault.New(fault.Internal, "verify.gates", about(c.id, string(t.ID), id, "no such gate")...)
			}
			if m.Holds() {
				continue
			}
			open++
			released := t.State == award.Requested || t.State == award.Approved || t.State == award.Settled
			if released && t.Opening == nil && !accepted(m) {
				return fault.New(fault.Internal, "verify.gates", about(c.id, string(t.ID), m.Code+" met", fmt.Sprint(m.Code, " ", m.State, " ", m.Outcome()))...)
			}
		}
		if (open > 0) != t.Locked || len(t.Gates) == 0 && !t.Ungated {
			return fault.New(fault.Internal, "verify.gates", about(c.id, string(t.ID), open > 0, t.Locked)...)
		}
	}
	return c.gatedAmounts()
}

// accepted reports whether a reopening left paid what was paid.
func accepted(m award.Milestone) bool {
	return slices.ContainsFunc(m.Rounds, func(r award.Round) bool {
		return slices.ContainsFunc(r.Reopened, func(o award.Reopening) bool { return o.Acceptance != nil })
	})
}

// gatedAmounts: a milestone names the tranches that name it, and their sum.
func (c *aggregateCheck) gatedAmounts() error {
	for _, m := range c.award.milestones {
		var amounts []money.Amount
		for _, t := range c.award.tranches {
			if slices.Contains(t.Gates, m.ID) {
				amounts = append(amounts, t.Amount)
			}
		}
		if len(amounts) != len(m.Gates) {
			return fault.New(fault.Internal, "verify.gates", about(c.id, string(m.ID), len(amounts), len(m.Gates))...)
		}
		if err := c.sum(string(m.ID), m.GatedAmount, amounts); err != nil {
			return err
		}
	}
	return nil
}

// paymentLines: what is instructed and paid of a tranche are the lines of
// payments that stand so.
func (c *aggregateCheck) paymentLines() error {
	unit := c.award.root.Document.Amount.Unit()
	instructed, paid := map[ident.Tranche]money.Amount{}, map[ident.Tranche]money.Amount{}
	for _, t := range c.award.tranches {
		instructed[t.ID], paid[t.ID] = money.Zero(unit), money.Zero(unit)
	}
	for _, p := range c.award.payments {
		var lines []money.Amount
		for _, l := range p.Lines {
			lines = append(lines, l.Amount)
			to := map[award.PaymentState]map[ident.Tranche]money.Amount{award.Instructed: instructed, award.Paid: paid}[p.State]
			if to == nil {
				continue
			}
			sum, err := to[l.Tranche].Add(l.Amount)
			if err != nil {
				return fault.New(fault.Internal, "verify.amounts", about(c.id, string(p.ID), "a line of a tranche", fault.CodeOf(err))...)
			}
			to[l.Tranche] = sum
		}
		if err := c.sum(string(p.ID), p.Amount, lines); err != nil {
			return err
		}
	}
	for _, t := range c.award.tranches {
		if instructed[t.ID] != t.Instructed || paid[t.ID] != t.Paid {
			return fault.New(fault.Internal, "verify.amounts", about(c.id, string(t.ID),
				fmt.Sprint(instructed[t.ID], ", ", paid[t.ID]), fmt.Sprint(t.Instructed, ", ", t.Paid))...)
		}
	}
	return nil
}

// refunded: a payment's refunds are those recorded of it, and no more than it
// paid.
func (c *aggregateCheck) refunded() error {
	for _, p := range c.award.payments {
		var refunds []money.Amount
		for _, r := range c.award.refunds {
			if r.Payment == p.ID && r.State == award.Recorded {
				refunds = append(refunds, r.Amount)
			}
		}
		if err := c.sum(string(p.ID), p.Refunded, refunds); err != nil {
			return err
		}
		if left, err := p.Amount.Sub(p.Refunded); err != nil || left.Sign() < 0 || p.State != award.Paid && p.Refunded.Sign() != 0 {
			return fault.New(fault.Internal, "verify.amounts", about(c.id, string(p.ID), p.Amount, p.Refunded)...)
		}
	}
	return nil
}

// books: the ledger is sound, and head, tranches, refunds and balances all say
// the same.
func (c *aggregateCheck) books() error {
	entries := c.award.ledger
	c.report.Ledger += len(entries)
	if err := ledger.CheckAll(entries); err != nil {
		f := fault.New(fault.Internal, "verify.ledger", about(c.id, "6#", "a sound ledger", fault.CodeOf(err))...)
		f.Cause = err
		return f
	}
	last := int64(0)
	if len(entries) > 0 {
		last = entries[len(entries)-1].Seq
	}
	if c.head.Ledger != last {
		return fault.New(fault.Internal, "verify.head", about(c.id, "0", last, c.head.Ledger)...)
	}
	if !c.activated() {
		if len(entries) > 0 || c.head.Totals != nil {
			return fault.New(fault.Internal, "verify.totals", about(c.id, "0", "none", len(entries))...)
		}
		return nil
	}
	balances, err := ledger.Balances(entries)
	if err != nil {
		return fault.New(fault.Internal, "verify.ledger", about(c.id, "6#", "one currency", fault.CodeOf(err))...)
	}
	want, err := c.totals()
	if err != nil {
		return err
	}
	if c.head.Totals == nil || *c.head.Totals != want {
		return fault.New(fault.Internal, "verify.totals", about(c.id, "0", want, c.head.Totals)...)
	}
	return c.balanced("0", balances, want.Approved, want.Paid, want.Refunded)
}

// totals folds tranches and refunds.
func (c *aggregateCheck) totals() (award.Totals, error) {
	t, err := award.TotalsOf(c.award.root.Document.Amount, c.award.tranches)
	for _, r := range c.award.refunds {
		if err == nil && r.State == award.Recorded {
			t, err = t.Refund(r.Amount)
		}
	}
	if err != nil {
		return t, fault.New(fault.Internal, "verify.totals", about(c.id, "0", "sums", fault.CodeOf(err))...)
	}
	for _, tranche := range c.award.tranches {
		balances, err := ledger.TrancheBalances(c.award.ledger, tranche.ID)
		if err != nil {
			return t, fault.New(fault.Internal, "verify.ledger", about(c.id, string(tranche.ID), "one currency", fault.CodeOf(err))...)
		}
		if err := c.balanced(string(tranche.ID), balances, tranche.Approved, tranche.Paid, money.Zero(tranche.Amount.Unit())); err != nil {
			return t, err
		}
	}
	return t, nil
}

// balanced holds balances: approved as a debit, bank and refunds as credits,
// and what is owed as the rest.
func (c *aggregateCheck) balanced(thing string, balances map[ledger.Account]money.Amount, approved, paid, refunded money.Amount) error {
	owed, err := paid.Sub(approved)
	if err != nil {
		return fault.New(fault.Internal, "verify.ledger", about(c.id, thing, "one currency", fault.CodeOf(err))...)
	}
	for _, b := range []struct {
		account ledger.Account
		want    money.Amount
	}{{ledger.Approved, approved}, {ledger.Bank, paid.Neg()}, {ledger.Payable, owed}, {ledger.Refunds, refunded.Neg()}} {
		if got := balances[b.account]; got.Minor() != b.want.Minor() {
			return fault.New(fault.Internal, "verify.ledger", about(c.id, thing, fmt.Sprint(b.account, " ", b.want), fmt.Sprint(b.account, " ", got))...)
		}
	}
	return nil
}
