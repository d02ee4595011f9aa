package fs

import (
	"errors"
	"path"

	"milepost/internal/blob"
)

// place returns where content lies in the folder. The hash has been checked,
// so that the path below the space is made of hexadecimal digits alone.
func (s *Store) place(sha256 string) string {
	return path.Join(s.space, sha256[:2], sha256[2:4], sha256)
}

// In returns the same folder in a space.
func (s *Store) In(space string) blob.Store {
	return &Store{folder: s.folder, space: blob.SpaceName(space)}
}

// name moves a synced temporary file to its place. Content that lay there is
// replaced by the same. Every folder on the way is synced, not only those made
// here: another upload may have made one and not synced it yet.
func (s *Store) name(temp, sha256 string) error {
	at := s.place(sha256)
	leaf := path.Dir(at)
	if err := s.root.MkdirAll(leaf, folderMode); err != nil {
		return err
	}
	if err := s.root.Rename(temp, at); err != nil {
		return err
	}
	synced := []error{s.sync(leaf), s.sync(path.Dir(leaf)), s.sync(".")}
	if s.space != "" {
		synced = append(synced, s.sync(s.space))
	}
	return errors.Join(synced...)
}

// sync makes the entries of a folder survive a loss of power.
func (s *Store) sync(folder string) error {
	f, err := s.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
