package console

import (
	"html/template"
	"strings"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/console/chart"
	"milepost/internal/money"
	"milepost/internal/rollup"
)

// monthsShown is how many months the trends show.
const monthsShown = 12

// drawing is a chart of a page under a key, by which its table is asked for as
// a file.
type drawing struct {
	Key   string
	Class string // how much room it takes: tall, wide or ""
	chart chart.Chart
}

// Figure is the chart as HTML.
func (d drawing) Figure() template.HTML { return d.chart.Figure() }

// overviewDrawer draws the charts of one page.
type overviewDrawer struct {
	*request
	v       *overviewPage
	painter chart.Painter
	out     []drawing
}

// drawOverview draws the charts of a place's figures.
func (q *request) drawOverview(v *overviewPage) ([]drawing, error) {
	d := &overviewDrawer{request: q, v: v, painter: q.painter()}
	for _, draw := range []func() error{d.money, d.milestones, d.outcomes, d.late, d.risk, d.owed, d.decided, d.paid} {
		if err := draw(); err != nil {
			return nil, err
		}
	}
	return d.out, nil
}

// head is that of a chart under a key; several of a kind are told apart by
// their currency. Where there is one, the amounts name it.
func (d *overviewDrawer) head(kind string, unit money.Unit) (string, chart.Head) {
	key, currency := kind, ""
	if !unit.IsZero() {
		key += "-" + unit.Code()
	}
	if len(d.v.Money) > 1 {
		currency = unit.Code()
	}
	return key, chart.Head{
		Title: d.text("console.overview.chart."+kind, "currency", currency),
		CSV:   d.v.Place.href("/overview", "format", "csv", "table", key),
	}
}

func (d *overviewDrawer) add(key string, c chart.Chart, err error) error {
	room := ""
	switch kind, _, _ := strings.Cut(key, "-"); kind {
	case "money":
		room = "tall"
	case "owed":
		room = "wide"
	}
	d.out = append(d.out, drawing{Key: key, Class: room, chart: c})
	return err
}

// money is the way from what was awarded to what stays paid.
func (d *overviewDrawer) money() error {
	for _, line := range d.v.Money {
		key, head := d.head("money", line.Awarded.Unit())
		open, err := line.Approved.Sub(line.Awarded)
		if err != nil {
			return err
		}
		unpaid, err := line.Paid.Sub(line.Approved)
		if err != nil {
			return err
		}
		kept, err := line.Paid.Sub(line.Returned)
		if err != nil {
			return err
		}
		step := func(id string, a money.Amount, level bool, path string, pairs ...string) chart.Step {
			return chart.Step{Label: d.text("console.overview.step." + id), Amount: chart.Money(a), Level: level, Href: d.v.Href(path, pairs...)}
		}
		c, err := d.painter.Waterfall(chart.Waterfall{
			Head: head, LevelName: d.text("console.overview.step.level"), AddedName: d.text("console.overview.step.added"), TakenName: d.text("console.overview.step.taken"),
			Steps: []chart.Step{
				step("awarded", line.Awarded, true, "/awards", "half", "all"), step("notApproved", open, false, "/tranches", "queue", "unapproved"),
				step("approved", line.Approved, true, "/tranches", "queue", "all"), step("notPaid", unpaid, false, "/tranches", "queue", "all", "state", "approved"),
				step("paid", line.Paid, true, "/payments", "queue", "paid"), step("returned", line.Returned.Neg(), false, "/refunds", "state", "recorded"),
				step("kept", kept, true, "/payments", "queue", "paid"),
			},
		})
		if err := d.add(key, c, err); err != nil {
			return err
		}
	}
	return nil
}

// look is how a state or an outcome is drawn.
type look struct {
	code string
	chart.Look
}

func (d *overviewDrawer) milestones() error {
	key, head := d.head("milestones", money.Unit{})
	row := chart.StackRow{Label: d.text("console.overview.milestones")}
	s := chart.Stack{Head: head, Category: d.text("console.overview.column.state"), Unit: d.text("console.overview.unit.milestones")}
	for _, l := range []look{
		{string(award.Planned), chart.Idle}, {string(award.InProgress), chart.Active}, {string(award.MilestoneSubmitted), chart.Waiting},
		{string(award.Returned), chart.Back}, {string(award.Decided), chart.Good}, {string(award.Cancelled), chart.Gone},
	} {
		s.Series = append(s.Series, chart.Series{Label: d.console.Catalogs.Label(d.lang, "milestoneState", l.code), Look: l.Look, Href: d.v.Href("/milestones", "state", l.code)})
		row.Counts = append(row.Counts, d.v.Milestones[award.MilestoneState(l.code)])
	}
	s.Rows = []chart.StackRow{row}
	c, err := d.painter.Stack(s)
	return d.add(key, c, err)
}

func (d *overviewDrawer) outcomes() error {
	key, head := d.head("outcomes", money.Unit{})
	row := chart.StackRow{Label: d.text("console.overview.milestones")}
	s := chart.Stack{Head: head, Category: d.text("console.overview.column.outcome"), Unit: d.text("console.overview.unit.milestones")}
	for _, l := range []look{{string(award.Met), chart.Good}, {string(award.PartiallyMet), chart.Part}, {string(award.NotMet), chart.Bad}} {
		s.Series = append(s.Series, chart.Series{Label: d.console.Catalogs.Label(d.lang, "milestoneOutcome", l.code), Look: l.Look, Href: d.v.Href("/milestones", "state", string(award.Decided), "outcome", l.code)})
		row.Counts = append(row.Counts, d.v.Outcomes[award.Outcome(l.code)])
	}
	s.Rows = []chart.StackRow{row}
	c, err := d.painter.Stack(s)
	return d.add(key, c, err)
}

