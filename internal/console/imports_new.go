package console

import (
	"context"
	"slices"
	"strings"

	"milepost/internal/award"
	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/i18n"
	"milepost/internal/money"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// mostPlanShown is how many problems, and how many awards, a plan's page
// shows; the file has them all.
const mostPlanShown = 50

// newImportPage is the form that takes files to import.
type newImportPage struct {
	Form       *form
	Programmes []option
	Parties    []option // organisations to choose from; nil where they are too many for a list
	Kept       []string // names of files that were sent before and need not be chosen again
	Most       int64    // MB of all files together
	Bytes      int64    // the same in bytes, where the script is to check it
	Workbooks  bool     // are taken beside CSV
	Managed    bool     // the reader manages a programme
	Templates  []exchange.Template
	Languages  []i18n.Language // of templates, the reader's first
}

// newImport reads files, says what importing them would do, and prepares it.
func (c *Console) newImport(q *request, reading *exchange.Gate) error {
	if !isPost(q) {
		if table := q.URL.Query().Get("template"); table != "" {
			return q.exportTemplate(table)
		}
		return c.askForFiles(q, q.form("/imports/new", 0), nil)
	}
	if err := c.Tracker.MayImport(q.call); err != nil { // before a long upload
		return err
	}
	f, files, err := q.sentImport()
	if f == nil {
		return err
	}
	if err != nil {
		return q.again(f, err, subject{}, func() error { return c.askForFiles(q, f, files) })
	}
	step := q.step()
	if step == "edit" {
		return c.askForFiles(q, f, files)
	}
	leave, err := reading.Enter(q.Context())
	if err != nil {
		return q.again(f, err, subject{}, func() error { return c.askForFiles(q, f, files) })
	}
	defer leave()
	ask := askOf(f, files)
	ask.Workbooks = c.Workbooks
	plan, err := exchange.PlanImport(q.Context(), c.Tracker, q.call, ask)
	if err != nil {
		return q.again(f, err, subject{}, func() error { return c.askForFiles(q, f, files) })
	}
	show := func() error { return c.showPlan(q, f, files, plan) }
	if was := f.Value("fingerprint"); was != "" && step != "check" && was != plan.Import.Fingerprint {
		return q.again(f, fault.New(fault.Conflict, "import.otherFiles"), subject{}, show)
	}
	switch step {
	case "check":
		return show()
	case "problems":
		return q.exportProblems(plan)
	}
	if err := plan.Storable(); err != nil {
		return q.again(f, fault.New(fault.Invalid, fault.CodeOf(err)), subject{}, show)
	}
	f.Values.Del(fieldArchive) // the fingerprint stands for it
	r, err := c.Tracker.PrepareImport(q.Context(), q.command(f), plan.Import)
	if err != nil {
		return q.again(f, err, subject{}, show)
	}
	to, err := importAddress(r)
	if err != nil {
		return err
	}
	return q.done(r, to)
}

// lines are the lines of a text that say something.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// askOf is what a form asks for.
func askOf(f *form, files []exchange.File) exchange.Ask {
	return exchange.Ask{
		Programme: f.Value("programme"), Payee: f.Value("payee"), Funder: f.Value("funder"), Assets: lines(f.Value("assets")),
		Total: f.Value("total"), Until: f.Value("until"), AcceptFormulas: lines(f.Value("acceptFormulas")), Files: files,
	}
}

func (c *Console) askForFiles(q *request, f *form, files []exchange.File) error {
	q.keepFiles(f, files)
	view := newImportPage{Form: f, Templates: exchange.Templates(), Languages: q.languages(), Most: q.mostImported() >> 20, Bytes: q.console.MaxBody, Workbooks: c.Workbooks != nil}
	if f.Value(fieldArchive) != "" {
		for _, file := range files {
			view.Kept = append(view.Kept, file.Name)
		}
	}
	managed := q.importing()
	all, err := q.programmes()
	if err != nil {
		return err
	}
	for _, p := range all {
		if slices.Contains(managed, p.ID) {
			view.Programmes = append(view.Programmes, option{Value: string(p.ID), Text: p.Names.In(string(q.lang))})
		}
	}
	view.Managed = len(managed) > 0
	if view.Managed {
		parties, more, err := choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.OrganisationView], error) {
			return c.Tracker.Organisations(ctx, q.call, "", p)
		}, func(o tracker.OrganisationView) option {
			return option{Value: string(o.ID), Text: o.Names.In(string(q.lang))}
		})
		if err != nil {
			return err
		}
		if !more {
			view.Parties = parties
		}
	}
	return q.show("import-new", q.text("console.imports.new.title"), view)
}

// planPage is what an import would do.
type planPage struct {
	*exchange.Plan
	Form       *form
	Names      [3]*tracker.Named // programme, payee, funder
	Counts     planCounts
	Awards     []plannedAward
	MoreAwards int
	Found      []planProblem
	MoreFound  int
	Errors     int
	Notes      int
	Cannot     string // why nothing can be prepared
	Again      bool   // the files are too large to be sent on: they are chosen again
	History    bool
}

// planCounts are what was found and would be made.
type planCounts struct {
	Create, Change, Leave, Refuse, LeftOut            int
	Milestones, Delivered, Accepted, Rejected, Others int
	Money                                             []money.Amount // of what would be made or changed, by unit
}

// plannedAward is what would be done about an award.
type plannedAward struct {
	exchange.Award
	Action schema.ImportAction
	What   string
	Href   string // of the one that is there
}

// planProblem is one thing about the files that somebody must know.
type planProblem struct {
	exchange.Problem
	Text string
}

