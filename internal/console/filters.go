package console

import (
	"slices"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// mostPlaces bounds the programmes and platforms that a filter offers.
const mostPlaces = 100

// filters are the lists of a filter form, the chips of those that are set, and
// what the form sends on beside them.
type filters struct {
	Action string
	Lists  []filterList
	Texts  []filterText
	Dates  []filterDate
	Keep   [][2]string
	Chips  []chip
}

// filterList is a list of choices in a filter form.
type filterList struct {
	Name, Label, Value string
	Options            []option
	Any                string // what it shows where nothing is chosen, "" for any
}

// filterText is a line in a filter form.
type filterText struct {
	Name, Label, Value string
}

// filterDate is a date in a filter form.
type filterDate struct {
	Name, Label, Value string
}

// add puts a list in, and a chip where it is set. A value that none of the
// options has is shown as it is, and stays chosen when the form is sent.
func (q *request) add(f *filters, name, label, value string, options []option) {
	if value != "" && !slices.ContainsFunc(options, func(o option) bool { return o.Value == value }) {
		options = append(options, option{Value: value, Text: clipped(value)})
	}
	f.Lists = append(f.Lists, filterList{Name: name, Label: q.text(label), Value: value, Options: options})
	if value != "" {
		f.Chips = q.chip(f.Chips, name, q.text(label), optionText(options, value))
	}
}

// carry has the form send a parameter on.
func (q *request) carry(f *filters, names ...string) {
	for _, name := range names {
		if v := q.URL.Query().Get(name); v != "" {
			f.Keep = append(f.Keep, [2]string{name, v})
		}
	}
}

// clipped is the beginning of what somebody typed into an address.
func clipped(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

// inProgramme reports whether the reader has a role in a programme.
func (q *request) inProgramme() bool {
	return slices.ContainsFunc(q.call.Principal.Grants, func(g access.Grant) bool { return g.Scope.Kind == portfolio.InProgramme })
}

// noPlatform is the choice of what is on no platform, for readers who have a
// role in a programme: nobody else finds anything there.
func (q *request) noPlatform() []option {
	if !q.inProgramme() {
		return nil
	}
	return []option{{Value: string(tracker.NoPlatform), Text: q.text("console.filter.noPlatform")}}
}

// place is where in the portfolio a page looks.
type place struct {
	Programme ident.Programme
	Platform  ident.Platform
}

// inPlace is the place that the address asks for, and puts the lists to choose
// it from into a filter form, as far as there is a choice.
func (q *request) inPlace(f *filters) (place, error) {
	values := q.URL.Query()
	at := place{ident.Programme(values.Get("programme")), ident.Platform(values.Get("platform"))}
	programmes, err := q.tracker().Programmes(q.Context(), q.call, tracker.PageRequest{Limit: mostPlaces})
	if err != nil {
		return at, err
	}
	var list []option
	for _, p := range programmes.Items {
		list = append(list, option{Value: string(p.ID), Text: p.Names.In(string(q.lang))})
	}
	if len(list) > 1 || at.Programme != "" {
		q.add(f, "programme", "console.filter.programme", string(at.Programme), list)
	}
	platforms, err := q.tracker().Platforms(q.Context(), q.call, at.Programme, tracker.PageRequest{Limit: mostPlaces})
	if err != nil {
		return at, err
	}
	list = nil
	for _, p := range platforms.Items {
		list = append(list, option{Value: string(p.ID), Text: p.Names.In(string(q.lang))})
	}
	list = append(list, q.noPlatform()...)
	if len(list) > 1 || at.Platform != "" {
		q.add(f, "platform", "console.filter.platform", string(at.Platform), list)
	}
	return at, nil
}
