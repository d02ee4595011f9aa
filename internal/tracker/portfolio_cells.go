package tracker

import (
	"slices"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// programmeCells reads the sum or the cells of a programme, or the one cell of a
// platform that the caller may view or of what is on none.
func (r *reading) programmeCells(p ident.Programme, q PortfolioQuery) ([]schema.Rollup, bool, error) {
	switch {
	case q.Platform == "" && !q.Parts:
		return r.cellAt(schema.ProgrammeRollupKey(p))
	case q.Platform == "":
		cells, err := readAll[schema.Rollup](r.ctx, r.t.store, string(p), schema.CellsRange(), schema.TypeRollup)
		return cells, true, err
	}
	if q.Platform == NoPlatform {
		return r.cellAt(schema.CellKey(schema.CellOf(p, "")))
	}
	if may, err := r.viewsPlatform(q.Platform); err != nil || !may {
		return nil, false, err
	}
	return r.cellAt(schema.CellKey(schema.CellOf(p, q.Platform)))
}

// programmeSums are the keys of the programmes' own sums, where these are asked
// for: they are read at once.
func programmeSums(scopes []portfolio.Scope, q PortfolioQuery) []store.Key {
	var keys []store.Key
	for _, s := range scopes {
		if s.Kind == portfolio.InProgramme && q.Platform == "" && !q.Parts {
			keys = append(keys, schema.ProgrammeRollupKey(ident.Programme(s.ID)))
		}
	}
	return keys
}

// cellAt reads one sum; there is none where there is no award.
func (r *reading) cellAt(key store.Key) ([]schema.Rollup, bool, error) {
	if err := r.load(key); err != nil {
		return nil, false, err
	}
	figures, ok, err := get[schema.Rollup](r, key, schema.TypeRollup)
	if err != nil || !ok {
		return nil, true, err
	}
	return []schema.Rollup{figures}, true, nil
}

// platformCells reads the cells of a platform of the caller's.
func (r *reading) platformCells(p ident.Platform, in ident.Programme) ([]schema.Rollup, bool, error) {
	cells, err := readAll[schema.Rollup](r.ctx, r.t.store, string(p), schema.CellsRange(), schema.TypeRollup)
	if err != nil || in == "" {
		return cells, true, err
	}
	cells = slices.DeleteFunc(cells, func(c schema.Rollup) bool { return c.Programme != in })
	if len(cells) > 0 {
		return cells, true, nil
	}
	enrolment := schema.EnrolmentKey(p, in)
	err = r.load(enrolment)
	return nil, r.items[enrolment] != nil, err
}

// awardCells adds the single awards in which the caller has a role, where no
// cell holds them.
func (r *reading) awardCells(q PortfolioQuery, scopes []portfolio.Scope, found map[schema.Cell]schema.Rollup, seen *bool) error {
	var keys, summaries []store.Key
	for _, s := range scopes {
		if s.Kind == portfolio.InAward {
			keys = append(keys, schema.RootKey(s.ID))
		}
	}
	if err := r.load(keys...); err != nil {
		return err
	}
	for _, key := range keys {
		a, ok, err := get[award.Award](r, key, schema.TypeAward)
		if err != nil {
			return err
		}
		cell := schema.CellOf(a.Document.Programme, a.Document.Platform)
		in := narrowing{Programme: q.Programme, Platform: q.Platform}
		covered := holds(found, cell) || holds(found, schema.Cell{Programme: cell.Programme})
		if ok && !covered && in.holds(a.Document) {
			summaries, *seen = append(summaries, schema.SummaryKey(cell, a.ID)), true
		}
	}
	if err := r.load(summaries...); err != nil {
		return err
	}
	for _, key := range summaries {
		s, ok, err := get[schema.Summary](r, key, schema.TypeSummary)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		cell := found[s.Cell]
		cell.Cell = s.Cell
		if err := cell.Figures.Add(s.Figures); err != nil {
			return err
		}
		found[s.Cell] = cell
	}
	return nil
}
