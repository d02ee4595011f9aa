package chart

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"milepost/internal/civil"
)

// Trend shows what happened by month.
type Trend struct {
	Head
	Unit   string // what is counted, where the values are no money
	Lines  bool   // one line for each series; else columns, the series stacked
	Series []Series
	// Months in any order; those between the first and the last that are
	// missing are drawn and listed as nothing.
	Months []TrendMonth
}

// TrendMonth is what happened in the month of a date.
type TrendMonth struct {
	Month  civil.Date
	Href   string
	Values []Value // of each series; in columns, negative ones hang under the zero line
	// Hrefs are of each value in columns, where they lead to several places;
	// then the month itself leads nowhere. Nothing leads nowhere.
	Hrefs []string
}

// Pixels of a trend from its top: the drawing, then its labels.
const (
	trendTop    = 8
	trendBottom = 148
	monthLine   = 163
	yearLine    = 179
	trendHeight = 184
)

// Trend draws columns or lines. Errors: ErrUnits, also for a month with more or
// fewer values or hrefs than series or twice the same month; ErrRange; ErrMany.
func (p Painter) Trend(t Trend) (Chart, error) {
	months, m, err := p.months(t)
	if err != nil {
		return Chart{}, err
	}
	table := p.trendTable(t, months, m)
	if len(months) == 0 || len(t.Series) == 0 {
		return p.chart(t.Head, m.name, p.empty(), table), nil
	}
	lo, hi := extremes(months, !t.Lines)
	s := m.scaled(lo, hi, 5)
	var out markup
	out.start("div", "class", "ch-body")
	linked := slices.ContainsFunc(months, func(x TrendMonth) bool { return local(x.Href) != "" || len(x.Hrefs) > 0 })
	role := "img"
	if linked {
		role = "group"
	}
	out.start("svg", "class", "ch-fluid ch-g"+gutter(s, m), "height", px(trendHeight), "role", role)
	out.element("title", whole(t.Title))
	out.element("desc", strings.TrimSpace(whole(t.Summary)+" "+p.text("described")))
	for _, tick := range s.ticks {
		y, class := px(down(s, tick)), "ch-line"
		if tick == 0 {
			class = "ch-zero"
		}
		out.leaf("line", "x1", "0%", "x2", "100%", "y1", y, "y2", y, "class", class)
		out.element("text", s.label(tick, m), "x", "0", "dx", "-6", "y", px(down(s, tick)+4), "class", "ch-t ch-end")
	}
	out.monthLabels(months)
	if t.Lines {
		out.polylines(t, months, s)
	}
	for i := range months {
		out.month(t, months, i, s, m)
	}
	out.end()
	out.end()
	if len(t.Series) > 1 {
		var key []keyed
		for j, series := range t.Series {
			k := keyed{look: series.Look, label: series.Label, href: series.Href}
			if t.Lines {
				k.sign = func(m *markup) {
					m.leaf("line", "x1", "0", "x2", "16", "y1", "6", "y2", "6", "class", lineClass(j))
					m.leaf("path", "class", lineClass(j)+" ch-dot", "d", "M8 6"+dot(j))
				}
			}
			key = append(key, k)
		}
		out.key("", key)
	}
	return p.chart(t.Head, m.name, out.html(), table), nil
}

// Spark draws the sum of each month as a line without axes, for a card that
// says its number in words. Errors as Trend.
func (p Painter) Spark(t Trend) (Chart, error) {
	months, m, err := p.months(t)
	if err != nil {
		return Chart{}, err
	}
	table := p.trendTable(t, months, m)
	if len(months) == 0 {
		return p.chart(t.Head, m.name, p.empty(), table), nil
	}
	sums := make([]int64, len(months))
	for i, month := range months {
		for _, v := range month.Values {
			sums[i] += v.n
		}
	}
	s := m.scaled(slices.Min(sums), slices.Max(sums), 5)
	var points []string
	var x, y int
	for i, n := range sums {
		x, y = 2+96*i/max(1, len(sums)-1), 2+int(20-20*s.at(n)/100)
		points = append(points, fmt.Sprintf("%d %d", x, y))
	}
	last := months[len(months)-1].Month.String()[:7] + ": " + m.exact(sums[len(sums)-1])
	var out markup
	out.start("svg", "class", "ch-spark", "viewBox", "0 0 100 24", "preserveAspectRatio", "none", "role", "img")
	out.element("title", whole(t.Title)+p.separator+last)
	out.element("desc", strings.TrimSpace(whole(t.Summary)+" "+p.text("described")))
	out.leaf("polyline", "points", strings.Join(points, " "), "class", "ch-s0")
	out.leaf("path", "d", fmt.Sprintf("M%d %dh0", x, y), "class", "ch-s0 ch-dot")
	out.end()
	return p.chart(t.Head, m.name, out.html(), table), nil
}

