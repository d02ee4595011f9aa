package exchange

import (
	"encoding/csv"
	"io"
	"strings"
)

// WriteCSV writes a list for spreadsheet programs: UTF-8 with a byte order
// mark, CRLF, RFC 4180. A cell that such a program would run as a formula gets
// an apostrophe in front; plain negative numbers stay as they are.
func WriteCSV(w io.Writer, header []string, rows [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	cw := csv.NewWriter(w)
	cw.UseCRLF = true
	for _, row := range append([][]string{header}, rows...) {
		guarded := make([]string, len(row))
		for i, cell := range row {
			guarded[i] = guard(cell)
		}
		if err := cw.Write(guarded); err != nil {
			return err
		}
	}
	cw.Flush()
	return cw.Error()
}

func guard(cell string) string {
	start := strings.TrimLeft(cell, " ")
	if start == "" || !strings.ContainsRune("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", []rune(start)[0]) || negative(cell) {
		return cell
	}
	return "'" + cell
}

// negative reports whether s is a plain negative decimal such as -12.50.
func negative(s string) bool {
	digits, ok := strings.CutPrefix(s, "-")
	return ok && plainDecimal(digits)
}
