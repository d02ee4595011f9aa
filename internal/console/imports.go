package console

import (
	"context"
	"maps"
	"slices"

	"milepost/internal/exchange"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// importRoutes are imports: upload, plan, second person, result.
func (c *Console) importRoutes(m routes) {
	reading := exchange.NewGate()
	m.page("GET /imports", c.imports)
	m.page("GET /imports/new", func(q *request) error { return c.newImport(q, reading) })
	m.page("POST /imports/new", func(q *request) error { return c.newImport(q, reading) })
	m.page("GET /imports/{import}", c.oneImport)
	m.page("GET /imports/{import}/apply", c.applyImport)
	m.page("POST /imports/{import}/apply", c.applyImport)
	m.page("GET /imports/{import}/discard", c.discardImport)
	m.page("POST /imports/{import}/discard", c.discardImport)
}

// manages reports whether the reader is a programme manager of a programme
// today.
func (q *request) manages(p ident.Programme) bool { return slices.Contains(q.importing(), p) }

// importing are the programmes of which the reader is a manager today.
func (q *request) importing() []ident.Programme {
	var out []ident.Programme
	for _, m := range q.call.Person.Memberships {
		if m.Role == portfolio.ProgrammeManager && m.Holds(q.today) {
			out = append(out, ident.Programme(m.Scope.ID))
		}
	}
	return out
}

// importList is the list of imports, the last first.
type importList struct {
	Rows                 []importLine
	Programmes, States   []option
	Programme, State     string
	Chips                []chip
	Pager                pager
	Export               string
	New                  bool // the reader may prepare one
	ProgrammesAreSeveral bool
}

// importLine is an import with how far it is.
type importLine struct {
	tracker.ImportView
	Href string
	Did  int // rows with a result
}

func lineOf(i tracker.ImportView) importLine {
	line := importLine{ImportView: i, Href: at("imports", i.ID)}
	for n := range maps.Values(i.Done) {
		line.Did += n
	}
	return line
}

func importStates() []schema.ImportState {
	return []schema.ImportState{schema.ImportPrepared, schema.ImportApplying, schema.ImportApplied, schema.ImportDiscarded}
}

func (c *Console) imports(q *request) error {
	programmes, err := q.programmeOptions()
	if err != nil {
		return err
	}
	view := importList{Programmes: programmes, States: options(q, "importState", importStates()...), New: len(q.importing()) > 0, Export: q.exportHref()}
	view.ProgrammesAreSeveral = len(programmes) > 1
	state := known(q, "state", importStates()...)
	for _, p := range programmes {
		if p.Value == q.URL.Query().Get("programme") {
			view.Programme = p.Value
			view.Chips = q.chip(view.Chips, "programme", q.text("console.imports.programme"), p.Text)
		}
	}
	if view.State = string(state); state != "" {
		view.Chips = q.chip(view.Chips, "state", q.text("console.imports.state"), c.Catalogs.Label(q.lang, "importState", view.State))
	}
	query := tracker.ImportsQuery{Programme: ident.Programme(view.Programme), State: state}
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ImportView], error) {
		return c.Tracker.Imports(ctx, q.call, query, p)
	}
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return q.exportImports(rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	for _, i := range page.Items {
		view.Rows = append(view.Rows, lineOf(i))
	}
	view.Pager = q.pager(len(page.Items), page.Next)
	return q.show("imports", q.text("console.imports.title"), view)
}

func (q *request) exportImports(rows []tracker.ImportView) error {
	var header []string
	for _, id := range []string{"id", "programme", "state", "files", "rows", "did", "leftOut", "history", "preparedBy", "preparedOn", "appliedBy", "appliedOn", "reason", "fingerprint"} {
		header = append(header, q.text("console.imports."+id))
	}
	name := func(n *tracker.Named) string { return namesOf(n).In(string(q.lang)) }
	var lines [][]string
	for _, i := range rows {
		lines = append(lines, []string{
			string(i.ID), name(&i.Programme), q.console.Catalogs.Label(q.lang, "importState", string(i.State)), q.words(i.Files), textOf(i.Rows), textOf(lineOf(i).Did),
			textOf(len(i.LeftOut)), q.text("console.imports.history." + textOf(i.History)), name(i.PreparedBy), i.PreparedOn.String(),
			name(i.AppliedBy), i.AppliedOn.String(), i.Reason, i.Fingerprint,
		})
	}
	return q.export("imports", header, lines)
}

// importHome is an import's page.
type importHome struct {
	importLine
	Called   string // by its files
	Results  []importResult
	Rows     []importRow
	Total    []money.Amount // of all rows, one for each unit; nil where they are too many to add up for a page
	Pager    pager
	Export   string
	Why      []string // why the reader may not do what its state takes
	MayApply bool
	MayEnd   bool // discard
	Resume   *form
	Form     *form
}

