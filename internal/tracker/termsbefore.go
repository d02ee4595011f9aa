package tracker

import (
	"context"

	"github.com/go-json-experiment/json"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// TermsThen are the terms of a programme at some time.
type TermsThen struct {
	Thresholds portfolio.Thresholds
	Ladders    map[attention.Kind]attention.Ladder // in force
}

// TermsBefore returns the terms that were in force before an entry of a
// programme's journal, as its entries tell them: what a change is held
// against. A journal that cannot be replayed tells none.
func (t *Tracker) TermsBefore(ctx context.Context, c Call, id ident.Programme, seq int64) (TermsThen, error) {
	out := TermsThen{Ladders: map[attention.Kind]attention.Ladder{}}
	if _, err := t.readProgramme(ctx, c, id, access.ViewJournal); err != nil {
		return out, err
	}
	within := schema.JournalRange()
	within.To = schema.JournalKey(string(id), seq-1).SK
	items, err := readRange(ctx, t.store, string(id), within)
	if err != nil {
		return out, err
	}
	replayed, ok := replayOf(items)
	if !ok {
		return out, nil
	}
	var p portfolio.Programme
	if body, _ := replayed.Thing(string(id)); body == nil || json.Unmarshal(body, &p) != nil {
		return out, nil //nolint:nilerr // told of where it is read
	}
	out.Thresholds = p.Thresholds()
	for kind, version := range p.Ladders {
		l := attention.Ladder{Kind: attention.Kind(kind), Version: version}
		if body, _ := replayed.Thing(ladderThing(l)); body != nil && json.Unmarshal(body, &l) == nil {
			out.Ladders[l.Kind] = l
		}
	}
	return out, nil
}

// replayOf replays entries; false where one is unreadable or does not fit.
func replayOf(items []store.Item) (journal.Replay, bool) {
	var r journal.Replay
	for _, item := range items {
		e, err := openEntry(item)
		if err == nil {
			err = r.Add(e)
		}
		if err != nil {
			return r, false
		}
	}
	return r, true
}
