package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	modernc "modernc.org/sqlite"

	"milepost/internal/store"
)

func TestWaitingTransactionsShareACommit(t *testing.T) {
	s, _ := newStore(t, filepath.Join(t.TempDir(), "db"))
	release := hold(t, s)
	var calls [][]store.Op
	for n := range maxBatch {
		calls = append(calls, put(fmt.Sprintf("p%d", n), 1))
	}
	calls[3] = put("p2", 9) // fails on what its neighbour in the batch wrote
	answers := queue(t, s, calls...)
	release()
	for n, answer := range answers {
		err := <-answer
		var failed *store.ConditionError
		if n == 3 {
			if !errors.As(err, &failed) || failed.Failed[0].Current.Version != 1 {
				t.Errorf("transaction 3 = %v, want a condition error with version 1", err)
			}
		} else if err != nil {
			t.Errorf("transaction %d = %v, want nil", n, err)
		}
	}
	want := Stats{Commits: 2, Transactions: maxBatch} // the one that was held, and the batch
	if got := s.Stats(); got != want {
		t.Errorf("Stats = %+v, want %+v", got, want)
	}
}

// A trigger that rolls the whole transaction back stands for any statement that
// fails in the middle of a batch.
func TestFailedStatementHurtsItsOwnTransactionOnly(t *testing.T) {
	s, _ := newStore(t, filepath.Join(t.TempDir(), "db"))
	for _, action := range []string{"ROLLBACK", "ABORT"} {
		pk := "bad-" + action
		if _, err := s.write.db.Exec(fmt.Sprintf(`CREATE TRIGGER t_%s BEFORE INSERT ON items WHEN new.pk = '%s' BEGIN SELECT RAISE(%s, 'bad'); END`, action, pk, action)); err != nil {
			t.Fatal(err)
		}
		t.Run(action, func(t *testing.T) {
			release := hold(t, s)
			one, two := action+"1", action+"2"
			answers := queue(t, s, put(one, 1), append(put("half-"+action, 1), put(pk, 1)...), put(two, 1))
			release()
			for n, answer := range answers {
				if err := <-answer; (err != nil) != (n == 1) {
					t.Errorf("transaction %d = %v, want an error of number 1 alone", n, err)
				} else if errors.Is(err, store.ErrUnknownOutcome) {
					t.Errorf("transaction %d = %v, want no unknown outcome", n, err)
				}
			}
			got := stored(t, s, one, "half-"+action, pk, two)
			if diff := cmp.Diff([]string{one, two}, got); diff != "" {
				t.Errorf("stored (-want +got):\n%s", diff)
			}
			if _, err := s.write.db.Exec(`DELETE FROM items; DELETE FROM tokens`); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestFailedCommitIsUnknownToAll(t *testing.T) {
	s, _ := newStore(t, filepath.Join(t.TempDir(), "db"))
	refuse := func(refused bool) {
		conn, err := s.write.db.Conn(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		err = conn.Raw(func(c any) error {
			c.(modernc.HookRegisterer).RegisterCommitHook(func() int32 {
				if refused {
					return 1
				}
				return 0
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	refuse(true)
	release := hold(t, s)
	answers := queue(t, s, put("a", 1), put("b", 1), put("a", 2))
	release()
	for n, answer := range answers {
		if err := <-answer; !errors.Is(err, store.ErrUnknownOutcome) {
			t.Errorf("transaction %d = %v, want %v", n, err, store.ErrUnknownOutcome)
		}
	}
	if got := s.Stats(); got != (Stats{}) {
		t.Errorf("Stats = %+v, want none", got)
	}
	refuse(false)
	if err := s.Transact(context.Background(), "queued-0", put("a", 1)...); err != nil {
		t.Errorf("Transact again = %v, want nil", err)
	}
	if diff := cmp.Diff([]string{"a"}, stored(t, s, "a", "b")); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}
