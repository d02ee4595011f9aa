package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
)

func TestContextThatEnds(t *testing.T) {
	s, _ := newStore(t, filepath.Join(t.TempDir(), "db"))
	release := hold(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	answer := make(chan error, 1)
	go func() { answer <- s.Transact(ctx, "w", put("withdrawn", 1)...) }()
	waitFor(t, func() bool { return len(s.write.queue) == 1 })
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnknownOutcome) {
		t.Errorf("Transact not yet taken = %v, want %v alone", err, context.Canceled)
	}
	release()

	waitFor(t, func() bool { return s.Stats().Commits == 1 })
	conn, err := s.write.db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	waits := s.write.db.Stats().WaitCount
	ctx, cancel = context.WithCancel(context.Background())
	go func() { answer <- s.Transact(ctx, "t", put("taken", 1)...) }()
	waitFor(t, func() bool { return s.write.db.Stats().WaitCount > waits })
	cancel()
	if err := <-answer; !errors.Is(err, store.ErrUnknownOutcome) || !errors.Is(err, context.Canceled) {
		t.Errorf("Transact taken = %v, want %v", err, store.ErrUnknownOutcome)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return s.Stats().Commits == 2 })
	if diff := cmp.Diff([]string{"taken"}, stored(t, s, "withdrawn", "taken")); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if err := s.Transact(context.Background(), "t", put("taken", 1)...); err != nil {
		t.Errorf("Transact with the same token = %v, want nil", err)
	}
}

func TestTokensLiveTenMinutes(t *testing.T) {
	s, c := newStore(t, Memory)
	ctx := context.Background()
	tokens := func() (n int) {
		if err := s.read.QueryRow(`SELECT count(*) FROM tokens`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for n := range 5 {
		if err := s.Transact(ctx, fmt.Sprintf("t%d", n), put(fmt.Sprintf("p%d", n), 1)...); err != nil {
			t.Fatal(err)
		}
	}
	c.at = c.at.Add(tokenLife)
	if err := s.Transact(ctx, "t0", put("p0", 1)...); err != nil {
		t.Errorf("Transact within the life of its token = %v, want nil", err)
	}
	if err := s.Transact(ctx, "t0", put("p0", 2)...); !errors.Is(err, store.ErrTokenReused) {
		t.Errorf("Transact with other content = %v, want %v", err, store.ErrTokenReused)
	}
	if err := s.Transact(ctx, "later", put("later", 1)...); err != nil {
		t.Fatal(err)
	}
	if got := tokens(); got != 6 {
		t.Errorf("%d tokens, want 6", got)
	}
	c.at = c.at.Add(time.Second)
	if err := s.Transact(ctx, "last", put("last", 1)...); err != nil {
		t.Fatal(err)
	}
	if got := tokens(); got != 2 {
		t.Errorf("%d tokens once five are too old, want 2", got)
	}
}

func TestClose(t *testing.T) {
	s, _ := newStore(t, filepath.Join(t.TempDir(), "db"))
	release := hold(t, s)
	answers := queue(t, s, put("a", 1), put("b", 1))
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	release()
	for n, answer := range answers {
		if err := <-answer; err != nil {
			t.Errorf("transaction %d queued before Close = %v, want nil", n, err)
		}
	}
	if err := <-closed; err != nil {
		t.Errorf("Close = %v", err)
	}
	if err := s.Transact(context.Background(), "t", put("c", 1)...); !errors.Is(err, ErrClosed) {
		t.Errorf("Transact after Close = %v, want %v", err, ErrClosed)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close = %v", err)
	}
}
