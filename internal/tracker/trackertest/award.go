package trackertest

import (
	"fmt"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

// Milestone is a milestone of a document with one criterion, C1, that needs no
// evidence.
func Milestone(code, dueOn string) award.MilestoneDraft {
	return award.MilestoneDraft{Code: code, Title: "Milestone " + code, Type: award.Delivery, DueOn: Day(dueOn),
		Criteria: []award.Criterion{{ID: "C1", Text: "works"}}}
}

// NeedingEvidence is a milestone that needs evidence.
func NeedingEvidence(m award.MilestoneDraft) award.MilestoneDraft {
	m.NeedEvidence = true
	return m
}

// Tranche is an interim tranche of an amount of CNY, gated by milestones;
// without any it is ungated.
func Tranche(number int, plannedOn, amount string, gates ...string) award.TrancheDraft {
	if gates == nil {
		gates = []string{}
	}
	return award.TrancheDraft{Number: number, Kind: award.Interim, PlannedOn: Day(plannedOn), Amount: money.MustParse(amount),
		Gates: gates, Ungated: len(gates) == 0}
}

// Document is a complete draft on Office.Platform and Office.Project that runs
// from 2026-01-01 to 2027-12-31, of which the City bears all.
func (o *Office) Document(milestones []award.MilestoneDraft, tranches []award.TrancheDraft) award.Document {
	o.numbers++
	sum := money.Zero(money.CNY)
	for _, t := range tranches {
		var err error
		if sum, err = sum.Add(t.Amount); err != nil {
			o.T.Fatalf("tranches do not sum: %v", err)
		}
	}
	return award.Document{
		Number: fmt.Sprintf("HT-%03d", o.numbers), Title: named(fmt.Sprintf("Award %d", o.numbers)), Programme: o.Programme,
		Platform: o.Platform, Project: o.Project, Payee: o.Payee, Instrument: award.Grant, Basis: award.OnMilestone, Amount: sum,
		FundingLines: []award.FundingLine{{ID: "F1", Funder: o.City, Source: award.Fiscal, Level: "municipal", FiscalYear: 2026, Amount: sum}},
		StartOn:      Day("2026-01-01"), EndOn: Day("2027-12-31"), Milestones: milestones, Tranches: tranches,
	}
}

// OnOtherPlatform puts a document on Office.OtherPlatform.
func (o *Office) OnOtherPlatform(d *award.Document) {
	d.Platform, d.Project, d.Payee = o.OtherPlatform, "", o.OtherPayee
}

// OnNoPlatform puts a document on Office.LoneProject alone, so that its lead
// answers for it.
func (o *Office) OnNoPlatform(d *award.Document) { d.Platform, d.Project = "", o.LoneProject }

// Active is an active award with the ids of its things.
type Active struct {
	ID         ident.Award
	Milestones map[string]ident.Milestone // by code
	Tranches   map[int]ident.Tranche      // by number
}

// M names a milestone by its code.
func (a Active) M(code string) tracker.MilestoneRef {
	return tracker.MilestoneRef{Award: a.ID, Milestone: a.Milestones[code]}
}

// Tr names a tranche by its number.
func (a Active) Tr(number int) tracker.TrancheRef {
	return tracker.TrancheRef{Award: a.ID, Tranche: a.Tranches[number]}
}

// Draft stores a document as a draft by Manager.
func (o *Office) Draft(d award.Document) ident.Award {
	o.T.Helper()
	return ident.Award(o.did(o.Tracker.CreateAward(o.Ctx, o.Call(Manager), d)).Aggregate)
}

// ActiveAward drafts and submits an award by Manager, activates it by Manager2
// and makes Lead its project lead. Edits change the document first.
func (o *Office) ActiveAward(milestones []award.MilestoneDraft, tranches []award.TrancheDraft, edits ...func(*award.Document)) Active {
	o.T.Helper()
	d := o.Document(milestones, tranches)
	for _, edit := range edits {
		edit(&d)
	}
	id := o.Draft(d)
	o.did(o.Tracker.SubmitAward(o.Ctx, o.Call(Manager), id))
	o.did(o.Tracker.ActivateAward(o.Ctx, o.Call(Manager2), id, tracker.Activation{Paper: Paper()}))
	if _, ok := o.People[Lead]; ok && d.Payee == o.Payee {
		o.Grant(Lead, portfolio.ProjectLead, string(id))
	}
	return o.Things(id)
}

// Things reads the ids of an award's things out of the store.
func (o *Office) Things(id ident.Award) Active {
	o.T.Helper()
	a := Active{ID: id, Milestones: map[string]ident.Milestone{}, Tranches: map[int]ident.Tranche{}}
	page, err := o.Store.Query(o.Ctx, store.Query{Partition: string(id), Range: schema.PageRange()})
	o.must(err)
	for _, item := range page.Items {
		kind, err := schema.TypeOf(item)
		o.must(err)
		switch kind {
		case schema.TypeMilestone:
			m, err := schema.Decode[award.Milestone](item, kind)
			o.must(err)
			a.Milestones[m.Code] = m.ID
		case schema.TypeTranche:
			t, err := schema.Decode[award.Tranche](item, kind)
			o.must(err)
			a.Tranches[t.Number] = t.ID
		}
	}
	return a
}

// Paper is a decision document.
func Paper() *award.DecisionPaper { return &award.DecisionPaper{Number: "Decision 2026-1"} }

// MilestoneNow reads a milestone out of the store.
func (o *Office) MilestoneNow(ref tracker.MilestoneRef) award.Milestone {
	o.T.Helper()
	return read[award.Milestone](o, schema.MilestoneKey(ref.Award, ref.Milestone), schema.TypeMilestone)
}

// TrancheNow reads a tranche out of the store.
func (o *Office) TrancheNow(ref tracker.TrancheRef) award.Tranche {
	o.T.Helper()
	return read[award.Tranche](o, schema.TrancheKey(ref.Award, ref.Tranche), schema.TypeTranche)
}

// HeadNow reads the head of an aggregate out of the store.
func (o *Office) HeadNow(aggregate string) schema.Head {
	o.T.Helper()
	return read[schema.Head](o, schema.HeadKey(aggregate), schema.TypeHead)
}

func read[V any](o *Office, key store.Key, kind string) V {
	o.T.Helper()
	items, err := o.Store.Get(o.Ctx, key)
	o.must(err)
	if items[0] == nil {
		o.T.Fatalf("no item %s", key)
	}
	v, err := schema.Decode[V](*items[0], kind)
	o.must(err)
	return v
}
