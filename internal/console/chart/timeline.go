package chart

import (
	"milepost/internal/civil"
)

// Timeline shows milestones against time, one row for each.
type Timeline struct {
	Head
	Today civil.Date
	Rows  []TimelineRow
}

// TimelineRow is a milestone. Only Due is needed.
type TimelineRow struct {
	Label      string
	Note       string // under the label: the award, say; may be empty
	Href       string
	State      string // in a word
	Start      civil.Date
	Baseline   civil.Date // the due date first agreed
	Due        civil.Date // the due date in force
	Forecast   civil.Date // when whoever delivers expects to; drawn while not met
	Met        civil.Date
	Closed     bool // nothing is owed any more, met or not: it is not late as of today
	Extensions []Extension
	Gates      []string // the tranches that wait for it: "T2"
}

// Extension is a move of the due date that was granted.
type Extension struct{ From, To civil.Date }

// rowMiddle is the line of the marks in a row, of rowHeight pixels.
const (
	rowHeight = 26
	rowMiddle = 13
)

// Timeline draws the rows in the order given: a ghost where the milestone was
// due at first, an arrow for every extension, a diamond where it is due, in
// brackets where tranches wait for it, a dashed line to the forecast, a tick
// where it was met, and what is late. Errors: ErrMany; ErrRange for a row
// without a due date.
func (p Painter) Timeline(t Timeline) (Chart, error) {
	if len(t.Rows) > MaxRows {
		return Chart{}, ErrMany
	}
	d := timelineDrawing{p: p, w: p.timelineWords(), today: t.Today}
	table := d.table()
	if len(t.Rows) == 0 {
		return p.chart(t.Head, "", p.empty(), table), nil
	}
	var first, last civil.Date
	for _, row := range t.Rows {
		if row.Due.IsZero() {
			return Chart{}, ErrRange
		}
		for _, on := range row.dates() {
			if !on.IsZero() && (first.IsZero() || on.Before(first)) {
				first = on
			}
			last = civil.Max(last, on)
		}
	}
	// Today is shown unless what is shown lies far from it.
	reach := max(last.Sub(first), 90)
	d.showsToday = !t.Today.IsZero() && first.Sub(t.Today) <= reach && t.Today.Sub(last) <= reach
	if d.showsToday {
		first, last = civil.Min(first, t.Today), civil.Max(last, t.Today)
	}
	d.axis = axisOf(first, last)
	lines := d.axis.lines()
	if d.showsToday {
		lines = append(lines, gridLine{d.axis.at(t.Today), "ch-today"})
	}
	d.rowed = rowed{&markup{}}
	d.begin("ch-time", lines)
	d.head()
	d.start("ul", "role", "list")
	for _, row := range t.Rows {
		d.milestone(row)
		table.Rows = append(table.Rows, d.cells(row))
	}
	d.end()
	d.finish()
	d.key("", d.used())
	return p.chart(t.Head, "", d.html(), table), nil
}

func (r TimelineRow) dates() []civil.Date {
	out := []civil.Date{r.Start, r.Baseline, r.Due, r.Met}
	if r.Met.IsZero() {
		out = append(out, r.Forecast)
	}
	for _, e := range r.Extensions {
		out = append(out, e.From, e.To)
	}
	return out
}

// late are the first and the last day of a delay.
func (r TimelineRow) late(today civil.Date) (from, to civil.Date, late bool) {
	to = r.Met
	if to.IsZero() && !r.Closed {
		to = today
	}
	return r.Due, to, to.After(r.Due)
}

// timelineWords are said in every row and so looked up once.
type timelineWords struct {
	milestone, state, start, baseline, due, forecast, met, extension, late, gate, today, separator, colon, arrow string
}

func (p Painter) timelineWords() timelineWords {
	t := func(id string) string { return p.text("timeline." + id) }
	return timelineWords{
		milestone: t("milestone"), state: t("state"), start: t("start"), baseline: t("baseline"), due: t("due"), forecast: t("forecast"), met: t("met"),
		extension: t("extension"), late: t("late"), gate: t("gate"), today: t("today"), separator: p.separator, colon: p.colon, arrow: " → ",
	}
}

