package exchange

import (
	"slices"
	"strings"
)

// header is the header of a table as it was recognised.
type header struct {
	kind   kind
	first  int // index of its first row in the grid
	last   int // index of its last row, a unit row included
	cols   map[column]int
	texts  map[column]string // as written
	units  map[column]unit   // of colAmount
	twice  []string          // headers that name a column again
	others []string          // headers that are not recognised
}

// score is how well a header was recognised: its columns, those twice that a
// table of its kind must have.
func (h header) score() int {
	if h.kind == "" {
		return 0
	}
	score := len(h.cols)
	for _, c := range h.kind.required() {
		if h.has(c) {
			score++
		}
	}
	return score
}

func (h header) has(c column) bool {
	_, ok := h.cols[c]
	return ok
}

// maxTitleRows is how many rows may stand above a header.
const maxTitleRows = 10

// locate finds the header of a grid: the row, or the two rows, in which most
// columns are recognised; of equals the first, and one row rather than two.
func (r *reader) locate(g grid) header {
	var best header
	width := g.width(maxTitleRows + 2)
	for _, depth := range []int{1, 2} {
		for i := 0; i <= maxTitleRows && i+depth <= len(g.rows); i++ {
			if h := r.recognise(g, i, depth, width); h.score() > best.score() {
				best = h
			}
		}
	}
	if best.kind != "" {
		r.unitRows(g, &best)
	}
	return best
}

// recognise reads rows i to i+depth-1 as a header.
func (r *reader) recognise(g grid, i, depth, width int) header {
	h := header{
		first: i, last: i + depth - 1, cols: map[column]int{}, texts: map[column]string{}, units: map[column]unit{},
	}
	type open struct {
		col  int
		text string
		may  []column
	}
	var ambiguous []open
	for col := range width {
		text, may, u := r.headerCell(g, i, depth, col)
		switch {
		case len(may) == 0 && strings.TrimSpace(text) != "":
			h.others = append(h.others, clip(strings.TrimSpace(text)))
		case len(may) == 1:
			h.put(may[0], col, text, u)
		case len(may) > 1:
			ambiguous = append(ambiguous, open{col, text, may})
		}
	}
	for _, a := range ambiguous {
		free := slices.DeleteFunc(slices.Clone(a.may), h.has)
		h.put(append(free, a.may[0])[0], a.col, a.text, nil)
	}
	h.kind = kindOf(h.has, speaksOfMilestones(h.texts[colTitle]))
	return h
}

func (h *header) put(c column, col int, text string, u *unit) {
	if h.has(c) {
		h.twice = append(h.twice, clip(strings.TrimSpace(text)))
		return
	}
	h.cols[c], h.texts[c] = col, strings.TrimSpace(text)
	if u != nil && c == colAmount {
		h.units[c] = *u
	}
}

// headerCell reads the header over one column: its text, the columns that it
// may mean, and its unit. Over two rows the upper one may name a group.
func (r *reader) headerCell(g grid, i, depth, col int) (string, []column, *unit) {
	upper := g.shown(i, col)
	if depth == 1 {
		if g.spanned(g.rows[i].no, col) {
			return "", nil, nil
		}
		may, u := r.match(upper)
		return upper, may, u
	}
	lower := g.shown(i+1, col)
	switch {
	case plain(lower) == "" || lower == upper:
		may, u := r.match(upper)
		return upper, may, u
	case plain(upper) == "":
		may, u := r.match(lower)
		return lower, may, u
	}
	if may, u := r.match(upper + lower); len(may) > 0 {
		return upper + " " + lower, may, u
	}
	may, u := r.match(lower)
	return lower, may, u
}

// match reads one header: a known word, or a known word with a remark such as
// a unit: 金额（万元）, 金额/万元, 金额万元, amount (CNY).
func (r *reader) match(text string) ([]column, *unit) {
	word := plain(text)
	if len(word) > 200 {
		return nil, nil
	}
	if may := r.words[word]; may != nil {
		return may, nil
	}
	for i := range word {
		may := r.words[word[:i]]
		if may == nil {
			continue
		}
		rest := word[i:]
		u, isUnit := r.unitOf(rest)
		switch {
		case may[0] == colAmount && isUnit && !letter(rest[0]): // "total all" is no total in lek
			return may, &u
		case may[0] == colDuration && days(rest):
			return may, nil
		case may[0] != colDuration && strings.HasPrefix(rest, "("):
			return may, nil
		}
	}
	return nil, nil
}

func letter(b byte) bool { return 'a' <= b && b <= 'z' }

func speaksOfMilestones(header string) bool {
	word := plain(header)
	return strings.HasPrefix(word, "milestone") || strings.HasPrefix(word, "里程碑") || strings.HasPrefix(word, "节点")
}

func days(remark string) bool {
	switch strings.Trim(remark, "()[]/,:") {
	case "天", "日", "days", "day", "d", "日历天", "自然日", "calendardays":
		return true
	}
	return false
}

// unitRows takes the unit from a row under the header, or from a remark above
// it such as 单位：万元, where the header of the amounts has none.
func (r *reader) unitRows(g grid, h *header) {
	col, ok := h.cols[colAmount]
	if !ok {
		return
	}
	if next := h.last + 1; next < len(g.rows) && r.isUnitRow(g.rows[next]) {
		h.last = next
		if u, ok := r.unitOf(plain(g.rows[next].at(col).text)); ok {
			h.giveUnit(u)
		}
	}
	for _, above := range g.rows[:h.first] {
		for _, c := range above.cells {
			if _, remark, ok := strings.Cut(plain(c.text), "单位:"); ok {
				if u, ok := r.unitOf(remark); ok {
					h.giveUnit(u)
				}
			}
		}
	}
}

func (h *header) giveUnit(u unit) {
	if _, has := h.units[colAmount]; !has {
		h.units[colAmount] = u
	}
}

// isUnitRow reports whether all that stands in a row are units.
func (r *reader) isUnitRow(row row) bool {
	units := 0
	for _, c := range row.cells {
		text := plain(c.text)
		if text == "" {
			continue
		}
		if _, ok := r.unitOf(text); !ok && !days(text) {
			return false
		}
		units++
	}
	return units > 0
}
