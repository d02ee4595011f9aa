package console

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/console/chart"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// milestonesRoutes are the lists of milestones: table and timeline.
func (c *Console) milestonesRoutes(m routes) {
	m.page("GET /milestones", c.milestones)
}

// milestonesPage is a page of milestones, as a table or against time.
type milestonesPage struct {
	Filters  filters
	Problem  string // what is wrong with what is asked for
	Views    []link
	Timeline template.HTML // empty for the table
	Rows     []milestoneLine
	Layout   layout
	Overdue  string
	Hidden   [][2]string // what the form that exports some sends on
	Pager    pager
	Export   string
}

// milestoneRow is a milestone in a list.
type milestoneRow = tracker.ThingRow[tracker.MilestoneView]

// milestoneLine is a row of the table.
type milestoneLine struct {
	milestoneRow
	Href string
	Left int // calendar days left of what is owed
	// Owners are who owe it together, where the list says whose it is.
	Owners owners
}

// owingOfMilestone is what is owed on a milestone of a list.
func owingOfMilestone(r milestoneRow) owing {
	return owingOfThing(r, r.Thing.Award, r.Thing.Watch.Current)
}

// milestoneOwners reads who owes what is owed on milestones, if the list shows it.
func (q *request) milestoneOwners(l layout, rows []milestoneRow) error {
	var all []owing
	for _, r := range rows {
		if l.Shows("owner") {
			all = append(all, owingOfMilestone(r))
		}
	}
	return q.readOwners(all...)
}

// Due is the date by which it is owed.
func (l milestoneLine) Due() dueDate { return dueOf(l.Thing.Milestone) }

// Owes is what somebody owes on the milestone, with its clock running or not;
// "" for nothing.
func (l milestoneLine) Owes() string {
	if o := l.Thing.Watch.Current; o != nil {
		return string(o.Kind)
	}
	return ""
}

// Paused reports whether the clock stands.
func (l milestoneLine) Paused() bool { return l.Thing.Watch.Current.Paused }

// Role is who owes it.
func (l milestoneLine) Role() portfolio.Role { return l.Thing.Watch.Current.Role }

// Effective is what lateness counts from.
func (l milestoneLine) Effective() civil.Date { return l.Thing.Watch.Current.EffectiveOn }

func (c *Console) milestones(q *request) error {
	view := milestonesPage{Filters: filters{Action: "/milestones"}, Layout: layoutOf(q, "milestones", q.milestoneColumns()), Export: q.exportHref()}
	query, at, err := q.milestoneQuery(&view.Filters)
	if err == nil {
		var sent bool
		if sent, err = c.listMilestones(q, &view, query); sent {
			return err
		}
	}
	if view.Problem = q.problem(err); err != nil && view.Problem == "" {
		return err
	}
	view.Overdue = at.href("/overdue")
	timeline := q.URL.Query().Get("view") == "timeline"
	view.Views = []link{
		{Href: q.with("view", ""), Text: q.text("console.milestones.table"), Current: !timeline},
		{Href: q.with("view", "timeline"), Text: q.text("console.milestones.timeline"), Current: timeline},
	}
	if timeline && len(view.Rows) > 0 {
		drawn, err := q.painter().Timeline(q.timeline(view.Rows))
		if err != nil {
			return err
		}
		view.Timeline = drawn.Figure()
	}
	return q.show("milestones", q.text("console.milestones.title"), view)
}

// milestoneQuery is what the address asks for, and puts the choices into the
// filter form.
func (q *request) milestoneQuery(f *filters) (tracker.ThingsQuery, place, error) {
	states := []award.MilestoneState{award.Planned, award.InProgress, award.MilestoneSubmitted, award.Returned, award.Decided, award.Cancelled}
	outcomes := []award.Outcome{award.Met, award.PartiallyMet, award.NotMet}
	at, err := q.inPlace(f)
	query := tracker.ThingsQuery{
		Programme: at.Programme, Platform: at.Platform, State: string(known(q, "state", states...)), Outcome: known(q, "outcome", outcomes...),
		Half: known(q, "half", tracker.OpenHalf, tracker.ClosedHalf, tracker.AllHalves),
	}
	if err != nil {
		return query, at, err
	}
	if query.Outcome != "" && query.State == "" && query.Half == "" {
		query.Half = tracker.AllHalves
	}
	var halves []option
	for _, h := range []string{tracker.OpenHalf, tracker.ClosedHalf, tracker.AllHalves} {
		halves = append(halves, option{Value: h, Text: q.text("console.filter.half." + h)})
	}
	if query.State == "" { // a state tells it
		f.Lists = append(f.Lists, filterList{Name: "half", Label: q.text("console.filter.status"), Value: cmp.Or(query.Half, tracker.OpenHalf), Options: halves})
	}
	q.add(f, "state", "console.overview.column.state", query.State, options(q, "milestoneState", states...))
	q.add(f, "outcome", "console.overview.column.outcome", string(query.Outcome), options(q, "milestoneOutcome", outcomes...))
	q.carry(f, "view")
	query.From, err = q.dateFilter(f, "from", "console.filter.from")
	if err != nil {
		return query, at, err
	}
	if query.To, err = q.dateFilter(f, "to", "console.filter.to"); err != nil {
		return query, at, err
	}
	query.Since, query.Until, err = q.month(f, "console.milestones.decidedIn")
	query.NewestFirst = !query.Since.IsZero() // what was decided lately was mostly due lately
	return query, at, err
}

