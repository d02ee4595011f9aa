package tracker

import (
	"context"
	"fmt"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// makeRow does what is to be done about a row, or finds that an earlier,
// interrupted try has done it.
func (t *Tracker) makeRow(ctx context.Context, c Call, i schema.Import, r schema.ImportRow) (schema.ImportResult, error) {
	if result, ok, err := t.rowDrafted(ctx, c, i, r); ok || err != nil {
		return result, err
	}
	a, there, err := t.awardNumbered(ctx, r.Document.Number)
	if err != nil {
		return schema.ImportResult{}, err
	}
	if there {
		return t.meetAward(ctx, c, i, r, a)
	}
	p, err := t.programmeOf(ctx, i.Programme)
	if err != nil {
		return schema.ImportResult{}, err
	}
	trial, err := importable(p, r) // before a project is made for it
	if err != nil {
		return schema.ImportResult{}, err
	}
	project, err := t.importProject(ctx, c, i, r, trial.Award)
	if err != nil {
		return schema.ImportResult{}, err
	}
	r.Document.Programme, r.Document.Project, r.Source.Import = i.Programme, project, i.ID
	var receipt Receipt
	if r.History == nil {
		receipt, err = t.CreateAward(ctx, c.forRow(i, r), r.Document)
	} else {
		receipt, err = t.openAward(ctx, c, i, r)
	}
	return schema.ImportResult{Action: schema.ImportCreate, Award: ident.Award(receipt.Aggregate), Project: project}, err
}

// forRow gives the call a key of its own for a row that makes or changes a
// draft, so that an interrupted try is known again.
func (c Call) forRow(i schema.Import, r schema.ImportRow) Call {
	c.Key, c.Fingerprint = fmt.Sprintf("%s/%d", i.ID, r.Row), i.Fingerprint
	return c
}

// rowDrafted is the result of a row of which an interrupted try has made or
// changed a draft.
func (t *Tracker) rowDrafted(ctx context.Context, c Call, i schema.Import, r schema.ImportRow) (schema.ImportResult, bool, error) {
	if r.History != nil {
		return schema.ImportResult{}, false, nil
	}
	receipt, ok, err := t.replayOf(ctx, c.forRow(i, r), "createAward")
	if !ok || err != nil {
		return schema.ImportResult{}, false, err
	}
	items, err := t.store.Get(ctx, schema.RootKey(receipt.Aggregate))
	if err != nil {
		return schema.ImportResult{}, false, storeFault(err)
	}
	result := schema.ImportResult{Action: schema.ImportCreate, Award: ident.Award(receipt.Aggregate)}
	if receipt.Command == "replaceAward" {
		result.Action = schema.ImportChange
	}
	if items[0] != nil {
		a, err := decodeAward(*items[0])
		if err != nil {
			return schema.ImportResult{}, false, err
		}
		result.Project = a.Document.Project
	}
	return result, true, nil
}

// meetAward is makeRow where the number is taken. What this very row has
// opened before is its own; nothing is put onto an award with a life of its own.
func (t *Tracker) meetAward(ctx context.Context, c Call, i schema.Import, r schema.ImportRow, a award.Award) (schema.ImportResult, error) {
	result := schema.ImportResult{Action: schema.ImportLeave, Award: a.ID, Project: a.Document.Project}
	if a.Document.Programme != i.Programme {
		return schema.ImportResult{}, fault.New(fault.Conflict, "award.numberTaken", "value", r.Document.Number)
	}
	source := r.Source
	source.Import = i.ID
	switch {
	case a.Opening != nil && *a.Opening == source:
		result.Action = schema.ImportCreate
		return result, nil
	case a.Opening != nil && a.Opening.Import == i.ID: // two rows with one number
		return schema.ImportResult{}, fault.New(fault.Conflict, "award.numberTaken", "value", r.Document.Number)
	case actionOn(a, i.Programme, r) != schema.ImportChange:
		return result, nil
	}
	r.Document.Programme, r.Document.Project = i.Programme, a.Document.Project
	result.Action = schema.ImportChange
	_, err := t.ReplaceAward(ctx, c.forRow(i, r), a.ID, r.Document)
	return result, err
}

// importProject returns the project of a row's code, which it makes if need
// be: proposed for a draft; for an award with history as its past left it.
func (t *Tracker) importProject(ctx context.Context, c Call, i schema.Import, r schema.ImportRow, trial award.Award) (ident.Project, error) {
	if there, err := t.holderOf(ctx, schema.UniqueKey(uniqueProject, string(i.Programme), r.Project.Code)); err != nil || there != "" {
		return ident.Project(there), err
	}
	p := portfolio.Project{
		Programme: i.Programme, Code: r.Project.Code, Title: r.Project.Title, Lead: r.Project.Lead, Source: portfolio.SelfProposed,
	}
	if r.History == nil {
		receipt, err := t.CreateProject(ctx, c, p)
		return ident.Project(receipt.Aggregate), err
	}
	p.State = portfolio.ProjectUnderway
	switch trial.Closing {
	case award.Terminated:
		p.State, p.StateChanged = portfolio.ProjectTerminated, trial.ClosedOn
	case award.Completed:
		p.State, p.StateChanged = portfolio.ProjectCompleted, trial.ClosedOn
	}
	return t.openProject(ctx, c, i, p)
}

// openProject makes a project that began before the go-live.
func (t *Tracker) openProject(ctx context.Context, c Call, i schema.Import, p portfolio.Project) (ident.Project, error) {
	receipt, err := t.commit(ctx, c, "openProject", func(w *work) error {
		id, err := w.create(ident.PrefixProject)
		if err != nil {
			return err
		}
		if err := w.require(access.ApplyImport, importResource(i)); err != nil {
			return err
		}
		p.ID, p.CreatedBy = ident.Project(id), i.PreparedBy
		return w.putProject(portfolio.Project{}, p, "project.opened")
	})
	return ident.Project(receipt.Aggregate), err
}

// programmeOf reads a programme.
func (t *Tracker) programmeOf(ctx context.Context, id ident.Programme) (portfolio.Programme, error) {
	items, err := t.store.Get(ctx, schema.RootKey(string(id)))
	if err != nil {
		return portfolio.Programme{}, storeFault(err)
	}
	if items[0] == nil {
		return portfolio.Programme{}, errNotFound()
	}
	return schema.Decode[portfolio.Programme](*items[0], schema.TypeProgramme)
}

// actionOn says what to do about a row whose award is there: a draft is
// brought up to date, everything else is left alone.
func actionOn(a award.Award, p ident.Programme, r schema.ImportRow) schema.ImportAction {
	if a.State != award.Draft || r.History != nil {
		return schema.ImportLeave
	}
	d := r.Document.Clone()
	d.Programme, d.Project = p, a.Document.Project
	was, err1 := schema.Canonical(a.Document)
	is, err2 := schema.Canonical(d)
	if err1 == nil && err2 == nil && slices.Equal(was, is) {
		return schema.ImportLeave
	}
	return schema.ImportChange
}
