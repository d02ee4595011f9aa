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
// programme, of a person, or of a person in a programme.
type JournalSearch struct {
	JournalQuery
	Programme ident.Programme `json:"programme,omitempty"`
	Person    ident.Person    `json:"person,omitempty"`
	// From and To are business dates, both included and at most a year apart;
	// empty ones mean the month up to today.
	From civil.Date `json:"from,omitzero"`
	To   civil.Date `json:"to,omitzero"`
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
	switch days := to.Sub(from) + 1; {
	case days < 1:
		return from, to, fault.InvalidFields(fault.At("/to", "date.before", "earliest", from.String()))
	case days > most:
		return from, to, fault.InvalidFields(fault.At("/from", "date.before", "earliest", to.AddDays(1-most).String()))
	}
	return from, to, nil
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
		(s.Person == "" || e.Actor.Person == string(s.Person)) &&
		(s.From.IsZero() || !e.On.Before(s.From)) && (s.To.IsZero() || !e.On.After(s.To)), nil
}