// months puts the months in order, fills the gaps and finds the unit.
func (p Painter) months(t Trend) ([]TrendMonth, measure, error) {
	if len(t.Series) > MaxSeries || len(t.Months) > MaxMonths {
		return nil, measure{}, ErrMany
	}
	var values []Value
	byMonth := map[string]TrendMonth{}
	var first, last civil.Date
	for _, month := range t.Months {
		month.Month = monthOf(month.Month)
		name := month.Month.String()
		if _, twice := byMonth[name]; twice || name == "" || len(month.Values) != len(t.Series) || len(month.Hrefs) > 0 && len(month.Hrefs) != len(t.Series) {
			return nil, measure{}, ErrUnits
		}
		if byMonth[name] = month; first.IsZero() || month.Month.Before(first) {
			first = month.Month
		}
		last = civil.Max(last, month.Month)
		var sum int64
		for _, v := range month.Values {
			if magnitude(v.n) > maxSum/MaxSeries {
				return nil, measure{}, ErrRange
			}
			sum += v.n
			values = append(values, v)
		}
		if len(month.Values) > 0 {
			values = append(values, Value{n: sum, unit: month.Values[0].unit, counted: month.Values[0].counted})
		}
	}
	m, err := p.measure(t.Unit, values)
	if err != nil || first.IsZero() {
		return nil, m, err
	}
	if (last.Year()-first.Year())*12 > MaxMonths {
		return nil, m, ErrMany
	}
	var out []TrendMonth
	for at := first; !at.After(last); at = nextMonth(at, 1) {
		month, ok := byMonth[at.String()]
		if !ok {
			month = TrendMonth{Month: at, Values: make([]Value, len(t.Series))}
		}
		out = append(out, month)
		if at == nextMonth(at, 1) {
			break // the last month there is
		}
	}
	return out, m, nil
}

// monthOf is the first day of a date's month.
func monthOf(d civil.Date) civil.Date {
	if d.IsZero() {
		return d
	}
	return d.AddDays(1 - d.Time().Day())
}

// nextMonth is the first day of the n-th month after the one that begins on d,
// or the last date there is.
func nextMonth(d civil.Date, n int) civil.Date {
	t := d.Time()
	months := t.Year()*12 + int(t.Month()) - 1 + n
	if out, ok := civil.Of(months/12, time.Month(months%12+1), 1); ok {
		return out
	}
	return d.AddDays(1 << 20)
}

// extremes are the lowest and the highest point: of stacks, or of values.
func extremes(months []TrendMonth, stacked bool) (lo, hi int64) {
	for _, month := range months {
		var under, over int64
		for _, v := range month.Values {
			if !stacked {
				under, over = 0, 0
			}
			if v.n < 0 {
				under += v.n
			} else {
				over += v.n
			}
			lo, hi = min(lo, under), max(hi, over)
		}
	}
	return lo, hi
}

// down is the pixel of a value.
func down(s scale, n int64) int {
	return trendBottom - int((trendBottom-trendTop)*s.at(n)/100+0.5)
}

// gutter chooses the room for the labels of the scale, in steps of the style
// sheet.
func gutter(s scale, m measure) string {
	longest := 0
	for _, t := range s.ticks {
		longest = max(longest, len([]rune(s.label(t, m))))
	}
	return px(min((longest+1)/2, 6))
}

// monthLabels names as many months as fit: some everywhere, some only where the
// chart is wide; and every year once.
func (m *markup) monthLabels(months []TrendMonth) {
	slot := 100 / float64(len(months))
	narrow, wide := strideFor(len(months), 12), strideFor(len(months), 26)
	yearFree := 0.0
	years := strideFor((len(months)+11)/12, 8)
	for i, month := range months {
		date := month.Month.Time()
		x, n := slot*(float64(i)+0.5), int(date.Month())-1
		switch {
		case wide > 12 || n%wide != 0:
		case narrow <= 12 && n%narrow == 0:
			m.element("text", month.Month.String()[5:7], "x", percent(x), "y", px(monthLine), "class", "ch-t ch-mid")
		default:
			m.element("text", month.Month.String()[5:7], "x", percent(x), "y", px(monthLine), "class", "ch-t ch-mid ch-wide")
		}
		if i == 0 && 12-n > 2+len(months)/10 || n == 0 && date.Year()%years == 0 {
			if x = slot * float64(i); x >= yearFree && x < 90 || i == 0 {
				m.element("text", month.Month.String()[:4], "x", percent(x), "y", px(yearLine), "class", "ch-t ch-year")
				yearFree = x + 11
			}
		}
	}
}

