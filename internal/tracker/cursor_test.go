package tracker

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/store"
)

func cursorTracker() *Tracker {
	return New(Options{Secret: []byte("a secret of at least 32 bytes, for tests"), Now: func() time.Time { return time.Unix(0, 0) }, Entropy: strings.NewReader("")})
}

func samplePosition() position {
	return position{SK: "2026-05-01#mst_1", Item: store.Key{PK: "awd_1", SK: "2#mst_1"}}
}

func mustCursor(t testing.TB, tr *Tracker) string {
	t.Helper()
	text, err := tr.cursor("per_1", "q", samplePosition())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCursor(t *testing.T) {
	tr := cursorTracker()
	text := mustCursor(t, tr)
	got, err := tr.openCursor("per_1", "q", text)
	if err != nil || got != samplePosition() {
		t.Errorf("openCursor = %+v, %v, want what was written", got, err)
	}
	if raw, _ := base64.RawURLEncoding.DecodeString(text); strings.Contains(string(raw), "mst_1") {
		t.Error("a cursor shows the entry that it names")
	}
	other := New(Options{Secret: []byte("another secret of at least 32 bytes long"), Now: time.Now, Entropy: strings.NewReader("")})
	tests := []struct {
		name, person, query, text string
		tracker                   *Tracker
	}{
		{"another caller", "per_2", "q", text, tr},
		{"another query", "per_1", "r", text, tr},
		{"caller and query shifted", "per_1q", "", text, tr},
		{"another secret", "per_1", "q", text, other},
		{"cut", "per_1", "q", text[:len(text)-2], tr},
		{"nothing", "per_1", "q", "x", tr},
		{"no base64", "per_1", "q", text + "!", tr},
		{"longer than any", "per_1", "q", strings.Repeat("A", maxCursor+1), tr},
	}
	for _, test := range tests {
		if _, err := test.tracker.openCursor(ident.Person(test.person), test.query, test.text); fault.CodeOf(err) != "cursor.invalid" || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: openCursor = %v, want cursor.invalid", test.name, err)
		}
	}
}

// No byte of a cursor can be changed.
func TestCursorTampered(t *testing.T) {
	tr := cursorTracker()
	raw, err := base64.RawURLEncoding.DecodeString(mustCursor(t, tr))
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		changed := append([]byte{}, raw...)
		changed[i] ^= 1
		if _, err := tr.openCursor("per_1", "q", base64.RawURLEncoding.EncodeToString(changed)); fault.CodeOf(err) != "cursor.invalid" {
			t.Errorf("byte %d changed: openCursor = %v, want cursor.invalid", i, err)
		}
	}
}

func FuzzOpenCursor(f *testing.F) {
	tr := cursorTracker()
	good := mustCursor(f, tr)
	f.Add(good)
	f.Add("")
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		at, err := tr.openCursor("per_1", "q", text)
		if err == nil && (text != good || at != samplePosition()) {
			t.Errorf("openCursor(%q) = %+v, want cursor.invalid", text, at)
		}
		if err != nil && fault.CodeOf(err) != "cursor.invalid" {
			t.Errorf("openCursor(%q) = %v, want cursor.invalid", text, err)
		}
	})
}
