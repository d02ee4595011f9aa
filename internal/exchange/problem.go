package exchange

import "milepost/internal/fault"

// Severity says whether a problem stands in the way.
type Severity string

// The severities.
const (
	Error Severity = "error" // refuses its award, its file, or everything
	Note  Severity = "note"  // something that was seen and left as it is
)

// Place is where something stands in the files: row 1 is the first row of the
// sheet as a spreadsheet program shows it, 0 means the sheet or file itself.
type Place struct {
	File  string
	Sheet string // empty in CSV
	Row   int
}

// Problem is one thing about the files that somebody must know. Code and Args
// are text in package i18n.
type Problem struct {
	Place
	Column   string // the header, as written
	Code     string
	Args     fault.Args
	Severity Severity
	Award    string // the award's reference, where it is known
}

// Fatal reports whether the problem keeps everything from being imported,
// because a whole file or table could not be read: without it the rest would
// be imported wrong.
func (p Problem) Fatal() bool {
	return p.Severity == Error && p.Row == 0 && p.Award == ""
}

// args makes fault.Args of alternating names and values.
func args(pairs ...any) fault.Args {
	if len(pairs) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "", pairs...).Args
}

// fatal records a problem of a file or sheet as a whole.
func (r *reader) fatal(at Place, code string, pairs ...any) {
	at.Row = 0
	r.problems = append(r.problems, Problem{Place: at, Code: code, Args: args(pairs...), Severity: Error})
}

// note records something seen.
func (r *reader) note(at Place, code string, pairs ...any) {
	r.problems = append(r.problems, Problem{Place: at, Code: code, Args: args(pairs...), Severity: Note})
}

// refuse records a problem of a record's cell and refuses its award.
func (r *reader) refuse(rec record, c column, code string, pairs ...any) {
	p := Problem{
		Place: rec.place(), Column: rec.header(c), Code: code,
		Args: args(pairs...), Severity: Error, Award: rec.ref(),
	}
	r.refused[p.Award] = true
	r.problems = append(r.problems, p)
}

// refuseFor is refuse with the code and arguments of a fault.
func (r *reader) refuseFor(rec record, c column, err *fault.Error) {
	r.refuse(rec, c, err.Code)
	r.problems[len(r.problems)-1].Args = err.Args
}
