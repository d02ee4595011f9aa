package chart

import (
	"slices"
	"strconv"
)

// Bars compares values: one bar for each, in the order given.
type Bars struct {
	Head
	Category string // what the bars are, as a heading: "days late"
	Measure  string // what the numbers are, as a heading: "obligations"
	Unit     string // what is counted, where the values are no money: "items"
	Bars     []Bar
}

// Bar is a value with its name.
type Bar struct {
	Label string
	Href  string
	Value Value
	Look  Look
}

// Bars draws horizontal bars. Errors: ErrUnits, ErrRange, ErrMany.
func (p Painter) Bars(b Bars) (Chart, error) {
	if len(b.Bars) > MaxRows {
		return Chart{}, ErrMany
	}
	var values []Value
	var lo, hi int64
	for _, bar := range b.Bars {
		values = append(values, bar.Value)
		lo, hi = min(lo, bar.Value.n), max(hi, bar.Value.n)
	}
	m, err := p.measure(b.Unit, values)
	if err != nil {
		return Chart{}, err
	}
	table := Table{Columns: []Column{{Name: whole(b.Category)}, m.heading(b.Measure)}}
	if len(b.Bars) == 0 {
		return p.chart(b.Head, m.name, p.empty(), table), nil
	}
	s := m.scaled(lo, hi, 5)
	var out markup
	r := rowed{&out}
	r.begin("ch-bars", valueLines(s))
	r.start("ul", "role", "list")
	for _, bar := range b.Bars {
		n := bar.Value.n
		r.row(bar.Label, "", bar.Href, barRow, "", func() {
			if n != 0 {
				r.box(bar.Look, s.at(0), s.at(n), 8, 16, p.pair(whole(bar.Label), m.exact(n)))
			}
		}, func() { r.number(m.shown(n), m.exact(n), false) })
		table.Rows = append(table.Rows, []Cell{name(bar.Label, bar.Href), m.cell(n)})
	}
	r.end()
	r.valueAxis(s, m)
	r.finish()
	return p.chart(b.Head, m.name, out.html(), table), nil
}

// Stack shows of what a whole is made: one bar, or one for each row, in parts
// that add up.
type Stack struct {
	Head
	Category string // what the rows are, as a heading; with one row, what the parts are
	Unit     string // what is counted
	Series   []Series
	Rows     []StackRow
}

// Series is a part with its look.
type Series struct {
	Label string
	Href  string // of the part in the whole
	Look  Look
}

// StackRow is one bar.
type StackRow struct {
	Label  string
	Href   string
	Counts []int // of each series, none negative
}

// Stack draws bars on one scale, the longest as long as the drawing is wide;
// their sums stand beside them. Errors: ErrRange for a negative count or a sum out of
// range, ErrMany; ErrUnits for a row with more or fewer counts than series.
func (p Painter) Stack(s Stack) (Chart, error) {
	if len(s.Rows) > MaxRows || len(s.Series) > MaxSeries {
		return Chart{}, ErrMany
	}
	sums := make([]int, len(s.Rows))
	all := make([]int, len(s.Series))
	for i, row := range s.Rows {
		if len(row.Counts) != len(s.Series) {
			return Chart{}, ErrUnits
		}
		for j, n := range row.Counts {
			if n < 0 || n > maxSum/MaxRows/MaxSeries {
				return Chart{}, ErrRange
			}
			sums[i] += n
			all[j] += n
		}
	}
	table := p.stackTable(s, sums, all)
	if len(s.Rows) == 0 || len(s.Series) == 0 {
		return p.chart(s.Head, s.Unit, p.empty(), table), nil
	}
	var out markup
	r := rowed{&out}
	class := "ch-stack"
	if len(s.Rows) == 1 {
		class = "ch-stack ch-single"
	}
	r.begin(class, nil)
	r.start("ul", "role", "list")
	for i, row := range s.Rows {
		r.row(row.Label, "", row.Href, 34, p.stackSays(s, row, sums[i]), func() { r.parts(p, s, row.Counts, sums[i], slices.Max(sums)) },
			func() { r.number(number(int64(sums[i]), 0, 0), "", true) })
	}
	r.end()
	r.finish()
	var key []keyed
	for j, series := range s.Series {
		key = append(key, keyed{look: series.Look, label: series.Label, value: number(int64(all[j]), 0, 0), href: series.Href})
	}
	out.key("ch-counts", key)
	return p.chart(s.Head, s.Unit, out.html(), table), nil
}

// parts draws the parts of one row, of which longest would fill the drawing, the
// number of each above it where there is room for it in the narrowest one.
func (r rowed) parts(p Painter, s Stack, counts []int, sum, longest int) {
	before := 0
	for j, n := range counts {
		if n == 0 {
			continue
		}
		x, x2 := 100*float64(before)/float64(longest), 100*float64(before+n)/float64(longest)
		before += n
		text := number(int64(n), 0, 0)
		r.box(s.Series[j].Look, x, x2, 18, 14, p.pair(whole(s.Series[j].Label), p.text("of", "number", text, "share", share(n, sum))))
		if x2-x > 3+2.6*float64(len(text)) {
			r.element("text", text, "x", percent(x), "y", "13", "class", "ch-t")
		}
	}
}

// share is n of sum in whole per cents, rounded half up.
func share(n, sum int) string {
	if sum == 0 {
		return "0"
	}
	return strconv.Itoa(int((200*int64(n) + int64(sum)) / (2 * int64(sum))))
}

func (p Painter) stackSays(s Stack, row StackRow, sum int) string {
	said := p.pair(whole(row.Label), number(int64(sum), 0, 0))
	for j, n := range row.Counts {
		if n > 0 {
			said += p.separator + p.pair(cut(clean(s.Series[j].Label), shownRunes), number(int64(n), 0, 0))
		}
	}
	return said
}

// stackTable has the parts as rows where there is one bar, else as columns.
func (p Painter) stackTable(s Stack, sums, all []int) Table {
	count := func(n int) Cell { return Cell{Text: number(int64(n), 0, 0), Plain: strconv.Itoa(n)} }
	t := Table{Columns: []Column{{Name: whole(s.Category)}}}
	if len(s.Rows) == 1 {
		t.Columns = append(t.Columns, Column{Name: whole(s.Unit), Number: true}, Column{Name: p.text("column.share"), Number: true})
		for j, series := range s.Series {
			t.Rows = append(t.Rows, []Cell{name(series.Label, series.Href), count(all[j]), {Text: share(all[j], sums[0]) + "%", Plain: share(all[j], sums[0])}})
		}
		return t
	}
	for _, series := range s.Series {
		t.Columns = append(t.Columns, Column{Name: whole(series.Label), Number: true})
	}
	t.Columns = append(t.Columns, Column{Name: p.text("column.total"), Number: true})
	for i, row := range s.Rows {
		cells := []Cell{name(row.Label, row.Href)}
		for _, n := range row.Counts {
			cells = append(cells, count(n))
		}
		t.Rows = append(t.Rows, append(cells, count(sums[i])))
	}
	return t
}
