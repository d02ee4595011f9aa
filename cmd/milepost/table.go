package main

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/width"
)

// table is text in columns. A Chinese character is as wide as two letters, so
// that text/tabwriter, which counts characters, cannot set it.
type table struct {
	rows [][]string
}

func (t *table) row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = strings.TrimSpace(fmt.Sprint(c))
	}
	t.rows = append(t.rows, row)
}

// write writes the table, each line after an indent.
func (t *table) write(w io.Writer, indent string) {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-columns(cell)+2))
		}
		fmt.Fprintln(w, indent+strings.TrimRight(line.String(), " "))
	}
}

// columns is how many columns of a terminal a text takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
