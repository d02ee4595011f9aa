package ledger

import (
	"slices"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// Kinds lists every kind of entry.
func Kinds() []Kind {
	return []Kind{Approval, Withdrawal, Payment, Reversal, Refund, RefundReversal, OpeningApproval, OpeningPayment}
}

// Check refuses an entry that is none: no sequence, time, date, thing or known
// kind, Reverses on what is no reversal or missing on one
// (ledger.entry.invalid, with what), fewer than two postings, an unknown
// account or a zero amount (likewise), or postings that do not balance in each
// currency (ledger.entry.unbalanced).
func (e Entry) Check() error {
	if what := e.lacks(); what != "" {
		return fault.New(fault.Internal, "ledger.entry.invalid", "seq", e.Seq, "what", what)
	}
	sums := map[money.Unit]money.Amount{}
	for _, p := range e.Postings {
		if err := addTo(sums, p.Amount.Unit(), p.Amount); err != nil {
			return err
		}
	}
	for unit, sum := range sums {
		if !sum.IsZero() {
			return fault.New(fault.Internal, "ledger.entry.unbalanced", "seq", e.Seq, "currency", unit.Code())
		}
	}
	return nil
}

// lacks names the first part of the entry that is missing or wrong.
func (e Entry) lacks() string {
	switch {
	case e.Seq < 1:
		return "seq"
	case e.At == "":
		return "at"
	case e.On.IsZero():
		return "on"
	case !slices.Contains(Kinds(), e.Kind):
		return "kind"
	case e.Thing == "":
		return "thing"
	case (e.Reverses != 0) != (e.Kind.reverses() != nil) || e.Reverses < 0:
		return "reverses"
	case len(e.Postings) < 2:
		return "postings"
	}
	for _, p := range e.Postings {
		switch {
		case !slices.Contains(Accounts(), p.Account):
			return "account"
		case p.Amount.IsZero() || p.Amount.Unit().IsZero():
			return "amount"
		}
	}
	return ""
}

// CheckAll holds a whole book, in the order of its entries: each by itself,
// sequences rising (ledger.book.unordered), a reversal naming an earlier entry
// of the kind that it takes back (ledger.reversal.ofNothing,
// ledger.reversal.wrongKind) that was not reversed before
// (ledger.reversal.twice) with exactly its postings negated
// (ledger.reversal.differs), and after each entry no tranche paid beyond what
// was approved (ledger.tranche.overpaid).
func CheckAll(entries []Entry) error {
	b := book{entries: map[int64]Entry{}, reversed: map[int64]bool{}, payable: map[ident.Tranche]money.Amount{}}
	for _, e := range entries {
		if err := e.Check(); err != nil {
			return err
		}
		if err := b.add(e); err != nil {
			return err
		}
	}
	return nil
}

// book is what CheckAll has seen.
type book struct {
	last     int64
	entries  map[int64]Entry
	reversed map[int64]bool
	payable  map[ident.Tranche]money.Amount
}

func (b *book) add(e Entry) error {
	if e.Seq <= b.last {
		return fault.New(fault.Internal, "ledger.book.unordered", "seq", e.Seq)
	}
	if e.Reverses != 0 {
		if code := b.reverse(e); code != "" {
			return fault.New(fault.Internal, code, "seq", e.Seq, "reverses", e.Reverses)
		}
	}
	b.last, b.entries[e.Seq] = e.Seq, e
	for _, p := range e.Postings {
		if p.Account != Payable {
			continue
		}
		if err := addTo(b.payable, p.Tranche, p.Amount); err != nil {
			return err
		}
	}
	return b.checkPayable(e)
}

// reverse returns the code of what is wrong with a reversal, or "".
func (b *book) reverse(e Entry) string {
	of, found := b.entries[e.Reverses]
	switch {
	case !found:
		return "ledger.reversal.ofNothing"
	case !slices.Contains(e.Kind.reverses(), of.Kind):
		return "ledger.reversal.wrongKind"
	case b.reversed[of.Seq]:
		return "ledger.reversal.twice"
	case e.Thing != of.Thing || !slices.Equal(e.Postings, of.negated()):
		return "ledger.reversal.differs"
	}
	b.reversed[of.Seq] = true
	return ""
}

// checkPayable holds that what is owed of the entry's tranches is a credit or
// nothing.
func (b *book) checkPayable(e Entry) error {
	for _, p := range e.Postings {
		if p.Account == Payable && b.payable[p.Tranche].Sign() > 0 {
			return fault.New(fault.Internal, "ledger.tranche.overpaid", "seq", e.Seq, "tranche", string(p.Tranche))
		}
	}
	return nil
}

// Balances returns the sum of each account's postings; an account without any
// has no balance. A book has one currency: currency.mixed otherwise.
func Balances(entries []Entry) (map[Account]money.Amount, error) {
	return balances(entries, func(Posting) bool { return true })
}

// TrancheBalances returns the balances of one tranche's postings.
func TrancheBalances(entries []Entry, t ident.Tranche) (map[Account]money.Amount, error) {
	return balances(entries, func(p Posting) bool { return p.Tranche == t })
}

func balances(entries []Entry, of func(Posting) bool) (map[Account]money.Amount, error) {
	out := map[Account]money.Amount{}
	for _, e := range entries {
		for _, p := range e.Postings {
			if !of(p) {
				continue
			}
			if err := addTo(out, p.Account, p.Amount); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// addTo adds an amount to the sum under a key.
func addTo[K comparable](sums map[K]money.Amount, key K, amount money.Amount) error {
	sum, found := sums[key]
	if !found {
		sum = money.Zero(amount.Unit())
	}
	sum, err := sum.Add(amount)
	if err != nil {
		return err
	}
	sums[key] = sum
	return nil
}
