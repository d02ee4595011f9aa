package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
	"milepost/internal/store/sqlite"
	"milepost/internal/store/storetest"
)

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func memory(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Options{Path: sqlite.Memory, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func item(sk string, version int64) store.Item {
	i := store.Item{Key: store.Key{PK: "p", SK: sk}, Version: version, Body: []byte(`{}`)}
	i.Index[store.Work] = store.Key{PK: "w", SK: sk}
	return i
}

func putAll(t *testing.T, s store.Store, token string, items ...store.Item) {
	t.Helper()
	var ops []store.Op
	for _, i := range items {
		ops = append(ops, store.PutOp(i, store.Anything))
	}
	if err := s.Transact(context.Background(), token, ops...); err != nil {
		t.Fatal(err)
	}
}

// indexSizes asks a stale store for its index after each of some transactions.
func indexSizes(t *testing.T, seed uint64, lag int) []int {
	t.Helper()
	s := storetest.Stale(memory(t), seed, lag)
	var sizes []int
	for n := range 30 {
		putAll(t, s, fmt.Sprint(n), item(fmt.Sprintf("%02d", n), 1))
		page, err := s.QueryIndex(context.Background(), store.IndexQuery{Index: store.Work, Partition: "w"})
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Entries))
	}
	return sizes
}

func TestStaleLags(t *testing.T) {
	const lag = 4
	sizes := indexSizes(t, 1, lag)
	lags := map[int]bool{}
	for n, size := range sizes {
		lags[n+1-size] = true
		if size > n+1 || size < n+1-lag {
			t.Errorf("after %d transactions %d entries, want at most %d fewer", n+1, size, lag)
		}
	}
	if len(lags) != lag+1 {
		t.Errorf("lags seen %v, want each from 0 to %d", lags, lag)
	}
	if diff := cmp.Diff(sizes, indexSizes(t, 1, lag)); diff != "" {
		t.Errorf("the same seed answers otherwise:\n%s", diff)
	}
	if cmp.Equal(sizes, indexSizes(t, 2, lag)) {
		t.Error("another seed answers the same")
	}
	for n, size := range indexSizes(t, 1, 0) {
		if size != n+1 {
			t.Errorf("with lag 0, after %d transactions %d entries", n+1, size)
		}
	}
}

// A transaction changes a, deletes b and creates c between the two looks of a
// read: every mixture of before and after must come up.
func TestTornMixes(t *testing.T) {
	ctx := context.Background()
	reads := map[string]func(store.Store) ([]*store.Item, error){
		"get": func(s store.Store) ([]*store.Item, error) {
			return s.Get(ctx, item("a", 1).Key, item("b", 1).Key, item("c", 1).Key)
		},
		"query":            func(s store.Store) ([]*store.Item, error) { return queried(s, false) },
		"query descending": func(s store.Store) ([]*store.Item, error) { return queried(s, true) },
	}
	for name, read := range reads {
		seen := map[string]int{}
		for seed := range uint64(60) {
			below := memory(t)
			var torn store.Store
			torn = storetest.Torn(below, seed, func(ctx context.Context) {
				err := torn.Transact(ctx, "between", store.PutOp(item("a", 2), store.VersionIs(1)),
					store.DeleteOp(item("b", 1).Key, store.Present), store.PutOp(item("c", 1), store.Absent))
				if err != nil {
					t.Error(err)
				}
			})
			putAll(t, below, "before", item("a", 1), item("b", 1))
			got, err := read(torn)
			if err != nil {
				t.Fatal(err)
			}
			seen[mixture(got)]++
		}
		if len(seen) != 8 {
			t.Errorf("%s: mixtures %v, want all 8", name, seen)
		}
	}
}

func queried(s store.Store, descending bool) ([]*store.Item, error) {
	page, err := s.Query(context.Background(), store.Query{Partition: "p", Descending: descending})
	var items []*store.Item
	for n := range page.Items {
		items = append(items, &page.Items[n])
	}
	return items, err
}

func mixture(items []*store.Item) string {
	versions := map[string]int64{}
	for _, i := range items {
		if i != nil {
			versions[i.SK] = i.Version
		}
	}
	return fmt.Sprintf("a%d b%d c%d", versions["a"], versions["b"], versions["c"])
}

func TestTornPagesLoseNothing(t *testing.T) {
	for seed := range uint64(20) {
		below := memory(t)
		n := int64(1)
		var s store.Store
		var want []store.Item
		for k := range 30 {
			want = append(want, item(fmt.Sprintf("%02d", k), 1))
		}
		putAll(t, below, "before", want...)
		s = storetest.Torn(below, seed, func(ctx context.Context) {
			n++
			if err := s.Transact(ctx, fmt.Sprint("u", n), store.PutOp(item(fmt.Sprintf("%02d", n%30), n), store.Present)); err != nil {
				t.Error(err)
			}
		})
		var got []string
		q := store.Query{Partition: "p", Limit: 4, Descending: seed%2 == 0}
		for {
			page, err := s.Query(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range page.Items {
				got = append(got, i.SK)
			}
			if page.Next == nil {
				break
			}
			q.After = page.Next
		}
		if len(got) != len(want) {
			t.Errorf("seed %d: %d items, want %d", seed, len(got), len(want))
		}
	}
}

func TestFlakyFails(t *testing.T) {
	const most = 3
	below := memory(t)
	s := storetest.Flaky(below, 7, most)
	ctx := context.Background()
	seen := map[string]bool{}
	for n := range 200 {
		i := item(fmt.Sprint(n), 1)
		failures := 0
		for ; failures <= most; failures++ {
			err := s.Transact(ctx, fmt.Sprint(n), store.PutOp(i, store.Absent))
			if err == nil {
				break
			}
			got, readErr := below.Get(ctx, i.Key)
			if readErr != nil {
				t.Fatal(readErr)
			}
			switch {
			case errors.Is(err, store.ErrContended) && failures == 0:
				seen[fmt.Sprint("contended, written ", got[0] != nil)] = true
			case errors.Is(err, store.ErrUnknownOutcome) && failures == 0:
				seen[fmt.Sprint("unknown, written ", got[0] != nil)] = true
			case failures == 0:
				t.Errorf("Transact = %v", err)
			}
		}
		if failures > most {
			t.Errorf("call %d failed %d times, want at most %d", n, failures, most)
		}
	}
	want := map[string]bool{"contended, written false": true, "unknown, written false": true, "unknown, written true": true}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}

func TestHookComesFirst(t *testing.T) {
	below := memory(t)
	var calls []int
	s := storetest.Hook(below, func(_ context.Context, ops []store.Op) {
		calls = append(calls, len(ops))
		putAll(t, below, "rival", item("a", 5))
	})
	err := s.Transact(context.Background(), "t", store.PutOp(item("a", 1), store.Absent))
	var failed *store.ConditionError
	if !errors.As(err, &failed) || failed.Failed[0].Current.Version != 5 {
		t.Errorf("Transact = %v, want the rival's item in the way", err)
	}
	if diff := cmp.Diff([]int{1}, calls); diff != "" {
		t.Errorf("calls of the hook (-want +got):\n%s", diff)
	}
}
