package chart

// Waterfall shows how one sum becomes another, such as awarded, not yet due,
// approved, held back, paid, returned.
type Waterfall struct {
	Head
	Steps []Step
	// What the level and the changes are called in the key: "balance",
	// "added", "taken".
	LevelName, AddedName, TakenName string
}

// Step is a level, which must be the sum of the changes before it, or a change.
type Step struct {
	Label  string
	Href   string // what it counts; empty for no link
	Amount Value  // of a change with its sign
	Level  bool
}

const barRow = 32 // pixels

// Waterfall draws steps one under the other, the bar of each beginning where
// the one before ended. The first step may be a level of any size. Errors:
// ErrSum where a level is not what was counted, ErrUnits, ErrRange, ErrMany.
func (p Painter) Waterfall(w Waterfall) (Chart, error) {
	if len(w.Steps) > MaxRows {
		return Chart{}, ErrMany
	}
	bars, values, err := w.bars()
	if err != nil {
		return Chart{}, err
	}
	m, err := p.measure("", values)
	if err != nil {
		return Chart{}, err
	}
	table := Table{Columns: []Column{{Name: p.text("column.step")}, m.heading(p.text("column.change")), m.heading(p.text("column.level"))}}
	if len(bars) == 0 {
		return p.chart(w.Head, m.name, p.empty(), table), nil
	}
	var lo, hi int64
	for _, b := range bars {
		lo, hi = min(lo, b.from, b.to), max(hi, b.from, b.to)
	}
	s := m.scaled(lo, hi, 5)
	var out markup
	r := rowed{&out}
	r.begin("ch-fall", valueLines(s))
	r.start("ul", "role", "list")
	for i, b := range bars {
		r.fall(s, m, b, i > 0, i < len(bars)-1)
		change := Cell{}
		if !b.Level {
			change = m.cell(b.Amount.n)
		}
		table.Rows = append(table.Rows, []Cell{name(b.Label, b.Href), change, m.cell(b.to)})
	}
	r.end()
	r.valueAxis(s, m)
	r.finish()
	out.key("", w.key(bars))
	return p.chart(w.Head, m.name, out.html(), table), nil
}

// falling is a step with where its bar begins and ends, in minor units.
type falling struct {
	Step
	from, to int64
	look     Look
}

// bars adds the steps up.
func (w Waterfall) bars() ([]falling, []Value, error) {
	var out []falling
	var values []Value
	var at int64
	for i, s := range w.Steps {
		b := falling{Step: s, from: at, to: at + s.Amount.n, look: Added}
		switch {
		case s.Level && i > 0 && s.Amount.n != at:
			return nil, nil, ErrSum
		case s.Level:
			b.from, b.to, b.look = 0, s.Amount.n, Level
		case s.Amount.n < 0:
			b.look = Taken
		}
		at = b.to
		// What is reached bounds the unit and the range as what is added does.
		values = append(values, s.Amount, Value{n: at, unit: s.Amount.unit, counted: s.Amount.counted})
		if magnitude(at) > maxSum {
			return nil, nil, ErrRange
		}
		out = append(out, b)
	}
	return out, values, nil
}

// maxSum bounds sums: 2^53 − 1, as amounts.
const maxSum = 1<<53 - 1

// fall writes the row of a step.
func (r rowed) fall(s scale, m measure, b falling, before, after bool) {
	text, start := m.signed(b.Amount.n), b.from
	if b.Level {
		text, start = m.shown(b.to), b.to
	}
	exact := m.exact(b.Amount.n)
	r.row(b.Label, "", b.Href, barRow, "", func() {
		if b.from == b.to && !b.Level { // nothing changes: the line goes on
			r.link(s.at(b.to), 0, barRow, "ch-zero")
			return
		}
		if before {
			r.link(s.at(start), 0, 8, "ch-link")
		}
		if after {
			r.link(s.at(b.to), 24, barRow, "ch-link")
		}
		r.box(b.look, s.at(b.from), s.at(b.to), 8, 16, m.painter.pair(whole(b.Label), exact))
	}, func() { r.number(text, exact, b.Level) })
}

// link is the line from one bar to the next.
func (r rowed) link(x float64, y, y2 int, class string) {
	r.leaf("line", "x1", percent(x), "x2", percent(x), "y1", px(y), "y2", px(y2), "class", class)
}

// number is a value with its exact form on demand.
func (r rowed) number(shown, exact string, strong bool) {
	tag := "span"
	if strong {
		tag = "b"
	}
	r.element(tag, shown, "title", exact)
}

func (w Waterfall) key(bars []falling) []keyed {
	var out []keyed
	for _, k := range []keyed{{look: Level, label: w.LevelName}, {look: Added, label: w.AddedName}, {look: Taken, label: w.TakenName}} {
		for _, b := range bars {
			if b.look == k.look && k.label != "" {
				out = append(out, k)
				break
			}
		}
	}
	return out
}
