// Package xlsx provides the reading of XLSX workbooks into plain cells. A
// workbook is judged before it is opened, and refused whole.
package xlsx

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"

	"milepost/internal/exchange/sheet"
)

// Read opens a workbook; it is a sheet.Reader.
func Read(data []byte) ([]sheet.Sheet, error) {
	if bad := vet(data); bad != nil {
		return nil, bad
	}
	sheets, err := open(data)
	if errors.Is(err, errTooLarge) {
		return nil, refusal("workbook.tooLarge", "what", "bytes", "max", maxUnzipped)
	}
	if err != nil {
		return nil, refusal("workbook.damaged", "part", "workbook")
	}
	return sheets, nil
}

// open reads every sheet of a vetted workbook. A panic of the library on a file
// that no check foresaw counts as damage.
func open(data []byte) (sheets []sheet.Sheet, err error) {
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
		s := sheet.Sheet{Name: name, Hidden: !visible, Date1904: props.Date1904 != nil && *props.Date1904}
		if visible {
			if err := fill(&s, x); err != nil {
				return nil, err
			}
		}
		sheets = append(sheets, s)
	}
	return sheets, nil
}

// fill reads a sheet's rows. Not GetRows: it breaks off at an error without
// saying so.
func fill(s *sheet.Sheet, x *excelize.File) error {
	rows, err := x.Rows(s.Name)
	if err != nil {
		return err
	}
	size := 0
	for no := 1; rows.Next(); no++ {
		texts, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		r := sheet.Row{No: no, Cells: make([]sheet.Cell, len(texts))}
		for i, text := range texts {
			r.Cells[i].Text = text
			size += len(text)
		}
		if size > maxUnzipped { // one shared string may stand in many cells
			return errTooLarge
		}
		if len(r.Cells) > 0 {
			s.Rows = append(s.Rows, r)
		}
	}
	if err := errors.Join(rows.Error(), rows.Close()); err != nil {
		return err
	}
	if len(s.Rows) == 0 {
		return nil // a chart sheet, for one, has no cells to ask about
	}
	if err := fillMerges(s, x); err != nil {
		return err
	}
	return fillKinds(s, x)
}

// fillMerges reads the merged ranges.
func fillMerges(s *sheet.Sheet, x *excelize.File) error {
	ranges, err := x.GetMergeCells(s.Name, true)
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
		s.Merges = append(s.Merges, sheet.Merge{Top: top, Left: left - 1, Bottom: bottom, Right: right - 1})
	}
	return nil
}

// fillKinds asks of each cell whether it is a number or computed, and drops
// rows that hold nothing.
func fillKinds(s *sheet.Sheet, x *excelize.File) error {
	kept := s.Rows[:0]
	for _, r := range s.Rows {
		for i := range r.Cells {
			if r.Cells[i].Text == "" && s.Covered(r.No, i) {
				continue // excelize would answer for the first cell of the range
			}
			ref, err := excelize.CoordinatesToCellName(i+1, r.No)
			if err != nil {
				return err
			}
			formula, err := x.GetCellFormula(s.Name, ref)
			if err != nil {
				return err
			}
			kind, err := x.GetCellType(s.Name, ref)
			if err != nil {
				return err
			}
			r.Cells[i].Formula = formula != ""
			r.Cells[i].Number = kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset
		}
		if !r.Empty() {
			kept = append(kept, r)
		}
	}
	s.Rows = kept
	return nil
}
