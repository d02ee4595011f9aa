package exchange

import (
	"errors"
	"slices"

	"milepost/internal/exchange/sheet"
	"milepost/internal/fault"
)

// workbook reads an XLSX file into tables, or refuses it whole.
func (r *reader) workbook(f File) {
	at := Place{File: f.Name}
	if r.options.Workbooks == nil {
		r.fatal(at, "workbook.notRead")
		return
	}
	sheets, err := r.options.Workbooks(f.Data)
	if bad, ok := errors.AsType[*fault.Error](err); ok {
		r.fatal(at, bad.Code)
		r.problems[len(r.problems)-1].Args = bad.Args
		return
	}
	if err != nil {
		r.fatal(at, "workbook.damaged", "part", "workbook")
		return
	}
	r.out.Files = append(r.out.Files, FileReport{Name: f.Name})
	before := len(r.problems)
	var headers []header
	known := false
	var grids []grid
	for _, s := range sheets {
		g := gridOf(s)
		g.place.File = f.Name
		h := r.locate(g)
		grids, headers = append(grids, g), append(headers, h)
		known = known || h.kind != "" && !s.Hidden
	}
	for i, g := range grids {
		switch {
		case sheets[i].Hidden:
			r.note(g.place, "sheet.hidden")
		case len(g.rows) > 0:
			r.table(g, headers[i], known)
		}
	}
	if !known && !slices.ContainsFunc(r.problems[before:], Problem.Fatal) {
		r.fatal(at, "workbook.noTables")
	}
}

// gridOf is a sheet as it is read like any table.
func gridOf(s sheet.Sheet) grid {
	g := grid{place: Place{Sheet: s.Name}, date1904: s.Date1904, rows: make([]row, len(s.Rows))}
	for i, r := range s.Rows {
		g.rows[i] = row{no: r.No, cells: make([]cell, len(r.Cells))}
		for j, c := range r.Cells {
			g.rows[i].cells[j] = cell{text: c.Text, number: c.Number, formula: c.Formula}
		}
	}
	for _, m := range s.Merges {
		g.merges = append(g.merges, merge{top: m.Top, left: m.Left, bottom: m.Bottom, right: m.Right})
	}
	return g
}
