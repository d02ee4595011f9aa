package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ExtensionRow is an extension in a list with its award and what it is for.
type ExtensionRow struct {
	ThingRow[ExtensionView]
	Code    string `json:"code"` // of the milestone
	Title   string `json:"title"`
	AskedBy *Named `json:"askedBy,omitempty"`
}

func extensionLists(state string) ([]partitionsOf, bool) {
	switch award.ExtensionState(state) {
	case award.ExtensionRequested:
		return waitingFor(portfolio.ProgrammeManager), true
	case award.ExtensionGranted, award.ExtensionRefused, award.ExtensionWithdrawn, award.ExtensionLapsed:
		return []partitionsOf{schema.Done}, true
	}
	return waitingFor(portfolio.ProgrammeManager), false
}

// reachOfExtensions follows from how they are sorted: undecided ones by a date
// on or after the one on which they were asked for, others by that.
func reachOfExtensions(q ThingsQuery) ThingsQuery {
	q = q.sortedFrom()
	if q.Half == ClosedHalf || q.State != "" && q.State != string(award.ExtensionRequested) {
		q = q.sortedTo()
	}
	return q
}

// Extensions lists extensions that the caller may view; undecided ones by when
// their decision is due, others by when they were asked for.
func (t *Tracker) Extensions(ctx context.Context, c Call, q ThingsQuery, p PageRequest) (Page[ExtensionRow], error) {
	page, err := things(ctx, t, c, q, p, kindListing[ExtensionView]{kind: access.KindExtension, view: access.ViewMilestone, lists: extensionLists,
		make: viewer.extension, state: func(e ExtensionView) string { return string(e.State) },
		when: func(e ExtensionView) civil.Date { return e.RequestedOn }, reach: reachOfExtensions, by: func(e ExtensionView) ident.Person { return e.RequestedBy }})
	if err != nil {
		return Page[ExtensionRow]{}, err
	}
	out := Page[ExtensionRow]{Items: make([]ExtensionRow, len(page.Items)), Next: page.Next}
	r := newReading(ctx, t, c)
	keys := make([]store.Key, len(page.Items))
	var askers []ident.Person
	for i, row := range page.Items {
		keys[i] = schema.MilestoneKey(row.Thing.Award, row.Thing.Milestone)
		askers = append(askers, row.Thing.RequestedBy)
	}
	if err := r.load(append(personKeys(askers...), keys...)...); err != nil {
		return out, err
	}
	for i, row := range page.Items {
		m, _, err := get[award.Milestone](r, keys[i], schema.TypeMilestone)
		if err != nil {
			return out, err
		}
		out.Items[i] = ExtensionRow{ThingRow: row, Code: m.Code, Title: m.Title, AskedBy: r.named(string(row.Thing.RequestedBy))}
	}
	return out, nil
}
