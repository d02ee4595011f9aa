package schema

import (
	"fmt"
	"strings"

	"milepost/internal/ident"
	"milepost/internal/rollup"
	"milepost/internal/store"
)

// Types of the items that hold figures.
const (
	TypeSummary = "summary"
	TypeRollup  = "rollup"
)

// Summary is what one award counts for; it stands in the partition of the
// award's programme.
type Summary struct {
	Award ident.Award `json:"award"`
	Cell  Cell        `json:"cell"`
	// Seq is the last entry of the award's journal that the figures tell of
	// for certain.
	Seq     int64          `json:"seq"`
	Figures rollup.Figures `json:"figures"`
}

// Cell is the smallest part of the portfolio that has figures of its own: the
// awards of a programme on a platform.
type Cell struct {
	Programme ident.Programme `json:"programme"`
	Place     string          `json:"place"` // the platform, NoPlatform for awards without one
}

// NoPlatform is the place of the awards that are on no platform.
const NoPlatform = "-"

// CellOf returns the cell of an award in a programme on a platform, which may
// be none.
func CellOf(p ident.Programme, on ident.Platform) Cell {
	if on == "" {
		return Cell{p, NoPlatform}
	}
	return Cell{p, string(on)}
}

// Rollup is the sum of the figures of a part of the portfolio.
type Rollup struct {
	Cell // its Place is empty for a whole programme
	// Grouped says that the members of a cell are summed in groups first.
	Grouped bool           `json:"grouped,omitzero"`
	At      string         `json:"at"` // when it was summed: RFC 3339, UTC
	Figures rollup.Figures `json:"figures"`
}

// Groups is into how many groups the members of a large cell are divided, so
// that a change of one reads one group and as many sums.
const Groups = 32

// GroupOf is the group of an award in its cell.
func GroupOf(a ident.Award) int { return hashed(string(a), Groups) }

// SummaryKey is the key of an award's figures.
func SummaryKey(c Cell, a ident.Award) store.Key {
	return store.Key{PK: string(c.Programme), SK: fmt.Sprintf("%ssum#%s#%02d#%s", derived, c.Place, GroupOf(a), a)}
}

// SummaryRecord places an award's figures among the members of its cell.
func SummaryRecord(s Summary) Record {
	return Record{Type: TypeSummary, Key: SummaryKey(s.Cell, s.Award), Value: s}
}

// IsSummary reports whether an item holds the figures of an award.
func IsSummary(key store.Key) bool { return strings.HasPrefix(key.SK, derived+"sum#") }

// SummaryRange holds the members of a cell.
func SummaryRange(c Cell) store.Range { return store.Prefix(derived + "sum#" + c.Place + "#") }

// GroupRange holds the members of a group of a cell.
func GroupRange(c Cell, group int) store.Range {
	return store.Prefix(fmt.Sprintf("%ssum#%s#%02d#", derived, c.Place, group))
}

// GroupKey is the key of the sum of a group of a cell.
func GroupKey(c Cell, group int) store.Key {
	return store.Key{PK: string(c.Programme), SK: fmt.Sprintf("%sgrp#%s#%02d", derived, c.Place, group)}
}

// GroupsRange holds the sums of a cell's groups.
func GroupsRange(c Cell) store.Range { return store.Prefix(derived + "grp#" + c.Place + "#") }

// GroupRecord places the sum of a group.
func GroupRecord(r Rollup, group int) Record {
	return Record{Type: TypeRollup, Key: GroupKey(r.Cell, group), Value: r}
}

// CellKey is the key of the sum of a cell, in its programme's partition.
func CellKey(c Cell) store.Key {
	return store.Key{PK: string(c.Programme), SK: derived + "cel#" + c.Place}
}

// CellRecord places the sum of a cell.
func CellRecord(r Rollup) Record { return Record{Type: TypeRollup, Key: CellKey(r.Cell), Value: r} }

// CellAtKey is the key of the same sum in its platform's partition.
func CellAtKey(c Cell) store.Key {
	return store.Key{PK: c.Place, SK: derived + "cel#" + string(c.Programme)}
}

// CellAtRecord places the sum of a cell with its platform.
func CellAtRecord(r Rollup) Record {
	return Record{Type: TypeRollup, Key: CellAtKey(r.Cell), Value: r}
}

// CellsRange holds the cells of a programme, or of a platform.
func CellsRange() store.Range { return store.Prefix(derived + "cel#") }

// ProgrammeRollupKey is the key of the sum of a whole programme.
func ProgrammeRollupKey(p ident.Programme) store.Key {
	return store.Key{PK: string(p), SK: derived + "all"}
}

// ProgrammeRollupRecord places the sum of a whole programme.
func ProgrammeRollupRecord(r Rollup) Record {
	return Record{Type: TypeRollup, Key: ProgrammeRollupKey(r.Programme), Value: r}
}

// IsSum reports whether an item holds the figures of more than one award.
func IsSum(key store.Key) bool {
	for _, kind := range []string{"grp#", "cel#", "all"} {
		if strings.HasPrefix(key.SK, derived+kind) {
			return true
		}
	}
	return false
}
