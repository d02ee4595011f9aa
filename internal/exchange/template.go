package exchange

import "slices"

// Template is a table that files can bring, with the columns that its template
// has, in their order. The header of a column is its label (importColumn), in
// any language.
type Template struct {
	Table   string // awards, milestones, events, awardEvents, amendments
	Needed  bool   // no import goes without such a table
	Columns []TemplateColumn
}

// TemplateColumn is a column of a template.
type TemplateColumn struct {
	Means  string // as in ColumnReport
	Needed bool   // the table is refused without it
}

// Templates are the tables that are read, the needed ones first.
func Templates() []Template {
	var all []Template
	for _, k := range []kind{awardsTable, milestonesTable, eventsTable, awardEventsTable, amendmentsTable} {
		t := Template{Table: string(k), Needed: k == awardsTable || k == milestonesTable}
		needed := k.required()
		for _, c := range k.columns() {
			t.Columns = append(t.Columns, TemplateColumn{Means: string(c), Needed: needed == nil || slices.Contains(needed, c)})
		}
		all = append(all, t)
	}
	return all
}

// Header is the first row of the template; label gives the word for a column.
func (t Template) Header(label func(means string) string) []string {
	var header []string
	for _, c := range t.Columns {
		header = append(header, label(c.Means))
	}
	return header
}