func (q *request) planProblem(p exchange.Problem) planProblem {
	return planProblem{p, q.console.Catalogs.Text(q.lang, "fault."+p.Code, p.Args)}
}

func (c *Console) showPlan(q *request, f *form, files []exchange.File, plan *exchange.Plan) error {
	q.keepFiles(f, files)
	f.With("fingerprint", plan.Import.Fingerprint)
	view := planPage{Plan: plan, Form: f, Again: f.Value(fieldArchive) == ""}
	if err := plan.Storable(); err != nil {
		view.Cannot = q.text("fault." + fault.CodeOf(err))
	}
	names, err := q.partiesOf(plan.Parties)
	if err != nil {
		return err
	}
	view.Names = names
	var amounts []money.Amount
	for i, row := range plan.Rows {
		from := plan.Portfolio.Awards[i]
		if row.Action == schema.ImportRefuse {
			continue
		}
		if view.Counts.add(from, row.Action) {
			amounts = append(amounts, from.Amount)
		}
		view.History = view.History || from.History
		if len(view.Awards) == mostPlanShown {
			view.MoreAwards++
			continue
		}
		a := plannedAward{Award: from, Action: row.Action, What: q.whatOf(from, row)}
		if row.Award != "" {
			a.Href = at("awards", row.Award)
		}
		view.Awards = append(view.Awards, a)
	}
	if view.Counts.Money, err = addedUp(amounts); err != nil {
		return err
	}
	view.Counts.Refuse, view.Counts.LeftOut = len(plan.Refused()), plan.Portfolio.Counts.LeftOut
	for _, p := range plan.Problems {
		if p.Severity == exchange.Error {
			view.Errors++
		} else {
			view.Notes++
		}
	}
	first := slices.Clone(plan.Problems) // what stands in the way before what was only seen
	slices.SortStableFunc(first, func(a, b exchange.Problem) int { return strings.Compare(string(a.Severity), string(b.Severity)) })
	for _, p := range first[:min(len(first), mostPlanShown)] {
		view.Found = append(view.Found, q.planProblem(p))
	}
	view.MoreFound = len(first) - len(view.Found)
	return q.show("import-plan", q.text("console.imports.plan.title"), view)
}

// partiesOf are the names of whom the awards belong to.
func (q *request) partiesOf(p exchange.Parties) (names [3]*tracker.Named, err error) {
	programme, err := q.tracker().Programme(q.Context(), q.call, p.Programme)
	if err != nil {
		return names, err
	}
	names[0] = &tracker.Named{ID: string(programme.ID), Names: programme.Names}
	payee, err := q.tracker().Organisation(q.Context(), q.call, p.Payee)
	if err != nil {
		return names, err
	}
	names[1] = &tracker.Named{ID: string(payee.ID), Names: payee.Names}
	names[2] = names[1]
	if p.Funder != p.Payee {
		funder, err := q.tracker().Organisation(q.Context(), q.call, p.Funder)
		if err != nil {
			return names, err
		}
		names[2] = &tracker.Named{ID: string(funder.ID), Names: funder.Names}
	}
	return names, nil
}

// add counts an award with its milestones and events; it reports whether it
// would be made or changed.
func (n *planCounts) add(a exchange.Award, action schema.ImportAction) bool {
	switch action {
	case schema.ImportCreate:
		n.Create++
	case schema.ImportChange:
		n.Change++
	case schema.ImportLeave, schema.ImportRefuse:
		n.Leave++
		return false
	}
	n.Milestones += len(a.Milestones)
	for _, m := range a.Milestones {
		for _, e := range m.Events {
			switch e.Kind {
			case exchange.Delivered:
				n.Delivered++
			case exchange.Accepted:
				n.Accepted++
			case exchange.Rejected:
				n.Rejected++
			case exchange.Other:
				n.Others++
			}
		}
	}
	return true
}

// whatOf is a sentence about what would be done about an award.
func (q *request) whatOf(from exchange.Award, row tracker.PlannedRow) string {
	switch row.Action {
	case schema.ImportLeave:
		return q.text("import.what.leave")
	case schema.ImportChange:
		return q.text("import.what.change", "members", strings.Join(row.Changed, ", "))
	case schema.ImportCreate, schema.ImportRefuse:
	}
	if row.Opened == nil {
		return q.text("import.what.draft", "milestones", len(from.Milestones), "amount", q.exact(from.Amount), "project", row.Project)
	}
	decided := 0
	for _, m := range row.Opened.Milestones {
		if m.State == award.Decided {
			decided++
		}
	}
	return q.text("import.what.opened", "milestones", len(from.Milestones), "amount", q.exact(from.Amount), "project", row.Project, "decided", decided,
		"paid", q.exact(row.Opened.Totals.Paid), "state", q.console.Catalogs.Label(q.lang, "awardState", string(row.Opened.Award.State)))
}

// exportProblems answers with the problems as a file: where, what is wrong,
// and what would be right.
func (q *request) exportProblems(plan *exchange.Plan) error {
	var header []string
	for _, id := range []string{"severity", "file", "sheet", "row", "column", "number", "problem", "code"} {
		header = append(header, q.text("console.imports."+id))
	}
	var rows [][]string
	for _, p := range plan.Problems {
		row := ""
		if p.Row > 0 {
			row = textOf(p.Row)
		}
		rows = append(rows, []string{
			q.console.Catalogs.Label(q.lang, "severity", string(p.Severity)), p.File, p.Sheet, row, p.Column, p.Award, q.planProblem(p).Text, p.Code,
		})
	}
	return q.export("import-problems", header, rows)
}
