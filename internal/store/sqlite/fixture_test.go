package sqlite

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"milepost/internal/store"
)

// clock is a clock that tests move.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newStore(t *testing.T, path string) (*Store, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	s, err := Open(context.Background(), Options{Path: path, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return s, c
}

func testItem(pk string, version int64) store.Item {
	return store.Item{Key: store.Key{PK: pk, SK: "1"}, Version: version, Body: []byte(`{}`)}
}

func put(pk string, version int64) []store.Op {
	return []store.Op{store.PutOp(testItem(pk, version), store.Absent)}
}

// hold blocks the writer until the function returned is called, so that what a
// test queues meanwhile becomes one batch.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	conn, err := s.write.db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(release) // else a test that fails would never let the store close
	waited := s.write.db.Stats().WaitCount
	go func() {
		// A test may make this very commit fail.
		if err := s.Transact(context.Background(), "hold", put("hold", 1)...); err != nil {
			t.Logf("the transaction that holds the writer = %v", err)
		}
	}()
	waitFor(t, func() bool { return s.write.db.Stats().WaitCount > waited })
	return release
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for range 5000 {
		if done() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("what the test waits for does not happen")
}

// queue starts transactions one behind the other and returns their answers in
// that order.
func queue(t *testing.T, s *Store, calls ...[]store.Op) []chan error {
	t.Helper()
	var answers []chan error
	for n, ops := range calls {
		answer := make(chan error, 1)
		go func() { answer <- s.Transact(context.Background(), fmt.Sprintf("queued-%d", n), ops...) }()
		waitFor(t, func() bool { return len(s.write.queue) == n+1 })
		answers = append(answers, answer)
	}
	return answers
}

func stored(t *testing.T, s *Store, pks ...string) []string {
	t.Helper()
	var found []string
	for _, pk := range pks {
		items, err := s.Get(context.Background(), store.Key{PK: pk, SK: "1"})
		if err != nil {
			t.Fatal(err)
		}
		if items[0] != nil {
			found = append(found, pk)
		}
	}
	return found
}