// month is the month that a link asks for, by the dates of what happened in
// it; the filter form sends it on.
func (q *request) month(f *filters, label string) (from, to civil.Date, err error) {
	from, to, err = q.asksMonth()
	if err == nil && !from.IsZero() {
		q.carry(f, "month")
		f.Chips = q.chip(f.Chips, "month", q.text(label), q.URL.Query().Get("month"))
	}
	return from, to, err
}

// asksMonth is the first and the last day of the month (2026-05) or the year
// (2026) of the address; zero for none.
func (q *request) asksMonth() (from, to civil.Date, err error) {
	name := q.URL.Query().Get("month")
	if name == "" {
		return civil.Date{}, civil.Date{}, nil
	}
	if len(name) == len("2026") {
		if from, err = civil.Parse(name + "-01-01"); err == nil {
			to, err = civil.Parse(name + "-12-31")
		}
		if err == nil {
			return from, to, nil
		}
	}
	if from, err = civil.Parse(name + "-01"); err != nil {
		return civil.Date{}, civil.Date{}, fault.InvalidFields(fault.At("/month", "date.invalid", "value", clipped(name)))
	}
	last := from.AddDays(31)
	return from, last.AddDays(-last.Time().Day()), nil
}

// dateFilter reads a date of the address and offers its field under a label.
func (q *request) dateFilter(f *filters, name, label string) (civil.Date, error) {
	text := q.URL.Query().Get(name)
	label = q.text(label)
	f.Dates = append(f.Dates, filterDate{Name: name, Label: label, Value: clipped(text)})
	if text == "" {
		return civil.Date{}, nil
	}
	f.Chips = q.chip(f.Chips, name, label, clipped(text))
	return civil.Parse(text)
}

// problem is what a reader can mend who asked for a list that there cannot be,
// in their language; "" where it is none.
func (q *request) problem(err error) string {
	if fault.KindOf(err) != fault.Invalid {
		return ""
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return ""
	}
	text := q.console.Catalogs.Fault(q.lang, e)
	lines := []string{text.Title}
	if len(text.Fields) > 0 {
		lines = nil
	}
	for _, field := range text.Fields {
		lines = append(lines, field.Text)
	}
	return strings.Join(lines, " ")
}

// listMilestones reads what is asked for: a page of it, or all of it, or what
// was ticked on a page, to be sent as a file; sent says that it was.
func (c *Console) listMilestones(q *request, view *milestonesPage, query tracker.ThingsQuery) (sent bool, err error) {
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[milestoneRow], error) {
		return c.Tracker.Milestones(ctx, q.call, query, p)
	}
	only := q.URL.Query()["only"]
	if q.exporting() && len(only) == 0 {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return false, err
		}
		if err := q.milestoneOwners(view.Layout, rows); err != nil {
			return false, err
		}
		return true, exportShown(q, "milestones", q.milestoneColumns(), view.Layout, rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return false, err
	}
	if err := q.milestoneOwners(view.Layout, page.Items); err != nil {
		return false, err
	}
	if q.exporting() {
		rows := slices.DeleteFunc(page.Items, func(r milestoneRow) bool { return !slices.Contains(only, string(r.Thing.ID)) })
		if len(rows) < len(only) {
			return false, fault.New(fault.Conflict, "selection.changed")
		}
		return true, exportShown(q, "milestones", q.milestoneColumns(), view.Layout, rows)
	}
	for _, r := range page.Items {
		line := milestoneLine{milestoneRow: r, Href: at("awards", r.Thing.Award, "milestones", r.Thing.ID), Owners: q.owners(owingOfMilestone(r))}
		if line.Owes() != "" {
			line.Left = line.Effective().Sub(q.today)
		}
		view.Rows = append(view.Rows, line)
	}
	for _, name := range []string{"programme", "platform", "state", "outcome", "half", "from", "to", "month", "cursor"} {
		if v := q.URL.Query().Get(name); v != "" {
			view.Hidden = append(view.Hidden, [2]string{name, v})
		}
	}
	view.Pager = q.pager(len(page.Items), page.Next)
	return false, nil
}

