package ledger

import (
	"slices"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// Approve records that an amount of a tranche was approved, gross.
func Approve(s Stamp, t ident.Tranche, amount money.Amount) (Entry, error) {
	return s.entry(Approval, string(t), move(t, Approved, Payable, amount))
}

// OpenApproval records an approval from before go-live, as imported.
func OpenApproval(s Stamp, t ident.Tranche, amount money.Amount) (Entry, error) {
	return s.entry(OpeningApproval, string(t), move(t, Approved, Payable, amount))
}

// Withdraw takes an approval back.
func Withdraw(s Stamp, approval Entry) (Entry, error) {
	return s.reversal(Withdrawal, approval)
}

// Pay records that the bank paid a payment with its lines, one for each
// tranche.
func Pay(s Stamp, p ident.Payment, lines []Line) (Entry, error) {
	return s.entry(Payment, string(p), pay(lines))
}

// OpenPayment records a payment from before go-live, as imported.
func OpenPayment(s Stamp, p ident.Payment, lines []Line) (Entry, error) {
	return s.entry(OpeningPayment, string(p), pay(lines))
}

// ReversePayment takes a payment back, with all its lines.
func ReversePayment(s Stamp, payment Entry) (Entry, error) {
	return s.reversal(Reversal, payment)
}

// RecordRefund records money that came back and where it went: RefundTreasury
// or RefundBudgetLine. It re-opens no tranche.
func RecordRefund(s Stamp, r ident.Refund, to Account, amount money.Amount) (Entry, error) {
	if to != RefundTreasury && to != RefundBudgetLine {
		return Entry{}, fault.New(fault.Internal, "ledger.entry.invalid", "seq", s.Seq, "what", "destination")
	}
	return s.entry(Refund, string(r), move("", to, Refunds, amount))
}

// ReverseRefund takes a refund back.
func ReverseRefund(s Stamp, refund Entry) (Entry, error) {
	return s.reversal(RefundReversal, refund)
}

// move debits one account and credits another.
func move(t ident.Tranche, debit, credit Account, amount money.Amount) []Posting {
	return []Posting{{debit, t, amount}, {credit, t, amount.Neg()}}
}

func pay(lines []Line) []Posting {
	var out []Posting
	for _, l := range lines {
		out = append(out, move(l.Tranche, Payable, Bank, l.Amount)...)
	}
	return out
}

// entry makes an entry of pairs of a debit, which must be positive, and its
// credit.
func (s Stamp) entry(kind Kind, thing string, postings []Posting) (Entry, error) {
	for i := 0; i < len(postings); i += 2 {
		if postings[i].Amount.Sign() <= 0 {
			return Entry{}, fault.New(fault.Internal, "ledger.entry.invalid", "seq", s.Seq, "what", "amount")
		}
	}
	e := Entry{Seq: s.Seq, At: s.At, On: s.On, Kind: kind, Thing: thing, Postings: postings}
	return e, e.Check()
}

// reversal makes the entry that takes another one back.
func (s Stamp) reversal(kind Kind, of Entry) (Entry, error) {
	if !slices.Contains(kind.reverses(), of.Kind) {
		return Entry{}, fault.New(fault.Internal, "ledger.reversal.wrongKind", "seq", s.Seq, "reverses", of.Seq)
	}
	e := Entry{Seq: s.Seq, At: s.At, On: s.On, Kind: kind, Thing: of.Thing, Reverses: of.Seq, Postings: of.negated()}
	return e, e.Check()
}

func (e Entry) negated() []Posting {
	out := slices.Clone(e.Postings)
	for i := range out {
		out[i].Amount = out[i].Amount.Neg()
	}
	return out
}
