package console

import (
	"cmp"
	"slices"
	"strings"
)

// column is a column of a list: readers leave out what they do not need, and a
// file holds what the columns shown hold.
type column[R any] struct {
	id      string
	heading string // id of the text that names it
	always  bool   // it is what a row is of
	off     bool   // shown only to those who chose it
	fields  []cellOf[R]
}

// cellOf is a cell of a row in a file.
type cellOf[R any] struct {
	heading string // id of a text
	value   func(R) string
}

// layout is how a reader wants a list: which columns, and how dense.
type layout struct {
	Action  string // of the form that changes it
	Keep    [][2]string
	Name    string // of the column that is always there
	Choices []columnChoice
	Compact bool
	Changed bool   // other columns than those shown to everybody
	Reset   string // address that shows these again
	shown   []string
	room    int // how many columns are usual
}

// columnChoice is a column that may be shown or left out.
type columnChoice struct {
	ID, Text string
	Shown    bool
}

// Shows reports whether a column is shown.
func (l layout) Shows(id string) bool { return slices.Contains(l.shown, id) }

// Many reports whether there are more columns than a screen has room for, as it
// has for the usual ones; the table then moves sideways in its frame.
func (l layout) Many() bool { return len(l.shown) > l.room }

// usual is the value of the parameter that shows the columns which everybody
// sees who has not chosen.
const usual = "usual"

// layoutOf is how the reader wants a list of a name: as the address says
// (?columns=a&columns=b), which their browser keeps, else as it was kept.
// Columns that there are not are ignored.
func layoutOf[R any](q *request, list string, columns []column[R]) layout {
	l := layout{Action: q.URL.Path, Compact: q.look.compact(), Reset: q.with("columns", usual)}
	asked := q.URL.Query()["columns"]
	switch {
	case len(asked) == 0:
		asked = q.look.columns(list)
	case slices.Equal(asked, []string{usual}):
		q.look.set(list, "")
	default:
		known := slices.DeleteFunc(slices.Clone(asked), func(id string) bool {
			return !slices.ContainsFunc(columns, func(c column[R]) bool { return c.id == id })
		})
		slices.Sort(known)
		q.look.set(list, strings.Join(slices.Compact(known), "."))
	}
	chosen := slices.ContainsFunc(columns, func(c column[R]) bool { return slices.Contains(asked, c.id) })
	for _, c := range columns {
		shows := c.always || chosen && slices.Contains(asked, c.id) || !chosen && !c.off
		if shows {
			l.shown = append(l.shown, c.id)
		}
		if !c.off {
			l.room++
		}
		if c.always {
			l.Name = c.id
			continue
		}
		l.Changed = l.Changed || shows == c.off
		l.Choices = append(l.Choices, columnChoice{ID: c.id, Text: q.text(c.heading), Shown: shows})
	}
	for name, values := range q.URL.Query() {
		if name == "columns" || name == "density" || name == "cursor" || name == "lang" || name == "format" || name == "only" {
			continue
		}
		for _, v := range values {
			l.Keep = append(l.Keep, [2]string{name, v})
		}
	}
	slices.SortFunc(l.Keep, func(a, b [2]string) int { return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1])) })
	return l
}

// exportShown answers with rows as a file that holds what the columns shown
// hold, in their order.
func exportShown[R any](q *request, name string, columns []column[R], l layout, rows []R) error {
	var header []string
	var cells []cellOf[R]
	for _, c := range columns {
		if l.Shows(c.id) {
			cells = append(cells, c.fields...)
		}
	}
	for _, c := range cells {
		header = append(header, q.text(c.heading))
	}
	lines := make([][]string, 0, len(rows))
	for _, r := range rows {
		line := make([]string, len(cells))
		for i, c := range cells {
			line[i] = c.value(r)
		}
		lines = append(lines, line)
	}
	return q.export(name, header, lines)
}

// word is the word for a code in the reader's language, "" for none.
func (q *request) word(group, code string) string {
	if code == "" {
		return ""
	}
	return q.console.Catalogs.Label(q.lang, group, code)
}
