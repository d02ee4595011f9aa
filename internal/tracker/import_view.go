package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ImportsQuery asks for imports, the last first.
type ImportsQuery struct {
	Programme ident.Programme    `json:"programme,omitempty"`
	State     schema.ImportState `json:"state,omitempty"`
}

// ImportView is an import as it is shown: how far it is, by whom, and what may
// be done with it.
type ImportView struct {
	ID          ident.Import                `json:"id"`
	Version     int64                       `json:"version"` // its ETag
	Programme   Named                       `json:"programme"`
	State       schema.ImportState          `json:"state"`
	Files       []string                    `json:"files"`
	Fingerprint string                      `json:"fingerprint"` // SHA-256 of the files
	History     bool                        `json:"history"`     // applied by another person than its preparer
	LeftOut     []string                    `json:"leftOut,omitempty"`
	Rows        int                         `json:"rows"`
	Done        map[schema.ImportAction]int `json:"done,omitempty"` // rows with a result, by what was done
	PreparedBy  *Named                      `json:"preparedBy,omitempty"`
	PreparedOn  civil.Date                  `json:"preparedOn"`
	AppliedBy   *Named                      `json:"appliedBy,omitempty"`
	AppliedOn   civil.Date                  `json:"appliedOn,omitzero"`
	Reason      string                      `json:"reason,omitempty"` // of the discarding
	Legal       []portfolio.Command         `json:"legal,omitempty"`  // what its state takes
}

// Imports lists the imports of the programmes in which the caller may view
// them.
func (t *Tracker) Imports(ctx context.Context, c Call, q ImportsQuery, p PageRequest) (Page[ImportView], error) {
	switch q.State {
	case "", schema.ImportPrepared, schema.ImportApplying, schema.ImportApplied, schema.ImportDiscarded:
	default:
		return Page[ImportView]{}, badValue("state", string(q.State), string(schema.ImportPrepared), string(schema.ImportApplying),
			string(schema.ImportApplied), string(schema.ImportDiscarded))
	}
	r := newReading(ctx, t, c)
	sources, err := r.sources(access.ViewImport, narrowing{Programme: q.Programme}, func(scope string) string {
		return schema.ImportsOf(ident.Programme(scope))
	})
	if err != nil {
		return Page[ImportView]{}, err
	}
	return listing[ImportView]{
		name: "imports", query: q, sources: sources, narrow: "programme", descending: true,
		keep: func(f *found) (verdict, error) {
			i, err := schema.Decode[schema.Import](*f.item, schema.TypeImport)
			if err != nil {
				return hidden, err
			}
			may, err := t.may(c, access.ViewImport, importResource(i))
			wanted := (q.Programme == "" || q.Programme == i.Programme) && (q.State == "" || q.State == i.State)
			return seen(may, wanted, err)
		},
		then: func(f *found) []store.Key {
			i, err := schema.Decode[schema.Import](*f.item, schema.TypeImport)
			if err != nil {
				return nil
			}
			return importNameKeys(i)
		},
		row: func(f *found) (ImportView, error) {
			i, err := schema.Decode[schema.Import](*f.item, schema.TypeImport)
			return f.importView(i, f.item.Version), err
		},
	}.page(ctx, t, c, p)
}

func importNameKeys(i schema.Import) []store.Key {
	return append(personKeys(i.PreparedBy, i.AppliedBy), schema.RootKey(string(i.Programme)))
}

func (r *reading) importView(i schema.Import, version int64) ImportView {
	return ImportView{
		ID: i.ID, Version: version, Programme: *r.named(string(i.Programme)), State: i.State, Files: i.Files, Fingerprint: i.Fingerprint,
		History: i.History, LeftOut: i.LeftOut, Rows: i.Rows, Done: i.Done, PreparedBy: r.named(string(i.PreparedBy)), PreparedOn: i.PreparedOn,
		AppliedBy: r.named(string(i.AppliedBy)), AppliedOn: i.AppliedOn, Reason: i.Reason, Legal: importLegal(i.State),
	}
}

// Import shows an import.
func (t *Tracker) Import(ctx context.Context, c Call, id ident.Import) (ImportView, error) {
	r := newReading(ctx, t, c)
	i, err := r.viewedImport(id)
	if err != nil {
		return ImportView{}, err
	}
	if err := r.load(importNameKeys(i)...); err != nil {
		return ImportView{}, err
	}
	return r.importView(i, r.version(schema.RootKey(string(id)))), nil
}

// viewedImport reads an import that the caller may view; any other is not
// found.
func (r *reading) viewedImport(id ident.Import) (schema.Import, error) {
	if !ident.Valid(ident.PrefixImport, string(id)) {
		return schema.Import{}, errNotFound()
	}
	i, err := need[schema.Import](r, schema.RootKey(string(id)), schema.TypeImport)
	if err != nil {
		return i, err
	}
	return i, r.t.authority.Require(r.call.Principal, access.ViewImport, importResource(i))
}

// ImportRows lists an import's rows in their order, with what became of each.
func (t *Tracker) ImportRows(ctx context.Context, c Call, id ident.Import, p PageRequest) (Page[schema.ImportRow], error) {
	out := Page[schema.ImportRow]{Items: []schema.ImportRow{}}
	r := newReading(ctx, t, c)
	if _, err := r.viewedImport(id); err != nil {
		return out, err
	}
	items, next, err := r.strongPage("importRows", id, store.Query{Partition: string(id), Range: schema.ImportRange()}, p)
	if err != nil {
		return out, err
	}
	out.Next = next
	for _, item := range items {
		row, err := schema.Decode[schema.ImportRow](item, schema.TypeImportRow)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, row)
	}
	return out, nil
}