// timelineDrawing is a timeline on its way, with what it has drawn so far.
type timelineDrawing struct {
	rowed
	p          Painter
	w          timelineWords
	axis       calendarAxis
	today      civil.Date
	showsToday bool
	drawn      map[string]bool
}

// head is the row of the headings and the axis.
func (d *timelineDrawing) head() {
	d.start("div", "class", "ch-row ch-head", "aria-hidden", "true")
	d.element("span", d.w.milestone, "class", "ch-name")
	d.start("svg", "class", "ch-fluid", "height", "32", "aria-hidden", "true")
	d.axis.labels(d.markup)
	if d.showsToday {
		d.start("svg", "x", percent(d.axis.at(d.today)), "y", "32")
		d.leaf("path", "class", "ch-now", "d", "M-4-5h8l-4 5z")
		d.end()
	}
	d.end()
	d.element("span", d.w.due, "class", "ch-num")
	d.end()
}

func (d *timelineDrawing) milestone(r TimelineRow) {
	d.row(r.Label, r.Note, r.Href, rowHeight, d.says(r), func() { d.marks(r) }, func() {
		d.element("time", r.Due.String(), "datetime", r.Due.String())
		if r.State != "" || len(r.Gates) > 0 {
			d.start("small")
			d.element("bdi", short(r.State))
			for _, g := range r.Gates {
				d.element("i", cut(clean(g), 14), "class", "ch-chip")
			}
			d.end()
		}
	})
}

// marks draws a row from what lies under to what lies over.
func (d *timelineDrawing) marks(r TimelineRow) {
	due := d.axis.at(r.Due)
	planned := r.Due
	for _, e := range r.Extensions {
		planned = civil.Min(planned, civil.Max(e.From, r.Start))
	}
	if !r.Start.IsZero() && r.Start.Before(planned) {
		d.span("ch-span", d.axis.at(r.Start), d.axis.at(planned), d.w.start+d.w.colon+r.Start.String())
	}
	if from, to, late := r.late(d.today); late {
		d.span("ch-overdue", d.axis.at(from), d.axis.at(to), d.w.late+d.w.colon+from.String()+d.w.arrow+to.String())
	}
	if !r.Forecast.IsZero() && r.Met.IsZero() {
		d.span("ch-expect", due, d.axis.at(r.Forecast), "")
		d.sign("ch-forecast", d.axis.at(r.Forecast), d.w.forecast+d.w.colon+r.Forecast.String())
	}
	for _, e := range r.Extensions {
		if !e.From.IsZero() && e.To.After(e.From) {
			d.span("ch-extension", d.axis.at(e.From), d.axis.at(e.To), d.w.extension+d.w.colon+e.From.String()+d.w.arrow+e.To.String())
			d.sign("ch-arrow", d.axis.at(e.To), "")
		}
	}
	if !r.Baseline.IsZero() && r.Baseline != r.Due {
		d.sign("ch-ghost", d.axis.at(r.Baseline), d.w.baseline+d.w.colon+r.Baseline.String())
	}
	if len(r.Gates) > 0 {
		d.sign("ch-gate", due, d.gates(r))
	}
	d.sign("ch-due", due, d.w.due+d.w.colon+r.Due.String())
	if !r.Met.IsZero() {
		d.sign("ch-met", d.axis.at(r.Met), d.w.met+d.w.colon+r.Met.String())
		d.sign("ch-tick", d.axis.at(r.Met), "")
	}
}

func (d *timelineDrawing) span(class string, x, x2 float64, title string) {
	d.note(class)
	y := px(rowMiddle)
	if title == "" {
		d.leaf("line", "class", class, "x1", percent(x), "x2", percent(x2), "y1", y, "y2", y)
		return
	}
	d.start("line", "class", class, "x1", percent(x), "x2", percent(x2), "y1", y, "y2", y)
	d.element("title", title)
	d.end()
}

// shapeOf is the path of a sign around the point it stands for.
func shapeOf(class string) string {
	switch class {
	case "ch-ghost", "ch-due":
		return "M0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z"
	case "ch-forecast":
		return "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"
	case "ch-met":
		return "M-6.5 0a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0z"
	case "ch-tick":
		return "M-3 .2l2.2 2.3 3.9-4.7"
	case "ch-arrow":
		return "M-9.5 0l-6-4v8z"
	}
	return "M-6.5-7h-2v14h2M6.5-7h2v14h-2" // ch-gate: brackets
}

