package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"
)

// workbook reads an XLSX file into tables, or refuses it whole.
func (r *reader) workbook(f File) {
	at := Place{File: f.Name}
	if bad := vet(f.Data); bad != nil {
		r.fatal(at, bad.Code)
		r.problems[len(r.problems)-1].Args = bad.Args
		return
	}
	sheets, err := openSheets(f.Data)
	if errors.Is(err, errTooLarge) {
		r.fatal(at, "workbook.tooLarge", "what", "bytes", "max", maxUnzipped)
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
	for i := range sheets {
		sheets[i].place.File = f.Name
		h := r.locate(sheets[i].grid)
		headers = append(headers, h)
		known = known || h.kind != "" && !sheets[i].hidden
	}
	for i, s := range sheets {
		switch {
		case s.hidden:
			r.note(s.place, "sheet.hidden")
		case len(s.rows) > 0:
			r.table(s.grid, headers[i], known)
		}
	}
	if !known && !slices.ContainsFunc(r.problems[before:], Problem.Fatal) {
		r.fatal(at, "workbook.noTables")
	}
}

// openedSheet is a sheet's cells and whether the workbook hides it.
type openedSheet struct {
	grid
	hidden bool
}

// openSheets reads every sheet of a vetted workbook. A panic of the library on
// a file that no check foresaw counts as damage.
func openSheets(data []byte) (sheets []openedSheet, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("workbook library: %v", p)
		}
	}()
	x, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, // equal: nothing goes to a temporary file
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	props, err := x.GetWorkbookProps()
	if err != nil {
		return nil, err
	}
	for _, name := range x.GetSheetList() {
		visible, err := x.GetSheetVisible(name)
		if err != nil {
			return nil, err
		}
		g := grid{place: Place{Sheet: name}, date1904: props.Date1904 != nil && *props.Date1904}
		if visible {
			if err := g.fill(x, name); err != nil {
				return nil, err
			}
		}
		sheets = append(sheets, openedSheet{g, !visible})
	}
	return sheets, nil
}

// fill reads a sheet's rows. Not GetRows: it breaks off at an error without
// saying so.
func (g *grid) fill(x *excelize.File, name string) error {
	rows, err := x.Rows(name)
	if err != nil {
		return err
	}
	size := 0
	for no := 1; rows.Next(); no++ {
		texts, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		r := row{no: no, cells: make([]cell, len(texts))}
		for i, text := range texts {
			r.cells[i].text = text
			size += len(text)
		}
		if size > maxUnzipped { // one shared string may stand in many cells
			return errTooLarge
		}
		if len(r.cells) > 0 {
			g.rows = append(g.rows, r)
		}
	}
	if err := errors.Join(rows.Error(), rows.Close()); err != nil {
		return err
	}
	if len(g.rows) == 0 {
		return nil // a chart sheet, for one, has no cells to ask about
	}
	if err := g.fillMerges(x, name); err != nil {
		return err
	}
	return g.fillKinds(x, name)
}

// fillMerges reads the merged ranges.
func (g *grid) fillMerges(x *excelize.File, name string) error {
	ranges, err := x.GetMergeCells(name, true)
	if err != nil {
		return err
	}
	for _, m := range ranges {
		left, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			return err
		}
		right, bottom, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil {
			return err
		}
		g.merges = append(g.merges, merge{top: top, left: left - 1, bottom: bottom, right: right - 1})
	}
	return nil
}

// fillKinds asks of each cell whether it is a number or computed, and drops
// rows that hold nothing.
func (g *grid) fillKinds(x *excelize.File, name string) error {
	kept := g.rows[:0]
	for _, r := range g.rows {
		for i := range r.cells {
			if r.cells[i].text == "" && g.covered(r.no, i) {
				continue // excelize would answer for the first cell of the range
			}
			ref, err := excelize.CoordinatesToCellName(i+1, r.no)
			if err != nil {
				return err
			}
			formula, err := x.GetCellFormula(name, ref)
			if err != nil {
				return err
			}
			kind, err := x.GetCellType(name, ref)
			if err != nil {
				return err
			}
			r.cells[i].formula = formula != ""
			r.cells[i].number = kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset
		}
		if !r.empty() {
			kept = append(kept, r)
		}
	}
	g.rows = kept
	return nil
}
