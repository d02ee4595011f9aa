package chart

import (
	"strconv"
	"strings"
)

// Look is the colour and texture of a mark. No two of a chart that are told
// apart by their looks have the same texture and the same lightness.
type Look string

// The looks.
const (
	Plain   Look = "plain"   // one series, nothing to tell apart
	Level   Look = "level"   // what there is at a point of a waterfall
	Added   Look = "added"   // striped
	Taken   Look = "taken"   // striped
	Idle    Look = "idle"    // hollow: not begun
	Active  Look = "active"  // striped: under way
	Waiting Look = "waiting" // solid: with somebody to decide
	Back    Look = "back"    // striped: sent back
	Good    Look = "good"    // solid
	Part    Look = "part"    // striped
	Bad     Look = "bad"     // solid
	Gone    Look = "gone"    // hollow, dashed: cancelled
	Late1   Look = "late1"   // the severities of the console, the worst last
	Late2   Look = "late2"
	Late3   Look = "late3"
	Late4   Look = "late4"
)

// Looks lists every look.
func Looks() []Look {
	return []Look{Plain, Level, Added, Taken, Idle, Active, Waiting, Back, Good, Part, Bad, Gone, Late1, Late2, Late3, Late4}
}

// striped looks have gaps, which are drawn over the colour.
func (l Look) striped() bool {
	return l == Added || l == Taken || l == Active || l == Back || l == Part
}

// class is that of the look; an unknown one is plain.
func (l Look) class() string {
	for _, known := range Looks() {
		if l == known {
			return "ch-l ch-" + string(l)
		}
	}
	return "ch-l ch-plain"
}

// box draws a rectangle in a look: from x to x2 per cent, y and height in
// pixels. It lies in an SVG of its own so that the style sheet can inset it by
// pixels, and keep what is not nothing at least a pixel wide.
func (m *markup) box(look Look, x, x2 float64, y, height int, title string) {
	x, x2 = min(x, x2), max(x, x2)
	if x2-x < leastWidth {
		x, x2 = min(x, 100-leastWidth), min(x, 100-leastWidth)+leastWidth // no width at all would draw nothing
	}
	m.start("svg", "class", look.class(), "x", percent(x), "width", percent(x2-x))
	if title != "" {
		m.element("title", title)
	}
	m.leaf("rect", "y", px(y), "width", "100%", "height", px(height))
	m.stripes(look, "0", "100%", y, height)
	m.end()
}

// leastWidth is the least per cent that a box is given.
const leastWidth = 0.05

// stripes are the gaps of a striped look: one dashed line as wide as the
// rectangle is high. A pattern would need an id, and the ids of several charts
// on a page would meet.
func (m *markup) stripes(look Look, x, x2 string, y, height int) {
	if look.striped() && height > 4 {
		mid := strconv.FormatFloat(float64(y)+float64(height)/2, 'f', -1, 64)
		m.leaf("line", "x1", x, "x2", x2, "y1", mid, "y2", mid, "stroke-width", px(height-2))
	}
}

// keyed is an entry of a chart's key: what a look or a sign stands for.
type keyed struct {
	look  Look // or
	sign  func(m *markup)
	label string
	value string // shown after the label; may be empty
	href  string
}

// key writes the key of a chart.
func (m *markup) key(class string, entries []keyed) {
	m.start("ul", "class", strings.TrimSpace("ch-key "+class), "role", "list")
	for _, e := range entries {
		m.start("li")
		m.start("svg", "class", "ch-sign", "viewBox", "0 0 16 12", "width", "16", "height", "12", "aria-hidden", "true")
		if e.sign != nil {
			e.sign(m)
		} else {
			m.start("g", "class", e.look.class())
			m.leaf("rect", "x", "1", "y", "1", "width", "14", "height", "10")
			m.stripes(e.look, "1", "15", 1, 10)
			m.end()
		}
		m.end()
		m.start("span")
		m.label(short(e.label), whole(e.label), local(e.href))
		if e.value != "" {
			m.element("b", e.value)
		}
		m.end()
		m.end()
	}
	m.end()
}
