package tracker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// NewImport is what files say, as package exchange read them.
type NewImport struct {
	Programme   ident.Programme
	Files       []string
	Fingerprint string
	Rows        []schema.ImportRow // without results
	LeftOut     []string           // numbers of awards of the files that have no row
}

// MaxImportRows bounds an import.
const MaxImportRows = 2000

// history reports whether any award comes with what happened.
func (in NewImport) history() bool {
	return slices.ContainsFunc(in.Rows, func(r schema.ImportRow) bool { return r.History != nil })
}

// PlannedRow is what an import would do about an award, and why not where it
// would refuse it.
type PlannedRow struct {
	Row    int
	Source award.OpeningSource
	Number string
	Action schema.ImportAction
	Award  ident.Award   // the one that is there
	Opened *award.Opened // what a history leaves, of a row that creates
	// Project is the code of the project that is made with a new award, "" where
	// that is there.
	Project string
	// Changed names what a draft would have changed, as JSON pointers into its
	// document.
	Changed []string
	Fault   *fault.Error // of a refused row
}

// PlanImport says what an import would do, and stores nothing.
func (t *Tracker) PlanImport(ctx context.Context, c Call, in NewImport) ([]PlannedRow, error) {
	p, err := t.importInto(ctx, c, in)
	if err != nil {
		return nil, err
	}
	out := make([]PlannedRow, len(in.Rows))
	seen := map[string]bool{}
	for i, r := range in.Rows {
		planned, err := t.planRow(ctx, p, r)
		if err != nil {
			return nil, err
		}
		if number := schema.Normalise(r.Document.Number); seen[number] {
			planned = planned.refused(fault.New(fault.Conflict, "award.numberTaken", "value", r.Document.Number))
		} else {
			seen[number] = true
		}
		out[i] = planned
	}
	return out, nil
}

// importInto reads the programme of an import that the caller may make.
func (t *Tracker) importInto(ctx context.Context, c Call, in NewImport) (portfolio.Programme, error) {
	var p portfolio.Programme
	if !ident.Valid(ident.PrefixProgramme, string(in.Programme)) {
		return p, fault.InvalidFields(fault.At("/programme", "reference.unknown", "value", string(in.Programme)))
	}
	if err := t.authority.Require(c.Principal, access.PrepareImport, programmeResource(in.Programme)); err != nil {
		return p, err
	}
	if n := len(in.Rows); n == 0 || n > MaxImportRows {
		return p, fault.New(fault.Invalid, "import.rows", "count", n, "max", MaxImportRows)
	}
	return t.programmeOf(ctx, in.Programme)
}

// planRow compares a row with what is there.
func (t *Tracker) planRow(ctx context.Context, p portfolio.Programme, r schema.ImportRow) (PlannedRow, error) {
	planned := PlannedRow{Row: r.Row, Source: r.Source, Number: r.Document.Number, Action: schema.ImportCreate}
	a, there, err := t.awardNumbered(ctx, r.Document.Number)
	switch {
	case err != nil:
		return planned, err
	case there && a.Document.Programme != p.ID:
		return planned.refused(fault.New(fault.Conflict, "award.numberTaken", "value", r.Document.Number)), nil
	case there && actionOn(a, p.ID, r) == schema.ImportLeave:
		planned.Action, planned.Award = schema.ImportLeave, a.ID
		return planned, nil
	case there:
		planned.Action, planned.Award = schema.ImportChange, a.ID
		if planned.Changed, err = changed(a.Document, r.Document); err != nil {
			return planned, err
		}
	}
	if planned.Action == schema.ImportCreate {
		project, err := t.holderOf(ctx, schema.UniqueKey(uniqueProject, string(p.ID), r.Project.Code))
		if err != nil {
			return planned, err
		}
		if project == "" {
			planned.Project = r.Project.Code
		}
	}
	opened, err := importable(p, r)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind != fault.Internal {
		return planned.refused(f), nil
	}
	if r.History != nil {
		planned.Opened = &opened
	}
	return planned, err
}

func (p PlannedRow) refused(f *fault.Error) PlannedRow {
	p.Action, p.Award, p.Fault = schema.ImportRefuse, "", f
	return p
}

// changed names the first members in which two documents differ.
func changed(was, is award.Document) ([]string, error) {
	const most = 10
	is.Programme, is.Project = was.Programme, was.Project
	before, err1 := schema.Canonical(was)
	after, err2 := schema.Canonical(is)
	changes, err3 := journal.Diff(before, after)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fault.Wrap(err, "internal.error")
	}
	var paths []string
	for _, c := range changes[:min(len(changes), most)] {
		paths = append(paths, c.Path)
	}
	return paths, nil
}

// importable is the refusal that a row would meet when it is applied; else
// what its history leaves.
func importable(p portfolio.Programme, r schema.ImportRow) (award.Opened, error) {
	d := r.Document
	d.Programme = p.ID
	if _, err := rowSize(r); err != nil {
		return award.Opened{}, err
	}
	if r.History == nil {
		return award.Opened{}, d.CheckDraft()
	}
	if err := p.Releases(); err != nil {
		return award.Opened{}, err
	}
	d.Project = "prj"
	minted := 0
	mint := func(prefix string) (string, error) {
		minted++ // things are told apart by their ids
		return fmt.Sprint(prefix, minted), nil
	}
	opened, err := award.Open(d, *r.History, award.Opener{
		Award: "awd", Drafter: "preparer", Actor: award.Actor{Person: "applier"},
		GoLiveOn: p.GoLiveOn, On: p.GoLiveOn, Source: r.Source, Origin: award.Imported, Mint: mint,
	})
	if err != nil {
		return award.Opened{}, err
	}
	// root, number, head, journal, the name and its words; then the things, with
	// two ledger entries and a payment for each tranche that was paid
	items := 4 + len(namesOf(opened.Award)) + len(d.Parties()) + len(opened.Milestones) + len(opened.Tranches) + 3*len(opened.Payments)
	if items > store.MaxOps {
		return award.Opened{}, fault.New(fault.Invalid, "import.tooManyItems", "count", items, "max", store.MaxOps)
	}
	return opened, nil
}

// awardNumbered finds the award with an agreement number.
func (t *Tracker) awardNumbered(ctx context.Context, number string) (award.Award, bool, error) {
	items, err := t.store.Get(ctx, schema.UniqueKey(uniqueAgreement, "", number))
	if err != nil {
		return award.Award{}, false, storeFault(err)
	}
	if items[0] == nil {
		return award.Award{}, false, nil
	}
	u, err := schema.Decode[schema.Unique](*items[0], schema.TypeUnique)
	if err != nil {
		return award.Award{}, false, err
	}
	if items, err = t.store.Get(ctx, schema.RootKey(u.Thing)); err != nil {
		return award.Award{}, false, storeFault(err)
	}
	if items[0] == nil {
		return award.Award{}, false, errNotFound()
	}
	a, err := decodeAward(*items[0])
	return a, err == nil, err
}