// strideFor returns which of n things to name so that at most so many are: every
// one, or every 2nd, 3rd, 6th, 12th, 24th …
func strideFor(n, most int) int {
	for _, stride := range []int{1, 2, 3, 6, 12} {
		if n <= most*stride {
			return stride
		}
	}
	return 12 * ((n + 12*most - 1) / (12 * most))
}

// month draws what happened in one month, as one link where it leads somewhere.
func (m *markup) month(t Trend, months []TrendMonth, i int, s scale, in measure) {
	slot := 100 / float64(len(months))
	x, x2 := slot*float64(i), slot*float64(i+1)
	said := months[i].Month.String()[:7]
	says := func(j int) string {
		return in.painter.separator + in.painter.pair(cut(clean(t.Series[j].Label), shownRunes), in.exact(months[i].Values[j].n))
	}
	for j := range months[i].Values {
		said += says(j)
	}
	if href := local(months[i].Href); href != "" && len(months[i].Hrefs) == 0 {
		m.start("a", "href", href, "class", "ch-mark", "aria-label", said)
	} else {
		m.start("g", "class", "ch-mark")
	}
	m.element("title", said)
	m.leaf("rect", "x", percent(x), "y", px(trendTop), "width", percent(x2-x), "height", px(trendBottom-trendTop), "class", "ch-hit")
	var under, over int64
	for j, v := range months[i].Values {
		if t.Lines {
			m.start("svg", "x", percent((x+x2)/2), "y", px(down(s, v.n)))
			m.leaf("path", "class", lineClass(j)+" ch-dot", "d", "M0 0"+dot(j))
			m.end()
			continue
		}
		base := &over
		if v.n < 0 {
			base = &under
		}
		from := down(s, *base)
		*base += v.n
		to := down(s, *base)
		if v.n == 0 {
			continue
		}
		href := months[i].hrefOf(j)
		if href != "" {
			m.start("a", "href", href, "class", "ch-mark", "aria-label", months[i].Month.String()[:7]+says(j))
		}
		m.box(t.Series[j].Look, x+slot*0.17, x2-slot*0.17, min(from, to), max(1, max(from, to)-min(from, to)), "")
		if href != "" {
			m.end()
		}
	}
	m.end()
}

// hrefOf is what a value of the month leads to by itself, empty for nothing.
func (x TrendMonth) hrefOf(j int) string {
	if len(x.Hrefs) == 0 || x.Values[j].n == 0 {
		return ""
	}
	return local(x.Hrefs[j])
}

// polylines draws the lines in a box of their own that is stretched to the
// drawing; their strokes are not.
func (m *markup) polylines(t Trend, months []TrendMonth, s scale) {
	m.start("svg", "y", px(trendTop), "height", px(trendBottom-trendTop), "viewBox", fmt.Sprintf("0 0 1000 %d", trendBottom-trendTop), "preserveAspectRatio", "none")
	for j := range t.Series {
		points := make([]string, len(months))
		for i, month := range months {
			points[i] = fmt.Sprintf("%d %d", (2*i+1)*500/len(months), down(s, month.Values[j].n)-trendTop)
		}
		m.leaf("polyline", "points", strings.Join(points, " "), "class", lineClass(j))
	}
	m.end()
}

// lineClass is the colour and dash of a series in a chart of lines.
func lineClass(series int) string { return "ch-s" + px(series%4) }

// dot is the shape of a series' points: round, square, diamond, triangle.
func dot(series int) string {
	return []string{"m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "m-3-3h6v6h-6z", "m0-4l4 4-4 4-4-4z", "m0-4l4 7h-8z"}[series%4]
}

func (p Painter) trendTable(t Trend, months []TrendMonth, m measure) Table {
	out := Table{Columns: []Column{{Name: p.text("column.month")}}}
	for _, s := range t.Series {
		out.Columns = append(out.Columns, m.heading(s.Label))
	}
	for _, month := range months {
		href := month.Href
		if len(month.Hrefs) > 0 {
			href = ""
		}
		cells := []Cell{name(month.Month.String()[:7], href)}
		for j, v := range month.Values {
			cell := m.cell(v.n)
			cell.Href = month.hrefOf(j)
			cells = append(cells, cell)
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}
