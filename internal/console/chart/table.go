package chart

// Table holds what a chart shows.
type Table struct {
	Columns []Column
	Rows    [][]Cell // each as long as Columns
}

// Column is a heading of a table.
type Column struct {
	Name   string
	Number bool // its cells are aligned as numbers
}

// Cell is a value of a table: as people read it, and as files hold it (plain
// decimals, ISO dates).
type Cell struct {
	Text  string
	Plain string
	Href  string // what it leads to; empty for none
}

// Header returns the names of the columns.
func (t Table) Header() []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Name
	}
	return out
}

// Records returns the rows as files hold them. Cells may begin like a formula;
// who writes a file for spreadsheet programs guards them.
func (t Table) Records() [][]string {
	out := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		for _, c := range row {
			out[i] = append(out[i], c.Plain)
		}
	}
	return out
}

// words is a cell of text.
func words(s string) Cell { return Cell{Text: whole(s), Plain: whole(s)} }

// name is a cell of text that leads somewhere.
func name(label, href string) Cell {
	c := words(label)
	c.Href = local(href)
	return c
}

// write writes the table. Roles are said and cells name their column because
// the console shows rows as cards where it is narrow.
func (t Table) write(m *markup, caption string) {
	m.start("div", "class", "scroll ch-scroll")
	m.start("table", "role", "table", "class", "ch-table")
	m.element("caption", caption, "class", "ch-hidden")
	m.start("thead", "role", "rowgroup")
	m.start("tr", "role", "row")
	for _, c := range t.Columns {
		m.element("th", c.Name, "role", "columnheader", "scope", "col", "class", numeric(c))
	}
	m.end()
	m.end()
	m.start("tbody", "role", "rowgroup")
	for _, row := range t.Rows {
		m.start("tr", "role", "row")
		for i, c := range row {
			m.start("td", "role", "cell", "class", numeric(t.Columns[i]), "data-label", t.Columns[i].Name)
			m.label(c.Text, c.Text, c.Href)
			m.end()
		}
		m.end()
	}
	m.end()
	m.end()
	m.end()
}

func numeric(c Column) string {
	if c.Number {
		return "n"
	}
	return ""
}
