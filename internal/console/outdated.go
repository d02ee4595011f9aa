package console

import (
	"errors"

	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// subject is what a form is about: an aggregate, a thing in it, and where its
// page is.
type subject struct {
	Aggregate, Thing, Page string
}

// outdated is the page that says what changed since a form was made, by whom,
// and offers both: to look, and to send it all the same.
type outdated struct {
	Form    *form
	Subject subject
	Entries []tracker.JournalEntryView
}

// mostChanges bounds the changes that are shown.
const mostChanges = 10

// outdated answers a form whose thing has changed since. What was typed is
// kept, for the version that is now.
func (q *request) outdated(f *form, err error, of subject) error {
	e, ok := errors.AsType[*fault.Error](err)
	current, known := int64(0), false
	if ok {
		current, known = e.Args["current"].(int64)
	}
	if !known {
		return err
	}
	entries, err := q.since(of, f.Version)
	if err != nil {
		return err
	}
	f.Version, f.Key = current, q.newKey()
	q.status = fault.PreconditionFailed.Status()
	return q.show("outdated", q.text("console.outdated.title"), outdated{Form: f, Subject: of, Entries: entries})
}

// since are the entries of a thing's journal that made versions after one, the
// newest first; none where the caller may not read it.
func (q *request) since(of subject, version int64) ([]tracker.JournalEntryView, error) {
	query := tracker.JournalQuery{Thing: of.Thing}
	page, err := q.tracker().Journal(q.Context(), q.call, of.Aggregate, query, tracker.PageRequest{Limit: 50})
	switch fault.KindOf(err) {
	case fault.Forbidden, fault.NotFound:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []tracker.JournalEntryView
	for _, entry := range page.Items {
		newer := of.Thing == "" && entry.Sequence > version
		for _, ev := range entry.Events {
			newer = newer || of.Thing != "" && ev.Version > version
		}
		if newer && len(out) < mostChanges {
			out = append(out, entry)
		}
	}
	return out, nil
}
