package console

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// extensionList is the list of extensions that the reader may see.
type extensionList struct {
	Filters filters
	Problem string // what is wrong with what is asked for
	Rows    []extensionRow
	Layout  layout
	Pager   pager
	Export  string
}

// extensionRow is an extension with where it is decided.
type extensionRow struct {
	tracker.ExtensionRow
	Href   string
	Decide string // empty where the reader may not
	Days   int    // asked for, or granted
	Owed   *attention.Obligation
	Left   int
}

func (c *Console) extensions(q *request) error {
	view := extensionList{Filters: filters{Action: "/extensions"}, Layout: layoutOf(q, "extensions", q.extensionColumns()), Export: q.exportHref()}
	query, err := q.extensionQuery(&view.Filters)
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ExtensionRow], error) {
		return c.Tracker.Extensions(ctx, q.call, query, p)
	}
	if err == nil && q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return exportShown(q, "extensions", q.extensionColumns(), view.Layout, rows)
	}
	var page tracker.Page[tracker.ExtensionRow]
	if err == nil {
		page, err = read(q.Context(), q.paging())
	}
	if view.Problem = q.problem(err); err != nil && view.Problem == "" {
		return err
	}
	for _, r := range page.Items {
		view.Rows = append(view.Rows, q.extensionRow(r))
	}
	q.addAskers(&view.Filters, query.By, page.Items)
	view.Pager = q.pager(len(page.Items), page.Next)
	return q.show("extensions", q.text("console.nav.extensions"), view)
}

// extensionQuery is what the address asks for, and puts the choices into the
// filter form. Without a state, those that are not decided are asked for.
func (q *request) extensionQuery(f *filters) (tracker.ThingsQuery, error) {
	states := []award.ExtensionState{award.ExtensionRequested, award.ExtensionGranted, award.ExtensionRefused, award.ExtensionWithdrawn, award.ExtensionLapsed}
	state := known(q, "state", append(states, "all")...)
	list := filterList{Name: "state", Label: q.text("console.extension.state"), Value: string(state), Options: append(options(q, "extensionState", states[1:]...), option{Value: "all", Text: q.text("console.extension.all")})}
	if state == states[0] { // as without
		list.Value = ""
	} else if state != "" {
		f.Chips = q.chip(f.Chips, "state", list.Label, optionText(list.Options, list.Value))
	}
	list.Any = q.label("extensionState", string(states[0]))
	f.Lists = append(f.Lists, list)
	query := tracker.ThingsQuery{State: string(state), By: ident.Person(q.URL.Query().Get("by"))}
	if state == "all" {
		query.State, query.Half = "", tracker.AllHalves
	}
	at, err := q.inPlace(f)
	if err != nil {
		return query, err
	}
	query.Programme, query.Platform = at.Programme, at.Platform
	if query.Award, err = q.awardFilter(f); err != nil {
		return query, err
	}
	if query.Since, err = q.dateFilter(f, "from", "console.extension.filter.from"); err != nil {
		return query, err
	}
	query.Until, err = q.dateFilter(f, "to", "console.extension.filter.to")
	return query, err
}

// awardFilter is the award that the address names, by its id or its agreement
// number, and offers a field for the number.
func (q *request) awardFilter(f *filters) (ident.Award, error) {
	asked := strings.TrimSpace(q.URL.Query().Get("award"))
	field := filterText{Name: "award", Label: q.text("console.extension.filter.award"), Value: asked}
	id, shown := ident.Award(asked), clipped(asked)
	defer func() { f.Texts = append(f.Texts, field) }()
	switch {
	case asked == "":
		return "", nil
	case ident.Valid(ident.PrefixAward, asked):
		a, err := q.tracker().Award(q.Context(), q.call, id)
		if k := fault.KindOf(err); err != nil && k != fault.NotFound && k != fault.Forbidden {
			return "", err
		}
		if err == nil {
			shown, field.Value = a.Document.Number, a.Document.Number
		}
	default:
		found, err := q.tracker().Search(q.Context(), q.call, tracker.SearchQuery{Text: asked, Type: schema.TypeAward}, q.paging())
		if err != nil {
			return "", err
		}
		id = ident.Award("none") // no award has the number: nothing matches
		for _, r := range found.Items {
			if strings.EqualFold(r.Code, asked) || len(found.Items) == 1 {
				id, shown = ident.Award(r.ID), r.Code
			}
		}
	}
	f.Chips = q.chip(f.Chips, "award", field.Label, shown)
	return id, nil
}

