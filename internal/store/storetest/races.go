package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"milepost/internal/store"
)

func raceCases() []testCase {
	return []testCase{
		{"race/sixteen writers lose no update", raceUpdates},
		{"race/one of many creates", raceCreate},
		{"race/a check conflicts with a write", raceChecks},
	}
}

// together runs n calls at once and waits for them.
func together(n int, call func(n int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { call(i) })
	}
	wg.Wait()
}

// raceUpdates counts one item up. A second item per update makes every call a
// transaction, so that repeating one after an unknown outcome is safe.
func raceUpdates(f *fixture) {
	const writers, updates = 16, 6
	counter := store.Key{PK: "p", SK: "counter"}
	f.put(item(counter.PK, counter.SK, 1))
	together(writers, func(w int) {
		for n := range updates {
			if err := f.countUp(counter, item(fmt.Sprintf("w%d", w), fmt.Sprintf("%d", n), 1)); err != nil {
				f.Errorf("writer %d, update %d: %v", w, n, err)
			}
		}
	})
	want := item(counter.PK, counter.SK, 1+writers*updates)
	f.wantItems(map[store.Key]*store.Item{counter: &want})
}

func (f *fixture) countUp(counter store.Key, receipt store.Item) error {
	for range 100 * attempts {
		got, err := f.Get(f.Context(), counter)
		if err != nil {
			return err
		}
		next := item(counter.PK, counter.SK, got[0].Version+1)
		err = f.transact(store.PutOp(next, store.VersionIs(got[0].Version)), store.PutOp(receipt, store.Absent))
		var failed *store.ConditionError
		if !errors.As(err, &failed) && !errors.Is(err, store.ErrContended) {
			return err
		}
	}
	return errors.New("never got its turn")
}

func raceCreate(f *fixture) {
	for round := range 10 {
		var made atomic.Int32
		together(8, func(w int) {
			unique := item(fmt.Sprintf("u%d", round), "r", int64(w)+1)
			mine := item(fmt.Sprintf("u%d", round), fmt.Sprintf("w%d", w), 1)
			if f.transact(store.PutOp(unique, store.Absent), store.PutOp(mine, store.Absent)) == nil {
				made.Add(1)
			}
		})
		if made.Load() != 1 {
			f.Errorf("round %d: %d writers created the item, want 1", round, made.Load())
		}
	}
}

// raceChecks lets two transactions each check what the other writes: they
// cannot both be right.
func raceChecks(f *fixture) {
	for round := range 20 {
		pk := fmt.Sprintf("p%d", round)
		f.put(item(pk, "0", 1), item(pk, "1", 1))
		var done atomic.Int32
		together(2, func(w int) {
			mine, theirs := fmt.Sprint(w), fmt.Sprint(1-w)
			err := f.transact(
				store.CheckOp(store.Key{PK: pk, SK: theirs}, store.VersionIs(1)),
				store.PutOp(item(pk, mine, 2), store.VersionIs(1)),
			)
			if err == nil {
				done.Add(1)
			}
		})
		if done.Load() > 1 {
			f.Errorf("round %d: both transactions took effect, want at most one", round)
		}
	}
}
