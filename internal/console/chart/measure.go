package chart

import (
	"strconv"
	"strings"

	"milepost/internal/i18n"
	"milepost/internal/money"
)

// Value is a count or an amount of money. The zero Value is nothing of any unit.
type Value struct {
	n       int64 // or minor units
	unit    money.Unit
	counted bool
}

// Count is a number of things.
func Count(n int) Value { return Value{n: int64(n), counted: true} }

// Money is an amount.
func Money(a money.Amount) Value { return Value{n: a.Minor(), unit: a.Unit()} }

// measure is the unit of a chart's numbers.
type measure struct {
	painter  Painter
	unit     money.Unit // zero for counts
	name     string     // as said once: 亿元, CNY m, or what is counted
	power    int        // the unit is 10^power of what values are in
	decimals int
}

// measure finds the unit of some values; counted says what they count where
// they are no money. Money is in the largest unit of the language that the
// largest value reaches.
func (p Painter) measure(counted string, values []Value) (measure, error) {
	m := measure{painter: p, name: whole(counted)}
	var most uint64
	var counts bool
	for _, v := range values {
		size := magnitude(v.n)
		if size > money.MaxMinor {
			return m, ErrRange
		}
		most = max(most, size)
		counts = counts || v.counted
		if m.unit.IsZero() {
			m.unit = v.unit
		}
		if !v.unit.IsZero() && v.unit != m.unit {
			return m, ErrUnits
		}
	}
	if m.unit.IsZero() {
		return m, nil
	}
	if counts {
		return m, ErrUnits
	}
	id, step := "unit.base", m.unit.Exponent()
	middle, large := 4, 8
	if p.lang == i18n.English {
		middle, large = 6, 9
	}
	m.power = step
	switch {
	case most >= pow10(step+large):
		id, m.power = "unit.large", step+large
	case most >= pow10(step+middle):
		id, m.power = "unit.small", step+middle
	}
	m.decimals = min(2, m.power)
	m.name = p.text(id, "currency", p.currency(m.unit.Code()))
	return m, nil
}

// currency is the word for a currency; a code stands apart from Chinese.
func (p Painter) currency(code string) string {
	word := p.catalogs.Label(p.lang, "currency", code)
	if word == code && p.lang == i18n.Chinese {
		return " " + code
	}
	return word
}

// shown is a value in the unit, rounded half up; what is not nothing never
// reads as nothing.
func (m measure) shown(n int64) string {
	s := number(n, m.power, m.decimals)
	if n != 0 && strings.Trim(s, "0.−") == "" {
		s = number(int64(pow10(m.power-m.decimals)), m.power, m.decimals)
		if n < 0 {
			return ">" + minus + s
		}
		return "<" + s
	}
	return s
}

// signed is shown with its sign.
func (m measure) signed(n int64) string {
	if n > 0 {
		return "+" + m.shown(n)
	}
	return m.shown(n)
}

// exact is a value as said in titles and tables.
func (m measure) exact(n int64) string {
	if m.unit.IsZero() {
		return number(n, 0, 0)
	}
	a, err := money.Of(n, m.unit)
	if err != nil {
		return m.shown(n)
	}
	return m.painter.catalogs.AmountExact(m.painter.lang, a)
}

// cell is a value in the table, whose heading names the currency.
func (m measure) cell(n int64) Cell {
	plain := strconv.FormatInt(n, 10)
	if a, err := money.Of(n, m.unit); err == nil && !m.unit.IsZero() {
		plain = a.Decimal()
	}
	return Cell{Text: number(n, m.unit.Exponent(), m.unit.Exponent()), Plain: plain}
}

// heading is a column's name with the unit that its plain numbers are in.
func (m measure) heading(title string) Column {
	if !m.unit.IsZero() {
		title = m.painter.text("column.in", "name", title, "unit", m.unit.Code())
	}
	return Column{Name: whole(title), Number: true}
}

// minus is U+2212, as wide as a digit.
const minus = "−"

// number writes n ÷ 10^power with decimals, rounded half away from zero, its
// thousands parted.
func number(n int64, power, decimals int) string {
	size := magnitude(n)
	drop := pow10(power - decimals)
	q, r := size/drop, size%drop
	if r >= drop-r && drop > 1 {
		q++
	}
	whole, rest := q/pow10(decimals), q%pow10(decimals)
	digits := strconv.FormatUint(whole, 10)
	var b strings.Builder
	if n < 0 && q != 0 {
		b.WriteString(minus)
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	if decimals > 0 {
		fraction := strconv.FormatUint(rest, 10)
		b.WriteString("." + strings.Repeat("0", decimals-len(fraction)) + fraction)
	}
	return b.String()
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// pow10 returns 10^power, for 0 to 19.
func pow10(power int) uint64 {
	out := uint64(1)
	for range power {
		out *= 10
	}
	return out
}

// scale maps values to per cents of a length. Its ticks are multiples of 1, 2,
// 2.5 or 5 × 10ⁿ, cover the values and hold zero.
type scale struct {
	ticks []int64 // rising, at least two
	step  int64
}

// scaled returns the scale for values from lo to hi in at most so many steps.
func (m measure) scaled(lo, hi int64, most int64) scale {
	lo, hi = min(lo, 0), max(hi, 0)
	if lo == hi {
		hi = int64(pow10(m.power))
	}
	for ten := int64(1); ; ten *= 10 {
		for _, quarters := range []int64{4, 8, 10, 20} {
			step := ten * quarters / 4 // 2.5 is no whole number: there it is 2 again
			from, to := -((-lo + step - 1) / step), (hi+step-1)/step
			if to-from > most {
				continue
			}
			s := scale{step: step}
			for i := from; i <= to; i++ {
				s.ticks = append(s.ticks, i*step)
			}
			return s
		}
	}
}

func (s scale) at(n int64) float64 {
	lo, hi := s.ticks[0], s.ticks[len(s.ticks)-1]
	return 100 * float64(n-lo) / float64(hi-lo)
}

// label is a tick in the unit, all of a scale with as many decimals as their
// step needs.
func (s scale) label(n int64, m measure) string {
	decimals := 0
	for decimals < m.power && uint64(s.step)%pow10(m.power-decimals) != 0 {
		decimals++
	}
	return number(n, m.power, decimals)
}
