package api

import (
	"strings"

	"milepost/internal/award"
	"milepost/internal/exchange"
	"milepost/internal/money"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// describePlan turns what was read and planned into an answer in the caller's
// language.
func (a *API) describePlan(x *visit, p *exchange.Plan) ImportPlan {
	plan := ImportPlan{
		Programme: p.Parties.Programme, Payee: p.Parties.Payee, Funder: p.Parties.Funder, Fingerprint: p.Import.Fingerprint,
		Files: importFiles(p.Portfolio), Awards: []ImportAward{}, Problems: []ImportProblem{},
	}
	c := &plan.Counts
	c.LeftOut = p.Portfolio.Counts.LeftOut
	for i, row := range p.Rows {
		from := p.Portfolio.Awards[i]
		award := ImportAward{Ref: from.Ref, File: from.File, Sheet: from.Sheet, Row: from.Place.Row, Action: row.Action, Award: row.Award}
		switch row.Action {
		case schema.ImportCreate:
			c.Create++
		case schema.ImportChange:
			c.Change++
		case schema.ImportLeave:
			c.Leave++
		case schema.ImportRefuse:
			continue // its problems stand in the list
		}
		c.count(from)
		plan.History = plan.History || from.History
		award.What = a.whatOf(x, from, row)
		plan.Awards = append(plan.Awards, award)
	}
	for _, problem := range p.Problems {
		plan.Problems = append(plan.Problems, a.describeProblem(x, problem))
	}
	for _, problem := range p.Refused() {
		c.Refuse++
		plan.Awards = append(plan.Awards, ImportAward{
			Ref: problem.Award, File: problem.File, Sheet: problem.Sheet, Row: problem.Row, Action: schema.ImportRefuse,
			What: a.describeProblem(x, problem).Detail,
		})
	}
	return plan
}

// count adds an award's milestones and events.
func (c *ImportCounts) count(a exchange.Award) {
	c.Milestones += len(a.Milestones)
	for _, m := range a.Milestones {
		for _, e := range m.Events {
			switch e.Kind {
			case exchange.Delivered:
				c.Delivered++
			case exchange.Accepted:
				c.Accepted++
			case exchange.Rejected:
				c.Rejected++
			case exchange.Other:
				c.Other++
			}
		}
	}
}

func importFiles(portfolio *exchange.Portfolio) []ImportFile {
	files := []ImportFile{}
	for _, f := range portfolio.Files {
		file := ImportFile{Name: f.Name, Encoding: string(f.Encoding), Delimiter: f.Delimiter, Tables: []ImportTable{}}
		for _, t := range f.Tables {
			file.Tables = append(file.Tables, ImportTable{Sheet: t.Sheet, Kind: t.Kind, Header: t.Header, Rows: t.Rows})
		}
		files = append(files, file)
	}
	return files
}

func (a *API) describeProblem(x *visit, p exchange.Problem) ImportProblem {
	return ImportProblem{
		File: p.File, Sheet: p.Sheet, Row: p.Row, Column: p.Column, Award: p.Award, Code: p.Code, Severity: string(p.Severity),
		Detail: a.options.Catalogs.Text(x.language, "fault."+p.Code, p.Args), Args: known(p.Args),
	}
}

// whatOf is a sentence about what would be done.
func (a *API) whatOf(x *visit, from exchange.Award, row tracker.PlannedRow) string {
	texts := a.options.Catalogs
	amount := func(m money.Amount) string { return texts.AmountExact(x.language, m) }
	switch row.Action {
	case schema.ImportLeave:
		return texts.Text(x.language, "import.what.leave", nil)
	case schema.ImportChange:
		return texts.Text(x.language, "import.what.change", map[string]any{"members": strings.Join(row.Changed, ", ")})
	case schema.ImportCreate, schema.ImportRefuse:
	}
	args := map[string]any{"milestones": len(from.Milestones), "amount": amount(from.Amount), "project": row.Project}
	if row.Opened == nil {
		return texts.Text(x.language, "import.what.draft", args)
	}
	args["decided"] = 0
	for _, m := range row.Opened.Milestones {
		if m.State == award.Decided {
			args["decided"] = args["decided"].(int) + 1 //nolint:forcetypeassert // set above
		}
	}
	args["paid"] = amount(row.Opened.Totals.Paid)
	args["state"] = texts.Label(x.language, "awardState", string(row.Opened.Award.State))
	return texts.Text(x.language, "import.what.opened", args)
}

// ImportRow is an award of an import.
type ImportRow struct {
	Row        int                  `json:"row"`
	File       string               `json:"file"`
	SourceRow  int                  `json:"sourceRow" doc:"The row of the file"`
	Number     string               `json:"number"`
	Amount     money.Amount         `json:"amount"`
	Milestones int                  `json:"milestones"`
	History    bool                 `json:"history" doc:"It comes with what happened"`
	Result     *schema.ImportResult `json:"result,omitempty" doc:"What became of it; absent while it waits"`
	Detail     string               `json:"detail,omitempty" doc:"Of a refused row: why"`
}

func (a *API) importRows(x *visit, page tracker.Page[schema.ImportRow]) tracker.Page[ImportRow] {
	out := tracker.Page[ImportRow]{Items: []ImportRow{}, Next: page.Next}
	for _, r := range page.Items {
		v := ImportRow{
			Row: r.Row, File: r.Source.File, SourceRow: r.Source.Row, Number: r.Document.Number, Amount: r.Document.Amount,
			Milestones: len(r.Document.Milestones), History: r.History != nil, Result: r.Result,
		}
		if r.Result != nil && r.Result.Code != "" {
			v.Detail = a.options.Catalogs.Text(x.language, "fault."+r.Result.Code, map[string]any{"value": r.Document.Number})
		}
		out.Items = append(out.Items, v)
	}
	return out
}
