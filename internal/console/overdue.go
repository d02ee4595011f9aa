package console

import (
	"cmp"
	"context"
	"slices"

	"milepost/internal/attention"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

func (c *Console) overdueRoutes(m routes) {
	m.page("GET /overdue", c.overdue)
}

// overduePage is what is overdue in the reader's scopes, or soon will be, the
// most overdue first.
type overduePage struct {
	Status  tracker.Status
	Filters filters
	Problem string // what is wrong with what is asked for
	Cards   *cards // of what is overdue
	List    worklist
	Form    *form // that acknowledges what was overdue before the start; nil where that is not asked for
	Mine    int   // rows that the reader may acknowledge
	Pager   pager
	Export  string
}

// statuses are those that the page shows.
func statuses() []tracker.Status {
	return []tracker.Status{tracker.StatusOverdue, tracker.StatusDueSoon, tracker.StatusOpen, tracker.StatusPaused, tracker.StatusOwed}
}

// payers are the roles that owe something.
func payers() []portfolio.Role {
	return []portfolio.Role{portfolio.PlatformOperator, portfolio.ProjectLead, portfolio.ProgrammeManager, portfolio.Finance}
}

func (c *Console) overdue(q *request) error {
	shown := layoutOf(q, "overdue", q.attentionColumns())
	view := overduePage{Status: cmp.Or(known(q, "status", statuses()...), tracker.StatusOverdue), Filters: filters{Action: "/overdue"}, Export: q.exportHref()}
	query, at, err := q.overdueQuery(&view)
	if view.Problem = q.problem(err); err != nil && view.Problem == "" {
		return err
	}
	if view.Problem != "" {
		return q.show("overdue", q.text("console.overdue.title."+string(view.Status)), view)
	}
	if q.exporting() {
		rows, err := everything(q.Context(), func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.AttentionRow], error) {
			return c.Tracker.Attention(ctx, q.call, query, p)
		})
		if err != nil {
			return err
		}
		lines := q.attentionLines(rows)
		if shown.Shows("owner") {
			err = q.owned(lines)
		}
		if err != nil {
			return err
		}
		return exportShown(q, string(view.Status), q.attentionColumns(), shown, lines)
	}
	page, err := c.Tracker.Attention(q.Context(), q.call, query, q.paging())
	if view.Problem = q.problem(err); err != nil && view.Problem == "" {
		return err
	}
	if view.Status == tracker.StatusOverdue && view.Problem == "" {
		if view.Cards, err = q.cards(at, query); err != nil {
			return err
		}
	}
	title := q.text("console.overdue.title." + string(view.Status))
	view.List = q.worklist(title, page.Items)
	view.List.Layout = shown
	if shown.Shows("owner") {
		if err := q.owned(view.List.Rows); err != nil {
			return err
		}
	}
	if query.Baselined {
		view.Form = q.form("/acknowledge", 0)
		for _, l := range view.List.Rows {
			if l.Choice != "" {
				view.Mine++
			}
		}
		view.List.Pick = view.Mine > 0
	}
	q.addPersons(&view.Filters, query.Person, page.Items)
	view.Pager = q.pager(len(page.Items), page.Next)
	return q.show("overdue", title, view)
}

// overdueQuery is what the address asks for, and puts the lists to choose from
// into the filter form.
func (q *request) overdueQuery(view *overduePage) (tracker.AttentionQuery, place, error) {
	f, values := &view.Filters, q.URL.Query()
	query := tracker.AttentionQuery{
		Status: view.Status, Person: ident.Person(values.Get("person")),
		Kind: known(q, "kind", attention.Kinds()...), Role: known(q, "role", payers()...),
		Level: known(q, "level", attention.ToOwner, attention.ToManager, attention.ToHead),
	}
	var shown []option
	for _, s := range statuses() {
		shown = append(shown, option{Value: string(s), Text: q.text("console.overdue.status." + string(s))})
	}
	f.Lists = append(f.Lists, filterList{Name: "status", Label: q.text("console.filter.status"), Value: string(view.Status), Options: shown})
	at, err := q.inPlace(f)
	if err != nil {
		return query, at, err
	}
	query.Programme, query.Platform = at.Programme, at.Platform
	whose := known(q, "whose", "mine", "others")
	query.Mine, query.Others = whose == "mine", whose == "others"
	if query.Baselined = known(q, "baselined", "yes") != ""; query.Baselined {
		q.carry(f, "baselined")
		f.Chips = append(f.Chips, chip{Text: q.text("console.inbox.baselined"), Href: q.with("baselined", "")})
	}
	q.add(f, "whose", "console.filter.whose", whose, []option{{Value: "mine", Text: q.text("console.filter.whose.mine")}, {Value: "others", Text: q.text("console.filter.whose.others")}})
	q.add(f, "kind", "console.filter.kind", string(query.Kind), options(q, "obligation", attention.Kinds()...))
	q.add(f, "role", "console.filter.role", string(query.Role), options(q, "role", payers()...))
	q.add(f, "level", "console.filter.level", string(query.Level), options(q, "level", attention.ToOwner, attention.ToManager, attention.ToHead))
	if b, ok := bucketOf(values.Get("late")); ok && view.Status == tracker.StatusOverdue {
		query.From, query.To = b.dates(q.today)
		q.carry(f, "late")
		f.Chips = q.chip(f.Chips, "late", q.text("console.column.late"), q.text("console.bucket."+b.key))
		return query, at, nil
	}
	if query.From, err = q.dateFilter(f, "from", "console.filter.from"); err != nil {
		return query, at, err
	}
	query.To, err = q.dateFilter(f, "to", "console.filter.to")
	return query, at, err
}

// addPersons offers those to choose who are responsible on the page.
func (q *request) addPersons(f *filters, chosen ident.Person, rows []tracker.AttentionRow) {
	var list []option
	for _, r := range rows {
		if r.Person == nil {
			continue
		}
		o := option{Value: r.Person.ID, Text: r.Person.Names.In(string(q.lang))}
		if !slices.Contains(list, o) {
			list = append(list, o)
		}
	}
	if len(list) > 0 || chosen != "" {
		slices.SortFunc(list, func(a, b option) int { return cmp.Compare(a.Text, b.Text) })
		q.add(f, "person", "console.column.owner", string(chosen), list)
	}
}
