package console

import (
	"context"

	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// The most that a list of choices offers, and the pages that are read for it:
// rows that the reader may not see are passed over.
const (
	mostChoices     = 200
	mostChoicePages = 4
)

// programmes are those that the reader may see, as far as a list of choices
// goes.
func (q *request) programmes() ([]tracker.ProgrammeView, error) {
	page, err := q.tracker().Programmes(q.Context(), q.call, tracker.PageRequest{Limit: 100})
	return page.Items, err
}

// programmeOptions are the same as choices.
func (q *request) programmeOptions() ([]option, error) {
	list, err := q.programmes()
	out := make([]option, 0, len(list))
	for _, p := range list {
		out = append(out, option{Value: string(p.ID), Text: p.Names.In(string(q.lang))})
	}
	return out, err
}

// platformOptions are the platforms that the reader may see, in a programme
// where one is chosen.
func (q *request) platformOptions(in ident.Programme) ([]option, error) {
	if !ident.Valid(ident.PrefixProgramme, string(in)) {
		in = ""
	}
	out, _, err := choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.PlatformView], error) {
		return q.tracker().Platforms(ctx, q.call, in, p)
	}, func(p tracker.PlatformView) option {
		return option{Value: string(p.ID), Text: p.Names.In(string(q.lang))}
	})
	return out, err
}

// choices are the rows of a list as choices, as far as a list of choices goes;
// more says that there are more.
func choices[R any](q *request, read func(context.Context, tracker.PageRequest) (tracker.Page[R], error), choice func(R) option) (out []option, more bool, err error) {
	p := tracker.PageRequest{Limit: 100}
	for n := 1; ; n++ {
		page, err := read(q.Context(), p)
		if err != nil {
			return nil, false, err
		}
		for _, r := range page.Items {
			out = append(out, choice(r))
		}
		if page.Next == "" {
			return out, false, nil
		}
		if len(out) >= mostChoices || n == mostChoicePages {
			return out[:min(len(out), mostChoices)], true, nil
		}
		p.Cursor = page.Next
	}
}
