// Package fs keeps evidence content in a folder: one file for each hash, two
// levels of folders deep, complete or not there at all.
package fs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync/atomic"
	"time"

	"milepost/internal/blob"
	"milepost/internal/fault"
)

const (
	folderMode = 0o700
	fileMode   = 0o600
	temporary  = "tmp"          // content on its way in
	abandoned  = 24 * time.Hour // age at which content on its way in is given up
)

// Options configure a Store; all are required.
type Options struct {
	Dir     string           // made where it does not exist; its parent must
	MaxSize int64            // bytes of one content
	Now     func() time.Time // real time, to tell uploads that a crash left behind
}

// Store is a blob.Store in a folder. Several processes may share the folder.
type Store struct {
	*folder
	space string // "" or what blob.SpaceName says: the folder's part for a space
}

// folder is what all spaces share.
type folder struct {
	root    *os.Root // nothing outside the folder can be reached
	maxSize int64
	serial  atomic.Int64 // of names under temporary
}

// Open opens the folder and clears away what crashed uploads left there.
func Open(o Options) (*Store, error) {
	if o.Dir == "" || o.MaxSize <= 0 || o.Now == nil {
		return nil, errors.New("blob/fs: folder, size limit and clock are required")
	}
	if err := os.Mkdir(o.Dir, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("blob/fs: %w", err)
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("blob/fs: %w", err)
	}
	s := &Store{folder: &folder{root: root, maxSize: o.MaxSize}}
	if err := s.clear(o.Now().Add(-abandoned)); err != nil {
		return nil, errors.Join(fmt.Errorf("blob/fs: %w", err), root.Close())
	}
	return s, nil
}

// Close lets go of the folder; content that is open stays readable.
func (s *Store) Close() error { return s.root.Close() }

// clear makes the folder for uploads and removes those from before a time.
func (s *Store) clear(before time.Time) error {
	if err := s.root.MkdirAll(temporary, folderMode); err != nil {
		return err
	}
	entries, err := fs.ReadDir(s.root.FS(), temporary)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue // gone in the meantime, or still being written
		}
		if err := s.root.Remove(path.Join(temporary, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Put writes content to a temporary file, checks it, and gives it its name.
func (s *Store) Put(ctx context.Context, a blob.Announcement, r io.Reader) error {
	if err := a.Check(s.maxSize); err != nil {
		return err
	}
	temp, err := s.receive(ctx, a, r)
	if err != nil {
		return err
	}
	if err := s.name(temp, a.SHA256); err != nil {
		return fault.Wrap(errors.Join(err, s.root.Remove(temp)), blob.CodeFailed)
	}
	return nil
}

// receive returns the name of a temporary file that holds the announced
// content, synced; on an error there is none.
func (s *Store) receive(ctx context.Context, a blob.Announcement, r io.Reader) (string, error) {
	f, temp, err := s.create(a.SHA256)
	if err != nil {
		return "", fault.Wrap(err, blob.CodeFailed)
	}
	if err := blob.Copy(ctx, f, r, a); err != nil {
		_, _ = f.Close(), s.root.Remove(temp) // the cause counts; clear comes later
		return "", err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return "", fault.Wrap(errors.Join(err, s.root.Remove(temp)), blob.CodeFailed)
	}
	return temp, nil
}

// create opens a temporary file that nobody else has.
func (s *Store) create(sha256 string) (*os.File, string, error) {
	for {
		temp := fmt.Sprintf("%s/%s.%d.%d", temporary, sha256, os.Getpid(), s.serial.Add(1))
		f, err := s.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		if !errors.Is(err, fs.ErrExist) {
			return f, temp, err
		}
	}
}

// Stat says whether content is there.
func (s *Store) Stat(_ context.Context, sha256 string) (blob.Info, error) {
	if err := blob.CheckSHA256(sha256); err != nil {
		return blob.Info{}, err
	}
	stat, err := s.root.Lstat(s.place(sha256))
	if err != nil {
		return blob.Info{}, notThere(err, sha256)
	}
	return info(sha256, stat)
}

// Open opens content for reading.
func (s *Store) Open(_ context.Context, sha256 string) (io.ReadSeekCloser, blob.Info, error) {
	if err := blob.CheckSHA256(sha256); err != nil {
		return nil, blob.Info{}, err
	}
	f, err := s.root.Open(s.place(sha256))
	if err != nil {
		return nil, blob.Info{}, notThere(err, sha256)
	}
	stat, err := f.Stat()
	if err != nil {
		return nil, blob.Info{}, fault.Wrap(errors.Join(err, f.Close()), blob.CodeFailed)
	}
	known, err := info(sha256, stat)
	if err != nil {
		return nil, blob.Info{}, errors.Join(err, f.Close())
	}
	return f, known, nil
}

// Remove removes content; after nil a loss of power does not bring it back.
func (s *Store) Remove(_ context.Context, sha256 string) error {
	if err := blob.CheckSHA256(sha256); err != nil {
		return err
	}
	at := s.place(sha256)
	err := s.root.Remove(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = s.sync(path.Dir(at))
	}
	if err != nil {
		return fault.Wrap(err, blob.CodeFailed)
	}
	return nil
}

// Ticket returns blob.ErrNoTickets: a folder has no address to upload to.
func (s *Store) Ticket(context.Context, blob.Announcement) (*blob.Ticket, error) {
	return nil, blob.ErrNoTickets
}

// Link returns blob.ErrNoTickets: a folder has no address to get from.
func (s *Store) Link(context.Context, string, string, string) (string, error) {
	return "", blob.ErrNoTickets
}

func info(sha256 string, stat fs.FileInfo) (blob.Info, error) {
	if !stat.Mode().IsRegular() {
		return blob.Info{}, fault.Wrap(fmt.Errorf("%s is no regular file", stat.Name()), blob.CodeFailed)
	}
	return blob.Info{SHA256: sha256, Size: stat.Size()}, nil
}

func notThere(err error, sha256 string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return blob.Absent(sha256)
	}
	return fault.Wrap(err, blob.CodeFailed)
}
