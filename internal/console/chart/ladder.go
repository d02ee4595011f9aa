package chart

import (
	"slices"
	"strconv"

	"milepost/internal/civil"
)

// Ladder shows when an obligation is flagged, around its due date.
type Ladder struct {
	Head
	Due   civil.Date // that the rungs count from
	Today civil.Date
	// Open says that the obligation is owed and its clock runs: only then is a
	// next flag announced.
	Open  bool
	Rungs []Rung // by date
}

// Rung is one step of a ladder.
type Rung struct {
	Level       string // owner, manager or head: the shape, and the word of the catalog
	Asks        string // in words; may be empty
	Offset      int    // days from Due, before it where negative
	Working     bool   // working days, else calendar days
	On          civil.Date
	Reached     bool // On is on record
	Skipped     bool // it is never reached: from before the obligation opened
	Provisional bool // On rests on a year whose calendar is not published
}

// Lines of the strip, in pixels.
const (
	stripHeight = 62
	stripMiddle = 31
	offsetLine  = 14
	secondLine  = 56
)

// Ladder draws a strip to scale and, under it, the rungs as a list with their
// dates. Errors: ErrMany; ErrRange for a rung or a ladder without a date.
func (p Painter) Ladder(l Ladder) (Chart, error) {
	if len(l.Rungs) > MaxRungs {
		return Chart{}, ErrMany
	}
	table := Table{}
	for _, id := range []string{"date", "offset", "level", "asks", "state"} {
		table.Columns = append(table.Columns, Column{Name: p.text("ladder." + id)})
	}
	if len(l.Rungs) == 0 {
		return p.chart(l.Head, "", p.empty(), table), nil
	}
	first, last := l.Due, l.Due
	for _, r := range l.Rungs {
		if r.On.IsZero() || l.Due.IsZero() {
			return Chart{}, ErrRange
		}
		first, last = civil.Min(first, r.On), civil.Max(last, r.On)
	}
	axis := calendarAxis{from: first, to: last.AddDays(1)}
	if axis.to == axis.from { // the last date there is
		axis.from = first.AddDays(-1)
	}
	var m markup
	m.start("div", "class", "ch-body ch-ladder")
	next := p.next(l)
	m.element("p", next, "class", "ch-next")
	m.start("svg", "class", "ch-fluid ch-strip", "height", px(stripHeight), "role", "img")
	m.element("title", whole(l.Title))
	m.element("desc", next+" "+p.text("described"))
	p.strip(&m, l, axis)
	m.end()
	m.start("ol", "role", "list")
	for _, r := range l.Rungs {
		row := p.rungCells(l, r)
		m.rungRow(r, row)
		table.Rows = append(table.Rows, row)
	}
	m.end()
	if slices.ContainsFunc(l.Rungs, func(r Rung) bool { return r.Provisional && !r.Reached && !r.Skipped }) {
		m.element("p", p.text("ladder.unpublished"), "class", "ch-note")
	}
	if l.shows(axis) {
		m.key("", []keyed{p.todayKey(l.Today)})
	}
	m.end()
	return p.chart(l.Head, "", m.html(), table), nil
}

// shows tells whether today lies in the strip.
func (l Ladder) shows(a calendarAxis) bool { return !l.Today.Before(a.from) && l.Today.Before(a.to) }

// todayKey explains the line of today.
func (p Painter) todayKey(today civil.Date) keyed {
	return keyed{label: p.text("timeline.today"), value: today.String(), sign: func(m *markup) {
		m.leaf("line", "class", "ch-today", "x1", "8", "x2", "8", "y1", "0", "y2", "12")
	}}
}

// next says when the obligation is flagged next, if it stays open.
func (p Painter) next(l Ladder) string {
	if !l.Open {
		return p.text("ladder.closed")
	}
	for _, r := range l.Rungs {
		if !r.Reached && !r.Skipped {
			return p.text("ladder.next", "date", r.On.String(), "level", p.level(r.Level))
		}
	}
	return p.text("ladder.done")
}

func (p Painter) level(code string) string { return clean(p.catalogs.Label(p.lang, "level", code)) }

