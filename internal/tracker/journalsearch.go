package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// maxSearchedDays is how many days of journals are searched at once.
const maxSearchedDays = 366

// JournalSearch says which entries of journals are looked for: those of a
// programme, of a person, or of a person in a programme. From and To are at
// most a year apart; empty ones mean the month up to today.
type JournalSearch struct {
	JournalQuery
	Programme ident.Programme `json:"programme,omitempty"`
	Person    ident.Person    `json:"person,omitempty"`
}

// SearchJournal returns what was done, as far as the caller may read the
// journals in which it stands. A programme or a person has to be named.
func (t *Tracker) SearchJournal(ctx context.Context, c Call, s JournalSearch, p PageRequest) (Page[JournalEntryView], error) {
	var err error
	if s.Programme == "" && s.Person == "" {
		return Page[JournalEntryView]{}, fault.InvalidFields(fault.At("/person", "journal.personOrProgramme"))
	}
	if s.Programme != "" {
		if _, err := t.readProgramme(ctx, c, s.Programme, access.ViewJournal); err != nil {
			return Page[JournalEntryView]{}, err
		}
	}
	if s.From, s.To, err = t.span(s.From, s.To, maxSearchedDays); err != nil {
		return Page[JournalEntryView]{}, err
	}
	var sources []source
	for _, month := range monthsIn(s.From, s.To) {
		if s.Person != "" {
			sources = append(sources, source{index: store.Scope, partition: schema.JournalBy(string(s.Person), month)})
			continue
		}
		sources = append(sources, source{index: store.Program, partition: schema.JournalIn(s.Programme, month)})
	}
	return t.journalList(ctx, c, sources, s, p)
}

// span completes two dates that include each other: the last month up to today
// where they are empty, at most so many days.
func (t *Tracker) span(from, to civil.Date, most int) (civil.Date, civil.Date, error) {
	if to.IsZero() {
		to = t.Today()
	}
	if from.IsZero() {
		from = to.AddDays(-30)
	}
	if err := checkDates(from, to); err != nil {
		return from, to, err
	}
	if days := to.Sub(from) + 1; days > most {
		return from, to, fault.InvalidFields(fault.At("/from", "date.before", "earliest", to.AddDays(1-most).String()))
	}
	return from, to, nil
}

// recordedWithin is how many days may lie between an entry's business date and
// that of its recording, and between the times of two entries that stand in the
// other order: a sweep that goes on after midnight keeps its date, and clocks of
// several machines differ.
const recordedWithin = 2

// journalWithin holds the entries of an aggregate's journal that were recorded
// about the dates of a query, and few others. They stand in the order of
// recording, so the first and the last are found by halving. A journal in which
// one is missing or unreadable is read whole.
func (r *reading) journalWithin(aggregate string, q JournalQuery) (store.Range, error) {
	whole := schema.JournalRange()
	if err := checkDates(q.From, q.To); err != nil || q.From.IsZero() && q.To.IsZero() {
		return whole, err
	}
	if err := r.load(schema.HeadKey(aggregate)); err != nil {
		return whole, err
	}
	head, _, err := get[schema.Head](r, schema.HeadKey(aggregate), schema.TypeHead)
	if err != nil {
		return whole, err
	}
	within := whole
	for _, end := range []struct {
		key   *string
		since civil.Date
		sets  bool
	}{{&within.From, q.From.AddDays(-recordedWithin), !q.From.IsZero()}, {&within.To, q.To.AddDays(recordedWithin + 1), !q.To.IsZero()}} {
		if !end.sets {
			continue
		}
		seq, ok, err := r.recordedSince(aggregate, head.Seq, end.since)
		if err != nil || !ok {
			return whole, err
		}
		*end.key = schema.JournalKey(aggregate, seq).SK
	}
	return within, nil
}

// recordedSince is the sequence of the first of so many entries that has a
// business date or a later one, that after the last where none has; false where
// one that it looked at is missing or unreadable.
func (r *reading) recordedSince(aggregate string, entries int64, on civil.Date) (int64, bool, error) {
	first, after := int64(1), entries+1
	for first < after {
		middle := first + (after-first)/2
		key := schema.JournalKey(aggregate, middle)
		if err := r.load(key); err != nil {
			return 0, false, err
		}
		if r.items[key] == nil {
			return 0, false, nil
		}
		e, err := openEntry(*r.items[key])
		switch {
		case err != nil:
			return 0, false, nil //nolint:nilerr // told of where it is read
		case e.On.Before(on):
			first = middle + 1
		default:
			after = middle
		}
	}
	return first, true, nil
}

// monthsIn are the months, as partitions of journals name them, in which two
// business dates and all between them lie; and that of the day before, under
// which entries of before stand that were recorded early on the first of a month.
func monthsIn(from, to civil.Date) []string {
	var out []string
	for day := from.AddDays(-1); !day.After(to); day = day.AddDays(1) {
		if month := day.String()[:7]; len(out) == 0 || out[len(out)-1] != month {
			out = append(out, month)
		}
	}
	return out
}

// journalList is a list of entries by the indexes of journals.
func (t *Tracker) journalList(ctx context.Context, c Call, sources []source, s JournalSearch, p PageRequest) (Page[JournalEntryView], error) {
	return listing[JournalEntryView]{
		name: "journal " + sources[0].partition, query: s, sources: sources, descending: !s.OldestFirst,
		also: func(item store.Key) []store.Key { return []store.Key{schema.RootKey(item.PK)} },
		rests: func(f *found) []store.Key {
			if ident.Prefix(f.item.PK) == ident.PrefixPlatform {
				return f.enrolmentKeys(ident.Platform(f.item.PK))
			}
			return nil
		},
		keep: func(f *found) (verdict, error) {
			resource, ok, err := f.aggregateResource(f.item.PK)
			if err != nil || !ok {
				return hidden, err
			}
			may, err := t.may(c, access.ViewJournal, resource)
			if err != nil || !may {
				return hidden, err
			}
			wanted, err := s.wants(*f.item)
			return seen(true, wanted, err)
		},
		then: func(f *found) []store.Key { return actorKeys([]store.Item{*f.item}) },
		row:  func(f *found) (JournalEntryView, error) { return f.journalView(*f.item, s.JournalQuery) },
	}.page(ctx, t, c, p)
}

// wants reports whether an entry is looked for.
func (s JournalSearch) wants(item store.Item) (bool, error) {
	e, err := openEntry(item)
	if err != nil || len(s.events(e)) == 0 {
		return false, err
	}
	return (s.Programme == "" || listedIn(item) == string(s.Programme)) &&
		(s.Person == "" || e.Actor.Person == string(s.Person)), nil
}
