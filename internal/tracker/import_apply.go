package tracker

import (
	"context"
	"errors"
	"time"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
)

// rowTime is what a row needs of the time that is left.
const rowTime = 2 * time.Second

// errDone says that another request has done a step of an import already.
var errDone = errors.New("tracker: done")

// ApplyImport applies a plan row by row, each award in a transaction of its
// own, so that a broken row never half-writes one. Called again, with or
// without the same key, it goes on where it stopped. It does a row at least, and stops
// before the context's deadline: the import's state says whether all is done. The
// receipt is that of the beginning, so that a repetition answers the same.
func (t *Tracker) ApplyImport(ctx context.Context, c Call, id ident.Import) (Receipt, error) {
	t = t.importing()
	receipt, err := t.onImport(ctx, c, "applyImport", id, access.ApplyImport, func(w *work, i schema.Import) error {
		next, err := mayApply(i, c.Principal.Person, w.on)
		if err != nil {
			return err
		}
		return w.putImport(next, "import.applying", nil)
	})
	if err != nil {
		return Receipt{}, err
	}
	i, err := t.storedImport(ctx, id)
	if err != nil || i.State == schema.ImportApplied {
		return receipt, err
	}
	c.Key, c.IfMatch = "", nil
	rows, err := readAll[schema.ImportRow](ctx, t.store, string(id), schema.ImportRange(), schema.TypeImportRow)
	if err != nil {
		return Receipt{}, err
	}
	progress := false
	for _, r := range rows {
		if r.Result != nil {
			continue
		}
		if progress && t.late(ctx) {
			return receipt, nil
		}
		progress = true
		if err := t.applyRow(ctx, c, i, r); err != nil {
			return Receipt{}, err
		}
	}
	return receipt, t.finishImport(ctx, c, id)
}

func (t *Tracker) finishImport(ctx context.Context, c Call, id ident.Import) error {
	_, err := t.onImport(ctx, c, "finishImport", id, access.ApplyImport, func(w *work, i schema.Import) error {
		if i.State == schema.ImportApplied {
			return errDone
		}
		i.State = schema.ImportApplied
		return w.putImport(i, "import.applied", nil)
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
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

// late reports whether too little of the context's time is left for a row.
func (t *Tracker) late(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && deadline.Sub(t.now()) < rowTime
}

// applyRow makes a row's project and award, and keeps the result; a refusal is
// a result too.
func (t *Tracker) applyRow(ctx context.Context, c Call, i schema.Import, r schema.ImportRow) error {
	result, err := t.makeRow(ctx, c, i, r)
	if err != nil {
		if result, err = refusedRow(err); err != nil {
			return err
		}
	}
	_, err = t.onImport(ctx, c, "applyImportRow", i.ID, access.ApplyImport, func(w *work, i schema.Import) error {
		stored, err := must[schema.ImportRow](w, schema.ImportRowKey(i.ID, r.Row), schema.TypeImportRow)
		if err != nil {
			return err
		}
		if stored.Result != nil {
			return errDone
		}
		stored.Result = &result
		if err := w.putRow(i.ID, stored, "import.rowApplied"); err != nil {
			return err
		}
		done := map[schema.ImportAction]int{result.Action: 1}
		for action, n := range i.Done {
			done[action] += n
		}
		i.Done = done
		return w.putImport(i, "import.progressed", nil)
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// refusedRow is the result of a row that met a refusal; other errors end the
// run, which goes on another time.
func refusedRow(err error) (schema.ImportResult, error) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind == fault.Internal || f.Kind == fault.Busy {
		return schema.ImportResult{}, err
	}
	result := schema.ImportResult{Action: schema.ImportRefuse, Code: f.Code}
	if len(f.Fields) > 0 {
		result.Code, result.Pointer = f.Fields[0].Code, f.Fields[0].Pointer
	}
	return result, nil
}