// addAskers offers those to choose who asked for what is on the page.
func (q *request) addAskers(f *filters, chosen ident.Person, rows []tracker.ExtensionRow) {
	var list []option
	for _, r := range rows {
		if r.AskedBy == nil {
			continue
		}
		o := option{Value: r.AskedBy.ID, Text: q.in(r.AskedBy.Names)}
		if !slices.Contains(list, o) {
			list = append(list, o)
		}
	}
	if len(list) > 0 || chosen != "" {
		slices.SortFunc(list, func(a, b option) int { return cmp.Compare(a.Text, b.Text) })
		q.add(f, "by", "console.extension.askedBy", string(chosen), list)
	}
}

func (q *request) extensionRow(r tracker.ExtensionRow) extensionRow {
	x := r.Thing
	out := extensionRow{ExtensionRow: r, Href: at("awards", x.Award, "extensions", x.ID), Days: x.AskedDueOn.Sub(x.DueOn), Owed: x.Watch.Current}
	if !x.NewDueOn.IsZero() {
		out.Days = x.NewDueOn.Sub(x.DueOn)
	}
	if hasAction(x.Actions, award.CommandGrant) && x.RequestedBy != q.call.Principal.Person {
		out.Decide = out.Href + "/decide"
	}
	if out.Owed != nil {
		out.Left = out.Owed.EffectiveOn.Sub(q.today)
	}
	return out
}

// extensionColumns are those of the list of extensions.
func (q *request) extensionColumns() []column[tracker.ExtensionRow] {
	type row = tracker.ExtensionRow
	cell := func(id string, value func(row) string) cellOf[row] {
		return cellOf[row]{"console.extension.export." + id, value}
	}
	return []column[row]{
		{id: "decision", heading: "console.extension.decisionDue", fields: []cellOf[row]{
			{"console.extension.decisionDue", func(r row) string {
				if o := r.Thing.Watch.Current; o != nil {
					return o.EffectiveOn.String()
				}
				return ""
			}}, cell("late", func(r row) string { return textOf(r.Thing.DaysLate) })}},
		{id: "milestone", heading: "console.extension.milestone", always: true, fields: []cellOf[row]{cell("milestone", func(r row) string { return r.Code + " " + r.Title })}},
		{id: "award", heading: "console.column.award", fields: []cellOf[row]{
			cell("number", func(r row) string { return r.Number }), cell("award", func(r row) string { return q.in(r.AwardTitle) }),
			{"console.export.platform", func(r row) string { return q.in(namesOf(r.Platform)) }}}},
		{id: "programme", heading: "console.filter.programme", off: true, fields: []cellOf[row]{{"console.filter.programme", func(r row) string { return q.in(r.Programme.Names) }}}},
		{id: "dates", heading: "console.extension.dates", fields: []cellOf[row]{
			cell("from", func(r row) string { return r.Thing.DueOn.String() }), cell("asked", func(r row) string { return r.Thing.AskedDueOn.String() }),
			cell("granted", func(r row) string { return r.Thing.NewDueOn.String() })}},
		{id: "cause", heading: "console.milestone.field.cause", fields: []cellOf[row]{
			cell("cause", func(r row) string { return q.word("cause", string(r.Thing.Cause)) }), cell("reason", func(r row) string { return r.Thing.Reason })}},
		{id: "asked", heading: "console.extension.askedBy", fields: []cellOf[row]{
			{"console.extension.askedBy", func(r row) string { return q.in(namesOf(r.AskedBy)) }}, cell("requestedOn", func(r row) string { return r.Thing.RequestedOn.String() })}},
		{id: "state", heading: "console.extension.state", fields: []cellOf[row]{
			cell("state", func(r row) string { return q.word("extensionState", string(r.Thing.State)) }), cell("decidedOn", func(r row) string { return r.Thing.DecidedOn.String() })}},
	}
}
