package chart

import (
	"strconv"

	"milepost/internal/civil"
)

// calendarAxis maps dates to per cents of a length that begins and ends with a
// month, quarter or year, as the span asks.
type calendarAxis struct {
	from, to civil.Date // the first day, and the day after the last
	unit     int        // months between ticks
}

// Spans in months up to which an axis shows months or quarters.
const (
	spanOfMonths   = 26
	spanOfQuarters = 78
)

// axisOf returns the axis that holds the dates from first to last.
func axisOf(first, last civil.Date) calendarAxis {
	a := calendarAxis{from: monthOf(first), to: nextMonth(monthOf(last), 1), unit: 1}
	span := (a.to.Year()-a.from.Year())*12 + int(a.to.Time().Month()) - int(a.from.Time().Month())
	if span > spanOfMonths {
		a.unit = 3
	}
	if span > spanOfQuarters {
		a.unit = 12
	}
	a.from = a.begin(first)
	a.to = nextMonth(a.begin(last), a.unit)
	return a
}

// begin is the first day of the unit that holds a date.
func (a calendarAxis) begin(d civil.Date) civil.Date {
	month := monthOf(d)
	back := (int(month.Time().Month()) - 1) % a.unit
	for range back {
		month = monthOf(month.AddDays(-1))
	}
	return month
}

// at is the per cent of a date: of the middle of the day.
func (a calendarAxis) at(d civil.Date) float64 {
	return 100 * (float64(d.Sub(a.from)) + 0.5) / float64(a.to.Sub(a.from))
}

// edge is the per cent at which a day begins.
func (a calendarAxis) edge(d civil.Date) float64 {
	return 100 * float64(d.Sub(a.from)) / float64(a.to.Sub(a.from))
}

// starts are the first days of the units.
func (a calendarAxis) starts() []civil.Date {
	var out []civil.Date
	for d := a.from; d.Before(a.to); d = nextMonth(d, a.unit) {
		out = append(out, d)
	}
	return out
}

// lines are the grid: years apart from months and quarters.
func (a calendarAxis) lines() []gridLine {
	starts := a.starts()
	stride := 1
	if a.unit == 12 {
		stride = strideFor(len(starts), 30)
	}
	var out []gridLine
	for _, d := range starts {
		class := "ch-line"
		if d.Time().Month() == 1 {
			class = "ch-line ch-newyear"
		}
		if d != a.from && d.Year()%stride == 0 {
			out = append(out, gridLine{a.edge(d), class})
		}
	}
	return out
}

// labels writes the years above the months or quarters.
func (a calendarAxis) labels(m *markup) {
	starts := a.starts()
	if a.unit == 12 {
		stride := strideFor(len(starts), 7)
		for _, d := range starts {
			if d.Year()%stride == 0 && a.edge(d) < 92 {
				m.element("text", d.String()[:4], "x", percent(a.edge(d)), "dx", "3", "y", "26", "class", "ch-t ch-year")
			}
		}
		return
	}
	free := 0.0
	for i, d := range starts {
		month := int(d.Time().Month())
		x, x2 := a.edge(d), a.edge(nextMonth(d, a.unit))
		text, stride := d.String()[5:7], 1
		switch {
		case a.unit == 3 && len(starts) > 22:
			text, stride = "Q"+strconv.Itoa(month/3+1), 12
		case a.unit == 3 && len(starts) > 11:
			text, stride = "Q"+strconv.Itoa(month/3+1), 6
		case a.unit == 3:
			text = "Q" + strconv.Itoa(month/3+1)
		case len(starts) > 11:
			stride = 3
		}
		class := "ch-t ch-mid"
		if (month-1)%stride != 0 {
			class += " ch-wide"
		}
		m.element("text", text, "x", percent((x+x2)/2), "y", "26", "class", class)
		// The first year is named where its end is far enough for another name.
		if month == 1 || i == 0 && a.edge(yearAfter(d)) > 13 {
			if x >= free && x < 92 {
				m.element("text", d.String()[:4], "x", percent(x), "dx", "3", "y", "12", "class", "ch-t ch-year")
				free = x + 12
			}
		}
	}
}

// yearAfter is the first day of the next year.
func yearAfter(d civil.Date) civil.Date {
	return nextMonth(d, 13-int(d.Time().Month()))
}
