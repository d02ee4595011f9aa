// Package exchange provides import and export: it reads portfolios from CSV
// files and XLSX workbooks into plain values with a problem for whatever is
// wrong, plans what importing them would do, and writes lists as CSV. Reading
// only looks at bytes handed in.
package exchange

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/civil"
	"milepost/internal/exchange/sheet"
	"milepost/internal/fault"
	"milepost/internal/money"
)

// File is a file as it was handed in: its name (no folder) and its bytes.
type File struct {
	Name string
	Data []byte
}

// Totals of awards: what happens where an award's total is not the sum of its
// milestones.
const (
	TotalStrict     = ""           // a problem
	TotalMilestones = "milestones" // the sum is taken, and a note says so
)

// Options are the choices of whoever imports.
type Options struct {
	// Assets declares codes that are no ISO currency, with their decimals; see
	// ParseAssets.
	Assets map[string]int
	// Total is TotalStrict or TotalMilestones.
	Total string
	// Until, where it is set, disregards what was agreed, amended or happened
	// after it: later awards are left out, later amendments are undone.
	Until civil.Date
	// AcceptFormulas names columns by their header, in whose cells the stored
	// value of a formula is used.
	AcceptFormulas []string
	// Workbooks opens XLSX workbooks; xlsx.Read is one. Where it is nil,
	// workbooks are refused (workbook.notRead).
	Workbooks sheet.Reader
	// MaxSize bounds each file in bytes; 0 means DefaultMaxSize.
	MaxSize int
}

// DefaultMaxSize is the largest file that is read, in bytes.
const DefaultMaxSize = 20 << 20

// ParseAssets reads declarations of the form CODE=EXPONENT. Faults:
// asset.malformed, asset.twice, and those of money.Asset.
func ParseAssets(declarations []string) (map[string]int, error) {
	assets := make(map[string]int, len(declarations))
	for _, d := range declarations {
		code, digits, ok := strings.Cut(d, "=")
		code = strings.TrimSpace(code)
		exponent, err := strconv.Atoi(strings.TrimSpace(digits))
		if !ok || err != nil {
			return nil, fault.New(fault.Invalid, "asset.malformed", "value", clip(d))
		}
		if _, err := money.Asset(code, exponent); err != nil {
			return nil, err
		}
		if _, twice := assets[code]; twice {
			return nil, fault.New(fault.Invalid, "asset.twice", "currency", code)
		}
		assets[code] = exponent
	}
	return assets, nil
}

// Read reads the tables of files into a portfolio. A wrong row refuses its
// award as a whole and no other; a problem that is Fatal leaves the portfolio
// without awards. The portfolio is never nil.
func Read(files []File, o Options) (*Portfolio, []Problem) {
	r := &reader{
		options: o,
		words:   words(),
		out:     &Portfolio{Fingerprint: fingerprint(files)},
		drafts:  map[string]*draft{},
		refused: map[string]bool{},
	}
	for _, f := range files {
		r.file(f)
	}
	r.awards()
	r.milestones()
	r.amendments()
	r.events()
	r.finish()
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(fileIndex(files, a.File), fileIndex(files, b.File)),
			cmp.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row))
	})
	return r.out, r.problems
}

// reader is what one Read gathers.
type reader struct {
	options  Options
	words    map[string][]column
	out      *Portfolio
	problems []Problem
	tables   []*table
	order    []string // of award references
	drafts   map[string]*draft
	refused  map[string]bool // by award reference
}

func (r *reader) ofKind(k kind) []*table {
	var of []*table
	for _, t := range r.tables {
		if t.kind == k {
			of = append(of, t)
		}
	}
	return of
}

func fileIndex(files []File, name string) int {
	return slices.IndexFunc(files, func(f File) bool { return f.Name == name })
}

// fingerprint is the SHA-256 over the files in order of their names.
func fingerprint(files []File) string {
	sorted := slices.Clone(files)
	slices.SortStableFunc(sorted, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	h := sha256.New()
	for _, f := range sorted {
		for _, part := range [][]byte{[]byte(f.Name), f.Data} {
			h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
			h.Write(part)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// clip shortens what a problem repeats from a file.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

func refusal(code string, pairs ...any) *fault.Error { return fault.New(fault.Invalid, code, pairs...) }
