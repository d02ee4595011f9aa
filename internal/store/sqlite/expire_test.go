package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
	"milepost/internal/store/sqlite"
)

func expiring(t *testing.T, s *sqlite.Store, by int64) (keys []string) {
	t.Helper()
	err := s.Expiring(context.Background(), time.Unix(by, 0), func(i store.Item) error {
		keys = append(keys, fmt.Sprintf("%s %d %d", i.Key, i.Version, i.Expires))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestExpiring(t *testing.T) {
	s := open(t, inFile(t))
	for n, expires := range []int64{0, 300, 100, 200, 100} {
		i := item("p", string(rune('a'+n)), 7)
		i.Expires = expires
		mustPut(t, s, i)
	}
	if diff := cmp.Diff([]string{"p/c 7 100", "p/e 7 100", "p/d 7 200"}, expiring(t, s, 200)); diff != "" {
		t.Errorf("by 200 (-want +got):\n%s", diff)
	}
	if got := expiring(t, s, 99); got != nil {
		t.Errorf("by 99: %q", got)
	}
	stop := errors.New("stop")
	if err := s.Expiring(context.Background(), time.Unix(300, 0), func(store.Item) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Expiring = %v, want the function's error", err)
	}
}

// More than a page, whose items the function deletes as it goes.
func TestExpiringWhileDeleted(t *testing.T) {
	s := open(t, inFile(t))
	const many = 700
	for n := range many {
		i := item("p", fmt.Sprintf("%04d", n), 1)
		i.Expires = int64(1 + n%3)
		mustPut(t, s, i)
	}
	seen := 0
	err := s.Expiring(context.Background(), time.Unix(9, 0), func(i store.Item) error {
		seen++
		return s.Transact(context.Background(), fmt.Sprint("d", seen), store.DeleteOp(i.Key, store.VersionIs(i.Version)))
	})
	if err != nil || seen != many || expiring(t, s, 9) != nil {
		t.Errorf("%d items, %v; left %q", seen, err, expiring(t, s, 9))
	}
}

// A file of an earlier program has no index of what expires: it is made when
// the file is opened.
func TestExpiringInAnEarlierFile(t *testing.T) {
	o := inFile(t)
	o.Now = noon
	s, err := sqlite.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	i := item("p", "a", 1)
	i.Expires = 5
	mustPut(t, s, i)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", o.Path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`DROP INDEX items_expires`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"p/a 1 5"}, expiring(t, open(t, o), 5)); diff != "" {
		t.Error(diff)
	}
}
