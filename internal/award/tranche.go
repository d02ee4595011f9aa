package award

import (
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// TrancheKind is a tranche's place in an award.
type TrancheKind string

// The kinds of tranche.
const (
	Initial TrancheKind = "initial"
	Interim TrancheKind = "interim"
	Final   TrancheKind = "final"
)

// TrancheState is where a tranche stands. Partly paid is derived: approved
// with something paid.
type TrancheState string

// The states of a tranche.
const (
	Scheduled        TrancheState = "scheduled"
	Requested        TrancheState = "requested"
	Approved         TrancheState = "approved"
	Settled          TrancheState = "settled"
	TrancheCancelled TrancheState = "cancelled"
)

// Tranche is an instalment of an award, released when its gates hold.
type Tranche struct {
	ID          ident.Tranche     `json:"id"`
	Award       ident.Award       `json:"award"`
	Number      int               `json:"number"`
	Kind        TrancheKind       `json:"kind"`
	State       TrancheState      `json:"state"`
	PlannedOn   civil.Date        `json:"plannedOn"`
	Amount      money.Amount      `json:"amount"`
	Split       []Share           `json:"split"`
	Gates       []ident.Milestone `json:"gates"`
	Ungated     bool              `json:"ungated,omitzero"`
	Locked      bool              `json:"locked,omitzero"` // a gate does not hold
	Approved    money.Amount      `json:"approved"`
	Instructed  money.Amount      `json:"instructed"`
	Paid        money.Amount      `json:"paid"`
	RequestedBy ident.Person      `json:"requestedBy,omitempty"`
	RequestedOn civil.Date        `json:"requestedOn,omitzero"`
	Statement   string            `json:"statement,omitempty"` // of who asked, for who decides
	// Barred may not approve what is requested, as known since then: who asked
	// for it and, above the programme's threshold, who decided its gates.
	Barred     []ident.Person `json:"barred,omitempty"`
	ApprovedBy ident.Person   `json:"approvedBy,omitempty"`
	ApprovedOn civil.Date     `json:"approvedOn,omitzero"`
	Paper      *DecisionPaper `json:"paper,omitempty"`   // of the approval
	Refused    string         `json:"refused,omitempty"` // why it was last sent back, until it is approved
	RefusedBy  ident.Person   `json:"refusedBy,omitempty"`
	RefusedOn  civil.Date     `json:"refusedOn,omitzero"`
	SettledOn  civil.Date     `json:"settledOn,omitzero"`
	Posted     int64          `json:"posted,omitzero"` // ledger entry of the approval that stands
	// OpenedOn is the business date on which the present obligation opened.
	OpenedOn civil.Date      `json:"openedOn,omitzero"`
	Watch    attention.Watch `json:"watch"`
	Opening  *OpeningSource  `json:"opening,omitempty"`
}

// PaymentState is where a payment stands.
type PaymentState string

// The states of a payment: instructed → paid | returned | stopped; paid →
// reversed.
const (
	Instructed      PaymentState = "instructed"
	Paid            PaymentState = "paid"
	ReturnedByBank  PaymentState = "returned" // 退汇
	Stopped         PaymentState = "stopped"
	PaymentReversed PaymentState = "reversed"
)

// Payment carries money of one or several tranches of an award to its payee.
type Payment struct {
	ID            ident.Payment      `json:"id"`
	Award         ident.Award        `json:"award"`
	State         PaymentState       `json:"state"`
	Lines         []PaymentLine      `json:"lines"`
	Amount        money.Amount       `json:"amount"` // of all lines
	Payee         ident.Organisation `json:"payee"`
	PayerAccount  string             `json:"payerAccount"` // the office's own name for the account
	Reference     string             `json:"reference"`    // on the instruction
	InstructedBy  ident.Person       `json:"instructedBy"`
	InstructedOn  civil.Date         `json:"instructedOn"`
	BankReference string             `json:"bankReference,omitempty"` // unique per payer account
	PaidOn        civil.Date         `json:"paidOn,omitzero"`         // value date at the bank
	RecordedBy    ident.Person       `json:"recordedBy,omitempty"`    // of paid, returned or stopped
	RecordedOn    civil.Date         `json:"recordedOn,omitzero"`
	Reason        string             `json:"reason,omitempty"` // of returned, stopped or reversed
	ReversedBy    ident.Person       `json:"reversedBy,omitempty"`
	ReversedOn    civil.Date         `json:"reversedOn,omitzero"`
	Refunded      money.Amount       `json:"refunded"`        // of recorded refunds
	Posted        int64              `json:"posted,omitzero"` // ledger entry that stands
	Opening       *OpeningSource     `json:"opening,omitempty"`
}

// PaymentLine is the part of a payment that belongs to one tranche.
type PaymentLine struct {
	Tranche ident.Tranche `json:"tranche"`
	Kind    LineKind      `json:"kind"`
	Amount  money.Amount  `json:"amount"`
}

// LineKind is why a line is paid. Holdback and offset come later.
type LineKind string

// Release pays what a tranche released.
const Release LineKind = "release"

// RefundState is where a refund stands.
type RefundState string

// The states of a refund: recorded → reversed.
const (
	Recorded       RefundState = "recorded"
	RefundReversed RefundState = "reversed"
)

// Destination is where refunded money goes.
type Destination string

// The destinations.
const (
	Treasury   Destination = "treasury"
	BudgetLine Destination = "budgetLine"
)

// Refund is money that came back from the payee. It never re-opens a tranche.
type Refund struct {
	ID          ident.Refund  `json:"id"`
	Award       ident.Award   `json:"award"`
	Payment     ident.Payment `json:"payment"`
	State       RefundState   `json:"state"`
	Amount      money.Amount  `json:"amount"`
	Reason      string        `json:"reason"`
	Destination Destination   `json:"destination"`
	Reference   string        `json:"reference"` // the bank's
	ReceivedOn  civil.Date    `json:"receivedOn"`
	RecordedBy  ident.Person  `json:"recordedBy"`
	RecordedOn  civil.Date    `json:"recordedOn"`
	ReversedBy  ident.Person  `json:"reversedBy,omitempty"`
	ReversedOn  civil.Date    `json:"reversedOn,omitzero"`
	ReversedFor string        `json:"reversedFor,omitempty"`
	Posted      int64         `json:"posted,omitzero"` // ledger entry that stands
}
