package storetest

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"milepost/internal/store"
)

// Torn returns a store whose Query and Get of several keys are no snapshots:
// each looks twice, and where a transaction through the returned store came
// between the looks, the seed decides for every item which of the two it
// shows. Each item shown did stand there during the call, which is all that
// the port promises; a read that begins after a transaction was answered shows
// all of it.
//
// Between the looks it calls between, if given, so that a test can place a
// transaction there (the function may use the returned store; its own reads
// are not torn again by it). Without one, every fourth call waits up to half a
// millisecond for a concurrent transaction.
func Torn(s store.Store, seed uint64, between func(context.Context)) store.Store {
	t := &torn{Store: s, chance: rand.New(rand.NewPCG(seed, 3)), between: between, committed: make(chan struct{})}
	return walking(t, s)
}

const tornWait = 500 * time.Microsecond

type torn struct {
	store.Store
	between func(context.Context)

	mu        sync.Mutex
	chance    *rand.Rand
	committed chan struct{} // closed by the next transaction, then made anew
}

type inBetween struct{}

// Transact passes the call on and wakes the reads that wait for one.
func (t *torn) Transact(ctx context.Context, token string, ops ...store.Op) error {
	err := t.Store.Transact(ctx, token, ops...)
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.committed)
	t.committed = make(chan struct{})
	return err
}

// Get shows some items as they stood before a concurrent transaction and some
// as they stood after it.
func (t *torn) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	next := t.next()
	first, err := t.Store.Get(ctx, keys...)
	if err != nil || len(keys) < 2 || !t.pause(ctx, next) {
		return first, err
	}
	second, err := t.Store.Get(ctx, keys...)
	if err != nil {
		return nil, err
	}
	for n := range first {
		if t.oneIn(2) {
			first[n] = second[n]
		}
	}
	return first, nil
}

// Query does the same for a page: it goes as far as both looks went.
func (t *torn) Query(ctx context.Context, q store.Query) (store.Page, error) {
	next := t.next()
	first, err := t.Store.Query(ctx, q)
	if err != nil || !t.pause(ctx, next) {
		return first, err
	}
	second, err := t.Store.Query(ctx, q)
	if err != nil {
		return store.Page{}, err
	}
	limit, err := store.CheckLimit(q.Limit)
	if err != nil {
		return store.Page{}, err
	}
	return t.mix(first, second, q.Descending, limit), nil
}

// mix merges two pages of one query, both in its order, and takes each key
// from either.
func (t *torn) mix(first, second store.Page, descending bool, limit int) store.Page {
	before := func(a, b store.Key) bool {
		if descending {
			a, b = b, a
		}
		return strings.Compare(a.SK, b.SK) < 0
	}
	end := first.Next
	if end == nil || second.Next != nil && before(*second.Next, *end) {
		end = second.Next
	}
	mixed := store.Page{Next: end}
	a, b := first.Items, second.Items
	size := 0
	for len(a) > 0 || len(b) > 0 {
		var pick *store.Item
		switch {
		case len(b) == 0 || len(a) > 0 && before(a[0].Key, b[0].Key):
			pick, a = t.either(&a[0], nil), a[1:]
		case len(a) == 0 || before(b[0].Key, a[0].Key):
			pick, b = t.either(nil, &b[0]), b[1:]
		default:
			pick, a, b = t.either(&a[0], &b[0]), a[1:], b[1:]
		}
		if pick == nil || end != nil && before(*end, pick.Key) {
			continue
		}
		if size += pick.Size(); len(mixed.Items) == limit || size > store.MaxPageBytes {
			last := mixed.Items[len(mixed.Items)-1].Key
			mixed.Next = &last
			break
		}
		mixed.Items = append(mixed.Items, *pick)
	}
	return mixed
}

func (t *torn) either(a, b *store.Item) *store.Item {
	if t.oneIn(2) {
		return b
	}
	return a
}

func (t *torn) oneIn(n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.chance.IntN(n) == 0
}

func (t *torn) next() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.committed
}

// pause lets a transaction come in and reports whether one did.
func (t *torn) pause(ctx context.Context, next <-chan struct{}) bool {
	if ctx.Value(inBetween{}) != nil {
		return false
	}
	switch {
	case t.between != nil:
		t.between(context.WithValue(ctx, inBetween{}, true))
	case t.oneIn(4):
		select {
		case <-next:
		case <-ctx.Done():
		case <-time.After(tornWait):
		}
	}
	select {
	case <-next:
		return true
	default:
		return false
	}
}
