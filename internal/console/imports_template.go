package console

import (
	"slices"

	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/i18n"
)

// languages are those that the console speaks, the reader's first.
func (q *request) languages() []i18n.Language {
	all := i18n.Languages()
	slices.SortStableFunc(all, func(a, b i18n.Language) int {
		switch q.lang {
		case a:
			return -1
		case b:
			return 1
		}
		return 0
	})
	return all
}

// exportTemplate answers with the header of a table to fill in, in the
// language that the address names, else in the reader's.
func (q *request) exportTemplate(table string) error {
	lang := q.lang
	if in := i18n.Language(q.URL.Query().Get("in")); slices.Contains(i18n.Languages(), in) {
		lang = in
	}
	for _, t := range exchange.Templates() {
		if t.Table == table {
			header := t.Header(func(means string) string { return q.console.Catalogs.Label(lang, "importColumn", means) })
			return q.export("import-"+table+"-"+string(lang), header, nil)
		}
	}
	return fault.New(fault.NotFound, "thing.notFound")
}
