package exchange

import (
	"context"
	"errors"
	"slices"

	"milepost/internal/civil"
	"milepost/internal/exchange/sheet"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// Ask is what somebody wants to be imported: files, and choices as they were
// typed.
type Ask struct {
	Programme      string   // id or code; "" where the caller manages only one
	Payee, Funder  string   // id, code or name; no funder means the caller's organisation
	Assets         []string // see ParseAssets
	Total          string   // TotalStrict or TotalMilestones
	Until          string   // a date, or ""
	AcceptFormulas []string
	Files          []File
	Workbooks      sheet.Reader // see Options
}

// Options reads the choices; what is wrong with them is told together, each at
// the name of its field.
func (a Ask) Options() (Options, error) {
	o := Options{Total: a.Total, AcceptFormulas: a.AcceptFormulas, Workbooks: a.Workbooks}
	var fields []fault.Field
	at := func(pointer string, err error) {
		if bad, ok := errors.AsType[*fault.Error](err); ok {
			fields = append(fields, fault.Field{Pointer: pointer, Code: bad.Code, Args: bad.Args})
		}
	}
	if len(a.Files) == 0 {
		fields = append(fields, fault.At("/files", "field.required"))
	}
	if a.Payee == "" {
		fields = append(fields, fault.At("/payee", "field.required"))
	}
	var err error
	o.Assets, err = ParseAssets(a.Assets)
	at("/assets", err)
	if a.Total != TotalStrict && a.Total != TotalMilestones {
		fields = append(fields, fault.At("/total", "field.badValue", "allowed", []string{TotalMilestones}))
	}
	if a.Until != "" {
		o.Until, err = civil.Parse(a.Until)
		at("/until", err)
	}
	return o, fault.InvalidFields(fields...)
}

// Plan is what an import would do.
type Plan struct {
	Parties   Parties
	Portfolio *Portfolio
	Rows      []tracker.PlannedRow // one for each award of the portfolio
	Problems  []Problem            // of the files, and of rows that would be refused
	Import    tracker.NewImport    // what preparing it stores: without what is refused
	fatal     []Problem
}

// PlanImport reads the files that somebody asks to import and compares them
// with what is there. It stores nothing.
func PlanImport(ctx context.Context, t *tracker.Tracker, c tracker.Call, a Ask) (*Plan, error) {
	options, err := a.Options()
	if err != nil {
		return nil, err
	}
	p := &Plan{}
	assumed, err := p.find(ctx, t, c, a)
	if err != nil {
		return nil, err
	}
	p.Portfolio, p.Problems = Read(a.Files, options)
	if assumed {
		p.Problems = append(p.Problems, Problem{Code: "import.funderAssumed", Severity: Note})
	}
	p.Import = tracker.NewImport{Programme: p.Parties.Programme, Fingerprint: p.Portfolio.Fingerprint}
	for _, file := range a.Files {
		p.Import.Files = append(p.Import.Files, file.Name)
	}
	for n, award := range p.Portfolio.Awards {
		p.Import.Rows = append(p.Import.Rows, award.Row(n+1, p.Parties))
	}
	if len(p.Import.Rows) > 0 {
		if p.Rows, err = t.PlanImport(ctx, c, p.Import); err != nil {
			return nil, err
		}
	}
	p.fatal = slices.DeleteFunc(slices.Clone(p.Problems), func(p Problem) bool { return !p.Fatal() })
	for i, row := range p.Rows {
		if row.Fault != nil {
			p.Problems = append(p.Problems, refusals(p.Portfolio.Awards[i].Place, row)...)
		}
	}
	p.keep()
	return p, nil
}

// find finds whom the awards belong to. Who pays is said, else it is the
// caller's organisation, else it is assumed to be the payee, which a note in
// the plan says.
func (p *Plan) find(ctx context.Context, t *tracker.Tracker, c tracker.Call, a Ask) (assumed bool, err error) {
	to := &p.Parties
	if to.Programme, err = t.ProgrammeNamed(ctx, c, a.Programme); err != nil {
		return false, err
	}
	if to.Payee, err = t.OrganisationNamed(ctx, "/payee", a.Payee); err != nil {
		return false, err
	}
	switch {
	case a.Funder != "":
		to.Funder, err = t.OrganisationNamed(ctx, "/funder", a.Funder)
	case c.Principal.Organisation != "":
		to.Funder = c.Principal.Organisation
	default:
		to.Funder, assumed = to.Payee, true
	}
	return assumed, err
}

// refusals are the problems of a row that the tracker would refuse.
func refusals(at Place, row tracker.PlannedRow) []Problem {
	problem := func(code string, args fault.Args) Problem {
		return Problem{Place: at, Code: code, Args: args, Severity: Error, Award: row.Number}
	}
	if len(row.Fault.Fields) == 0 {
		return []Problem{problem(row.Fault.Code, row.Fault.Args)}
	}
	var all []Problem
	for _, field := range row.Fault.Fields {
		all = append(all, problem(field.Code, field.Args))
	}
	return all
}

// Refused are the awards that would not be imported, each by its first problem.
func (p *Plan) Refused() []Problem {
	var out []Problem
	seen := map[string]bool{}
	for _, problem := range p.Problems {
		if problem.Severity != Error || problem.Award == "" || seen[problem.Award] {
			continue
		}
		seen[problem.Award] = true
		out = append(out, problem)
	}
	return out
}

// maxLeftOut is how many awards that were left out an import names.
const maxLeftOut = 1000

// keep leaves the rows out that would be refused, and numbers the rest anew.
func (p *Plan) keep() {
	var kept []schema.ImportRow
	for i, row := range p.Import.Rows {
		if p.Rows[i].Action == schema.ImportRefuse {
			continue
		}
		row.Row = len(kept) + 1
		kept = append(kept, row)
	}
	p.Import.Rows = kept
	for _, problem := range p.Refused() {
		if len(p.Import.LeftOut) < maxLeftOut {
			p.Import.LeftOut = append(p.Import.LeftOut, problem.Award)
		}
	}
}

// Storable refuses a plan of which nothing, or not the whole, could be kept.
// Faults: import.nothing; import.fatal, with what is wrong at each file.
func (p *Plan) Storable() error {
	if len(p.fatal) == 0 {
		if len(p.Import.Rows) == 0 {
			return fault.New(fault.Invalid, "import.nothing")
		}
		return nil
	}
	f := fault.New(fault.Invalid, "import.fatal")
	for _, problem := range p.fatal {
		pointer := "/files"
		if problem.File != "" {
			pointer += "/" + problem.File
		}
		f.Fields = append(f.Fields, fault.Field{Pointer: pointer, Code: problem.Code, Args: problem.Args})
	}
	return f
}