// strip draws due date, today and rungs to scale. Labels stand in two lines,
// and where both are taken the list alone has them.
func (p Painter) strip(m *markup, l Ladder, a calendarAxis) {
	y := px(stripMiddle)
	due := a.at(l.Due)
	m.leaf("line", "class", "ch-span", "x1", "0%", "x2", percent(due), "y1", y, "y2", y)
	m.leaf("line", "class", "ch-overdue", "x1", percent(due), "x2", "100%", "y1", y, "y2", y)
	if l.shows(a) {
		x := percent(a.at(l.Today))
		m.start("line", "class", "ch-today", "x1", x, "x2", x, "y1", "20", "y2", "43")
		m.element("title", p.pair(p.text("timeline.today"), l.Today.String()))
		m.end()
	}
	m.leaf("line", "class", "ch-zero", "x1", percent(due), "x2", percent(due), "y1", "20", "y2", "44")
	word := p.pair(p.text("timeline.due"), l.Due.String())
	anchor, from, to := "ch-t ch-strong ch-mid", due-wordWidth/2, due+wordWidth/2
	switch {
	case due < wordWidth/2:
		anchor, from, to = "ch-t ch-strong", due, due+wordWidth
	case due > 100-wordWidth/2:
		anchor, from, to = "ch-t ch-strong ch-end", due-wordWidth, due
	}
	m.element("text", word, "x", percent(due), "y", px(secondLine), "class", anchor)
	var above, below lane
	below.take(from, to)
	for _, r := range l.Rungs {
		x := a.at(r.On)
		m.start("svg", "x", percent(x), "y", y)
		m.rungSign(r, r.On.String()+" "+p.level(r.Level))
		m.end()
		text := offset(r.Offset)
		switch {
		case above.take(x-offsetWidth/2, x+offsetWidth/2):
			m.element("text", text, "x", percent(x), "y", px(offsetLine), "class", "ch-t ch-mid")
		case below.take(x-offsetWidth/2, x+offsetWidth/2):
			m.element("text", text, "x", percent(x), "y", px(secondLine), "class", "ch-t ch-mid")
		}
	}
}

// Per cents that an offset and the due date's words take where the drawing is
// 270 pixels wide.
const (
	offsetWidth = 10.0
	wordWidth   = 44.0
)

// lane keeps labels of a line apart.
type lane struct{ taken [][2]float64 }

func (l *lane) take(from, to float64) bool {
	for _, t := range l.taken {
		if from < t[1] && to > t[0] {
			return false
		}
	}
	l.taken = append(l.taken, [2]float64{from, to})
	return true
}

// offset is a number of days with its sign.
func offset(n int) string {
	switch {
	case n > 0:
		return "+" + strconv.Itoa(n)
	case n < 0:
		return minus + strconv.Itoa(-n)
	}
	return "0"
}

// rungSign draws the level of a rung as the console does: a ring for the owner,
// half filled for the manager, filled for the head.
func (m *markup) rungSign(r Rung, title string) {
	class := "ch-rung"
	if r.Skipped {
		class += " ch-skipped"
	} else if r.Reached {
		class += " ch-reached"
	}
	m.start("g", "class", class)
	if title != "" {
		m.element("title", title)
	}
	m.leaf("circle", "r", "5.5", "class", "ch-ring")
	switch r.Level {
	case "manager":
		m.leaf("path", "class", "ch-fill", "d", "M0-5.5a5.5 5.5 0 0 1 0 11z")
	case "head":
		m.leaf("circle", "r", "5.5", "class", "ch-fill")
	}
	m.end()
}

// rungCells are a rung in words: date, offset, level, what is asked, state.
func (p Painter) rungCells(l Ladder, r Rung) []Cell {
	unit, count := "ladder.calendar", r.Offset
	if r.Working {
		unit = "ladder.working"
	}
	if count < 0 {
		count = -count
	}
	state := "ladder.ahead"
	switch {
	case r.Reached:
		state = "ladder.reached"
	case r.Skipped:
		state = "ladder.skipped"
	case !l.Open:
		state = "ladder.off"
	case r.Provisional:
		state = "ladder.provisional"
	}
	level := words(p.level(r.Level))
	days := Cell{Text: p.text(unit, "offset", offset(r.Offset), "count", count), Plain: strconv.Itoa(r.Offset)}
	if r.Working {
		days.Plain = days.Text
	}
	return []Cell{words(r.On.String()), days, level, words(r.Asks), words(p.text(state))}
}

func (m *markup) rungRow(r Rung, row []Cell) {
	class := ""
	if r.Skipped {
		class = "ch-skipped"
	}
	m.start("li", "class", class)
	m.start("svg", "class", "ch-sign", "viewBox", "0 0 16 12", "width", "16", "height", "12", "aria-hidden", "true")
	m.start("svg", "x", "8", "y", "6")
	m.rungSign(r, "")
	m.end()
	m.end()
	m.element("time", row[0].Text, "datetime", row[0].Text)
	m.element("span", row[1].Text, "class", "ch-offset")
	m.element("b", row[2].Text)
	m.label(short(row[3].Text), row[3].Text, "")
	m.element("small", row[4].Text)
	m.end()
}
