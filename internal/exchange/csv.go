package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"milepost/internal/exchange/sheet"
	"milepost/internal/fault"
)

// Encoding is how the text of a CSV file is written.
type Encoding string

// The encodings that are read.
const (
	UTF8    Encoding = "UTF-8"
	UTF8BOM Encoding = "UTF-8 with byte order mark"
	GB18030 Encoding = "GB18030"
)

// decode returns the text of a CSV file: UTF-8 where it is valid UTF-8, else
// GB18030 where it is that. The fault's code is csv.encoding.
func decode(data []byte) (string, Encoding, *fault.Error) {
	bad := fault.New(fault.Invalid, "csv.encoding")
	if bytes.IndexByte(data, 0) >= 0 || bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return "", "", bad
	}
	if rest, ok := bytes.CutPrefix(data, []byte("\ufeff")); ok {
		if !utf8.Valid(rest) {
			return "", "", bad
		}
		return string(rest), UTF8BOM, nil
	}
	if utf8.Valid(data) {
		return string(data), UTF8, nil
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return "", "", bad
	}
	return strings.TrimPrefix(string(text), "\ufeff"), GB18030, nil
}

// file reads one file into tables.
func (r *reader) file(f File) {
	at := Place{File: f.Name}
	size := r.options.MaxSize
	if size <= 0 {
		size = DefaultMaxSize
	}
	switch {
	case len(f.Data) > size:
		r.fatal(at, "file.tooLarge", "bytes", len(f.Data), "max", size)
	case len(bytes.TrimSpace(f.Data)) == 0:
		r.fatal(at, "file.empty")
	case sheet.IsZip(f.Data) || sheet.IsCompound(f.Data):
		r.workbook(f)
	default:
		r.csv(f)
	}
}

// csv reads a CSV file with the delimiter under which its header is
// recognised best; of equals, comma, semicolon, tab in this order.
func (r *reader) csv(f File) {
	at := Place{File: f.Name}
	text, encoding, bad := decode(f.Data)
	if bad != nil {
		r.fatal(at, bad.Code)
		return
	}
	var best grid
	var bestHeader header
	var problem *fault.Error
	delimiter := ""
	for _, d := range []rune{',', ';', '\t'} {
		g, bad := parseCSV(text, d)
		g.place = at
		h := r.locate(g)
		if delimiter == "" || h.score() > bestHeader.score() {
			best, bestHeader, problem, delimiter = g, h, bad, string(d)
		}
	}
	if problem != nil {
		r.fatal(at, problem.Code)
		r.problems[len(r.problems)-1].Args = problem.Args
		return
	}
	r.out.Files = append(r.out.Files, FileReport{Name: f.Name, Encoding: encoding, Delimiter: delimiter})
	r.table(best, bestHeader, false)
}

// parseCSV reads records; where one cannot be read, the rows before it and the
// fault csv.malformed with its line. A record over several lines is one row,
// as spreadsheet programs show it, and an empty line counts as a row.
func parseCSV(text string, delimiter rune) (grid, *fault.Error) {
	cr := csv.NewReader(strings.NewReader(text))
	cr.Comma, cr.FieldsPerRecord = delimiter, -1
	g := grid{semicolon: delimiter == ';'}
	cells := 0
	broken := 0 // line ends inside cells so far
	for {
		record, err := cr.Read()
		if err == io.EOF {
			return g, nil
		}
		if err != nil {
			line := 0
			if pe := (*csv.ParseError)(nil); errors.As(err, &pe) {
				line = pe.Line
			}
			return g, fault.New(fault.Invalid, "csv.malformed", "line", line)
		}
		line, _ := cr.FieldPos(0)
		if cells += len(record); cells > sheet.MaxCells {
			return g, fault.New(fault.TooLarge, "file.tooManyCells", "max", sheet.MaxCells)
		}
		row := row{no: line - broken, cells: make([]cell, len(record))}
		for i, field := range record {
			row.cells[i] = cell{text: field}
			broken += strings.Count(field, "\n")
		}
		if !row.empty() {
			g.rows = append(g.rows, row)
		}
	}
}
