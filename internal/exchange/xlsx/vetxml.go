package xlsx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"milepost/internal/exchange/sheet"
)

var (
	errTooLarge  = errors.New("beyond the bounds of a workbook")
	errMalformed = errors.New("malformed part of a workbook")
)

// xml checks that a part is well-formed, has one root and no DOCTYPE, and,
// where it is a sheet or the shared strings, that nothing in it would make
// excelize leave cells out.
func (v *vetting) xml(content []byte) error {
	d := xml.NewDecoder(bytes.NewReader(content))
	var s *cells
	depth, roots, inStrings := 0, 0, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if roots != 1 {
				return errMalformed
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.Directive:
			return errMalformed
		case xml.CharData:
			if depth == 0 && len(bytes.Trim(t, " \t\r\n\ufeff")) > 0 {
				return errMalformed
			}
			if v.inString += len(t); v.inString > maxString && s == nil && inStrings {
				return errTooLarge
			}
			s.text(t)
		case xml.StartElement:
			if depth++; depth == 1 {
				roots++
				if t.Name.Local == "worksheet" {
					s = &cells{}
				}
			}
			if depth > maxDepth {
				return errTooLarge
			}
			if t.Name.Local == "si" && depth == 2 {
				v.strings++
				v.inString, inStrings = 0, true
			}
			if err := s.start(t); err != nil {
				return err
			}
		case xml.EndElement:
			depth--
			if err := v.end(s, t.Name.Local); err != nil {
				return err
			}
		}
	}
}

// end notes the shared string that a cell names.
func (v *vetting) end(s *cells, element string) error {
	if s == nil || element != "v" || !s.inValue {
		return nil
	}
	s.inValue = false
	index, err := strconv.Atoi(strings.TrimSpace(s.value))
	if err != nil || index < 0 {
		return errMalformed
	}
	v.maxString = max(v.maxString, index)
	return nil
}

// targets reports whether the parts that a workbook names are all there.
func (v *vetting) targets(rels []byte) bool {
	var r struct {
		Relationship []struct {
			Target     string `xml:"Target,attr"`
			TargetMode string `xml:"TargetMode,attr"`
		} `xml:"Relationship"`
	}
	if xml.Unmarshal(rels, &r) != nil {
		return false
	}
	for _, rel := range r.Relationship {
		if strings.EqualFold(rel.TargetMode, "External") {
			continue
		}
		name, absolute := strings.CutPrefix(rel.Target, "/")
		if !absolute {
			name = path.Join("xl", name)
		}
		if !v.parts[strings.ToLower(name)] {
			return false
		}
	}
	return true
}

// cells follows the rows and cells of a worksheet. Rows and cells must come in
// ascending order, each cell in its own row.
type cells struct {
	row, col int // of the last one seen, from 1
	width    int // of the row so far, already in cells
	cells    int
	merges   int
	shared   bool // the present cell names a shared string
	inValue  bool // inside the value of such a cell
	value    string
}

func (s *cells) start(e xml.StartElement) error {
	if s == nil {
		return nil
	}
	switch e.Name.Local {
	case "row":
		return s.startRow(attribute(e, "r"))
	case "c":
		s.shared = attribute(e, "t") == "s"
		return s.startCell(attribute(e, "r"))
	case "v":
		s.inValue, s.value = s.shared, ""
	case "mergeCell":
		if s.merges++; s.merges > maxMerges {
			return errTooLarge
		}
	}
	return nil
}

func (s *cells) text(t xml.CharData) {
	if s != nil && s.inValue {
		s.value += string(t)
	}
}

func (s *cells) startRow(ref string) error {
	next := s.row + 1
	if ref != "" {
		n, err := strconv.Atoi(ref)
		if err != nil || n < next {
			return errMalformed
		}
		next = n
	}
	s.row, s.col, s.width = next, 0, 0
	if s.row > sheet.MaxRows {
		return errTooLarge
	}
	return nil
}

func (s *cells) startCell(ref string) error {
	next := s.col + 1
	if ref != "" {
		col, row, err := excelize.CellNameToCoordinates(ref)
		if err != nil || row != s.row || col < next {
			return errMalformed
		}
		next = col
	}
	s.col = next
	s.cells += s.col - s.width
	s.width = s.col
	if s.cells > sheet.MaxCells {
		return errTooLarge
	}
	return nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}
