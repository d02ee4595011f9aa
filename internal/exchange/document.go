package exchange

import (
	"strconv"
	"unicode"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// Parties are whom and what an imported award belongs to.
type Parties struct {
	Programme ident.Programme
	Project   ident.Project
	Funder    ident.Organisation
	Payee     ident.Organisation
}

// Document returns the award as it is drafted: one fiscal funding line, a
// milestone per row whose code is its number and whose one criterion is its
// title, and per milestone of an amount above 0 one interim tranche gated by
// it and planned on its due date. It ends on the last due date.
func (a Award) Document(p Parties) award.Document {
	d := award.Document{
		Number:     a.Ref,
		Title:      names(a.Title),
		Programme:  p.Programme,
		Project:    p.Project,
		Payee:      p.Payee,
		Instrument: award.Grant,
		Basis:      award.OnMilestone,
		Amount:     a.Amount,
		FundingLines: []award.FundingLine{{
			ID: "F1", Funder: p.Funder, Source: award.Fiscal,
			FiscalYear: a.StartOn.Year(), Amount: a.Amount,
		}},
		StartOn:    a.StartOn,
		EndOn:      a.StartOn,
		Milestones: make([]award.MilestoneDraft, 0, len(a.Milestones)),
		Tranches:   []award.TrancheDraft{},
	}
	for _, m := range a.Milestones {
		d.EndOn = civil.Max(d.EndOn, m.DueOn)
		d.Milestones = append(d.Milestones, m.draft())
		if m.Amount.Sign() > 0 {
			d.Tranches = append(d.Tranches, m.tranche(len(d.Tranches)+1, m.Amount))
		}
	}
	return d
}

// Code is the code that the milestone gets in its award: its number.
func (m Milestone) Code() string { return strconv.Itoa(m.No) }

func (m Milestone) draft() award.MilestoneDraft {
	return award.MilestoneDraft{
		Code:     m.Code(),
		Title:    m.Title,
		Type:     award.Delivery,
		DueOn:    m.DueOn,
		Criteria: []award.Criterion{{ID: "C1", Text: m.Title}},
	}
}

func (m Milestone) tranche(number int, amount money.Amount) award.TrancheDraft {
	return award.TrancheDraft{
		Number:    number,
		Kind:      award.Interim,
		PlannedOn: m.DueOn,
		Amount:    amount,
		Gates:     []string{m.Code()},
	}
}

// names puts a title under the language it is written in.
func names(title string) portfolio.Names {
	for _, c := range title {
		if unicode.Is(unicode.Han, c) {
			return portfolio.Names{ZH: title}
		}
	}
	return portfolio.Names{EN: title}
}
