// Package ledger provides the double-entry book of an award: entries of
// balanced postings between named accounts, which are only ever appended and
// corrected by reversal, and the balances that they add up to. Activation
// posts nothing; an approval is gross.
package ledger

import (
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// Account is a named account of an award.
type Account string

// The accounts. A debit is positive, a credit negative.
const (
	Approved Account = "approved" // expense: what was approved for the payee
	Payable  Account = "payable"  // what is owed to the payee; a credit while something is unpaid
	Bank     Account = "bank"     // a credit of what was paid
	Refunds  Account = "refunds"  // a credit of the money that came back, wherever it went
	// Where refunded money went.
	RefundTreasury   Account = "refund:treasury"
	RefundBudgetLine Account = "refund:budgetLine"
)

// Accounts lists every account.
func Accounts() []Account {
	return []Account{Approved, Payable, Bank, Refunds, RefundTreasury, RefundBudgetLine}
}

// RefundTo returns the account of a refund's destination (treasury or
// budgetLine), false for another word.
func RefundTo(destination string) (Account, bool) {
	switch a := Account("refund:" + destination); a {
	case RefundTreasury, RefundBudgetLine:
		return a, true
	}
	return "", false
}

// Kind is what an entry records.
type Kind string

// The kinds of entry.
const (
	Approval        Kind = "approval"
	Withdrawal      Kind = "withdrawal" // reverses an approval
	Payment         Kind = "payment"
	Reversal        Kind = "reversal" // reverses a payment, also a late 退汇
	Refund          Kind = "refund"
	RefundReversal  Kind = "refundReversal"
	OpeningApproval Kind = "openingApproval" // imported: approved before go-live, not here
	OpeningPayment  Kind = "openingPayment"  // imported: paid before go-live, not here
)

// reverses returns what kinds of entry an entry of kind k reverses, none where
// it is no reversal.
func (k Kind) reverses() []Kind {
	switch k {
	case Withdrawal:
		return []Kind{Approval, OpeningApproval}
	case Reversal:
		return []Kind{Payment, OpeningPayment}
	case RefundReversal:
		return []Kind{Refund}
	}
	return nil
}

// Entry is one record of the book.
type Entry struct {
	Seq      int64      `json:"seq"` // in the book of the award: rises
	At       string     `json:"at"`  // instant of recording: RFC 3339, UTC
	On       civil.Date `json:"on"`  // business date in Asia/Shanghai
	Kind     Kind       `json:"kind"`
	Thing    string     `json:"thing"`              // id of the tranche, payment or refund
	Reverses int64      `json:"reverses,omitempty"` // Seq of the entry that this one takes back
	Postings []Posting  `json:"postings"`
}

// Posting is one side of an entry.
type Posting struct {
	Account Account `json:"account"`
	// Tranche is whose money it is; empty for refunds, which belong to a
	// payment.
	Tranche ident.Tranche `json:"tranche,omitempty"`
	Amount  money.Amount  `json:"amount"` // debit positive, credit negative
}

// Stamp is when an entry is recorded.
type Stamp struct {
	Seq int64
	At  string
	On  civil.Date
}

// Line is the part of a payment that belongs to one tranche.
type Line struct {
	Tranche ident.Tranche
	Amount  money.Amount
}
