package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"

	"milepost/internal/store"
)

// Flaky returns a store whose Transact fails about half of the time, in an
// order that the seed decides:
//
//   - store.ErrContended, nothing written;
//   - store.ErrUnknownOutcome, nothing written;
//   - store.ErrUnknownOutcome after the transaction did what it would have
//     done.
//
// It fails at most inARow times running, and at most that often under one
// token, so that a caller who repeats inARow times always gets through.
// Transactions out of bounds are passed on: they never reach the network.
func Flaky(s store.Store, seed uint64, inARow int) store.Store {
	f := &flaky{Store: s, chance: rand.New(rand.NewPCG(seed, 1)), most: inARow, byToken: map[string]int{}}
	return walking(f, s)
}

type flaky struct {
	store.Store
	mu      sync.Mutex
	chance  *rand.Rand
	most    int
	running int
	byToken map[string]int
}

type failure int

const (
	none failure = iota
	contended
	lostBefore
	lostAfter
)

// Transact fails or passes the call on.
func (f *flaky) Transact(ctx context.Context, token string, ops ...store.Op) error {
	if store.CheckTransact(token, ops) != nil || ctx.Err() != nil {
		return f.Store.Transact(ctx, token, ops...)
	}
	switch f.next(token) {
	case contended:
		return fmt.Errorf("flaky: conflict: %w", store.ErrContended)
	case lostBefore:
		return fmt.Errorf("flaky: request lost: %w", store.ErrUnknownOutcome)
	case lostAfter:
		err := f.Store.Transact(ctx, token, ops...)
		if err != nil {
			return fmt.Errorf("flaky: answer lost, %q: %w", err.Error(), store.ErrUnknownOutcome)
		}
		return fmt.Errorf("flaky: answer lost: %w", store.ErrUnknownOutcome)
	case none:
	}
	return f.Store.Transact(ctx, token, ops...)
}

func (f *flaky) next(token string) failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	roll := failure(f.chance.IntN(6)) // a half of them is no failure
	if roll > lostAfter || roll == none || f.running >= f.most || f.byToken[token] >= f.most {
		f.running = 0
		return none
	}
	f.running++
	f.byToken[token]++
	return roll
}
