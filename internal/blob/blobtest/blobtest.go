// Package blobtest is what every blob.Store must do, as tests that an adapter
// runs over itself.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/blob"
	"milepost/internal/fault"
)

// MaxSize is what the stores handed to Run must take in one content; they must
// refuse one byte more.
const MaxSize = 1 << 20

// Run runs the suite. open returns an empty store of MaxSize.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	for name, test := range map[string]func(*testing.T, blob.Store){
		"RoundTrip":      roundTrip,
		"Twice":          twice,
		"SameTime":       sameTime,
		"Mismatch":       mismatch,
		"Announcement":   announcement,
		"ReaderFails":    readerFails,
		"CallerLeaves":   callerLeaves,
		"Absent":         absent,
		"MalformedHash":  malformedHash,
		"Remove":         remove,
		"OpenThenRemove": openThenRemove,
		"Ticket":         ticket,
		"Spaces":         spaces,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func announce(content []byte) blob.Announcement {
	sum := sha256.Sum256(content)
	return blob.Announcement{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), MediaType: "application/pdf"}
}

func put(t *testing.T, s blob.Store, content []byte) blob.Announcement {
	t.Helper()
	a := announce(content)
	if err := s.Put(t.Context(), a, bytes.NewReader(content)); err != nil {
		t.Fatalf("Put(%d bytes) = %v", len(content), err)
	}
	return a
}

// wantHeld checks that the store holds content, by Stat and by Open.
func wantHeld(t *testing.T, s blob.Store, content []byte) {
	t.Helper()
	a := announce(content)
	want := blob.Info{SHA256: a.SHA256, Size: a.Size}
	got, err := s.Stat(t.Context(), a.SHA256)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Stat = %v (-want +got):\n%s", err, diff)
	}
	f, got, err := s.Open(t.Context(), a.SHA256)
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	defer f.Close()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Open (-want +got):\n%s", diff)
	}
	read, err := io.ReadAll(f)
	if err != nil || !bytes.Equal(read, content) {
		t.Errorf("read %d bytes, %v; want the %d that were put", len(read), err, len(content))
	}
}

func wantAbsent(t *testing.T, s blob.Store, hash string) {
	t.Helper()
	_, err := s.Stat(t.Context(), hash)
	wantFault(t, "Stat", err, fault.NotFound, blob.CodeAbsent)
	_, _, err = s.Open(t.Context(), hash)
	wantFault(t, "Open", err, fault.NotFound, blob.CodeAbsent)
}

func wantFault(t *testing.T, call string, err error, kind fault.Kind, code string) {
	t.Helper()
	if !errors.Is(err, fault.New(kind, code)) {
		t.Errorf("%s = %v, want %s: %s", call, err, kind, code)
	}
}

func roundTrip(t *testing.T, s blob.Store) {
	for _, size := range []int{0, 1, 4096, MaxSize} {
		content := bytes.Repeat([]byte{'x'}, size)
		a := announce(content)
		if err := s.Put(t.Context(), a, iotest.HalfReader(bytes.NewReader(content))); err != nil {
			t.Fatalf("Put(%d bytes) = %v", size, err)
		}
		wantHeld(t, s, content)
	}
	a := put(t, s, []byte("0123456789"))
	f, _, err := s.Open(t.Context(), a.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(-3, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); err != nil || string(got) != "789" {
		t.Errorf("after Seek: %q, %v; want 789", got, err)
	}
}

func twice(t *testing.T, s blob.Store) {
	content := []byte("the same")
	a := put(t, s, content)
	put(t, s, content)
	a.MediaType = "text/plain"
	if err := s.Put(t.Context(), a, bytes.NewReader(content)); err != nil {
		t.Errorf("Put under another type = %v", err)
	}
	err := s.Put(t.Context(), a, strings.NewReader("other so"))
	wantFault(t, "Put of other content", err, fault.Invalid, blob.CodeHashDiffers)
	wantHeld(t, s, content)
}

func sameTime(t *testing.T, s blob.Store) {
	content := bytes.Repeat([]byte("at once "), 4096)
	a := announce(content)
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			if i%4 == 3 {
				if err := s.Put(t.Context(), a, strings.NewReader("false")); err == nil {
					t.Error("Put of other content = nil")
				}
				return
			}
			if err := s.Put(t.Context(), a, bytes.NewReader(content)); err != nil {
				t.Errorf("Put = %v", err)
			}
		})
	}
	wait.Wait()
	wantHeld(t, s, content)
}

func mismatch(t *testing.T, s blob.Store) {
	good := announce([]byte("twelve bytes"))
	for _, tt := range []struct{ name, content, code string }{
		{"shorter", "twelve byte", blob.CodeSizeDiffers},
		{"longer", "twelve bytes!", blob.CodeSizeDiffers},
		{"much longer", strings.Repeat("twelve bytes", 100_000), blob.CodeSizeDiffers},
		{"nothing", "", blob.CodeSizeDiffers},
		{"one bit", "twelve bytet", blob.CodeHashDiffers},
	} {
		err := s.Put(t.Context(), good, strings.NewReader(tt.content))
		wantFault(t, "Put "+tt.name, err, fault.Invalid, tt.code)
		wantAbsent(t, s, good.SHA256)
	}
	put(t, s, []byte("twelve bytes"))
}

