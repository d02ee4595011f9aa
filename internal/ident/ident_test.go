package ident_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"milepost/internal/ident"
)

const sample = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

// source makes ids at the instants of a clock that moves on by steps
// milliseconds, one step for each id.
func source(seed uint64, steps ...int) *ident.Source {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	n := 0
	now := func() time.Time {
		if n < len(steps) {
			at = at.Add(time.Duration(steps[n]) * time.Millisecond)
		}
		n++
		return at
	}
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	return ident.NewSource(now, rand.NewChaCha8(key))
}

func TestIDsSortByTheTimeTheyWereMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.IntRange(0, 3), 2, 60).Draw(t, "milliseconds between ids")
		s := source(rapid.Uint64().Draw(t, "seed"), steps...)
		var ids []string
		for range steps {
			id, err := s.New(ident.PrefixAward)
			if err != nil {
				t.Fatalf("New: %v", err)
			}
			if !ident.Valid(ident.PrefixAward, id) || ident.Prefix(id) != ident.PrefixAward {
				t.Fatalf("New = %q, which Valid or Prefix refuses", id)
			}
			ids = append(ids, id)
		}
		if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
			t.Fatalf("ids are not strictly ascending: %q", ids)
		}
	})
}

func TestSourceServesSeveralGoroutines(t *testing.T) {
	s := source(1)
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				id, err := s.New(ident.PrefixMilestone)
				mu.Lock()
				if err != nil || seen[id] {
					t.Errorf("New = %q, %v: an error, or the same id again", id, err)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestNewFailsWithItsEntropy(t *testing.T) {
	broken := errors.New("no entropy")
	s := ident.NewSource(func() time.Time { return time.Unix(1, 0) }, failing{broken})
	if id, err := s.New(ident.PrefixAward); !errors.Is(err, broken) {
		t.Errorf("New = %q, %v, want the reader's error", id, err)
	}
	short := ident.NewSource(func() time.Time { return time.Unix(1, 0) }, bytes.NewReader([]byte{1, 2}))
	if id, err := short.New(ident.PrefixAward); err == nil {
		t.Errorf("New with two bytes of entropy = %q, want an error", id)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestValidAndPrefix(t *testing.T) {
	tests := []struct {
		id     string
		prefix string // what Prefix returns, "" for an id of no valid form
	}{
		{"awd_" + sample, "awd"},
		{"mst_" + sample, "mst"},
		{"awd_7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "awd"},
		{"awd_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", ""}, // beyond 128 bits
		{"awd_" + strings.ToLower(sample), ""},
		{"awd_" + sample[:25], ""},
		{"awd_" + sample + "A", ""},
		{"awd_01ARZ3NDEKTSV4RRFFQ69G5FAI", ""}, // I is no digit of Crockford's base 32
		{"awd" + sample, ""},
		{"_" + sample, ""},
		{sample, ""},
		{"", ""},
		{"aw_" + sample, ""},
		{"AWD_" + sample, ""},
		{"a/b_" + sample, ""},
		{"award_" + sample, ""},
		{"a_b_" + sample, ""},
	}
	for _, tt := range tests {
		if got := ident.Prefix(tt.id); got != tt.prefix {
			t.Errorf("Prefix(%q) = %q, want %q", tt.id, got, tt.prefix)
		}
		claimed, _, _ := strings.Cut(tt.id, "_")
		if got, want := ident.Valid(claimed, tt.id), tt.prefix != ""; got != want {
			t.Errorf("Valid(%q, %q) = %v, want %v", claimed, tt.id, got, want)
		}
	}
	if ident.Valid("mst", "awd_"+sample) {
		t.Error("Valid(mst, awd_…) = true, want false: another kind of thing")
	}
}

func FuzzPrefix(f *testing.F) {
	for _, s := range []string{"awd_" + sample, "awd_", "_", "a_b_c", "awd_" + strings.ToLower(sample)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, id string) {
		prefix := ident.Prefix(id)
		if prefix == "" {
			return
		}
		if !ident.Valid(prefix, id) {
			t.Errorf("Prefix(%q) = %q, but Valid refuses it", id, prefix)
		}
		for _, c := range id {
			if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", c) {
				t.Errorf("Prefix(%q) accepts an id with %q", id, c)
			}
		}
	})
}

func TestMadeAt(t *testing.T) {
	at := time.Date(2026, 5, 1, 21, 30, 0, 123_000_000, time.UTC)
	id, err := ident.NewSource(func() time.Time { return at }, strings.NewReader("0123456789abcdef")).New(ident.PrefixSweep)
	if got := ident.MadeAt(id); err != nil || !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("%s was made at %s, %v, want %s", id, got, err, at)
	}
	for _, id := range []string{"", "swp_", "dep", "SWP_01KJP0Y9M016SCWZE4HSA8Q6PY"} {
		if got := ident.MadeAt(id); !got.IsZero() {
			t.Errorf("%q was made at %s", id, got)
		}
	}
}
