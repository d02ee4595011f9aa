package relay

import (
	"context"
	"errors"
	"slices"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// open reads entries up to the first that cannot be read.
func (j *job) open(items []store.Item) ([]Entry, error) {
	var entries []Entry
	for _, item := range items {
		text, err := schema.Decode[schema.JournalText](item, schema.TypeJournal)
		if err != nil {
			return entries, err
		}
		e, err := journal.Open(text.Text)
		if err != nil {
			return entries, fault.Wrap(err, "item.unreadable", "item", item.String())
		}
		if item.Index[store.Work].PK != "" && !slices.ContainsFunc(j.marked, func(m store.Item) bool { return m.Key == item.Key }) {
			j.marked = append(j.marked, item)
		}
		entries = append(entries, Entry{Entry: e, Hash: text.Hash, Programme: programmeOf(item)})
		j.next = e.Seq + 1
	}
	return entries, nil
}

// programmeOf is the programme in whose journal an item is listed.
func programmeOf(item store.Item) ident.Programme {
	in, ok := strings.CutPrefix(item.Index[store.Program].PK, "JP#")
	if !ok {
		return ""
	}
	programme, _, _ := strings.Cut(in, "#")
	return ident.Programme(programme)
}

func after(entries []Entry, seq int64) []Entry {
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Seq > seq })
	if i < 0 {
		return nil
	}
	return entries[i:]
}

// unreadable has everyone refuse an entry that cannot be read, who came that
// far.
func (r *Relay) unreadable(ctx context.Context, j *job, cause error) error {
	var errs []error
	for i, s := range r.subs {
		p := j.places[i]
		if p == nil || p.Parked != "" || p.Seq+1 < j.next { // it refused an entry before that one
			continue
		}
		next := Entry{Entry: journal.Entry{Aggregate: j.aggregate, Seq: p.Seq + 1}}
		errs = append(errs, r.refused(ctx, s, p, next, cause))
	}
	return errors.Join(errs...)
}

// unsettled has those settled again who were past an entry that is in the
// outbox still: what follows from it may not be settled.
func (j *job) unsettled() {
	for i, p := range j.places {
		if p == nil {
			continue
		}
		had := schema.JournalKey(j.aggregate, j.had[i]).SK
		j.touched[i] = j.touched[i] || slices.ContainsFunc(j.marked, func(m store.Item) bool { return m.SK <= had })
	}
}
