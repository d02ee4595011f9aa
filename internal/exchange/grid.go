package exchange

import (
	"cmp"
	"slices"
	"strings"
)

// cell is one cell as it is stored: the text, whether a workbook holds it as a
// number, and whether a formula computed it.
type cell struct {
	text    string
	number  bool
	formula bool
}

func (c cell) empty() bool { return strings.TrimSpace(c.text) == "" && !c.formula }

// row is a row with at least one cell that is not empty, and its number as a
// spreadsheet program shows it.
type row struct {
	no    int
	cells []cell
}

func (r row) at(col int) cell {
	if col < 0 || col >= len(r.cells) {
		return cell{}
	}
	return r.cells[col]
}

func (r row) empty() bool {
	for _, c := range r.cells {
		if !c.empty() {
			return false
		}
	}
	return true
}

// merge is a merged range: rows from 1, columns from 0, all included.
type merge struct{ top, left, bottom, right int }

func (m merge) holds(row, col int) bool {
	return m.top <= row && row <= m.bottom && m.left <= col && col <= m.right
}

// grid is the cells of a sheet or CSV file.
type grid struct {
	place     Place
	rows      []row
	merges    []merge
	date1904  bool
	semicolon bool // commas may be decimal points: no grouped numbers
}

// width is how many columns of the first n rows matter.
func (g grid) width(n int) int {
	width := 0
	for _, r := range g.rows[:min(n, len(g.rows))] {
		width = max(width, len(r.cells))
	}
	return min(width, maxColumns)
}

// maxColumns is how many columns are looked at for headers.
const maxColumns = 256

// shown is the text that a reader sees at a cell: a merged range shows its
// first cell everywhere.
func (g grid) shown(i, col int) string {
	if i >= len(g.rows) {
		return ""
	}
	r := g.rows[i]
	if c := r.at(col); !c.empty() {
		return c.text
	}
	for _, m := range g.merges {
		if m.holds(r.no, col) {
			return g.textAt(m.top, m.left)
		}
	}
	return ""
}

// spanned reports whether a merged range reaches a cell from its left.
func (g grid) spanned(no, col int) bool {
	for _, m := range g.merges {
		if m.holds(no, col) && m.left < col {
			return true
		}
	}
	return false
}

func (g grid) textAt(no, col int) string {
	i, ok := slices.BinarySearchFunc(g.rows, no, func(r row, no int) int { return cmp.Compare(r.no, no) })
	if !ok {
		return ""
	}
	return g.rows[i].at(col).text
}
