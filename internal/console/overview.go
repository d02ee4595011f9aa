package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/rollup"
	"milepost/internal/tracker"
)

// overviewRoutes are the portfolio in figures and charts.
func (c *Console) overviewRoutes(m routes) {
	m.page("GET /overview", c.overview)
}

// overviewPage are the figures of a place of the portfolio, each with the way
// to what it counts.
type overviewPage struct {
	tracker.PortfolioView
	Filters filters
	Place   place
	Empty   bool // there is nothing to count yet
	Overdue int
	Risk    []money.Amount // of tranches, each once
	Slip    string         // days of the median without their sign
	SlipID  string         // of the text that says them
	Charts  []drawing
	Parts   []partLine
	More    pager // of parts
	Export  string
}

// partLine is what a platform adds in a programme.
type partLine struct {
	tracker.PortfolioPart
	Place   place
	Open    int
	Overdue int
	Risk    []money.Amount
}

// Href is the address of a list of the page's place; pairs are further names
// and values.
func (v overviewPage) Href(path string, pairs ...string) string { return v.Place.href(path, pairs...) }

// Href is the address of a list of the part's place.
func (l partLine) Href(path string, pairs ...string) string { return l.Place.href(path, pairs...) }

func (p place) href(path string, pairs ...string) string {
	all := []any{"programme", p.Programme, "platform", p.Platform}
	for _, x := range pairs {
		all = append(all, x)
	}
	return to(path, all...)
}

func (c *Console) overview(q *request) error {
	view := overviewPage{Filters: filters{Action: "/overview"}}
	var err error
	if view.Place, err = q.inPlace(&view.Filters); err != nil {
		return err
	}
	view.PortfolioView, err = c.Tracker.Portfolio(q.Context(), q.call, tracker.PortfolioQuery{Programme: view.Place.Programme, Platform: view.Place.Platform, Parts: true})
	if err != nil {
		return err
	}
	view.Empty = len(view.Money) == 0 && len(view.Awards) == 0
	view.Overdue, view.Risk = overdueIn(view.PortfolioView.Overdue)
	view.SlipID, view.Slip = slipOf(view.MedianSlip)
	view.parts(q)
	if view.Charts, err = q.drawOverview(&view); err != nil {
		return err
	}
	if q.exporting() {
		return q.exportOverview(&view)
	}
	view.Export = q.with("format", "csv")
	view.page(q)
	return q.show("overview", q.text("console.overview.title"), view)
}

// overdueIn adds buckets up: what is overdue, and the money at risk, by
// currency.
func overdueIn(buckets []rollup.Bucket) (n int, risk []money.Amount) {
	for _, b := range buckets {
		n += b.Obligations
		for _, a := range b.AtRisk {
			i := slices.IndexFunc(risk, func(x money.Amount) bool { return x.Unit() == a.Unit() })
			if i < 0 {
				risk = append(risk, a)
				continue
			}
			if sum, err := risk[i].Add(a); err == nil { // the figures were added up before, in range
				risk[i] = sum
			}
		}
	}
	return n, risk
}

// slipOf is the text for a median slip, and its days.
func slipOf(days string) (id, n string) {
	n = strings.TrimPrefix(days, "-")
	switch {
	case days == "":
		return "console.overview.slip.none", ""
	case n == "0":
		return "console.overview.slip.zero", n
	case n != days:
		return "console.overview.slip.early", n
	}
	return "console.overview.slip.late", n
}

// parts are the page's, the most overdue first.
func (v *overviewPage) parts(q *request) {
	for _, p := range v.PortfolioView.Parts {
		line := partLine{PortfolioPart: p, Place: place{ident.Programme(p.Programme.ID), tracker.NoPlatform}}
		if p.Platform != nil {
			line.Place.Platform = ident.Platform(p.Platform.ID)
		}
		line.Overdue, line.Risk = overdueIn(p.Overdue)
		for _, o := range p.Owed {
			line.Open += o.Open
		}
		v.Parts = append(v.Parts, line)
	}
	name := func(l partLine) string { return namesOf(l.Platform).In(string(q.lang)) }
	slices.SortStableFunc(v.Parts, func(a, b partLine) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Awards, a.Awards), strings.Compare(name(a), name(b)))
	})
}

// page cuts the parts to those of a page.
func (v *overviewPage) page(q *request) {
	n, err := strconv.Atoi(q.URL.Query().Get("part"))
	if err != nil || n < 1 || (n-1)*perPage >= len(v.Parts) {
		n = 1
	}
	from, to := (n-1)*perPage, min(n*perPage, len(v.Parts))
	if n > 1 {
		v.More.First = q.with("part", "") + "#parts"
	}
	if to < len(v.Parts) {
		v.More.Next = q.with("part", strconv.Itoa(n+1)) + "#parts"
	}
	v.Parts = v.Parts[from:to]
}

// Active is how many awards are in force.
func (v overviewPage) Active() int { return v.Awards[award.Active] }

// exportOverview answers with the table of a chart, or with what each platform
// adds in each programme: dates and amounts as written, one currency a row.
func (q *request) exportOverview(v *overviewPage) error {
	if name := q.URL.Query().Get("table"); name != "" {
		for _, d := range v.Charts {
			if d.Key == name {
				return q.export("overview-"+name, d.chart.Table.Header(), d.chart.Table.Records())
			}
		}
		return fault.New(fault.NotFound, "thing.notFound")
	}
	var header []string
	for _, id := range []string{"asOf", "programme", "platform", "currency", "awards", "awarded", "approved", "paid", "returned", "open", "overdue", "risk"} {
		header = append(header, q.text("console.overview.column."+id))
	}
	var rows [][]string
	for _, p := range v.Parts {
		for _, line := range p.Money {
			unit := line.Awarded.Unit()
			rows = append(rows, []string{
				v.AsOf.String(), p.Programme.Names.In(string(q.lang)), namesOf(p.Platform).In(string(q.lang)), unit.Code(), strconv.Itoa(p.Awards),
				line.Awarded.Decimal(), line.Approved.Decimal(), line.Paid.Decimal(), line.Returned.Decimal(),
				strconv.Itoa(p.Open), strconv.Itoa(p.Overdue), rollup.Money(p.Risk).Of(unit).Decimal(),
			})
		}
	}
	return q.export("overview", header, rows)
}
