package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"milepost/internal/store"
	"milepost/internal/store/sqlite"
	"milepost/internal/store/storetest"
)

// noon is when all tests take place that do not move the clock.
func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func open(t testing.TB, o sqlite.Options) *sqlite.Store {
	t.Helper()
	if o.Now == nil {
		o.Now = noon
	}
	s, err := sqlite.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	})
	return s
}

func inFile(t testing.TB) sqlite.Options {
	return sqlite.Options{Path: filepath.Join(t.TempDir(), "milepost.db")}
}

func inMemory() sqlite.Options { return sqlite.Options{Path: sqlite.Memory} }

func item(pk, sk string, version int64) store.Item {
	return store.Item{Key: store.Key{PK: pk, SK: sk}, Version: version, Body: []byte(`{"a":"b"}`)}
}

func TestConformance(t *testing.T) {
	stores := []struct {
		name string
		open func(t *testing.T) store.Store
	}{
		{"file", func(t *testing.T) store.Store { return open(t, inFile(t)) }},
		{"memory", func(t *testing.T) store.Store { return open(t, inMemory()) }},
		{"stale", func(t *testing.T) store.Store { return storetest.Stale(open(t, inMemory()), 1, 8) }},
		{"torn", func(t *testing.T) store.Store { return storetest.Torn(open(t, inMemory()), 1, nil) }},
		{"flaky", func(t *testing.T) store.Store { return storetest.Flaky(open(t, inMemory()), 1, 5) }},
		{"all at once", func(t *testing.T) store.Store {
			s := storetest.Flaky(open(t, inMemory()), 2, 3)
			s = storetest.Torn(storetest.Stale(s, 2, 4), 2, nil)
			return storetest.Hook(s, func(context.Context, []store.Op) {})
		}},
	}
	for _, s := range stores {
		t.Run(s.name, func(t *testing.T) { storetest.Run(t, s.open) })
	}
}
