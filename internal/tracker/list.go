package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/store"
)

const (
	// maxPartitions is how many partitions one list merges: those of thirty
	// programmes, each with what eight kinds of state or role have of a list.
	// Reading one that is empty costs half a unit.
	maxPartitions = 256
	// maxCandidates is how many entries that the caller may view a request
	// looks at; its page may be short then.
	maxCandidates = 200
	// maxPassed bounds the entries that a request passes altogether. Those
	// that the caller may not view do not count as candidates, so that a short
	// page does not tell of them.
	maxPassed = 2000

	defaultPage = 50
	maxPage     = 100
)

// PageRequest asks for a page of a list.
type PageRequest struct {
	Limit  int    `json:"limit,omitzero"`   // 1 to 100; 0 means 50
	Cursor string `json:"cursor,omitempty"` // Next of the page before
}

func (p PageRequest) limit() (int, error) {
	switch {
	case p.Limit == 0:
		return defaultPage, nil
	case p.Limit < 0 || p.Limit > maxPage:
		return 0, fault.InvalidFields(fault.At("/limit", "field.outOfRange", "min", 1, "max", maxPage))
	}
	return p.Limit, nil
}

// Page is a page of a list. It may be short, even empty, while Next is set:
// only a missing Next ends a list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// verdict is what a list makes of an entry.
type verdict int

const (
	hidden   verdict = iota // not the caller's to view
	filtered                // viewable, not asked for
	kept
)

// listing is a list of things by the entries of indexes: what is read, what
// is kept of it, and how a row is made. All its reads but those of the indexes
// are strong.
type listing[T any] struct {
	name       string // with query, what its cursors are bound to
	query      any
	sources    []source
	narrow     string // the filters that would make a list of too many sources shorter
	within     store.Range
	descending bool
	whole      bool // rows are aggregates; see merge
	// pass tells by its item's key that an entry is of another kind.
	pass func(item store.Key) bool
	// also names what is read with an entry's item; rests, what keep needs to
	// know by what was read; then, what a row shows beside.
	also  func(item store.Key) []store.Key
	rests func(f *found) []store.Key
	keep  func(f *found) (verdict, error)
	then  func(f *found) []store.Key
	row   func(f *found) (T, error)
}

// found is an entry with its item and all that was read with it.
type found struct {
	*reading
	entry store.Entry
	item  *store.Item
}

// page answers one page of the listing.
func (l listing[T]) page(ctx context.Context, t *Tracker, c Call, p PageRequest) (Page[T], error) {
	limit, err := p.limit()
	if err != nil {
		return Page[T]{}, err
	}
	return l.rows(ctx, t, c, limit, p.Cursor)
}

func (l listing[T]) rows(ctx context.Context, t *Tracker, c Call, limit int, cursor string) (Page[T], error) {
	page := Page[T]{Items: []T{}}
	if len(l.sources) > maxPartitions {
		return page, fault.New(fault.Invalid, "list.tooManyScopes", "count", len(l.sources), "max", maxPartitions, "filter", l.narrow)
	}
	bound, err := canonicalQuery(l.name, l.query)
	if err != nil {
		return page, err
	}
	m := &merge{reading: newReading(ctx, t, c), descending: l.descending, whole: l.whole}
	if cursor != "" {
		at, err := t.openCursor(c.Principal.Person, bound, cursor)
		if err != nil {
			return page, err
		}
		m.at = &at
	}
	if err := m.open(l.sources, l.within, limit); err != nil {
		return page, err
	}
	more, err := l.fill(m, &page, limit)
	if err != nil || !more {
		return page, err
	}
	page.Next, err = t.cursor(c.Principal.Person, bound, *m.at)
	return page, err
}

// count counts the rows up to a number; more says that there are more than
// that. Of more places than one list merges it counts nothing and says more.
func (l listing[T]) count(ctx context.Context, t *Tracker, c Call, most int) (n int, more bool, err error) {
	page, err := l.rows(ctx, t, c, most, "")
	if fault.CodeOf(err) == "list.tooManyScopes" {
		return 0, true, nil
	}
	return len(page.Items), page.Next != "", err
}

// fill adds rows until the page is full, the list ends, or enough was looked
// at; more says that the list goes on after m.at.
func (l listing[T]) fill(m *merge, page *Page[T], limit int) (more bool, err error) {
	candidates, passed := 0, 0
	for len(page.Items) < limit && candidates < maxCandidates && passed < maxPassed {
		batch, err := m.take(min(max(limit-len(page.Items), 20), maxGetRows), l.pass)
		if err != nil {
			return false, err
		}
		passed += batch.passed
		if len(batch.entries) == 0 && batch.ended {
			return false, nil
		}
		verdicts, err := l.judge(m.reading, batch.entries)
		if err != nil {
			return false, err
		}
		m.at, batch.last = batch.last, m.at
		for i, f := range verdicts {
			if len(page.Items) == limit || candidates == maxCandidates {
				m.giveBack(batch.entries[i:], batch.last)
				break
			}
			if f.verdict != hidden {
				candidates++
			}
			batch.last = &position{SK: f.entry.At.SK, Item: f.entry.Item}
			if f.verdict != kept {
				continue
			}
			row, err := l.row(f.found)
			if err != nil {
				return false, err
			}
			page.Items = append(page.Items, row)
		}
	}
	return m.more()
}

// maxGetRows is how many entries are looked at together, so that their items
// and what is read with them mostly fit one get.
const maxGetRows = 50

type judged struct {
	*found
	verdict verdict
}

// judge reads the items of entries and what they rest on, and says what is
// kept.
func (l listing[T]) judge(r *reading, entries []store.Entry) ([]judged, error) {
	var keys []store.Key
	for _, e := range entries {
		keys = append(keys, e.Item)
		if l.also != nil {
			keys = append(keys, l.also(e.Item)...)
		}
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	all := make([]judged, len(entries))
	for i, e := range entries {
		all[i] = judged{found: &found{reading: r, entry: e, item: r.current(e)}}
	}
	if err := r.loadFor(all, l.rests); err != nil {
		return nil, err
	}
	keep := make([]judged, 0, len(all))
	for i := range all {
		if all[i].item == nil { // it moved since the index was written
			continue
		}
		v, err := l.keep(all[i].found)
		if err != nil {
			return nil, err
		}
		if all[i].verdict = v; v == kept {
			keep = append(keep, all[i])
		}
	}
	return all, r.loadFor(keep, l.then)
}

// may reports whether the caller of a query may do something; an error of the
// policies is one of the query.
func (t *Tracker) may(c Call, a access.Action, r access.Resource) (bool, error) {
	err := t.authority.Require(c.Principal, a, r)
	if k := fault.KindOf(err); err != nil && (k == fault.NotFound || k == fault.Forbidden) {
		return false, nil
	}
	return err == nil, err
}

// MayAnywhere reports whether the caller's roles let them do an action in some
// scope, or on what is in none: whether a list by it could hold anything.
func (t *Tracker) MayAnywhere(c Call, a access.Action) bool {
	return len(t.authority.Scopes(c.Principal, a)) > 0
}

// seen turns a permission and a filter into a verdict.
func seen(may, wanted bool, err error) (verdict, error) {
	switch {
	case err != nil || !may:
		return hidden, err
	case !wanted:
		return filtered, nil
	}
	return kept, nil
}
