package console

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// trancheQueue is a list of tranches that somebody works through.
type trancheQueue string

const (
	queueMine      trancheQueue = "mine"      // waiting for the reader's approval
	queueRequested trancheQueue = "requested" // for anybody's
	queueToPay     trancheQueue = "pay"
	queueReady     trancheQueue = "ready" // gates hold: may be requested
	queueAll       trancheQueue = "all"
	// queueUnapproved is what the overview counts as not approved yet; it
	// stands among the others where it is asked for.
	queueUnapproved trancheQueue = "unapproved"
)

// queues are those in their order; what waits for one's own approval is for who
// approves.
func (q *request) queues() []trancheQueue {
	all := []trancheQueue{queueRequested, queueToPay, queueReady, queueAll}
	if slices.Contains(q.roles(), portfolio.ProgrammeManager) {
		return append([]trancheQueue{queueMine}, all...)
	}
	return all
}

// queue is the one that the address asks for, else the reader's own.
func (q *request) queue() trancheQueue {
	if asked := known(q, "queue", append(q.queues(), queueUnapproved)...); asked != "" {
		return asked
	}
	roles := q.roles()
	switch {
	case slices.Contains(roles, portfolio.ProgrammeManager):
		return queueMine
	case slices.Contains(roles, portfolio.Finance):
		return queueToPay
	case slices.Contains(roles, portfolio.PlatformOperator) || slices.Contains(roles, portfolio.ProjectLead):
		return queueReady
	}
	return queueAll
}

// moneyList is a list of tranches, payments or refunds with what narrows it.
type moneyList struct {
	Tabs    []link
	Queue   string
	Filters moneyFilters
	Chips   []chip
	Pager   pager
	Export  string
	Title   string
	Layout  layout
}

// moneyFilters are the filters of such a list, with what they may be.
type moneyFilters struct {
	Programme, Platform, State    string
	Payee                         string
	Payees                        []option // nil where the list has no such filter
	From, To, Month               string
	Since, Until                  string // of the bank's date
	ByBank                        bool   // the list takes these
	Programmes, Platforms, States []option
	Dates                         string // id of what the dates are
	MonthOf                       string // id of what a month or year is of, where not of these
}

// moneyQuery is what the address asks of a list, and its filters. Values that
// are none are ignored: the list says what it shows.
func (q *request) moneyQuery(states []option) (tracker.ThingsQuery, moneyFilters, error) {
	values := q.URL.Query()
	f := moneyFilters{Programme: values.Get("programme"), Platform: values.Get("platform"), State: values.Get("state"), States: states, Dates: "console.money.filter.dates"}
	var err error
	if f.Programmes, err = q.programmeOptions(); err != nil {
		return tracker.ThingsQuery{}, f, err
	}
	if f.Platforms, err = q.platformOptions(ident.Programme(f.Programme)); err != nil {
		return tracker.ThingsQuery{}, f, err
	}
	f.Platforms = append(f.Platforms, q.noPlatform()...)
	for _, x := range []struct {
		value *string
		of    []option
	}{{&f.Programme, f.Programmes}, {&f.Platform, f.Platforms}, {&f.State, states}} {
		if !slices.ContainsFunc(x.of, func(o option) bool { return o.Value == *x.value }) {
			*x.value = ""
		}
	}
	query := tracker.ThingsQuery{Programme: ident.Programme(f.Programme), Platform: ident.Platform(f.Platform), State: f.State}
	query.From, query.To = datesOf(values, "from", "to", &f.From, &f.To)
	if from, _, err := q.asksMonth(); err == nil && !from.IsZero() {
		f.Month = values.Get("month")
	}
	return query, f, nil
}

// datesOf are the first and the last date that an address asks for, and how
// they are written; a last one before the first is none.
func datesOf(values url.Values, first, last string, from, to *string) (civil.Date, civil.Date) {
	a, _ := civil.Parse(values.Get(first))
	b, _ := civil.Parse(values.Get(last))
	if b.Before(a) {
		b = civil.Date{}
	}
	if !a.IsZero() {
		*from = a.String()
	}
	if !b.IsZero() {
		*to = b.String()
	}
	return a, b
}

