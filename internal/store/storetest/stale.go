package storetest

import (
	"cmp"
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"milepost/internal/store"
)

// Stale returns a store whose QueryIndex answers as the indexes stood up to
// lag transactions ago, by a number that the seed decides anew for each call:
// a later call may show an earlier state, as DynamoDB's replicas do. After lag
// further transactions the indexes show any one for certain. The store below
// must be empty, and written through the returned store only. Lag 0 is always
// fresh.
func Stale(s store.Store, seed uint64, lag int) store.Store {
	st := &stale{Store: s, chance: rand.New(rand.NewPCG(seed, 2)), lag: lag, settled: entries{}}
	return walking(st, s)
}

// entries is the state of all indexes: the entries of each item that has any.
type entries map[store.Key][store.Indexes]store.Key

type stale struct {
	store.Store
	mu      sync.Mutex
	chance  *rand.Rand
	lag     int
	settled entries   // what every call shows
	recent  []entries // what transactions since have changed, oldest first
}

// Transact passes the call on and notes where its items then stand, whatever
// the answer was: an unknown outcome may have been a commit.
func (s *stale) Transact(ctx context.Context, token string, ops ...store.Op) error {
	err := s.Store.Transact(ctx, token, ops...)
	if store.CheckTransact(token, ops) != nil {
		return err
	}
	keys := make([]store.Key, len(ops))
	for n, op := range ops {
		keys[n] = op.Item.Key
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	items, readErr := s.Get(context.WithoutCancel(ctx), keys...)
	if readErr != nil {
		return cmp.Or(err, readErr)
	}
	change := entries{}
	for n, item := range items {
		change[keys[n]] = [store.Indexes]store.Key{}
		if item != nil {
			change[keys[n]] = item.Index
		}
	}
	s.recent = append(s.recent, change)
	for len(s.recent) > s.lag {
		maps.Copy(s.settled, s.recent[0])
		s.recent = s.recent[1:]
	}
	return err
}

// QueryIndex answers from a past state.
func (s *stale) QueryIndex(ctx context.Context, q store.IndexQuery) (store.IndexPage, error) {
	limit, err := store.CheckIndexQuery(q)
	if err := cmp.Or(err, ctx.Err()); err != nil {
		return store.IndexPage{}, err
	}
	var page store.IndexPage
	for _, e := range s.past().matching(q) {
		if len(page.Entries) == limit {
			page.Next = &page.Entries[limit-1]
			break
		}
		page.Entries = append(page.Entries, e)
	}
	return page, nil
}

func (s *stale) past() entries {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := maps.Clone(s.settled)
	for _, change := range s.recent[:s.chance.IntN(len(s.recent)+1)] {
		maps.Copy(state, change)
	}
	return state
}

// matching lists the entries that a query selects, in its order, from its
// resume position on.
func (e entries) matching(q store.IndexQuery) []store.Entry {
	direction := 1
	if q.Descending {
		direction = -1
	}
	var all []store.Entry
	for item, at := range e {
		entry := store.Entry{At: at[q.Index], Item: item}
		if entry.At.PK != q.Partition || !q.Range.Holds(entry.At.SK) {
			continue
		}
		if q.After != nil && direction*compareEntries(entry, *q.After) <= 0 {
			continue
		}
		all = append(all, entry)
	}
	slices.SortFunc(all, func(a, b store.Entry) int { return direction * compareEntries(a, b) })
	return all
}

func compareEntries(a, b store.Entry) int {
	return cmp.Or(
		strings.Compare(a.At.SK, b.At.SK),
		strings.Compare(a.Item.PK, b.Item.PK),
		strings.Compare(a.Item.SK, b.Item.SK))
}
