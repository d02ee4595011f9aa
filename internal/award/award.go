// Package award provides awards and what they consist of: milestones,
// tranches, payments, refunds, extensions and evidence, with every move that
// the state tables allow and the guards that hold on it. It is pure: a move takes
// values and gives new values or a fault, and never reads a clock.
package award

import (
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// State is where an award stands.
type State string

// The states of an award. Suspended and closing belong to later commands;
// closed is reached by opening history only.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Active    State = "active"
	Discarded State = "discarded"
	Closed    State = "closed"
)

// Ended reports whether nothing more can happen to an award in state s.
func (s State) Ended() bool { return s == Discarded || s == Closed }

// Instrument is the form that the money takes.
type Instrument string

// The instruments.
const (
	Grant            Instrument = "grant"
	ExPostSubsidy    Instrument = "exPostSubsidy"
	GrantToEquity    Instrument = "grantToEquity"
	Loan             Instrument = "loan"
	ConvertibleDebt  Instrument = "convertibleDebt"
	Guarantee        Instrument = "guarantee"
	InsurancePremium Instrument = "insurancePremium"
)

// Basis is what releases the money.
type Basis string

// The payment bases. Reimbursement comes later.
const (
	Advance     Basis = "advance"
	OnMilestone Basis = "milestone"
)

// FundingSource is where a funding line's money comes from.
type FundingSource string

// The sources of a funding line.
const (
	Fiscal   FundingSource = "fiscal"
	Donation FundingSource = "donation"
	Social   FundingSource = "social"
)

// FundingLine is a share of an award by one funder.
type FundingLine struct {
	ID         string             `json:"id"` // F1, F2 …: unique in the award
	Funder     ident.Organisation `json:"funder"`
	Region     string             `json:"region,omitempty"`
	Source     FundingSource      `json:"source"`
	Level      string             `json:"level,omitempty"` // municipal, district …
	FiscalYear int                `json:"fiscalYear"`
	Amount     money.Amount       `json:"amount"`
}

// Responsible names the person who answers for each side; empty where all
// members of the role do.
type Responsible struct {
	Funder ident.Person `json:"funder,omitempty"`
	Payee  ident.Person `json:"payee,omitempty"`
}

// Document is an award as it is drafted and agreed: one document with its
// milestones and tranches, which activation turns into things of their own.
type Document struct {
	Number       string             `json:"number"` // 合同编号, unique in the deployment
	Title        portfolio.Names    `json:"title"`
	Programme    ident.Programme    `json:"programme"`
	Platform     ident.Platform     `json:"platform,omitempty"` // the platform, the project, or both
	Project      ident.Project      `json:"project,omitempty"`
	Payee        ident.Organisation `json:"payee"`
	Instrument   Instrument         `json:"instrument"`
	Basis        Basis              `json:"basis"`
	Amount       money.Amount       `json:"amount"`
	FundingLines []FundingLine      `json:"fundingLines"` // sum to Amount
	StartOn      civil.Date         `json:"startOn"`
	EndOn        civil.Date         `json:"endOn"`
	Responsible  Responsible        `json:"responsible,omitzero"`
	Milestones   []MilestoneDraft   `json:"milestones"`
	Tranches     []TrancheDraft     `json:"tranches"` // sum to Amount
}

// MilestoneDraft is a milestone in a Document, named by its code.
type MilestoneDraft struct {
	Code         string        `json:"code"` // M1, 1 …: unique in the award
	Title        string        `json:"title"`
	Type         MilestoneType `json:"type"`
	Description  string        `json:"description,omitempty"`
	Deliverable  string        `json:"deliverable,omitempty"`
	DueOn        civil.Date    `json:"dueOn"`
	Criteria     []Criterion   `json:"criteria"` // at least one
	NeedEvidence bool          `json:"needEvidence"`
}

// TrancheDraft is a tranche in a Document.
type TrancheDraft struct {
	Number    int          `json:"number"` // 1, 2 …: unique in the award
	Kind      TrancheKind  `json:"kind"`
	PlannedOn civil.Date   `json:"plannedOn"`
	Amount    money.Amount `json:"amount"`
	Split     []Share      `json:"split,omitempty"` // by funding line; empty: in proportion to the lines
	Gates     []string     `json:"gates"`           // milestone codes
	// Ungated says that the agreement approves release without a gate; a
	// tranche without gates must say so.
	Ungated bool `json:"ungated,omitzero"`
}

// Share is the part of a tranche that a funding line bears.
type Share struct {
	Line   string       `json:"line"`
	Amount money.Amount `json:"amount"`
}

// Award is the root of the aggregate.
type Award struct {
	ID          ident.Award    `json:"id"`
	State       State          `json:"state"`
	Document    Document       `json:"document"` // once active: without milestones and tranches
	DraftedBy   []ident.Person `json:"draftedBy"`
	SubmittedBy ident.Person   `json:"submittedBy,omitempty"`
	SubmittedOn civil.Date     `json:"submittedOn,omitzero"`
	ActivatedBy ident.Person   `json:"activatedBy,omitempty"`
	ActivatedOn civil.Date     `json:"activatedOn,omitzero"`
	ReturnedFor string         `json:"returnedFor,omitempty"` // the activator's reason
	ClosedOn    civil.Date     `json:"closedOn,omitzero"`
	Closing     Closing        `json:"closing,omitempty"`
	Decision    *DecisionPaper `json:"decision,omitempty"` // of the activation
	Origin      Origin         `json:"origin"`
	Opening     *OpeningSource `json:"opening,omitempty"` // where imported history came from
}

// Origin says how a thing came to be.
type Origin string

// The origins.
const (
	Live     Origin = "live"
	Imported Origin = "import"
	Demo     Origin = "demo"
)

// OpeningSource names what imported history rests on.
type OpeningSource struct {
	File   string       `json:"file"`
	Row    int          `json:"row"`
	Import ident.Import `json:"import,omitempty"`
}

// Closing is how an award ended.
type Closing string

// The ways an award ends.
const (
	Completed  Closing = "completed"
	Terminated Closing = "terminated"
)

// DecisionPaper is the document behind a decision. DecidedOn is the date on
// the paper; it starts no clock.
type DecisionPaper struct {
	Number    string     `json:"number"` // 文号
	DecidedOn civil.Date `json:"decidedOn,omitzero"`
	Signer    string     `json:"signer,omitempty"`
	Panel     string     `json:"panel,omitempty"`
}

// Totals are an award's sums, kept in its head and changed in the same
// transaction as the ledger.
type Totals struct {
	Awarded    money.Amount `json:"awarded"`
	Approved   money.Amount `json:"approved"`   // gross, of tranches now approved or settled
	Instructed money.Amount `json:"instructed"` // on its way to the bank
	Paid       money.Amount `json:"paid"`
	Refunded   money.Amount `json:"refunded"`
}

// MaxOpen is how many open things an award may have, so that every command on
// the whole award fits one transaction.
const MaxOpen = 90

// Actor is who does something, with what a separation needs to know.
type Actor struct {
	Person       ident.Person
	Organisation ident.Organisation
	Roles        []portfolio.Role // that the person holds over the award today
}
