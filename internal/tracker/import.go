package tracker

import (
	"context"
	"errors"
	"slices"
	"time"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

const (
	// importChunk is how many rows one transaction stores.
	importChunk = 40
	// rowTime is what a row needs of the time that is left.
	rowTime = 2 * time.Second
)

// PrepareImport stores a plan: rows that the plan would refuse are left out by
// the caller. Items: the rows, in transactions of at most importChunk, then the
// import; each with head and journal.
func (t *Tracker) PrepareImport(ctx context.Context, c Call, in NewImport) (Receipt, error) {
	if _, err := t.importInto(ctx, c, access.PrepareImport, in); err != nil {
		return Receipt{}, err
	}
	if receipt, ok, err := t.replayOf(ctx, c, "prepareImport"); ok || err != nil {
		return receipt, err
	}
	id, err := t.ids.New(ident.PrefixImport)
	if err != nil {
		return Receipt{}, fault.Wrap(err, "internal.error")
	}
	keyless := c
	keyless.Key = ""
	last := in.Rows
	for len(last) > importChunk {
		if _, err := t.storeRows(ctx, keyless, ident.Import(id), in, last[:importChunk], nil); err != nil {
			return Receipt{}, err
		}
		last = last[importChunk:]
	}
	root := schema.Import{
		ID: ident.Import(id), Programme: in.Programme, State: schema.ImportPrepared, Files: slices.Clone(in.Files),
		Fingerprint: in.Fingerprint, History: in.history(), Rows: len(in.Rows), PreparedBy: c.Principal.Person,
	}
	return t.storeRows(ctx, c, root.ID, in, last, &root)
}

func (t *Tracker) storeRows(ctx context.Context, c Call, id ident.Import, in NewImport, rows []schema.ImportRow, root *schema.Import) (Receipt, error) {
	return t.commit(ctx, c, "prepareImport", func(w *work) error {
		if err := w.begin(string(id)); err != nil {
			return err
		}
		w.programme = in.Programme
		for _, r := range rows {
			r.Result = nil
			if err := w.putRow(id, r, "import.rowPrepared"); err != nil {
				return err
			}
		}
		if root == nil {
			return nil
		}
		r := *root
		r.PreparedOn = w.on
		w.head.State = string(r.State)
		return w.put(string(id), schema.ImportRecord(r), "import.prepared", nil)
	})
}

func (w *work) putRow(id ident.Import, r schema.ImportRow, event string) error {
	return w.put(pointer("row/%d", r.Row), schema.ImportRowRecord(id, r), event, nil)
}

// replayOf returns the receipt of a request that had its effect before, for
// commands of several transactions, of which only one carries the key.
func (t *Tracker) replayOf(ctx context.Context, c Call, command string) (Receipt, bool, error) {
	if c.Key == "" {
		return Receipt{}, false, nil
	}
	w := &work{ctx: ctx, t: t, call: c, command: command, at: t.now()}
	var again *replay
	switch err := w.load(); {
	case errors.As(err, &again):
		receipt, err := t.receiptOf(ctx, again.record.Aggregate, again.record.Seq)
		return receipt, true, err
	case err != nil:
		return Receipt{}, false, err
	}
	return Receipt{}, false, nil
}

// onImport runs a command on an import.
func (t *Tracker) onImport(ctx context.Context, c Call, command string, id ident.Import, a access.Action, decide func(*work, schema.Import) error) (Receipt, error) {
	return t.commit(ctx, c, command, func(w *work) error {
		root := schema.RootKey(string(id))
		if err := w.begin(string(id), root); err != nil {
			return err
		}
		i, err := must[schema.Import](w, root, schema.TypeImport)
		if err != nil {
			return err
		}
		if err := w.require(a, importResource(i)); err != nil {
			return err
		}
		if err := w.match(root); err != nil {
			return err
		}
		w.programme = i.Programme
		return decide(w, i)
	})
}

func importResource(i schema.Import) access.Resource {
	return access.Resource{Kind: access.KindImport, ID: string(i.ID), Programmes: []ident.Programme{i.Programme}}
}

// DiscardImport ends a plan that was not applied.
func (t *Tracker) DiscardImport(ctx context.Context, c Call, id ident.Import, in Reason) (Receipt, error) {
	return t.onImport(ctx, c, "discardImport", id, access.PrepareImport, func(w *work, i schema.Import) error {
		if i.State != schema.ImportPrepared {
			return importIllegal(i, "discard")
		}
		if err := portfolio.NeedReason(in.Reason); err != nil {
			return err
		}
		i.State, i.Reason = schema.ImportDiscarded, in.Reason
		w.head.State = string(i.State)
		return w.put(string(id), schema.ImportRecord(i), "import.discarded", nil)
	})
}

func importIllegal(i schema.Import, command portfolio.Command) error {
	var legal []portfolio.Command
	switch i.State {
	case schema.ImportPrepared:
		legal = []portfolio.Command{"apply", "discard"}
	case schema.ImportApplying:
		legal = []portfolio.Command{"apply"}
	}
	return portfolio.Illegal("import", string(i.State), command, legal)
}

// ApplyImport applies a plan row by row, each award in a transaction of its
// own, so that a broken row never half-writes one. Called again it goes on
// where it stopped. It stops before the context's deadline; the import is
// applied when its state says so. The receipt is that of the last step.
func (t *Tracker) ApplyImport(ctx context.Context, c Call, id ident.Import) (Receipt, error) {
	var i schema.Import
	receipt, err := t.onImport(ctx, c, "applyImport", id, access.ApplyImport, func(w *work, found schema.Import) error {
		next, err := mayApply(found, c.Principal.Person, w.on)
		if err != nil {
			return err
		}
		i = next
		w.head.State = string(i.State)
		return w.put(string(id), schema.ImportRecord(i), "import.applying", nil)
	})
	if err != nil {
		return receipt, err
	}
	if i.ID == "" { // a replay: go on from what is stored
		if i, err = t.storedImport(ctx, id); err != nil || i.State == schema.ImportApplied {
			return receipt, err
		}
	}
	c.Key, c.IfMatch = "", nil
	rows, err := readAll[schema.ImportRow](ctx, t.store, string(id), schema.ImportRange(), schema.TypeImportRow)
	if err != nil {
		return receipt, err
	}
	for _, r := range rows {
		if r.Result != nil {
			continue
		}
		if t.late(ctx) {
			return receipt, nil
		}
		if receipt, err = t.applyRow(ctx, c, i, r); err != nil {
			return receipt, err
		}
	}
	return t.onImport(ctx, c, "finishImport", id, access.ApplyImport, func(w *work, i schema.Import) error {
		i.State = schema.ImportApplied
		w.head.State = string(i.State)
		return w.put(string(id), schema.ImportRecord(i), "import.applied", nil)
	})
}

func (t *Tracker) storedImport(ctx context.Context, id ident.Import) (schema.Import, error) {
	items, err := t.store.Get(ctx, schema.RootKey(string(id)))
	if err != nil {
		return schema.Import{}, storeFault(err)
	}
	if items[0] == nil {
		return schema.Import{}, errNotFound()
	}
	return schema.Decode[schema.Import](*items[0], schema.TypeImport)
}

// mayApply holds who applies: with history another person than its preparer,
// without the same.
func mayApply(i schema.Import, person ident.Person, on civil.Date) (schema.Import, error) {
	switch {
	case i.State != schema.ImportPrepared && i.State != schema.ImportApplying:
		return i, importIllegal(i, "apply")
	case i.History && person == i.PreparedBy:
		return i, fault.New(fault.Forbidden, "separation.preparerApplies", "person", string(person))
	case !i.History && person != i.PreparedBy:
		return i, fault.New(fault.Forbidden, "import.appliedByPreparer")
	}
	i.State, i.AppliedBy, i.AppliedOn = schema.ImportApplying, person, on
	return i, nil
}

// late reports whether too little of the context's time is left for a row.
func (t *Tracker) late(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && deadline.Sub(t.now()) < rowTime
}

// applyRow makes a row's project and award, and keeps the result; a refusal is
// a result too.
func (t *Tracker) applyRow(ctx context.Context, c Call, i schema.Import, r schema.ImportRow) (Receipt, error) {
	result, err := t.makeRow(ctx, c, i, r)
	var f *fault.Error
	switch {
	case err == nil:
	case errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Busy:
		result = schema.ImportResult{Action: schema.ImportRefuse, Code: f.Code}
		if len(f.Fields) > 0 {
			result.Code, result.Pointer = f.Fields[0].Code, f.Fields[0].Pointer
		}
	default:
		return Receipt{}, err
	}
	return t.onImport(ctx, c, "applyImportRow", i.ID, access.ApplyImport, func(w *work, i schema.Import) error {
		key := schema.ImportRowKey(i.ID, r.Row)
		stored, err := must[schema.ImportRow](w, key, schema.TypeImportRow)
		if err != nil {
			return err
		}
		stored.Result = &result
		return w.putRow(i.ID, stored, "import.row"+string(result.Action))
	})
}

// makeRow does what is to be done about a row, or finds that an earlier,
// interrupted try has done it.
func (t *Tracker) makeRow(ctx context.Context, c Call, i schema.Import, r schema.ImportRow) (schema.ImportResult, error) {
	a, there, err := t.awardNumbered(ctx, r.Document.Number)
	if err != nil {
		return schema.ImportResult{}, err
	}
	if there {
		return t.meetAward(ctx, c, i, r, a)
	}
	project, err := t.importProject(ctx, c, i, r)
	if err != nil {
		return schema.ImportResult{}, err
	}
	r.Document.Programme, r.Document.Project, r.Source.Import = i.Programme, project, i.ID
	var receipt Receipt
	if r.History == nil {
		receipt, err = t.CreateAward(ctx, c, r.Document)
	} else {
		receipt, err = t.openAward(ctx, c, i, r)
	}
	return schema.ImportResult{Action: schema.ImportCreate, Award: ident.Award(receipt.Aggregate), Project: project}, err
}

// meetAward is makeRow where the number is taken.
func (t *Tracker) meetAward(ctx context.Context, c Call, i schema.Import, r schema.ImportRow, a award.Award) (schema.ImportResult, error) {
	result := schema.ImportResult{Action: schema.ImportLeave, Award: a.ID, Project: a.Document.Project}
	if a.Document.Programme != i.Programme {
		return result, fault.New(fault.Conflict, "award.numberTaken", "value", r.Document.Number)
	}
	if a.Opening != nil && a.Opening.Import == i.ID {
		result.Action = schema.ImportCreate
		return result, nil
	}
	if actionOn(a, i.Programme, r) != schema.ImportChange {
		return result, nil
	}
	r.Document.Programme, r.Document.Project = i.Programme, a.Document.Project
	result.Action = schema.ImportChange
	_, err := t.ReplaceAward(ctx, c, a.ID, r.Document)
	return result, err
}

// importProject returns the project of a row's code, which it makes if need be.
func (t *Tracker) importProject(ctx context.Context, c Call, i schema.Import, r schema.ImportRow) (ident.Project, error) {
	items, err := t.store.Get(ctx, schema.UniqueKey(uniqueProject, string(i.Programme), r.Project.Code))
	if err != nil {
		return "", storeFault(err)
	}
	if items[0] != nil {
		u, err := schema.Decode[schema.Unique](*items[0], schema.TypeUnique)
		return ident.Project(u.Thing), err
	}
	receipt, err := t.CreateProject(ctx, c, portfolio.Project{
		Programme: i.Programme, Code: r.Project.Code, Title: r.Project.Title, Lead: r.Project.Lead, Source: portfolio.SelfProposed,
	})
	return ident.Project(receipt.Aggregate), err
}
