// Package sheet provides the cells of a workbook as plain values, so that who
// reads a portfolio need not know, or link, what opens the file.
package sheet

import (
	"bytes"
	"strings"
)

// Bounds of a sheet.
const (
	MaxRows  = 200_000 // the last row
	MaxCells = 500_000 // with the gaps in its rows
)

// IsZip recognises what a workbook is packed as.
func IsZip(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// IsCompound recognises the OLE compound file: an encrypted workbook, or one
// of a version before 2007.
func IsCompound(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
}

// Cell is one cell as it is stored: the text, whether the workbook holds it as
// a number, and whether a formula computed it.
type Cell struct {
	Text    string
	Number  bool
	Formula bool
}

// Row is a row with at least one cell that is not empty, and its number as a
// spreadsheet program shows it, from 1.
type Row struct {
	No    int
	Cells []Cell
}

// Empty reports whether nothing stands in the row.
func (r Row) Empty() bool {
	for _, c := range r.Cells {
		if strings.TrimSpace(c.Text) != "" || c.Formula {
			return false
		}
	}
	return true
}

// Merge is a merged range: rows from 1, columns from 0, all included.
type Merge struct{ Top, Left, Bottom, Right int }

// Holds reports whether a cell lies in the range.
func (m Merge) Holds(row, col int) bool {
	return m.Top <= row && row <= m.Bottom && m.Left <= col && col <= m.Right
}

// Sheet is one sheet of a workbook. One that the workbook hides has no rows.
type Sheet struct {
	Name     string
	Hidden   bool
	Date1904 bool // serials count from 1904
	Rows     []Row
	Merges   []Merge
}

// Covered reports whether a cell lies in a merged range and is not its first.
func (s Sheet) Covered(no, col int) bool {
	for _, m := range s.Merges {
		if m.Holds(no, col) {
			return no != m.Top || col != m.Left
		}
	}
	return false
}

// Reader opens a workbook. It refuses one whole, with a fault of code
// workbook.encrypted, workbook.legacy, workbook.macros, workbook.tooLarge or
// workbook.damaged.
type Reader func(data []byte) ([]Sheet, error)
