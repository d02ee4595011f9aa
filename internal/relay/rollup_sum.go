package relay

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"milepost/internal/ident"
	"milepost/internal/rollup"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// maxFlat is how many members of a cell are summed without groups.
const maxFlat = 200

// errLarge says that a cell has more members than are summed without groups.
var errLarge = errors.New("relay: a large cell")

// Settle sums the cells of awards anew, each once, and then their programmes.
func (s *Rollup) Settle(ctx context.Context, touched []Touched) error {
	dirty := map[schema.Cell]map[int]bool{} // the groups of each cell
	for _, t := range touched {
		m, err := memoOf(t.Memo)
		if err != nil {
			return err
		}
		for _, c := range append(m.Left, m.Cell) {
			if c.Programme == "" {
				continue
			}
			if dirty[c] == nil {
				dirty[c] = map[int]bool{}
			}
			dirty[c][schema.GroupOf(ident.Award(t.Aggregate))] = true
		}
	}
	cells := slices.SortedFunc(maps.Keys(dirty), func(a, b schema.Cell) int {
		return cmp.Or(strings.Compare(string(a.Programme), string(b.Programme)), strings.Compare(a.Place, b.Place))
	})
	for i, c := range cells {
		if err := s.cell(ctx, c, dirty[c]); err != nil {
			return err
		}
		if i+1 < len(cells) && cells[i+1].Programme == c.Programme {
			continue
		}
		if err := s.programme(ctx, c.Programme); err != nil {
			return err
		}
	}
	return nil
}

// cell sums a cell: of its members, or where they are many, of groups of them,
// of which only the dirty ones are summed anew.
func (s *Rollup) cell(ctx context.Context, c schema.Cell, dirty map[int]bool) error {
	return s.repeated(ctx, func() error {
		was, version, err := stored[schema.Rollup](ctx, s.store, schema.CellKey(c), schema.TypeRollup)
		if err != nil {
			return err
		}
		if !was.Grouped {
			figures, err := s.flat(ctx, c)
			if err == nil {
				return s.putCell(ctx, schema.Rollup{Cell: c, Figures: figures}, version)
			}
			if !errors.Is(err, errLarge) {
				return err
			}
			for g := range schema.Groups {
				dirty[g] = true
			}
		}
		for _, g := range slices.Sorted(maps.Keys(dirty)) {
			if err := s.group(ctx, c, g); err != nil {
				return err
			}
		}
		figures, err := s.sum(ctx, string(c.Programme), schema.GroupsRange(c))
		if err != nil {
			return err
		}
		return s.putCell(ctx, schema.Rollup{Cell: c, Grouped: true, Figures: figures}, version)
	})
}

// flat sums the members of a cell, or answers errLarge.
func (s *Rollup) flat(ctx context.Context, c schema.Cell) (rollup.Figures, error) {
	var sum rollup.Figures
	count := 0
	err := readAll(ctx, s.store, string(c.Programme), schema.SummaryRange(c), func(item store.Item) (bool, error) {
		if count++; count > maxFlat {
			return false, errLarge
		}
		m, err := schema.Decode[schema.Summary](item, schema.TypeSummary)
		if err != nil {
			return false, err
		}
		return true, sum.Add(m.Figures)
	})
	return sum, err
}

// group sums the members of a group of a cell.
func (s *Rollup) group(ctx context.Context, c schema.Cell, group int) error {
	return s.repeated(ctx, func() error {
		_, version, err := stored[schema.Rollup](ctx, s.store, schema.GroupKey(c, group), schema.TypeRollup)
		if err != nil {
			return err
		}
		r := schema.Rollup{Cell: c, At: stamp(s.now())}
		err = readAll(ctx, s.store, string(c.Programme), schema.GroupRange(c, group), func(item store.Item) (bool, error) {
			m, err := schema.Decode[schema.Summary](item, schema.TypeSummary)
			if err != nil {
				return false, err
			}
			return true, r.Figures.Add(m.Figures)
		})
		if err != nil {
			return err
		}
		op, err := s.sumOp(schema.GroupRecord(r, group), version)
		if err != nil {
			return err
		}
		return s.transact(ctx, op)
	})
}

// putCell writes the sum of a cell, in its platform's partition too.
func (s *Rollup) putCell(ctx context.Context, r schema.Rollup, was int64) error {
	r.At = stamp(s.now())
	op, err := s.sumOp(schema.CellRecord(r), was)
	if err != nil {
		return err
	}
	ops := []store.Op{op}
	if r.Place != schema.NoPlatform {
		same, err := setOp(schema.CellAtRecord(r), op.Item.Version)
		if err != nil {
			return err
		}
		ops = append(ops, same)
	}
	return s.transact(ctx, ops...)
}

// programme sums the cells of a programme.
func (s *Rollup) programme(ctx context.Context, id ident.Programme) error {
	return s.repeated(ctx, func() error {
		_, version, err := stored[schema.Rollup](ctx, s.store, schema.ProgrammeRollupKey(id), schema.TypeRollup)
		if err != nil {
			return err
		}
		figures, err := s.sum(ctx, string(id), schema.CellsRange())
		if err != nil {
			return err
		}
		r := schema.Rollup{Cell: schema.Cell{Programme: id}, At: stamp(s.now()), Figures: figures}
		op, err := s.sumOp(schema.ProgrammeRollupRecord(r), version)
		if err != nil {
			return err
		}
		return s.transact(ctx, op)
	})
}

// sum adds the sums in a range of a partition.
func (s *Rollup) sum(ctx context.Context, partition string, within store.Range) (rollup.Figures, error) {
	var sum rollup.Figures
	err := readAll(ctx, s.store, partition, within, func(item store.Item) (bool, error) {
		r, err := schema.Decode[schema.Rollup](item, schema.TypeRollup)
		if err != nil {
			return false, err
		}
		return true, sum.Add(r.Figures)
	})
	return sum, err
}

// sumOp stores a sum under the version read. A new one begins at the time of
// day, so that no version comes again after a rebuild removed one.
func (s *Rollup) sumOp(r schema.Record, was int64) (store.Op, error) {
	if was > 0 {
		return putOp(r, was)
	}
	op, err := setOp(r, max(s.now().UnixMilli(), 1))
	op.If = store.Absent
	return op, err
}
