package fs_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	iofs "io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"milepost/internal/blob"
	"milepost/internal/blob/blobtest"
	"milepost/internal/blob/fs"
	"milepost/internal/fault"
)

func open(t *testing.T, dir string) *fs.Store {
	t.Helper()
	s, err := fs.Open(fs.Options{Dir: dir, MaxSize: blobtest.MaxSize, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func announce(content string) blob.Announcement {
	sum := sha256.Sum256([]byte(content))
	return blob.Announcement{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content))}
}

func TestStore(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, filepath.Join(t.TempDir(), "blobs")) })
}

func TestPlacesAndModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	s, a := open(t, dir), announce("content")
	if err := s.Put(t.Context(), a, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	_ = s.Put(t.Context(), announce("other"), strings.NewReader("false")) // leaves nothing
	_ = s.Put(t.Context(), announce("short"), strings.NewReader("sh"))
	var files []string
	err := filepath.WalkDir(dir, func(at string, entry iofs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := os.FileMode(0o600)
		if entry.IsDir() {
			want = 0o700
		} else {
			files = append(files, at)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %04o, want %04o", at, info.Mode().Perm(), want)
		}
		return nil
	})
	want := filepath.Join(dir, a.SHA256[:2], a.SHA256[2:4], a.SHA256)
	if err != nil || len(files) != 1 || files[0] != want {
		t.Errorf("files %v, %v; want only %s", files, err, want)
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	a := announce("content")
	if err := open(t, dir).Put(t.Context(), a, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	left := func(name string, age time.Duration) string {
		at, then := filepath.Join(dir, "tmp", name), time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(at, nil, 0o600), os.Chtimes(at, then, then)); err != nil {
			t.Fatal(err)
		}
		return at
	}
	old, young := left("old", 25*time.Hour), left("young", time.Hour)
	if _, err := open(t, dir).Stat(t.Context(), a.SHA256); err != nil {
		t.Errorf("Stat after reopening = %v", err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old upload is still there: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("the young upload is gone: %v", err)
	}
}

func TestPutHealsDamage(t *testing.T) {
	dir := t.TempDir()
	s, a := open(t, dir), announce("content")
	at := filepath.Join(dir, a.SHA256[:2], a.SHA256[2:4], a.SHA256)
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.WriteFile(at, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), a, strings.NewReader("content")); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(at); string(got) != "content" {
		t.Errorf("file holds %q, %v", got, err)
	}
}

func TestStrangeThingsInTheFolder(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	link, folder := announce("link"), announce("folder")
	place := func(a blob.Announcement) string {
		at := filepath.Join(dir, a.SHA256[:2], a.SHA256[2:4])
		if err := os.MkdirAll(at, 0o700); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(at, a.SHA256)
	}
	if err := errors.Join(os.Symlink(outside, place(link)), os.Mkdir(place(folder), 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, a := range []blob.Announcement{link, folder} {
		if _, err := s.Stat(t.Context(), a.SHA256); fault.CodeOf(err) != blob.CodeFailed {
			t.Errorf("Stat = %v, want %s", err, blob.CodeFailed)
		}
		if f, _, err := s.Open(t.Context(), a.SHA256); fault.CodeOf(err) != blob.CodeFailed {
			t.Errorf("Open = %v, %v, want %s", f, err, blob.CodeFailed)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []fs.Options{
		{MaxSize: 1, Now: time.Now},
		{Dir: t.TempDir(), Now: time.Now},
		{Dir: t.TempDir(), MaxSize: 1},
		{Dir: filepath.Join(t.TempDir(), "no", "parent"), MaxSize: 1, Now: time.Now},
		{Dir: file, MaxSize: 1, Now: time.Now},
	} {
		if s, err := fs.Open(o); err == nil {
			t.Errorf("Open(%+v) = %v, want an error", o, s)
		}
	}
}
