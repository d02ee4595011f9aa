package api

import (
	"context"
	"slices"

	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// ImportPlan is what an import would do.
type ImportPlan struct {
	Programme   ident.Programme    `json:"programme"`
	Payee       ident.Organisation `json:"payee"`
	Funder      ident.Organisation `json:"funder"`
	Files       []ImportFile       `json:"files"`
	Fingerprint string             `json:"fingerprint" doc:"SHA-256 of the files"`
	History     bool               `json:"history" doc:"Awards come with what happened: another person than prepares the import applies it"`
	Counts      ImportCounts       `json:"counts"`
	Awards      []ImportAward      `json:"awards"`
	Problems    []ImportProblem    `json:"problems"`
}

// ImportFile says how a file was read.
type ImportFile struct {
	Name      string        `json:"name"`
	Encoding  string        `json:"encoding,omitempty" doc:"Of CSV: UTF-8, UTF-8 with byte order mark, or GB18030"`
	Delimiter string        `json:"delimiter,omitempty" doc:"Of CSV"`
	Tables    []ImportTable `json:"tables"`
}

// ImportTable says what a sheet or CSV file was taken for.
type ImportTable struct {
	Sheet  string `json:"sheet,omitempty"`
	Kind   string `json:"kind" doc:"awards, milestones, events, awardEvents, amendments; eventSources and written are not read"`
	Header int    `json:"header" doc:"The last row of the header"`
	Rows   int    `json:"rows" doc:"Of data"`
}

// ImportCounts are what was found, and what would be done.
type ImportCounts struct {
	Create     int `json:"create"`
	Change     int `json:"change"`
	Leave      int `json:"leave"`
	Refuse     int `json:"refuse"`
	LeftOut    int `json:"leftOut" doc:"Awards agreed after the date given"`
	Milestones int `json:"milestones" doc:"Of the awards that are not refused"`
	Delivered  int `json:"delivered" doc:"Events, by kind"`
	Accepted   int `json:"accepted"`
	Rejected   int `json:"rejected"`
	Other      int `json:"other"`
}

// ImportAward is what would be done about an award.
type ImportAward struct {
	Ref    string              `json:"ref"`
	File   string              `json:"file"`
	Sheet  string              `json:"sheet,omitempty"`
	Row    int                 `json:"row"`
	Action schema.ImportAction `json:"action" enum:"create,change,leave,refuse"`
	Award  ident.Award         `json:"award,omitempty" doc:"The one that is there"`
	What   string              `json:"what" doc:"A sentence for people"`
}

// ImportProblem is one thing about the files that somebody must know.
type ImportProblem struct {
	File     string         `json:"file,omitempty"`
	Sheet    string         `json:"sheet,omitempty"`
	Row      int            `json:"row,omitempty" doc:"As a spreadsheet shows it; absent for the sheet or file itself"`
	Column   string         `json:"column,omitempty" doc:"The header, as written"`
	Award    string         `json:"award,omitempty"`
	Code     string         `json:"code" doc:"Stable: clients decide by it"`
	Severity string         `json:"severity" enum:"error,note"`
	Detail   string         `json:"detail" doc:"A sentence for people: what is wrong and what would be right"`
	Args     map[string]any `json:"args,omitempty" doc:"What the sentence mentions, for programs"`
}

// planned is a plan with what storing it needs.
type planned struct {
	plan  ImportPlan
	in    tracker.NewImport
	fatal []exchange.Problem
}

// plan reads the files and compares them with what is there.
func (a *API) plan(ctx context.Context, x *visit, f *importForm) (*planned, error) {
	t := a.options.Tracker
	parties, assumed, err := a.importParties(ctx, x, f)
	if err != nil {
		return nil, err
	}
	f.options.Workbooks = a.options.Workbooks
	portfolio, problems := exchange.Read(f.files, f.options)
	if assumed {
		problems = append(problems, exchange.Problem{Code: "import.funderAssumed", Severity: exchange.Note})
	}
	p := &planned{in: tracker.NewImport{Programme: parties.Programme, Fingerprint: portfolio.Fingerprint}}
	for _, file := range f.files {
		p.in.Files = append(p.in.Files, file.Name)
	}
	for n, award := range portfolio.Awards {
		p.in.Rows = append(p.in.Rows, award.Row(n+1, parties))
	}
	var rows []tracker.PlannedRow
	if len(p.in.Rows) > 0 {
		if rows, err = t.PlanImport(ctx, x.call, p.in); err != nil {
			return nil, err
		}
	}
	p.fatal = slices.DeleteFunc(slices.Clone(problems), func(p exchange.Problem) bool { return !p.Fatal() })
	for i, row := range rows {
		if row.Fault != nil {
			problems = append(problems, refusals(portfolio.Awards[i].Place, row)...)
		}
	}
	p.plan = a.describePlan(x, p, portfolio, rows, problems)
	p.plan.Payee, p.plan.Funder = parties.Payee, parties.Funder
	p.keep(rows)
	return p, nil
}

// importParties are whom the awards belong to. Who pays is said, else it is
// the caller's organisation, else it is assumed to be the payee, which a note
// in the plan says.
func (a *API) importParties(ctx context.Context, x *visit, f *importForm) (parties exchange.Parties, assumed bool, err error) {
	t := a.options.Tracker
	if parties.Programme, err = t.ProgrammeNamed(ctx, x.call, f.programme); err != nil {
		return parties, false, err
	}
	if parties.Payee, err = t.OrganisationNamed(ctx, "/payee", f.payee); err != nil {
		return parties, false, err
	}
	switch {
	case f.funder != "":
		parties.Funder, err = t.OrganisationNamed(ctx, "/funder", f.funder)
	case x.call.Principal.Organisation != "":
		parties.Funder = x.call.Principal.Organisation
	default:
		parties.Funder, assumed = parties.Payee, true
	}
	return parties, assumed, err
}

// refusals are the problems of a row that the tracker would refuse.
func refusals(at exchange.Place, row tracker.PlannedRow) []exchange.Problem {
	problem := func(code string, args fault.Args) exchange.Problem {
		return exchange.Problem{Place: at, Code: code, Args: args, Severity: exchange.Error, Award: row.Number}
	}
	if len(row.Fault.Fields) == 0 {
		return []exchange.Problem{problem(row.Fault.Code, row.Fault.Args)}
	}
	var all []exchange.Problem
	for _, field := range row.Fault.Fields {
		all = append(all, problem(field.Code, field.Args))
	}
	return all
}

// maxLeftOut is how many awards that were left out an import names.
const maxLeftOut = 1000

// keep leaves the rows out that would be refused, and numbers the rest anew.
func (p *planned) keep(rows []tracker.PlannedRow) {
	var kept []schema.ImportRow
	for i, row := range p.in.Rows {
		if rows[i].Action == schema.ImportRefuse {
			continue
		}
		row.Row = len(kept) + 1
		kept = append(kept, row)
	}
	p.in.Rows = kept
	for _, award := range p.plan.Awards {
		if award.Action == schema.ImportRefuse && len(p.in.LeftOut) < maxLeftOut {
			p.in.LeftOut = append(p.in.LeftOut, award.Ref)
		}
	}
}