// moneyChips are the filters that are set.
func (q *request) moneyChips(f moneyFilters) []chip {
	var out []chip
	for _, x := range []struct{ name, value, shown string }{
		{"programme", f.Programme, optionText(f.Programmes, f.Programme)}, {"platform", f.Platform, optionText(f.Platforms, f.Platform)},
		{"state", f.State, optionText(f.States, f.State)}, {"payee", f.Payee, optionText(f.Payees, f.Payee)}, {"from", f.From, f.From}, {"to", f.To, f.To}, {"since", f.Since, f.Since}, {"until", f.Until, f.Until}, {"month", f.Month, f.Month},
	} {
		if x.value != "" {
			label := q.text("console.money.filter." + x.name)
			switch x.name {
			case "from", "to":
				label = q.text("console.money.filter."+x.name+"Of", "what", q.text(f.Dates))
			case "month":
				label = q.text(cmp.Or(f.MonthOf, f.Dates))
			}
			out = q.chip(out, x.name, label, x.shown)
		}
	}
	return out
}

// trancheRow is a tranche in a list.
type trancheRow struct {
	tracker.ThingRow[tracker.TrancheView]
	Href, Do, DoText string
	Left             money.Amount
	DaysLeft         int
	Owners           owners // who owe together what is owed, where the list says whose it is
}

// owingOfTranche is what is owed on a tranche of a list.
func owingOfTranche(r tracker.ThingRow[tracker.TrancheView]) owing {
	return owingOfThing(r, r.Thing.Award, r.Thing.Watch.Current)
}

// trancheOwners reads who owes what is owed on tranches, if the list shows it.
func (q *request) trancheOwners(l layout, rows []tracker.ThingRow[tracker.TrancheView]) error {
	var all []owing
	for _, r := range rows {
		if l.Shows("owner") {
			all = append(all, owingOfTranche(r))
		}
	}
	return q.readOwners(all...)
}

type tranchesPage struct {
	moneyList
	Rows []trancheRow
}

func (c *Console) tranches(q *request) error {
	queue := q.queue()
	var states []option
	if queue == queueAll {
		states = options(q, "trancheState", award.Scheduled, award.Requested, award.Approved, award.Settled, award.TrancheCancelled)
	}
	query, filters, err := q.moneyQuery(states)
	if err != nil {
		return err
	}
	query.Half = tracker.AllHalves
	switch queue {
	case queueMine:
		query.Owed, query.Mine = attention.ApproveTranche, true
	case queueRequested:
		query.Owed = attention.ApproveTranche
	case queueToPay:
		query.Owed = attention.PayTranche
	case queueReady:
		query.Owed = attention.RequestTranche
	case queueUnapproved:
		query.Half, query.States = tracker.OpenHalf, []string{string(award.Scheduled), string(award.Requested)}
		filters.Dates = "console.tranche.filter.dates"
	case queueAll:
		filters.Dates = "console.tranche.filter.dates"
	}
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.TrancheView]], error) {
		return c.Tracker.Tranches(ctx, q.call, query, p)
	}
	shown := layoutOf(q, "tranches", q.trancheColumns(queue))
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		if err := q.trancheOwners(shown, rows); err != nil {
			return err
		}
		return exportShown(q, "tranches", q.trancheColumns(queue), shown, rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	if asked := q.URL.Query(); queue == queueReady && len(page.Items) == 0 && !asked.Has("queue") && !asked.Has("cursor") {
		return q.redirect(q.with("queue", string(queueAll))) // nothing of theirs can be requested: all that there is
	}
	view := tranchesPage{moneyList: moneyList{Layout: shown, Queue: string(queue), Filters: filters, Chips: q.moneyChips(filters), Title: q.text("console.nav.tranches"),
		Pager: q.pager(len(page.Items), page.Next), Export: q.exportHref()}}
	tabs := q.queues()
	if queue == queueUnapproved {
		tabs = append(tabs, queueUnapproved)
	}
	for _, x := range tabs {
		view.Tabs = append(view.Tabs, link{Href: q.inQueue(string(x)), Text: q.text("console.tranche.queue." + string(x)), Current: x == queue})
	}
	if err := q.trancheOwners(shown, page.Items); err != nil {
		return err
	}
	for _, r := range page.Items {
		view.Rows = append(view.Rows, q.trancheRow(r))
	}
	return q.show("tranches", view.Title, view)
}

