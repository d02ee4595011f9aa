package console

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// awardsRoutes are the list of awards.
func (c *Console) awardsRoutes(m routes) {
	m.page("GET /awards", c.awards)
}

// awardsPage is the list of awards that the reader may see.
type awardsPage struct {
	Rows       []tracker.AwardRow
	Layout     layout
	Programmes []option
	Platforms  []option
	States     []option
	Halves     []option
	Query      tracker.AwardsQuery
	Half       string
	Hidden     [][2]string // filters that the form carries on: name and value
	Chips      []chip
	Pager      pager
	Export     string
	Draft      bool // the reader may draft an award
	Beyond     bool // there are pages of platforms and programmes for the reader
}

func (c *Console) awards(q *request) error {
	values := q.URL.Query()
	query := tracker.AwardsQuery{
		Programme: ident.Programme(values.Get("programme")), Platform: ident.Platform(values.Get("platform")), Project: ident.Project(values.Get("project")),
		Organisation: ident.Organisation(values.Get("organisation")), Responsible: ident.Person(values.Get("responsible")),
		State: known(q, "state", awardStates()...), Instrument: known(q, "instrument", instruments()...),
		Half: known(q, "half", tracker.OpenHalf, tracker.ClosedHalf, tracker.AllHalves),
	}
	if query.State != "" { // a state tells the half
		query.Half = tracker.AllHalves
	}
	shown := layoutOf(q, "awards", q.awardColumns())
	if q.exporting() {
		return q.exportAwards(query, shown)
	}
	page, err := c.Tracker.Awards(q.Context(), q.call, query, q.paging())
	if err != nil {
		return err
	}
	v := awardsPage{Layout: shown, Rows: page.Items, Query: query, Half: values.Get("half"), Pager: q.pager(len(page.Items), page.Next), Export: q.exportHref(), Beyond: q.beyondAwards()}
	v.States = options(q, "awardState", awardStates()...)
	v.Halves = []option{{Value: tracker.ClosedHalf, Text: q.text("console.awards.half.closed")}, {Value: tracker.AllHalves, Text: q.text("console.awards.half.all")}}
	programmes, err := q.programmes()
	if err != nil {
		return err
	}
	for _, p := range programmes {
		v.Programmes = append(v.Programmes, option{Value: string(p.ID), Text: p.Names.In(string(q.lang))})
		v.Draft = v.Draft || slices.Contains(p.Permissions, access.DraftAward)
	}
	if v.Platforms, err = q.platformOptions(query.Programme); err != nil {
		return err
	}
	v.Platforms = append(v.Platforms, q.noPlatform()...)
	q.awardChips(&v)
	return q.show("awards", q.text("console.awards.title"), v)
}

func awardStates() []award.State {
	return []award.State{award.Draft, award.Submitted, award.Active, award.Closed, award.Discarded}
}

func instruments() []award.Instrument {
	return []award.Instrument{award.Grant, award.ExPostSubsidy, award.GrantToEquity, award.Loan, award.ConvertibleDebt, award.Guarantee, award.InsurancePremium}
}

// awardChips adds the filters that are set; those without a list of their own
// come from links elsewhere.
func (q *request) awardChips(v *awardsPage) {
	values := q.URL.Query()
	word := func(id string) string { return q.text("console.awards." + id) }
	v.Chips = q.chip(v.Chips, "programme", word("programme"), optionText(v.Programmes, values.Get("programme")))
	v.Chips = q.chip(v.Chips, "platform", word("platform"), optionText(v.Platforms, values.Get("platform")))
	v.Chips = q.chip(v.Chips, "state", word("state"), optionText(v.States, values.Get("state")))
	v.Chips = q.chip(v.Chips, "half", word("half"), optionText(v.Halves, values.Get("half")))
	for _, name := range []string{"organisation", "project", "responsible", "instrument"} {
		value := values.Get(name)
		if value == "" {
			continue
		}
		shown := value
		for _, r := range v.Rows {
			switch {
			case name == "instrument":
				shown = q.console.Catalogs.Label(q.lang, "instrument", value)
			case r.Payee != nil && r.Payee.ID == value:
				shown = r.Payee.Names.In(string(q.lang))
			case r.Project != nil && r.Project.ID == value:
				shown = r.Project.Names.In(string(q.lang))
			}
		}
		v.Chips = q.chip(v.Chips, name, word(name), shown)
		v.Hidden = append(v.Hidden, [2]string{name, value})
	}
}

// exportAwards answers with the awards that the query finds.
func (q *request) exportAwards(query tracker.AwardsQuery, l layout) error {
	rows, err := everything(q.Context(), func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.AwardRow], error) {
		return q.tracker().Awards(ctx, q.call, query, p)
	})
	if err != nil {
		return err
	}
	return exportShown(q, "awards", q.awardColumns(), l, rows)
}

// awardColumns are those of the list of awards. Amounts name their currency.
func (q *request) awardColumns() []column[tracker.AwardRow] {
	type row = tracker.AwardRow
	cell := func(id string, value func(row) string) cellOf[row] {
		return cellOf[row]{"console.awards.column." + id, value}
	}
	named := func(of func(row) *tracker.Named) func(row) string {
		return func(r row) string { return q.in(namesOf(of(r))) }
	}
	total := func(of func(award.Totals) money.Amount) func(row) string {
		return func(r row) string {
			if r.Totals == nil {
				return ""
			}
			return decimalOf(of(*r.Totals))
		}
	}
	return []column[row]{
		{id: "award", heading: "console.awards.column.award", always: true, fields: []cellOf[row]{
			cell("number", func(r row) string { return r.Number }), cell("title", func(r row) string { return q.in(r.Title) }),
			cell("currency", func(r row) string { return r.Amount.Unit().Code() })}},
		{id: "state", heading: "console.awards.column.state", fields: []cellOf[row]{
			cell("state", func(r row) string { return q.word("awardState", string(r.State)) }), cell("open", func(r row) string { return textOf(r.Open) })}},
		{id: "programme", heading: "console.awards.column.programme", off: true, fields: []cellOf[row]{cell("programme", func(r row) string { return q.in(r.Programme.Names) })}},
		{id: "place", heading: "console.awards.column.place", fields: []cellOf[row]{
			cell("platform", named(func(r row) *tracker.Named { return r.Platform })), cell("project", named(func(r row) *tracker.Named { return r.Project }))}},
		{id: "payee", heading: "console.awards.column.payee", fields: []cellOf[row]{cell("payee", named(func(r row) *tracker.Named { return r.Payee }))}},
		{id: "instrument", heading: "console.awards.column.instrument", off: true, fields: []cellOf[row]{cell("instrument", func(r row) string { return q.word("instrument", string(r.Instrument)) })}},
		{id: "term", heading: "console.awards.column.term", fields: []cellOf[row]{
			cell("start", func(r row) string { return r.StartOn.String() }), cell("end", func(r row) string { return r.EndOn.String() })}},
		{id: "awarded", heading: "console.awards.column.awarded", fields: []cellOf[row]{cell("awarded", func(r row) string { return decimalOf(r.Amount) })}},
		{id: "approved", heading: "console.awards.column.approved", fields: []cellOf[row]{cell("approved", total(func(t award.Totals) money.Amount { return t.Approved }))}},
		{id: "paid", heading: "console.awards.column.paid", fields: []cellOf[row]{cell("paid", total(func(t award.Totals) money.Amount { return t.Paid }))}},
		{id: "refunded", heading: "console.awards.column.refunded", off: true, fields: []cellOf[row]{cell("refunded", total(func(t award.Totals) money.Amount { return t.Refunded }))}},
	}
}
