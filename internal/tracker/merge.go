package tracker

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// source is where a list's entries come from: a partition of an index; or,
// where someone has a role in single things that no partition lists, entries
// that those items themselves carry.
type source struct {
	index     store.Index
	partition string
	own       func(*reading) ([]store.Entry, error)
}

// stream reads a source in order.
type stream struct {
	index  store.Index
	query  store.IndexQuery
	buffer []store.Entry
	ended  bool
}

// mostRead bounds the entries of one read.
const mostRead = 250

// fill reads on until there is an entry or the source ends. Each read goes twice
// as far as the one before: what follows so much may be much.
func (s *stream) fill(r *reading) error {
	for len(s.buffer) == 0 && !s.ended {
		page, err := r.t.store.QueryIndex(r.ctx, s.query)
		if err != nil {
			return storeFault(err)
		}
		s.buffer, s.query.After, s.ended = page.Entries, page.Next, page.Next == nil
		s.query.Limit = min(2*s.query.Limit, mostRead)
	}
	return nil
}

// merge reads several sources as one list in the order of index sort keys. An
// item that stands in several is given once; with whole, so is an aggregate
// of which several items stand under one sort key.
type merge struct {
	*reading
	descending bool
	whole      bool
	streams    []*stream
	at         *position // the last entry passed; nil before the first
}

func (m *merge) compare(a, b store.Entry) int {
	c := cmp.Or(strings.Compare(a.At.SK, b.At.SK), strings.Compare(a.Item.PK, b.Item.PK), strings.Compare(a.Item.SK, b.Item.SK))
	if m.descending {
		return -c
	}
	return c
}

// open begins the streams after m.at, several at a time.
func (m *merge) open(sources []source, within store.Range, limit int) error {
	chunk := min(max(2*limit/max(len(sources), 1), 10), maxPage+1)
	for _, from := range sources {
		s := &stream{index: from.index, query: store.IndexQuery{
			Index: from.index, Partition: from.partition, Range: within, Descending: m.descending, Limit: chunk,
		}}
		m.streams = append(m.streams, s)
		if from.own != nil {
			entries, err := from.own(m.reading)
			if err != nil {
				return err
			}
			s.ended, s.buffer = true, m.after(entries, within)
			continue
		}
		if m.at != nil {
			s.resume(*m.at, within)
		}
	}
	return m.begin()
}

// resume goes on after a position. Where the range has moved past it since,
// as one that depends on the day does, it begins with the range.
func (s *stream) resume(at position, within store.Range) {
	passed := at.SK > within.To && within.To != ""
	if s.query.Descending {
		passed = at.SK < within.From
	}
	switch {
	case passed:
		s.ended = true
	case within.Holds(at.SK):
		s.query.After = &store.Entry{At: store.Key{PK: s.query.Partition, SK: at.SK}, Item: at.Item}
	}
}

// begin fills all streams, several at a time.
func (m *merge) begin() error {
	errs := make([]error, len(m.streams))
	var wg sync.WaitGroup
	gate := make(chan struct{}, 16)
	for i, s := range m.streams {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			errs[i] = s.fill(m.reading)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// after sorts the entries of single things and leaves those that are passed.
func (m *merge) after(entries []store.Entry, within store.Range) []store.Entry {
	entries = slices.DeleteFunc(entries, func(e store.Entry) bool {
		return !within.Holds(e.At.SK) || m.at != nil && m.compare(e, store.Entry{At: store.Key{SK: m.at.SK}, Item: m.at.Item}) <= 0
	})
	slices.SortFunc(entries, m.compare)
	return entries
}

// next returns the stream with the next entry, nil at the end.
func (m *merge) next() (*stream, error) {
	var best *stream
	for _, s := range m.streams {
		if err := s.fill(m.reading); err != nil {
			return nil, err
		}
		if len(s.buffer) > 0 && (best == nil || m.compare(s.buffer[0], best.buffer[0]) < 0) {
			best = s
		}
	}
	return best, nil
}

type batch struct {
	entries []store.Entry
	last    *position // of the last one read
	passed  int       // entries read, those included that were passed over
	ended   bool
}

// take returns up to n next entries, each thing once. Entries that pass
// refuses are passed over; a run of them ends the batch early.
func (m *merge) take(n int, pass func(store.Key) bool) (batch, error) {
	b := batch{last: m.at}
	for len(b.entries) < n && b.passed < maxPassed {
		s, err := m.next()
		if err != nil {
			return b, err
		}
		if s == nil {
			b.ended = true
			return b, nil
		}
		e := s.buffer[0]
		s.buffer = s.buffer[1:]
		b.passed++
		again := m.again(b.last, e)
		b.last = &position{SK: e.At.SK, Item: e.Item}
		if !again && (pass == nil || pass(e.Item)) {
			b.entries = append(b.entries, e)
		}
	}
	return b, nil
}

// again reports whether an entry stands for the thing of the one before.
func (m *merge) again(before *position, e store.Entry) bool {
	return before != nil && before.SK == e.At.SK && (before.Item == e.Item || m.whole && before.Item.PK == e.Item.PK)
}

// giveBack puts entries of a batch back that were not looked at, after a
// position.
func (m *merge) giveBack(entries []store.Entry, after *position) {
	m.at = after
	m.streams = append(m.streams, &stream{buffer: slices.Clone(entries), ended: true})
}

// more reports whether an entry follows. Others of the thing last looked at
// are passed first, so that the next page does not begin with it again.
func (m *merge) more() (bool, error) {
	for {
		s, err := m.next()
		if s == nil || err != nil {
			return false, err
		}
		e := s.buffer[0]
		if !m.again(m.at, e) {
			return true, nil
		}
		s.buffer = s.buffer[1:]
		m.at = &position{SK: e.At.SK, Item: e.Item}
	}
}

// ofAward gives the entries of one award's items that would stand in lists of
// the award's place: what somebody sees who has a role in that award alone.
func ofAward(id ident.Award, lists ...func(scope string) string) func(*reading) ([]store.Entry, error) {
	return func(r *reading) ([]store.Entry, error) {
		items, err := readRange(r.ctx, r.t.store, string(id), schema.PageRange())
		if err != nil {
			return nil, err
		}
		root := slices.IndexFunc(items, func(i store.Item) bool { return i.Key == schema.RootKey(string(id)) })
		if root < 0 {
			return nil, nil
		}
		a, err := schema.Decode[award.Award](items[root], schema.TypeAward)
		if err != nil {
			return nil, err
		}
		place := schema.SettingOf(a.Document).Place
		var entries []store.Entry
		for _, item := range items {
			at := item.Index[store.Scope]
			if slices.ContainsFunc(lists, func(list func(string) string) bool { return list(place) == at.PK }) {
				entries = append(entries, store.Entry{At: at, Item: item.Key})
			}
		}
		return entries, nil
	}
}
