package secretfile_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"milepost/internal/secretfile"
)

// Of many that make one file at once, one succeeds, and nobody sees a part.
func TestOneIsFirst(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "secret")
	made := make(chan []byte, 16)
	var all sync.WaitGroup
	for n := range cap(made) {
		content := bytes.Repeat([]byte{byte('a' + n)}, 32)
		all.Go(func() {
			switch err := secretfile.Make(path, content); {
			case err == nil:
				made <- content
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
			if got, err := os.ReadFile(path); err != nil || len(got) != 32 {
				t.Errorf("read %q, %v", got, err)
			}
		})
	}
	all.Wait()
	close(made)
	var winners [][]byte
	for content := range made {
		winners = append(winners, content)
	}
	got, err := os.ReadFile(path)
	if err != nil || len(winners) != 1 || !bytes.Equal(got, winners[0]) {
		t.Errorf("the file holds %q, %v; made by %q", got, err, winners)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
