package console

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// awardsRoutes are the list of awards.
func (c *Console) awardsRoutes(m routes) {
	m.page("GET /awards", c.awards)
}

// awardsPage is the list of awards that the reader may see.
type awardsPage struct {
	Rows       []tracker.AwardRow
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
	if q.exporting() {
		return q.exportAwards(query)
	}
	page, err := c.Tracker.Awards(q.Context(), q.call, query, q.paging())
	if err != nil {
		return err
	}
	v := awardsPage{Rows: page.Items, Query: query, Half: values.Get("half"), Pager: q.pager(len(page.Items), page.Next), Export: q.exportHref()}
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
func (q *request) exportAwards(query tracker.AwardsQuery) error {
	rows, err := everything(q.Context(), func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.AwardRow], error) {
		return q.tracker().Awards(ctx, q.call, query, p)
	})
	if err != nil {
		return err
	}
	header := []string{}
	for _, id := range []string{"number", "title", "state", "programme", "platform", "project", "payee", "instrument", "start", "end", "currency", "awarded", "approved", "paid", "refunded", "open"} {
		header = append(header, q.text("console.awards.column."+id))
	}
	c := q.console.Catalogs
	named := func(n *tracker.Named) string { return namesOf(n).In(string(q.lang)) }
	var lines [][]string
	for _, r := range rows {
		line := []string{
			r.Number, r.Title.In(string(q.lang)), c.Label(q.lang, "awardState", string(r.State)), r.Programme.Names.In(string(q.lang)),
			named(r.Platform), named(r.Project), named(r.Payee), "", r.StartOn.String(), r.EndOn.String(), r.Amount.Unit().Code(), decimalOf(r.Amount), "", "", "", textOf(r.Open),
		}
		if r.Instrument != "" {
			line[7] = c.Label(q.lang, "instrument", string(r.Instrument))
		}
		if t := r.Totals; t != nil {
			line[12], line[13], line[14] = decimalOf(t.Approved), decimalOf(t.Paid), decimalOf(t.Refunded)
		}
		lines = append(lines, line)
	}
	return q.export("awards", header, lines)
}