func announcement(t *testing.T, s blob.Store) {
	tooLarge := announce(bytes.Repeat([]byte{'x'}, MaxSize+1))
	err := s.Put(t.Context(), tooLarge, strings.NewReader(""))
	wantFault(t, "Put over MaxSize", err, fault.TooLarge, blob.CodeTooLarge)
	negative := announce(nil)
	negative.Size = -1
	err = s.Put(t.Context(), negative, strings.NewReader(""))
	wantFault(t, "Put of size -1", err, fault.Invalid, blob.CodeSizeDiffers)
}

func readerFails(t *testing.T, s blob.Store) {
	a := announce([]byte("half of it"))
	broken := errors.New("connection lost")
	for name, r := range map[string]io.Reader{
		"midway": io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)),
		"at end": io.MultiReader(strings.NewReader("half of it"), iotest.ErrReader(broken)),
	} {
		if err := s.Put(t.Context(), a, r); !errors.Is(err, broken) || fault.CodeOf(err) != "" {
			t.Errorf("Put, reader fails %s = %v, want %v", name, err, broken)
		}
		wantAbsent(t, s, a.SHA256)
	}
}

func callerLeaves(t *testing.T, s blob.Store) {
	a := announce([]byte("content"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ctx, a, strings.NewReader("content")); !errors.Is(err, context.Canceled) {
		t.Errorf("Put with an ended context = %v, want %v", err, context.Canceled)
	}
	wantAbsent(t, s, a.SHA256)
}

func absent(t *testing.T, s blob.Store) {
	put(t, s, []byte("something else"))
	wantAbsent(t, s, announce([]byte("never put")).SHA256)
}

func malformedHash(t *testing.T, s blob.Store) {
	good := announce([]byte("x"))
	for _, hash := range []string{"", "abc", strings.ToUpper(good.SHA256), good.SHA256 + "0", good.SHA256[:63] + "g",
		strings.Repeat("../", 21) + "x", good.SHA256[:63] + "/", good.SHA256[:63] + "\x00"} {
		a := blob.Announcement{SHA256: hash, Size: 1}
		wantFault(t, "Put "+hash, s.Put(t.Context(), a, strings.NewReader("x")), fault.Invalid, blob.CodeHashMalformed)
		_, err := s.Stat(t.Context(), hash)
		wantFault(t, "Stat "+hash, err, fault.Invalid, blob.CodeHashMalformed)
		_, _, err = s.Open(t.Context(), hash)
		wantFault(t, "Open "+hash, err, fault.Invalid, blob.CodeHashMalformed)
		wantFault(t, "Remove "+hash, s.Remove(t.Context(), hash), fault.Invalid, blob.CodeHashMalformed)
	}
}

func remove(t *testing.T, s blob.Store) {
	keep := put(t, s, []byte("keep"))
	a := put(t, s, []byte("remove"))
	for range 2 {
		if err := s.Remove(t.Context(), a.SHA256); err != nil {
			t.Errorf("Remove = %v", err)
		}
		wantAbsent(t, s, a.SHA256)
	}
	if _, err := s.Stat(t.Context(), keep.SHA256); err != nil {
		t.Errorf("the other content: %v", err)
	}
	put(t, s, []byte("remove"))
	wantHeld(t, s, []byte("remove"))
}

func openThenRemove(t *testing.T, s blob.Store) {
	a := put(t, s, []byte("being read"))
	f, _, err := s.Open(t.Context(), a.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(t.Context(), a.SHA256); err != nil {
		t.Errorf("Remove while open = %v", err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	wantAbsent(t, s, a.SHA256)
}

// ticket accepts both answers; what a ticket is worth, the adapter tests.
func ticket(t *testing.T, s blob.Store) {
	got, err := s.Ticket(t.Context(), announce([]byte("x")))
	switch {
	case errors.Is(err, blob.ErrNoTickets) && got == nil:
	case err == nil && got != nil && got.Method != "" && got.URL != "" && !got.ExpiresAt.IsZero():
	default:
		t.Errorf("Ticket = %+v, %v; want a whole ticket or ErrNoTickets", got, err)
	}
	link, err := s.Link(t.Context(), announce([]byte("x")).SHA256, "text/plain", "attachment")
	if errors.Is(err, blob.ErrNoTickets) != (got == nil) || (link == "") != (got == nil) {
		t.Errorf("Link = %q, %v; beside tickets there are links, and the other way round", link, err)
	}
	if link, err := s.Link(t.Context(), "../x", "text/plain", "attachment"); err == nil {
		t.Errorf("Link to a malformed hash = %q", link)
	}
}

// spaces: the same content in two spaces is two, and no name leads out of one.
func spaces(t *testing.T, s blob.Store) {
	content := []byte("%PDF-1.7 in a space")
	one, other := s.In("evd_01"), s.In("../evd_01")
	a := put(t, one, content)
	for name, elsewhere := range map[string]blob.Store{"the store itself": s, "another space": other} {
		if _, err := elsewhere.Stat(t.Context(), a.SHA256); fault.CodeOf(err) != blob.CodeAbsent {
			t.Errorf("%s: Stat = %v, want %s", name, err, blob.CodeAbsent)
		}
	}
	put(t, other, content)
	if err := one.Remove(t.Context(), a.SHA256); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Stat(t.Context(), a.SHA256); err != nil {
		t.Errorf("removing from one space took it from the other: %v", err)
	}
	if _, err := s.In("evd_01").Stat(t.Context(), a.SHA256); fault.CodeOf(err) != blob.CodeAbsent {
		t.Errorf("the space by its name again: Stat = %v, want %s", err, blob.CodeAbsent)
	}
}