// lateBars are a bar for each bucket of lateness.
func (d *overviewDrawer) lateBars(value func(rollup.Bucket) chart.Value) []chart.Bar {
	looks := []chart.Look{chart.Late1, chart.Late2, chart.Late3, chart.Late4}
	var bars []chart.Bar
	for i, b := range lateBuckets() {
		bars = append(bars, chart.Bar{Label: d.text("console.bucket." + b.key), Value: value(d.v.PortfolioView.Overdue[i]), Look: looks[i], Href: d.v.Href("/overdue", "late", b.key)})
	}
	return bars
}

func (d *overviewDrawer) late() error {
	key, head := d.head("late", money.Unit{})
	c, err := d.painter.Bars(chart.Bars{
		Head: head, Category: d.text("console.column.late"), Measure: d.text("console.overview.column.overdue"), Unit: d.text("console.overview.unit.obligations"),
		Bars: d.lateBars(func(b rollup.Bucket) chart.Value { return chart.Count(b.Obligations) }),
	})
	return d.add(key, c, err)
}

func (d *overviewDrawer) risk() error {
	for _, total := range d.v.Risk {
		key, head := d.head("risk", total.Unit())
		c, err := d.painter.Bars(chart.Bars{
			Head: head, Category: d.text("console.column.late"), Measure: d.text("console.column.risk"),
			Bars: d.lateBars(func(b rollup.Bucket) chart.Value { return chart.Money(b.AtRisk.Of(total.Unit())) }),
		})
		if err := d.add(key, c, err); err != nil {
			return err
		}
	}
	return nil
}

// owed is what each role owes: overdue, due soon, later, its clock standing.
func (d *overviewDrawer) owed() error {
	key, head := d.head("owed", money.Unit{})
	s := chart.Stack{Head: head, Category: d.text("console.filter.role"), Unit: d.text("console.overview.unit.obligations"), Series: []chart.Series{
		{Label: d.text("console.overview.owed.overdue"), Look: chart.Bad, Href: d.v.Href("/overdue")},
		{Label: d.text("console.overview.owed.dueSoon"), Look: chart.Waiting, Href: d.v.Href("/overdue", "status", "dueSoon")},
		{Label: d.text("console.overview.owed.later"), Look: chart.Active, Href: d.v.Href("/overdue", "status", "open", "from", d.v.AsOf.AddDays(rollup.SoonDays+1).String())},
		{Label: d.text("console.overview.owed.paused"), Look: chart.Gone, Href: d.v.Href("/overdue", "status", "paused")},
	}}
	for _, o := range d.v.Owed {
		s.Rows = append(s.Rows, chart.StackRow{
			Label: d.console.Catalogs.Label(d.lang, "role", string(o.Role)), Href: d.v.Href("/overdue", "status", "owed", "role", string(o.Role)),
			Counts: []int{o.Overdue, o.DueSoon, o.Open - o.Overdue - o.DueSoon, o.Paused},
		})
	}
	c, err := d.painter.Stack(s)
	return d.add(key, c, err)
}

// months are the last ones in which something happened, with their dates.
func (d *overviewDrawer) months() ([]rollup.Trend, []civil.Date, error) {
	from := rollup.MonthOf(d.v.AsOf.AddDays(-30 * (monthsShown - 1)))
	var list []rollup.Trend
	var dates []civil.Date
	for _, m := range d.v.Trend {
		if m.Name < from {
			continue
		}
		on, err := civil.Parse(m.Name + "-01")
		if err != nil {
			return nil, nil, err
		}
		list, dates = append(list, m), append(dates, on)
	}
	return list, dates, nil
}

func (d *overviewDrawer) decided() error {
	key, head := d.head("decided", money.Unit{})
	months, dates, err := d.months()
	if err != nil {
		return err
	}
	t := chart.Trend{Head: head, Unit: d.text("console.overview.unit.milestones"), Series: []chart.Series{
		{Label: d.text("console.overview.decided.onTime"), Look: chart.Good}, {Label: d.text("console.overview.decided.late"), Look: chart.Part}, {Label: d.text("console.overview.decided.notMet"), Look: chart.Bad},
	}}
	for i, m := range months {
		t.Months = append(t.Months, chart.TrendMonth{
			Month: dates[i], Href: d.v.Href("/milestones", "state", string(award.Decided), "month", m.Name),
			Values: []chart.Value{chart.Count(m.OnTime), chart.Count(m.Met - m.OnTime), chart.Count(m.Decided - m.Met)},
		})
	}
	c, err := d.painter.Trend(t)
	return d.add(key, c, err)
}

func (d *overviewDrawer) paid() error {
	months, dates, err := d.months()
	if err != nil {
		return err
	}
	for _, line := range d.v.Money {
		unit := line.Paid.Unit()
		key, head := d.head("paid", unit)
		t := chart.Trend{Head: head, Series: []chart.Series{{Label: d.text("console.overview.step.paid"), Look: chart.Plain}, {Label: d.text("console.overview.step.returned"), Look: chart.Bad}}}
		for i, m := range months {
			t.Months = append(t.Months, chart.TrendMonth{
				Month: dates[i], Values: []chart.Value{chart.Money(m.Paid.Of(unit)), chart.Money(m.Returned.Of(unit).Neg())},
				Hrefs: []string{d.v.Href("/payments", "queue", string(award.Paid), "month", m.Name), d.v.Href("/refunds", "state", string(award.Recorded), "month", m.Name)},
			})
		}
		c, err := d.painter.Trend(t)
		if err := d.add(key, c, err); err != nil {
			return err
		}
	}
	return nil
}
