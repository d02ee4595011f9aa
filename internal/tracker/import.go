package tracker

import (
	"context"
	"errors"
	"slices"

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
	// importChunkSize is how many bytes of rows one transaction stores: they
	// stand in its journal item too.
	importChunkSize = 240 << 10
	// maxImportRow bounds a row, in bytes.
	maxImportRow = 200 << 10
)

// PrepareImport stores a plan; rows that the plan would refuse are left out by
// the caller. Only the last transaction carries the key and the import itself:
// what an interrupted try leaves is no import, and nothing rests on it. Items:
// the rows, in chunks, then the import; each with head and journal.
func (t *Tracker) PrepareImport(ctx context.Context, c Call, in NewImport) (Receipt, error) {
	if _, err := t.importInto(ctx, c, in); err != nil {
		return Receipt{}, err
	}
	if receipt, ok, err := t.replayOf(ctx, c, "prepareImport"); ok || err != nil {
		return receipt, err
	}
	chunks, err := in.chunks()
	if err != nil {
		return Receipt{}, err
	}
	id, err := t.ids.New(ident.PrefixImport)
	if err != nil {
		return Receipt{}, fault.Wrap(err, "internal.error")
	}
	root := schema.Import{
		ID: ident.Import(id), Programme: in.Programme, State: schema.ImportPrepared, Files: slices.Clone(in.Files),
		Fingerprint: in.Fingerprint, History: in.history(), LeftOut: slices.Clone(in.LeftOut), Rows: len(in.Rows), PreparedBy: c.Principal.Person,
	}
	keyless := c
	keyless.Key = ""
	last := len(chunks) - 1
	for _, rows := range chunks[:last] {
		if _, err := t.storeRows(ctx, keyless, root.ID, in.Programme, rows, nil); err != nil {
			return Receipt{}, err
		}
	}
	return t.storeRows(ctx, c, root.ID, in.Programme, chunks[last], &root)
}

// chunks divides the rows among transactions, at least one.
func (in NewImport) chunks() ([][]schema.ImportRow, error) {
	chunks := [][]schema.ImportRow{nil}
	size := 0
	for _, r := range in.Rows {
		n, err := rowSize(r)
		if err != nil {
			return nil, err
		}
		last := len(chunks) - 1
		if len(chunks[last]) == importChunk || len(chunks[last]) > 0 && size+n > importChunkSize {
			chunks, size, last = append(chunks, nil), 0, last+1
		}
		chunks[last], size = append(chunks[last], r), size+n
	}
	return chunks, nil
}

// rowSize is the size of a row as it is stored, in bytes; one that is too
// large to be stored is refused.
func rowSize(r schema.ImportRow) (int, error) {
	raw, err := schema.Canonical(r)
	if err != nil {
		return 0, fault.Wrap(err, "internal.error")
	}
	if len(raw) > maxImportRow {
		return 0, fault.New(fault.Invalid, "import.rowTooLarge", "size", len(raw), "max", maxImportRow)
	}
	return len(raw), nil
}

func (t *Tracker) storeRows(ctx context.Context, c Call, id ident.Import, p ident.Programme, rows []schema.ImportRow, root *schema.Import) (Receipt, error) {
	return t.commit(ctx, c, "prepareImport", func(w *work) error {
		if err := w.begin(string(id)); err != nil {
			return err
		}
		w.programme = p
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
		return w.putImport(r, "import.prepared", nil)
	})
}

func (w *work) putRow(id ident.Import, r schema.ImportRow, event string) error {
	return w.put(pointer("row/%d", r.Row), schema.ImportRowRecord(id, r), event, nil)
}

func (w *work) putImport(i schema.Import, event string, data any) error {
	w.head.State = string(i.State)
	return w.put(string(i.ID), schema.ImportRecord(i), event, data)
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
		return w.putImport(i, "import.discarded", in)
	})
}

func importIllegal(i schema.Import, command portfolio.Command) error {
	return portfolio.Illegal("import", string(i.State), command, importLegal(i.State))
}

// importLegal lists the commands that an import in a state takes.
func importLegal(s schema.ImportState) []portfolio.Command {
	switch s {
	case schema.ImportPrepared:
		return []portfolio.Command{"apply", "discard"}
	case schema.ImportApplying:
		return []portfolio.Command{"apply"}
	case schema.ImportApplied, schema.ImportDiscarded:
	}
	return nil
}

// mayApply holds who applies: with history another person than its preparer,
// without the same.
func mayApply(i schema.Import, person ident.Person, on civil.Date) (schema.Import, error) {
	switch {
	case !slices.Contains(importLegal(i.State), "apply"):
		return i, importIllegal(i, "apply")
	case i.History && person == i.PreparedBy:
		return i, fault.New(fault.Forbidden, "separation.preparerApplies", "person", string(person))
	case !i.History && person != i.PreparedBy:
		return i, fault.New(fault.Forbidden, "import.appliedByPreparer")
	}
	i.State, i.AppliedBy, i.AppliedOn = schema.ImportApplying, person, on
	return i, nil
}

// importing is the tracker with what it records marked as imported, unless it
// is a demonstration's.
func (t *Tracker) importing() *Tracker {
	marked := *t
	if marked.origin == award.Live {
		marked.origin = award.Imported
	}
	return &marked
}
