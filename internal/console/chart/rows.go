package chart

// rowed draws charts whose rows have a name, a drawing and a number: HTML in a
// grid, with one SVG behind it for the lines that go through all rows.
type rowed struct{ *markup }

// begin opens the rows; lines are the per cents at which something stands in
// every row.
func (r rowed) begin(class string, lines []gridLine) {
	r.start("div", "class", "ch-body")
	r.start("div", "class", "ch-rows "+class)
	r.start("svg", "class", "ch-grid ch-fluid", "aria-hidden", "true")
	for _, l := range lines {
		at := percent(l.at)
		r.leaf("line", "x1", at, "x2", at, "y1", "0", "y2", "100%", "class", l.class)
	}
	r.end()
}

func (r rowed) finish() {
	r.end()
	r.end()
}

type gridLine struct {
	at    float64
	class string
}

// row writes one row; draw fills a drawing so many pixels high. The drawing
// says what the name and number say, so readers of the page's text skip it
// unless described tells more.
func (r rowed) row(label, note, href string, height int, described string, draw func(), number func()) {
	r.start("li", "class", "ch-row")
	r.start("span", "class", "ch-name")
	r.label(short(label), whole(label), local(href))
	if note != "" {
		r.start("small")
		r.label(short(note), whole(note), "")
		r.end()
	}
	r.end()
	if described != "" {
		r.start("svg", "class", "ch-fluid", "height", px(height), "role", "img")
		r.element("title", described)
	} else {
		r.start("svg", "class", "ch-fluid", "height", px(height), "aria-hidden", "true")
	}
	draw()
	r.end()
	r.start("span", "class", "ch-num")
	number()
	r.end()
	r.end()
}

// valueLines are the grid of a scale, zero apart.
func valueLines(s scale) []gridLine {
	var out []gridLine
	for _, t := range s.ticks {
		class := "ch-line"
		if t == 0 {
			class = "ch-zero"
		}
		out = append(out, gridLine{s.at(t), class})
	}
	return out
}

// valueAxis writes the labels of a scale under the rows.
func (r rowed) valueAxis(s scale, m measure) {
	r.start("svg", "class", "ch-axis ch-fluid", "height", "16", "aria-hidden", "true")
	for i, t := range s.ticks {
		class := "ch-t ch-mid"
		switch i {
		case 0:
			class = "ch-t"
		case len(s.ticks) - 1:
			class = "ch-t ch-end"
		}
		r.element("text", s.label(t, m), "x", percent(s.at(t)), "y", "12", "class", class)
	}
	r.end()
}
