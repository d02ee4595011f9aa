package award

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// Mint makes a new id with a prefix of package ident.
type Mint func(prefix string) (string, error)

// Activation is an active award with the things that its document became.
type Activation struct {
	Award      Award
	Milestones []Milestone // in the document's order
	Tranches   []Tranche
	Totals     Totals
}

// Activate makes a submitted award active on the business date on: its
// milestones and tranches become things of their own. Nobody activates what
// they drafted or submitted (separation.drafterActivates), nor anybody of the
// payee's organisation.
func (a Award) Activate(actor Actor, paper *DecisionPaper, facts Facts, mint Mint, on civil.Date) (Activation, error) {
	next, err := a.State.Next(CommandActivate)
	if err != nil {
		return Activation{}, err
	}
	if err := a.mayActivate(actor); err != nil {
		return Activation{}, err
	}
	var f portfolio.Findings
	checkPaper(&f, "/paper", paper, false, on)
	if err := first(f.Err(), a.Document.Check(facts)); err != nil {
		return Activation{}, err
	}
	milestones, tranches, err := a.Document.things(a.ID, mint, on)
	if err != nil {
		return Activation{}, err
	}
	totals, err := TotalsOf(a.Document.Amount, tranches)
	a.State, a.ActivatedBy, a.ActivatedOn, a.Decision = next, actor.Person, on, paper
	a.Document = a.Document.core()
	return Activation{a, milestones, tranches, totals}, err
}

// Activates reports whether the award waits for an activation that no
// separation keeps the actor from.
func (a Award) Activates(actor Actor) bool {
	return a.State == Submitted && a.mayActivate(actor) == nil
}

func (a Award) mayActivate(actor Actor) error {
	for _, author := range a.authors() {
		if err := separated("separation.drafterActivates", actor, author, a.Document.Number); err != nil {
			return err
		}
	}
	return payeeDecides(actor, a.Document.Payee, a.Document.Number)
}

// core is the document without what activation makes of it.
func (d Document) core() Document {
	d = d.Clone()
	d.Milestones, d.Tranches = []MilestoneDraft{}, []TrancheDraft{}
	return d
}

// things makes the milestones and tranches of a checked document.
func (d Document) things(award ident.Award, mint Mint, on civil.Date) ([]Milestone, []Tranche, error) {
	milestones := make([]Milestone, len(d.Milestones))
	index := map[string]int{}
	for i, draft := range d.Milestones {
		id, err := mint(ident.PrefixMilestone)
		if err != nil {
			return nil, nil, err
		}
		milestones[i] = draft.open(award, ident.Milestone(id), d.Amount.Unit(), on)
		index[draft.Code] = i
	}
	tranches := make([]Tranche, len(d.Tranches))
	for i, draft := range d.Tranches {
		id, err := mint(ident.PrefixTranche)
		if err != nil {
			return nil, nil, err
		}
		if tranches[i], err = d.open(draft, award, ident.Tranche(id), on); err != nil {
			return nil, nil, err
		}
		for _, code := range draft.Gates {
			gate := &milestones[index[code]]
			tranches[i].Gates = append(tranches[i].Gates, gate.ID)
			gate.Gates = append(gate.Gates, tranches[i].ID)
			if gate.GatedAmount, err = gate.GatedAmount.Add(draft.Amount); err != nil {
				return nil, nil, err
			}
		}
	}
	return milestones, tranches, nil
}

func (m MilestoneDraft) open(award ident.Award, id ident.Milestone, unit money.Unit, on civil.Date) Milestone {
	return Milestone{
		ID: id, Award: award, Code: m.Code, Title: m.Title, Type: m.Type, Description: m.Description,
		Deliverable: m.Deliverable, Criteria: list(m.Criteria), NeedEvidence: m.NeedEvidence,
		State: Planned, DueOn: m.DueOn, BaselineOn: m.DueOn, OpenedOn: on, GatedAmount: money.Zero(unit),
	}
}

func (d Document) open(t TrancheDraft, award ident.Award, id ident.Tranche, on civil.Date) (Tranche, error) {
	none := money.Zero(t.Amount.Unit())
	split, err := d.split(t)
	if err != nil {
		return Tranche{}, err
	}
	opened := Tranche{
		ID: id, Award: award, Number: t.Number, Kind: t.Kind, State: Scheduled, PlannedOn: t.PlannedOn,
		Amount: t.Amount, Split: split, Gates: []ident.Milestone{}, Ungated: t.Ungated, Locked: len(t.Gates) > 0,
		Approved: none, Instructed: none, Paid: none,
	}
	if t.Ungated {
		opened.OpenedOn = civil.Max(on, t.PlannedOn)
	}
	return opened, nil
}

// split returns the tranche's split by funding line: the one that the document
// gives, or one in proportion to the lines. Lines that bear nothing are left
// out.
func (d Document) split(t TrancheDraft) ([]Share, error) {
	if len(t.Split) > 0 {
		return slices.Clone(t.Split), nil
	}
	weights := make([]int64, len(d.FundingLines))
	for i, l := range d.FundingLines {
		weights[i] = l.Amount.Minor()
	}
	parts, err := t.Amount.Allocate(weights...)
	if err != nil {
		return nil, err
	}
	shares := []Share{}
	for i, part := range parts {
		if !part.IsZero() {
			shares = append(shares, Share{Line: d.FundingLines[i].ID, Amount: part})
		}
	}
	return shares, nil
}
