package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
	"milepost/internal/store/sqlite"
)

func counted(t *testing.T) store.Store {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }
	s, err := sqlite.Open(context.Background(), sqlite.Options{Path: sqlite.Memory, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return store.Counted(s)
}

func workItem(sk string) store.Item {
	i := store.Item{Key: store.Key{PK: "p", SK: sk}, Version: 1, Body: []byte(`{}`)}
	i.Index[store.Work] = store.Key{PK: "w", SK: sk}
	return i
}

func TestCounted(t *testing.T) {
	s := counted(t)
	ctx, tally := store.WithTally(context.Background())
	a, b := workItem("a"), workItem("b")
	steps := []struct {
		name string
		call func() error
		want store.Tally
	}{
		{"transact", func() error {
			return s.Transact(ctx, "1", store.PutOp(a, store.Absent), store.PutOp(b, store.Absent), store.CheckOp(store.Key{PK: "p", SK: "c"}, store.Absent))
		}, store.Tally{Transactions: 1, ItemsWritten: 2, Checks: 1}},
		{"transact that fails", func() error {
			if s.Transact(ctx, "2", store.PutOp(a, store.Absent)) == nil {
				t.Error("Transact = nil, want a condition error")
			}
			return nil
		}, store.Tally{Transactions: 2, ItemsWritten: 2, Checks: 1}},
		{"get", func() error {
			_, err := s.Get(ctx, a.Key, store.Key{PK: "p", SK: "c"})
			return err
		}, store.Tally{Transactions: 2, ItemsWritten: 2, Checks: 1, Gets: 1, ItemsRead: 1}},
		{"query", func() error {
			_, err := s.Query(ctx, store.Query{Partition: "p"})
			return err
		}, store.Tally{Transactions: 2, ItemsWritten: 2, Checks: 1, Gets: 1, ItemsRead: 3, Queries: 1}},
		{"query index", func() error {
			_, err := s.QueryIndex(ctx, store.IndexQuery{Index: store.Work, Partition: "w"})
			return err
		}, store.Tally{Transactions: 2, ItemsWritten: 2, Checks: 1, Gets: 1, ItemsRead: 3, Queries: 2, IndexKeys: 2}},
	}
	for _, step := range steps {
		if err := step.call(); err != nil {
			t.Fatalf("%s = %v", step.name, err)
		}
		if diff := cmp.Diff(step.want, *tally); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", step.name, diff)
		}
	}
	if _, err := s.Get(context.Background(), a.Key); err != nil {
		t.Errorf("Get without a tally = %v", err)
	}
	if _, ok := s.(store.Walker); !ok {
		t.Error("a counted walker walks no more")
	}
}

func TestCountedTogether(t *testing.T) {
	s := counted(t)
	ctx, tally := store.WithTally(context.Background())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				if _, err := s.Get(ctx, store.Key{PK: "p", SK: "a"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if tally.Gets != 200 {
		t.Errorf("%d gets, want 200", tally.Gets)
	}
}
