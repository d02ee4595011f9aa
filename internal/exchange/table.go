package exchange

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"milepost/internal/exchange/sheet"
)

// table is a recognised table with its rows of data.
type table struct {
	kind    kind
	grid    grid
	header  header
	records []record
}

// record is one row of a table.
type record struct {
	*table
	row row
	key string // the award's reference
}

func (rec record) ref() string { return rec.key }

func (rec record) place() Place {
	at := rec.grid.place
	at.Row = rec.row.no
	return at
}

func (rec record) header(c column) string { return rec.table.header.texts[c] }

func (rec record) has(c column) bool { return rec.table.header.has(c) }

func (rec record) cell(c column) cell {
	col, ok := rec.table.header.cols[c]
	if !ok {
		return cell{}
	}
	return rec.row.at(col)
}

func (rec record) text(c column) string { return strings.TrimSpace(rec.cell(c).text) }

// table takes a grid for what its header says. Further tells that the workbook
// has other tables, so that an unknown sheet is only a note.
func (r *reader) table(g grid, h header, further bool) {
	if h.kind == "" {
		say := r.fatal
		if further {
			say = r.note
		}
		say(g.place, "table.unknown", "found", found(g),
			"awards", means(awardsTable.columns()), "milestones", means(milestonesTable.columns()))
		return
	}
	t := &table{kind: h.kind, grid: g, header: h}
	if h.kind.ignored() {
		r.note(g.place, "table.ignored", "table", string(h.kind))
	} else if !r.complete(t) {
		return
	}
	r.records(t)
	r.tables = append(r.tables, t)
	report := &r.out.Files[len(r.out.Files)-1]
	report.Tables = append(report.Tables, TableReport{
		Sheet: g.place.Sheet, Kind: string(h.kind), Header: g.rows[h.last].no, Rows: len(t.records),
		Columns: h.report(), Others: h.others, Currency: h.units[colAmount].currency, Scale: h.units[colAmount].scale,
	})
}

// report lists the columns that were recognised, from left to right.
func (h header) report() []ColumnReport {
	columns := slices.SortedFunc(maps.Keys(h.cols), func(a, b column) int { return cmp.Compare(h.cols[a], h.cols[b]) })
	var out []ColumnReport
	for _, c := range columns {
		out = append(out, ColumnReport{Header: clip(h.texts[c]), Means: string(c)})
	}
	return out
}

// means are columns as a problem names them; people read their labels.
func means(columns []column) []string {
	texts := make([]string, len(columns))
	for i, c := range columns {
		texts[i] = string(c)
	}
	return texts
}

// complete checks a table's header: what it must have, what it has twice. All
// that is wrong with it is told at once.
func (r *reader) complete(t *table) bool {
	h, before := t.header, len(r.problems)
	missing := slices.DeleteFunc(slices.Clone(t.kind.required()), h.has)
	if t.kind == milestonesTable && !h.has(colDue) && !h.has(colDuration) {
		missing = append(missing, colDue)
	}
	if _, has := h.units[colAmount]; t.kind == awardsTable && !has && !h.has(colCurrency) {
		if h.has(colAmount) {
			r.fatal(t.grid.place, "amount.noUnit")
			r.problems[len(r.problems)-1].Column = h.texts[colAmount]
		} else {
			missing = append(missing, colCurrency)
		}
	}
	if len(missing) > 0 {
		r.fatal(t.grid.place, "header.missing", "table", string(t.kind), "columns", means(missing), "found", found(t.grid))
	}
	if len(h.twice) > 0 {
		r.fatal(t.grid.place, "header.twice", "columns", strings.Join(h.twice, ", "))
	}
	if len(r.problems) > before {
		return false
	}
	if len(h.others) > 0 {
		r.note(t.grid.place, "columns.ignored", "columns", strings.Join(h.others, ", "))
	}
	return true
}

// found lists what the fullest of the first rows says, for a problem's text.
func found(g grid) string {
	var best []string
	for i := range g.rows[:min(len(g.rows), maxTitleRows+1)] {
		var texts []string
		for col := range g.width(maxTitleRows + 1) {
			if text := strings.TrimSpace(g.rows[i].at(col).text); text != "" && len(texts) < 20 {
				texts = append(texts, clip(text))
			}
		}
		if len(texts) > len(best) {
			best = texts
		}
	}
	return strings.Join(best, ", ")
}

// records takes the rows under the header, without total rows, and names
// formulas in the columns that are read.
func (r *reader) records(t *table) {
	refs := t.mergedRefs()
	for _, row := range t.grid.rows[t.header.last+1:] {
		rec := record{table: t, row: row}
		text, merged := refs[row.no]
		if !merged {
			text = rec.cell(colRef).text
		}
		rec.key = code(text)
		if total(row) {
			if !t.kind.ignored() {
				r.note(rec.place(), "row.total", "text", clip(firstText(row)))
			}
			continue
		}
		t.records = append(t.records, rec)
	}
	if !t.kind.ignored() {
		r.formulas(t)
	}
}

// mergedRefs are the award references of rows under a merged cell, by row
// number. Only references reach over several rows: an amount that did would
// count twice.
func (t *table) mergedRefs() map[int]string {
	col := t.header.cols[colRef]
	refs := map[int]string{}
	for _, m := range t.grid.merges {
		if m.left <= col && col <= m.right && m.bottom > m.top {
			text := t.grid.textAt(m.top, m.left)
			for no := m.top; no <= min(m.bottom, sheet.MaxRows); no++ {
				refs[no] = text
			}
		}
	}
	return refs
}

// formulas names each read column in which formulas compute cells, once, and
// refuses the awards of those cells.
func (r *reader) formulas(t *table) {
	for _, c := range slices.Sorted(maps.Keys(t.header.cols)) {
		switch c {
		case colBasis, colCommit:
			continue
		}
		if r.accepted(t.header.texts[c]) {
			continue
		}
		var rows []record
		for _, rec := range t.records {
			if rec.cell(c).formula {
				rows = append(rows, rec)
				r.refused[rec.key] = true
			}
		}
		if len(rows) > 0 {
			r.refuse(rows[0], c, "cell.formula", "cells", len(rows))
		}
	}
}

func (r *reader) accepted(header string) bool {
	return slices.ContainsFunc(r.options.AcceptFormulas, func(s string) bool { return plain(s) == plain(header) })
}

func firstText(r row) string {
	for _, c := range r.cells {
		if !c.empty() {
			return strings.TrimSpace(c.text)
		}
	}
	return ""
}

// total recognises a row that sums others up.
func total(r row) bool {
	switch strings.TrimRight(plain(firstText(r)), ":") {
	case "合计", "总计", "小计", "共计", "total", "totals", "subtotal", "grandtotal", "sum":
		return true
	}
	return false
}
