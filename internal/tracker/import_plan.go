package tracker

import (
	"context"
	"errors"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
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
	Row    int                 `json:"row"`
	Source award.OpeningSource `json:"source"`
	Number string              `json:"number"`
	Action schema.ImportAction `json:"action"`
	Award  ident.Award         `json:"award,omitempty"` // the one that is there
	Fault  *fault.Error        `json:"-"`               // of a refused row
}

// PlanImport says what an import would do, and stores nothing.
func (t *Tracker) PlanImport(ctx context.Context, c Call, in NewImport) ([]PlannedRow, error) {
	p, err := t.importInto(ctx, c, access.PrepareImport, in)
	if err != nil {
		return nil, err
	}
	out := make([]PlannedRow, len(in.Rows))
	for i, r := range in.Rows {
		planned, err := t.planRow(ctx, p, r)
		if err != nil {
			return nil, err
		}
		out[i] = planned
	}
	return out, nil
}

// importInto reads the programme of an import that the caller may make.
func (t *Tracker) importInto(ctx context.Context, c Call, a access.Action, in NewImport) (portfolio.Programme, error) {
	var p portfolio.Programme
	if !ident.Valid(ident.PrefixProgramme, string(in.Programme)) {
		return p, fault.InvalidFields(fault.At("/programme", "reference.unknown", "value", string(in.Programme)))
	}
	if err := t.authority.Require(c.Principal, a, programmeResource(in.Programme)); err != nil {
		return p, err
	}
	if n := len(in.Rows); n == 0 || n > MaxImportRows {
		return p, fault.New(fault.Invalid, "import.rows", "count", n, "max", MaxImportRows)
	}
	items, err := t.store.Get(ctx, schema.RootKey(string(in.Programme)))
	if err != nil {
		return p, storeFault(err)
	}
	if items[0] == nil {
		return p, errNotFound()
	}
	return schema.Decode[portfolio.Programme](*items[0], schema.TypeProgramme)
}

// planRow compares a row with what is there.
func (t *Tracker) planRow(ctx context.Context, p portfolio.Programme, r schema.ImportRow) (PlannedRow, error) {
	planned := PlannedRow{Row: r.Row, Source: r.Source, Number: r.Document.Number, Action: schema.ImportCreate}
	if err := importable(p, r); err != nil {
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind == fault.Internal {
			return planned, err
		}
		planned.Action, planned.Fault = schema.ImportRefuse, f
		return planned, nil
	}
	a, ok, err := t.awardNumbered(ctx, r.Document.Number)
	if err != nil || !ok {
		return planned, err
	}
	planned.Action, planned.Award = actionOn(a, p.ID, r), a.ID
	if a.Document.Programme != p.ID {
		planned.Action, planned.Award = schema.ImportRefuse, ""
		planned.Fault = fault.New(fault.Conflict, "award.numberTaken", "value", r.Document.Number)
	}
	return planned, nil
}

// actionOn says what to do about a row whose award is there: a draft is
// brought up to date, everything else is left alone.
func actionOn(a award.Award, p ident.Programme, r schema.ImportRow) schema.ImportAction {
	if a.State != award.Draft || r.History != nil {
		return schema.ImportLeave
	}
	d := r.Document.Clone()
	d.Project = a.Document.Project
	was, err1 := schema.Canonical(a.Document)
	is, err2 := schema.Canonical(d)
	if err1 == nil && err2 == nil && slices.Equal(was, is) {
		return schema.ImportLeave
	}
	return schema.ImportChange
}

// importable is the refusal that a row would meet when it is applied.
func importable(p portfolio.Programme, r schema.ImportRow) error {
	d := r.Document
	d.Programme = p.ID
	if r.History == nil {
		return d.CheckDraft()
	}
	d.Project = "prj"
	count := 0
	mint := func(prefix string) (string, error) { count++; return prefix, nil }
	_, err := award.Open(d, *r.History, award.Opener{
		Award: "awd", Drafter: "preparer", Actor: award.Actor{Person: "applier"},
		GoLiveOn: p.GoLiveOn, On: p.GoLiveOn, Source: r.Source, Origin: award.Imported, Mint: mint,
	})
	if err != nil {
		return err
	}
	// root, number, name, head, journal; then the things, with two ledger
	// entries and a payment for each tranche that was paid
	if items := 8 + len(d.Milestones) + 4*len(d.Tranches); items > store.MaxOps {
		return fault.New(fault.Invalid, "import.tooManyItems", "count", items, "max", store.MaxOps)
	}
	return nil
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
