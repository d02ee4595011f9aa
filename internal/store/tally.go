package store

import (
	"context"
	"sync"
)

// Tally counts what a call did to a store that Counted wraps.
type Tally struct {
	Gets         int64 // calls of Get
	ItemsRead    int64 // items that Get and Query answered, absent ones not
	Queries      int64 // pages of Query and QueryIndex
	IndexKeys    int64 // entries that QueryIndex answered
	Transactions int64 // calls of Transact, whatever came of them
	ItemsWritten int64 // puts and deletes of transactions that were done
	Checks       int64 // checks of transactions that were done
}

type tallyKey struct{}

type carriedTally struct {
	mu sync.Mutex
	to *Tally
}

// WithTally returns a context whose calls are counted in the tally returned.
// Read the tally only once the calls have returned. A context made from it by
// WithTally counts for itself alone.
func WithTally(ctx context.Context) (context.Context, *Tally) {
	c := &carriedTally{to: new(Tally)}
	return context.WithValue(ctx, tallyKey{}, c), c.to
}

// Counted returns the store with its calls counted in the tally of their
// context. It walks if the store does; walks are not counted.
func Counted(s Store) Store {
	c := counted{s}
	if w, ok := s.(Walker); ok {
		return struct {
			Store
			Walker
		}{c, w}
	}
	return c
}

type counted struct{ s Store }

func count(ctx context.Context, add func(*Tally)) {
	c, ok := ctx.Value(tallyKey{}).(*carriedTally)
	if !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	add(c.to)
}

// Get counts the call and the items that are there.
func (c counted) Get(ctx context.Context, keys ...Key) ([]*Item, error) {
	items, err := c.s.Get(ctx, keys...)
	count(ctx, func(t *Tally) {
		t.Gets++
		for _, i := range items {
			if i != nil {
				t.ItemsRead++
			}
		}
	})
	return items, err
}

// Query counts the page and its items.
func (c counted) Query(ctx context.Context, q Query) (Page, error) {
	page, err := c.s.Query(ctx, q)
	count(ctx, func(t *Tally) {
		t.Queries++
		t.ItemsRead += int64(len(page.Items))
	})
	return page, err
}

// QueryIndex counts the page and its entries.
func (c counted) QueryIndex(ctx context.Context, q IndexQuery) (IndexPage, error) {
	page, err := c.s.QueryIndex(ctx, q)
	count(ctx, func(t *Tally) {
		t.Queries++
		t.IndexKeys += int64(len(page.Entries))
	})
	return page, err
}

// Transact counts the call and, once it is done, its operations.
func (c counted) Transact(ctx context.Context, token string, ops ...Op) error {
	err := c.s.Transact(ctx, token, ops...)
	count(ctx, func(t *Tally) {
		t.Transactions++
		if err != nil {
			return
		}
		for _, op := range ops {
			if op.Verb == Check {
				t.Checks++
			} else {
				t.ItemsWritten++
			}
		}
	})
	return err
}
