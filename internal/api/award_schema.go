package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// The schemas of an award's document. Its Go types are the domain's; these
// say what a reader of the document should know, and what a draft may leave
// out until it is submitted.

type awardDocument struct {
	Number       string              `json:"number" doc:"The agreement's number; unique in the deployment" example:"SH-POC-2026-017"`
	Title        portfolio.Names     `json:"title"`
	Programme    ident.Programme     `json:"programme"`
	Platform     ident.Platform      `json:"platform,omitempty" doc:"An award is on a platform, a project, or both"`
	Project      ident.Project       `json:"project,omitempty"`
	Payee        ident.Organisation  `json:"payee,omitempty" doc:"Needed to submit"`
	Instrument   string              `json:"instrument,omitempty" doc:"Needed to submit: grant, exPostSubsidy, grantToEquity, loan, convertibleDebt, guarantee or insurancePremium"`
	Basis        string              `json:"basis,omitempty" doc:"Needed to submit: advance or milestone"`
	Amount       money.Amount        `json:"amount"`
	FundingLines []award.FundingLine `json:"fundingLines,omitempty" doc:"Sum to amount"`
	StartOn      civil.Date          `json:"startOn,omitempty" doc:"Needed to submit; empty in a draft that has none"`
	EndOn        civil.Date          `json:"endOn,omitempty" doc:"Needed to submit; empty in a draft that has none"`
	Responsible  award.Responsible   `json:"responsible,omitzero" doc:"Who answers for each side; absent for all members of the role"`

	Milestones []award.MilestoneDraft `json:"milestones,omitempty" doc:"Empty once active: they are things of their own"`
	Tranches   []award.TrancheDraft   `json:"tranches,omitempty" doc:"Sum to amount; empty once active: they are things of their own"`
}

type milestoneDraft struct {
	Code         string              `json:"code" doc:"Unique in the award" example:"M1"`
	Title        string              `json:"title"`
	Type         award.MilestoneType `json:"type"`
	Description  string              `json:"description,omitempty"`
	Deliverable  string              `json:"deliverable,omitempty"`
	DueOn        civil.Date          `json:"dueOn"`
	Criteria     []award.Criterion   `json:"criteria,omitempty" doc:"At least one, to submit"`
	NeedEvidence bool                `json:"needEvidence,omitempty"`
}

type trancheDraft struct {
	Number    int               `json:"number" doc:"1, 2 and so on; unique in the award"`
	Kind      award.TrancheKind `json:"kind"`
	PlannedOn civil.Date        `json:"plannedOn"`
	Amount    money.Amount      `json:"amount"`
	Split     []award.Share     `json:"split,omitempty" doc:"By funding line; absent: in proportion to the lines"`
	Gates     []string          `json:"gates,omitempty" doc:"Codes of milestones: all must be met before release"`
	Ungated   bool              `json:"ungated,omitempty" doc:"The agreement approves release without a gate"`
}

type paymentLine struct {
	Tranche ident.Tranche  `json:"tranche"`
	Kind    award.LineKind `json:"kind,omitempty" doc:"Absent: release"`
	Amount  money.Amount   `json:"amount"`
}

func registerAwardSchemas(r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[award.Document](), reflect.TypeFor[awardDocument]())
	r.RegisterTypeAlias(reflect.TypeFor[award.MilestoneDraft](), reflect.TypeFor[milestoneDraft]())
	r.RegisterTypeAlias(reflect.TypeFor[award.TrancheDraft](), reflect.TypeFor[trancheDraft]())
	r.RegisterTypeAlias(reflect.TypeFor[award.PaymentLine](), reflect.TypeFor[paymentLine]())
}