// importResult is how many rows had a result.
type importResult struct {
	Action schema.ImportAction
	N      int
}

// importRow is an award of an import, with what became of it.
type importRow struct {
	schema.ImportRow
	Award   string // its page, where it is there
	Problem string // why it was refused
}

// mostAdded is how many rows are added up for a page.
const mostAdded = 200

func (q *request) importHome() (*importHome, error) {
	i, err := q.tracker().Import(q.Context(), q.call, ident.Import(q.PathValue("import")))
	if err != nil {
		return nil, err
	}
	h := &importHome{importLine: lineOf(i), Called: clipped(q.words(i.Files)), Export: q.exportHref()}
	for _, a := range []schema.ImportAction{schema.ImportCreate, schema.ImportChange, schema.ImportLeave, schema.ImportRefuse} {
		if i.Done[a] > 0 {
			h.Results = append(h.Results, importResult{a, i.Done[a]})
		}
	}
	mine := i.PreparedBy != nil && i.PreparedBy.ID == string(q.call.Principal.Person)
	manages := q.manages(ident.Programme(i.Programme.ID))
	apply := slices.Contains(i.Legal, "apply")
	h.MayApply = apply && manages && i.History != mine
	h.MayEnd = slices.Contains(i.Legal, "discard") && manages
	switch {
	case !apply:
	case !manages:
		h.Why = append(h.Why, q.text("console.imports.why.role"))
	case i.History && mine:
		h.Why = append(h.Why, q.text("console.imports.why.second"))
	case !i.History && !mine:
		h.Why = append(h.Why, q.text("console.imports.why.preparer"))
	}
	return h, nil
}

func (c *Console) oneImport(q *request) error {
	h, err := q.importHome()
	if err != nil {
		return err
	}
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[schema.ImportRow], error) {
		return c.Tracker.ImportRows(ctx, q.call, h.ID, p)
	}
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return q.exportImportRows(rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	for _, r := range page.Items {
		h.Rows = append(h.Rows, q.importRow(r))
	}
	h.Pager = q.pager(len(page.Items), page.Next)
	if h.ImportView.Rows <= mostAdded {
		all := page.Items
		if page.Next != "" || h.Pager.First != "" {
			if all, err = everything(q.Context(), read); err != nil {
				return err
			}
		}
		var amounts []money.Amount
		for _, r := range all {
			amounts = append(amounts, r.Document.Amount)
		}
		if h.Total, err = addedUp(amounts); err != nil {
			return err
		}
	}
	if h.MayApply && h.State == schema.ImportApplying {
		h.Resume = q.form(h.Href+"/apply", 0)
	}
	return q.show("import", q.text("console.imports.one"), h)
}

// addedUp are the sums of amounts, one for each unit, in the order in which the
// units come.
func addedUp(amounts []money.Amount) ([]money.Amount, error) {
	var units []money.Unit
	of := map[money.Unit][]money.Amount{}
	for _, a := range amounts {
		if of[a.Unit()] == nil {
			units = append(units, a.Unit())
		}
		of[a.Unit()] = append(of[a.Unit()], a)
	}
	var out []money.Amount
	for _, u := range units {
		sum, err := money.Sum(u, of[u]...)
		if err != nil {
			return nil, err
		}
		out = append(out, sum)
	}
	return out, nil
}

func (q *request) importRow(r schema.ImportRow) importRow {
	row := importRow{ImportRow: r}
	if r.Result != nil {
		if r.Result.Award != "" {
			row.Award = at("awards", r.Result.Award)
		}
		if r.Result.Code != "" {
			row.Problem = q.text("fault."+r.Result.Code, "value", r.Document.Number)
		}
	}
	return row
}

func (q *request) exportImportRows(rows []schema.ImportRow) error {
	var header []string
	for _, id := range []string{"number", "award", "amount", "currency", "milestones", "history", "file", "row", "result", "problem"} {
		header = append(header, q.text("console.imports."+id))
	}
	var lines [][]string
	for _, r := range rows {
		row, result := q.importRow(r), ""
		if r.Result != nil {
			result = q.console.Catalogs.Label(q.lang, "importAction", string(r.Result.Action))
		}
		d := r.Document
		lines = append(lines, []string{
			d.Number, d.Title.In(string(q.lang)), d.Amount.Decimal(), d.Amount.Unit().Code(), textOf(len(d.Milestones)),
			q.text("console.imports.history." + textOf(r.History != nil)), r.Source.File, textOf(r.Source.Row), result, row.Problem,
		})
	}
	return q.export("import-rows", header, lines)
}
