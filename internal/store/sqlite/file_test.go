package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
	"milepost/internal/store/sqlite"
)

func mustPut(t testing.TB, s store.Store, items ...store.Item) {
	t.Helper()
	for _, i := range items {
		if err := s.Transact(context.Background(), i.PK+i.SK, store.PutOp(i, store.Anything)); err != nil {
			t.Fatal(err)
		}
	}
}

func wantStored(t *testing.T, s store.Store, want ...store.Item) {
	t.Helper()
	for _, i := range want {
		got, err := s.Get(context.Background(), i.Key)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&i, got[0]); diff != "" {
			t.Errorf("Get(%s) (-want +got):\n%s", i.Key, diff)
		}
	}
}

func TestReopened(t *testing.T) {
	o := inFile(t)
	// Characters that mean something in a URL or to SQLite's URI parser.
	o.Path = filepath.Join(filepath.Dir(o.Path), "a b%20?x=1#é&.db")
	o.Now = noon
	s, err := sqlite.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	i := item("p", "a", 1)
	mustPut(t, s, i)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(o.Path); err != nil {
		t.Error(err)
	}
	wantStored(t, open(t, o), i)
}

func TestFilesArePrivate(t *testing.T) {
	o := inFile(t)
	s := open(t, o)
	mustPut(t, s, item("p", "a", 1))
	backup := o.Path + ".backup"
	if err := s.Backup(context.Background(), backup); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{o.Path, o.Path + "-wal", o.Path + "-shm", backup} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("mode of %s = %o, want 600", filepath.Base(path), got)
		}
	}
}

func TestForeignFiles(t *testing.T) {
	tests := []struct{ name, statement, want string }{
		{"newer", `PRAGMA user_version = 7`, "schema version 7, this program knows versions up to 1"},
		{"of another program", `CREATE TABLE theirs (a)`, "another program"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := inFile(t)
			o.Now = noon
			db, err := sql.Open("sqlite", o.Path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(test.statement); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			_, err = sqlite.Open(context.Background(), o)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Open = %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestOptionsRefused(t *testing.T) {
	for name, o := range map[string]sqlite.Options{
		"no path":             {Now: noon},
		"no clock":            {Path: sqlite.Memory},
		"unknown synchronous": {Path: sqlite.Memory, Now: noon, Synchronous: "MAYBE"},
		"negative readers":    {Path: sqlite.Memory, Now: noon, Readers: -1},
		"negative timeout":    {Path: sqlite.Memory, Now: noon, BusyTimeout: -1},
		"no folder":           {Path: filepath.Join(t.TempDir(), "none", "db"), Now: noon},
	} {
		if s, err := sqlite.Open(context.Background(), o); err == nil {
			t.Errorf("%s: Open = nil, want an error", name)
			s.Close()
		}
	}
}

func TestBackup(t *testing.T) {
	for _, o := range []sqlite.Options{inFile(t), inMemory()} {
		s := open(t, o)
		a := item("p", "a", 1)
		a.Index[store.Work] = store.Key{PK: "w", SK: "1"}
		mustPut(t, s, a)
		path := filepath.Join(t.TempDir(), "copy'd.db")
		if err := s.Backup(context.Background(), path); err != nil {
			t.Fatal(err)
		}
		mustPut(t, s, item("p", "later", 1))
		if err := s.Backup(context.Background(), path); !errors.Is(err, os.ErrExist) {
			t.Errorf("Backup over a file = %v, want %v", err, os.ErrExist)
		}
		copied := open(t, sqlite.Options{Path: path})
		wantStored(t, copied, a)
		page, err := copied.Query(context.Background(), store.Query{Partition: "p"})
		if err != nil || len(page.Items) != 1 {
			t.Errorf("Query of the copy = %d items, %v, want 1, nil", len(page.Items), err)
		}
	}
}

func TestFailedBackupLeavesNothing(t *testing.T) {
	s := open(t, inFile(t))
	mustPut(t, s, item("p", "a", 1))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	path := filepath.Join(t.TempDir(), "copy")
	if err := s.Backup(ctx, path); err == nil {
		t.Error("Backup = nil, want an error")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Stat = %v, want %v", err, os.ErrNotExist)
	}
	mustPut(t, s, item("p", "b", 1))
}

// Another process on the same file is played by another Store.
func TestAnotherProcessWrites(t *testing.T) {
	o := inFile(t)
	o.BusyTimeout = 20 * time.Millisecond
	s := open(t, o)
	other, err := sql.Open("sqlite", o.Path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	i := item("p", "a", 1)
	if err := s.Transact(context.Background(), "t", store.PutOp(i, store.Absent)); !errors.Is(err, store.ErrContended) {
		t.Errorf("Transact = %v, want %v", err, store.ErrContended)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Transact(context.Background(), "t", store.PutOp(i, store.Absent)); err != nil {
		t.Errorf("Transact = %v, want nil", err)
	}
	wantStored(t, open(t, o), i)
}

func TestCancelledReadsLoseNothing(t *testing.T) {
	for _, o := range []sqlite.Options{inFile(t), inMemory()} {
		s := open(t, o)
		var items []store.Item
		for n := range 200 {
			items = append(items, item("p", fmt.Sprintf("%03d", n), 1))
		}
		mustPut(t, s, items...)
		for n := range 50 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(n)*20*time.Microsecond)
			_, err := s.Query(ctx, store.Query{Partition: "p"})
			if err != nil && ctx.Err() == nil {
				t.Errorf("Query = %v with a context that holds", err)
			}
			cancel()
		}
		wantStored(t, s, items...)
	}
}