// inQueue is the address of a queue, with the filters that it shares with the
// others.
func (q *request) inQueue(queue string) string {
	values := q.URL.Query()
	for _, name := range []string{"lang", "cursor", "format", "state"} {
		values.Del(name)
	}
	values.Set("queue", queue)
	return q.URL.Path + "?" + values.Encode()
}

func (q *request) trancheRow(r tracker.ThingRow[tracker.TrancheView]) trancheRow {
	t := r.Thing
	row := trancheRow{ThingRow: r, Href: at("awards", t.Award, "tranches", t.ID), Left: amountLeft(t.Tranche), Owners: q.owners(owingOfTranche(r))}
	if o := t.Watch.Current; o != nil && !o.EffectiveOn.IsZero() {
		row.DaysLeft = o.EffectiveOn.Sub(q.today)
	}
	switch {
	case hasAction(t.Actions, "request") && !t.Locked:
		row.Do, row.DoText = row.Href+"/request", q.label("do", string(attention.RequestTranche))
	case hasAction(t.Actions, "approve"):
		row.Do, row.DoText = row.Href+"/approve", q.label("do", string(attention.ApproveTranche))
	case hasAction(t.Actions, "instruct") && !t.Locked && row.Left.Sign() > 0:
		row.Do, row.DoText = to(at("awards", t.Award, "payments", "new"), "tranche", t.ID), q.label("do", string(attention.PayTranche))
	}
	return row
}

// trancheColumns are those of a list of tranches; who owes something is what
// queues are about, and sums what the others are.
func (q *request) trancheColumns(of trancheQueue) []column[tracker.ThingRow[tracker.TrancheView]] {
	type row = tracker.ThingRow[tracker.TrancheView]
	owed := func(r row) attention.Obligation {
		if o := r.Thing.Watch.Current; o != nil {
			return *o
		}
		return attention.Obligation{}
	}
	amount := func(id, heading string, off bool, of func(award.Tranche) money.Amount) column[row] {
		return column[row]{id: id, heading: heading, off: off, fields: []cellOf[row]{{heading, func(r row) string { return of(r.Thing.Tranche).Decimal() }}}}
	}
	all := of == queueAll || of == queueUnapproved
	return []column[row]{
		{id: "due", heading: "console.column.due", fields: []cellOf[row]{
			{"console.export.due", func(r row) string { return owed(r).EffectiveOn.String() }}, {"console.export.late", func(r row) string { return textOf(r.Thing.DaysLate) }}}},
		{id: "tranche", heading: "label.thing.tranche", always: true, fields: []cellOf[row]{
			{"label.thing.tranche", func(r row) string { return textOf(r.Thing.Number) }}, {"console.payment.kind", func(r row) string { return q.word("trancheKind", string(r.Thing.Kind)) }},
			{"console.money.state", func(r row) string { return q.word("trancheState", string(r.Thing.State)) }},
			{"console.tranche.planned", func(r row) string { return r.Thing.PlannedOn.String() }}, {"console.export.currency", func(r row) string { return r.Thing.Amount.Unit().Code() }}}},
		{id: "award", heading: "console.column.award", fields: []cellOf[row]{
			{"console.export.number", func(r row) string { return r.Number }}, {"console.export.award", func(r row) string { return q.in(r.AwardTitle) }},
			{"console.export.platform", func(r row) string { return q.in(namesOf(r.Platform)) }}}},
		{id: "owner", heading: "console.column.owner", off: all, fields: []cellOf[row]{
			{"console.export.role", func(r row) string { return q.word("role", string(owed(r).Role)) }}, {"console.export.owner", func(r row) string { return q.ownerText(r.Owner, owingOfTranche(r)) }}}},
		amount("amount", "console.money.amount", false, func(t award.Tranche) money.Amount { return t.Amount }),
		amount("approved", "console.money.approved", !all, func(t award.Tranche) money.Amount { return t.Approved }),
		amount("instructed", "console.money.instructed", true, func(t award.Tranche) money.Amount { return t.Instructed }),
		amount("paid", "console.money.paid", !all && of != queueToPay, func(t award.Tranche) money.Amount { return t.Paid }),
		amount("left", "console.money.left", !all && of != queueToPay, amountLeft),
	}
}