func (d *timelineDrawing) sign(class string, x float64, title string) {
	d.note(class)
	d.start("svg", "x", percent(x), "y", px(rowMiddle))
	if title == "" {
		d.leaf("path", "class", class, "d", shapeOf(class))
	} else {
		d.start("path", "class", class, "d", shapeOf(class))
		d.element("title", title)
		d.end()
	}
	d.end()
}

func (d *timelineDrawing) note(class string) {
	if d.drawn == nil {
		d.drawn = map[string]bool{}
	}
	d.drawn[class] = true
}

func (d *timelineDrawing) gates(r TimelineRow) string {
	out := d.w.gate + d.w.colon
	for i, g := range r.Gates {
		if i > 0 {
			out += d.w.separator
		}
		out += cut(clean(g), shownRunes)
	}
	return cut(out, wholeRunes)
}

// says tells a row in words.
func (d *timelineDrawing) says(r TimelineRow) string {
	out := whole(r.Label)
	say := func(word, value string) {
		if value != "" {
			out += d.w.separator + word + d.w.colon + value
		}
	}
	say(d.w.state, short(r.State))
	if r.Baseline != r.Due {
		say(d.w.baseline, r.Baseline.String())
	}
	say(d.w.due, r.Due.String())
	if r.Met.IsZero() {
		say(d.w.forecast, r.Forecast.String())
	}
	say(d.w.met, r.Met.String())
	if len(r.Gates) > 0 {
		out += d.w.separator + d.gates(r)
	}
	return out
}

// used are the signs that were drawn, with their words.
func (d *timelineDrawing) used() []keyed {
	var out []keyed
	line := func(class string) func(m *markup) {
		return func(m *markup) { m.leaf("line", "class", class, "x1", "0", "x2", "16", "y1", "6", "y2", "6") }
	}
	sign := func(classes ...string) func(m *markup) {
		return func(m *markup) {
			m.start("svg", "x", "8", "y", "6")
			for _, c := range classes {
				m.leaf("path", "class", c, "d", shapeOf(c))
			}
			m.end()
		}
	}
	for _, k := range []struct {
		class, label string
		sign         func(m *markup)
	}{
		{"ch-ghost", d.w.baseline, sign("ch-ghost")}, {"ch-due", d.w.due, sign("ch-due")}, {"ch-forecast", d.w.forecast, sign("ch-forecast")},
		{"ch-met", d.w.met, sign("ch-met", "ch-tick")}, {"ch-gate", d.w.gate, sign("ch-gate", "ch-due")},
		{"ch-extension", d.w.extension, func(m *markup) {
			line("ch-extension")(m)
			m.start("svg", "x", "16", "y", "6")
			m.leaf("path", "class", "ch-arrow", "d", "M0 0l-6-4v8z")
			m.end()
		}},
		{"ch-overdue", d.w.late, line("ch-overdue")},
	} {
		if d.drawn[k.class] {
			out = append(out, keyed{sign: k.sign, label: k.label})
		}
	}
	if d.showsToday {
		out = append(out, d.p.todayKey(d.today))
	}
	return out
}

func (d *timelineDrawing) table() Table {
	var t Table
	for _, n := range []string{d.w.milestone, d.w.state, d.w.start, d.w.baseline, d.w.due, d.w.forecast, d.w.met, d.w.gate} {
		t.Columns = append(t.Columns, Column{Name: n})
	}
	return t
}

func (d *timelineDrawing) cells(r TimelineRow) []Cell {
	label := whole(r.Label)
	if r.Note != "" {
		label += " · " + whole(r.Note)
	}
	gates := ""
	for i, g := range r.Gates {
		if i > 0 {
			gates += d.w.separator
		}
		gates += clean(g)
	}
	out := []Cell{name(label, r.Href), words(r.State)}
	for _, on := range []civil.Date{r.Start, r.Baseline, r.Due, r.Forecast, r.Met} {
		out = append(out, words(on.String()))
	}
	return append(out, words(gates))
}