// timeline are the rows of a page against time.
func (q *request) timeline(rows []milestoneLine) chart.Timeline {
	t := chart.Timeline{Head: chart.Head{Title: q.text("console.milestones.timeline.title"), Summary: q.text("console.milestones.timeline.summary", "count", len(rows))}, Today: q.today}
	for _, r := range rows {
		m := r.Thing
		row := chart.TimelineRow{
			Label: m.Code + " " + m.Title, Note: r.Number + " " + r.AwardTitle.In(string(q.lang)), Href: r.Href,
			State: q.console.Catalogs.Label(q.lang, "milestoneState", string(m.State)), Start: m.StartedOn, Baseline: m.BaselineOn, Due: m.Due(), Met: m.MetOn, Closed: m.Ended(),
		}
		if m.Outcome != "" {
			row.State = q.console.Catalogs.Label(q.lang, "milestoneOutcome", string(m.Outcome))
		}
		if m.MetOn.IsZero() {
			row.Forecast = m.ForecastOn
		}
		if m.GrantedDays > 0 { // all of them as one: the list does not hold each
			row.Extensions = []chart.Extension{{From: m.DueOn.AddDays(-m.GrantedDays), To: m.DueOn}}
		}
		if m.GatedAmount.Sign() > 0 {
			row.Gates = []string{q.console.Catalogs.Amount(q.lang, m.GatedAmount)}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// milestoneColumns are those of the list of milestones.
func (q *request) milestoneColumns() []column[milestoneRow] {
	type row = milestoneRow
	cell := func(id string, value func(row) string) cellOf[row] {
		return cellOf[row]{"console.milestones.export." + id, value}
	}
	owed := func(r row) attention.Obligation {
		if o := r.Thing.Watch.Current; o != nil {
			return *o
		}
		return attention.Obligation{}
	}
	return []column[row]{
		{id: "milestone", heading: "console.milestones.column.milestone", always: true, fields: []cellOf[row]{
			cell("code", func(r row) string { return r.Thing.Code }), cell("title", func(r row) string { return r.Thing.Title }),
			cell("type", func(r row) string { return q.word("milestoneType", string(r.Thing.Type)) })}},
		{id: "award", heading: "console.column.award", fields: []cellOf[row]{
			cell("award", func(r row) string { return q.in(r.AwardTitle) }), cell("number", func(r row) string { return r.Number }),
			cell("platform", func(r row) string { return q.in(namesOf(r.Platform)) })}},
		{id: "programme", heading: "console.filter.programme", off: true, fields: []cellOf[row]{cell("programme", func(r row) string { return q.in(r.Programme.Names) })}},
		{id: "project", heading: "console.milestones.column.project", off: true, fields: []cellOf[row]{
			{"console.milestones.column.project", func(r row) string { return q.in(namesOf(r.Project)) }}}},
		{id: "state", heading: "console.milestones.column.state", fields: []cellOf[row]{
			cell("state", func(r row) string { return q.word("milestoneState", string(r.Thing.State)) }),
			cell("outcome", func(r row) string { return q.word("milestoneOutcome", string(r.Thing.Outcome)) })}},
		{id: "due", heading: "console.column.due", fields: []cellOf[row]{
			cell("due", func(r row) string { return r.Thing.Due().String() }), cell("baseline", func(r row) string { return r.Thing.BaselineOn.String() }),
			cell("forecast", func(r row) string { return r.Thing.ForecastOn.String() }), cell("met", func(r row) string { return r.Thing.MetOn.String() })}},
		{id: "extended", heading: "console.milestones.export.extended", off: true, fields: []cellOf[row]{cell("extended", func(r row) string { return strconv.Itoa(r.Thing.GrantedDays) })}},
		{id: "days", heading: "console.milestones.column.days", fields: []cellOf[row]{
			cell("owes", func(r row) string { return q.word("obligation", string(owed(r).Kind)) }), cell("effective", func(r row) string { return owed(r).EffectiveOn.String() }),
			cell("late", func(r row) string { return strconv.Itoa(r.Thing.DaysLate) })}},
		{id: "owner", heading: "console.column.owner", off: true, fields: []cellOf[row]{
			{"console.export.role", func(r row) string { return q.word("role", string(owed(r).Role)) }}, {"console.export.owner", func(r row) string { return q.ownerText(r.Owner, owingOfMilestone(r)) }}}},
		{id: "gates", heading: "console.milestones.column.gates", fields: []cellOf[row]{
			cell("gated", func(r row) string { return r.Thing.GatedAmount.Decimal() }), cell("currency", func(r row) string { return r.Thing.GatedAmount.Unit().Code() })}},
	}
}
