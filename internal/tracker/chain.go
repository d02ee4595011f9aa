package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ChainView says whether an aggregate's journal still is what was written:
// each entry chained to the one before by its hash, up to the head.
type ChainView struct {
	Aggregate string `json:"aggregate"`
	Entries   int64  `json:"entries"` // that hold
	Hash      string `json:"hash"`    // of the last of them
	Holds     bool   `json:"holds"`
	// Broken is the sequence of the first entry that does not hold.
	Broken int64 `json:"broken,omitzero"`
}

// Chain follows the journal of an award, programme, platform, project,
// organisation or import from its first entry to its head. It costs what the
// journal is long. `milepost verify` holds the data against the journal too.
func (t *Tracker) Chain(ctx context.Context, c Call, aggregate string) (ChainView, error) {
	out := ChainView{Aggregate: aggregate}
	r := newReading(ctx, t, c)
	if err := r.mayReadJournal(aggregate); err != nil {
		return out, err
	}
	head := schema.HeadKey(aggregate)
	if err := r.load(head); err != nil {
		return out, err
	}
	h, err := need[schema.Head](r, head, schema.TypeHead)
	if err != nil {
		return out, err
	}
	// What is written meanwhile stands after the head that was read.
	items, err := readRange(ctx, t.store, aggregate, schema.JournalRange())
	if err != nil {
		return out, err
	}
	var at journal.Head
	for _, item := range items {
		j, err := schema.Decode[schema.JournalText](item, schema.TypeJournal)
		next, _, broken := at.Next(aggregate, j.Text)
		if err != nil || broken != nil || item.Key != schema.JournalKey(aggregate, next.Seq) || j.Hash != next.Hash ||
			next.Seq == h.Seq && next.Hash != h.Hash {
			out.Broken = at.Seq + 1
			break
		}
		at = next
	}
	out.Entries, out.Hash = at.Seq, at.Hash
	if out.Broken == 0 && at.Seq < h.Seq { // the last ones are gone
		out.Broken = at.Seq + 1
	}
	out.Holds = out.Broken == 0
	return out, nil
}

// FullEntry is one entry of a journal with the files that it tells of.
type FullEntry struct {
	JournalEntryView
	Files []EvidenceFile   // of an award, where the caller may view them
	Names map[string]Named // of people, organisations and subjects whose ids stand in it
}

// JournalEntry returns one entry of an aggregate's journal.
func (t *Tracker) JournalEntry(ctx context.Context, c Call, aggregate string, seq int64) (FullEntry, error) {
	r := newReading(ctx, t, c)
	var out FullEntry
	if err := r.mayReadJournal(aggregate); err != nil {
		return out, err
	}
	key := schema.JournalKey(aggregate, seq)
	if err := r.load(key); err != nil {
		return out, err
	}
	item := r.items[key]
	if seq < 1 || item == nil {
		return out, errNotFound()
	}
	if err := r.load(actorKeys([]store.Item{*item})...); err != nil {
		return out, err
	}
	var err error
	if out.JournalEntryView, err = r.journalView(*item, JournalQuery{}); err != nil {
		return out, err
	}
	if out.Names, err = r.namesInEvents(out.Events); err != nil || ident.Prefix(aggregate) != ident.PrefixAward {
		return out, err
	}
	a, err := decodeAward(*r.items[schema.RootKey(aggregate)])
	if err != nil {
		return out, err
	}
	out.Files, err = r.filesSeen(a, out.Events)
	return out, err
}

// mayReadJournal refuses whoever may not read an aggregate's journal.
func (r *reading) mayReadJournal(aggregate string) error {
	resource, ok, err := r.aggregateResource(aggregate)
	if err != nil || !ok {
		return orNotFound(err)
	}
	return r.t.authority.Require(r.call.Principal, access.ViewJournal, resource)
}
