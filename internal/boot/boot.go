// Package boot provides the composition root of the local program: it opens
// what a Tracker stands on and puts the handlers together. Clock and chance
// begin here; everything inward has them handed in.
package boot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/blob"
	blobfs "milepost/internal/blob/fs"
	"milepost/internal/relay"
	"milepost/internal/secretfile"
	"milepost/internal/store"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
)

// Names within a data folder.
const (
	DatabaseFile = "milepost.db"
	BlobFolder   = "evidence"
	KeyFile      = "issuer.pem"
	SecretFile   = "cursor.key" //nolint:gosec // the name of a file
)

// Place says where the local program keeps things and what it records them as.
type Place struct {
	DataDir   string // empty: in memory, with a folder for files that Close removes
	MaxUpload int64  // bytes of one file; 0: the default of package blob
	Origin    award.Origin
	Secret    []byte           // signs cursors; empty: one is kept in DataDir
	Now       func() time.Time // nil: the real time
	Logger    *slog.Logger
}

// App is the opened local program.
type App struct {
	Store   *sqlite.Store
	Tracker *tracker.Tracker
	Blobs   *blobfs.Store
	Files   blob.Policy // what may be uploaded
	Now     func() time.Time
	relay   *relay.Relay
	bell    *relay.Bell // what the tracker wakes the relay with
	closers []func() error
}

// Open opens the store, the files and the tracker of a place, making what is
// not there yet.
func Open(ctx context.Context, p Place) (_ *App, err error) {
	app := &App{Now: p.Now, bell: relay.NewBell(bellSize)}
	if app.Now == nil {
		app.Now = time.Now
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, app.Close())
		}
	}()
	dir, path, err := app.folder(p.DataDir)
	if err != nil {
		return nil, err
	}
	if app.Store, err = sqlite.Open(ctx, sqlite.Options{Path: path, Now: app.Now}); err != nil {
		return nil, err
	}
	app.closers = append(app.closers, app.Store.Close)
	files := blob.DefaultPolicy()
	if p.MaxUpload > 0 {
		files.MaxSize = p.MaxUpload
	}
	if app.Blobs, err = blobfs.Open(blobfs.Options{Dir: filepath.Join(dir, BlobFolder), MaxSize: files.MaxSize, Now: app.Now}); err != nil {
		return nil, err
	}
	app.closers = append(app.closers, app.Blobs.Close)
	app.Files = files
	secret := p.Secret
	if len(secret) == 0 {
		if secret, err = keptSecret(filepath.Join(dir, SecretFile)); err != nil {
			return nil, err
		}
	}
	authority, err := access.New()
	if err != nil {
		return nil, err
	}
	counted := store.Counted(app.Store)
	app.relay = newRelay(counted, app.Now, p.Logger)
	app.Tracker = tracker.New(tracker.Options{
		Store: counted, Blobs: app.Blobs, Files: files, Authority: authority,
		Now: app.Now, Entropy: rand.Reader, Secret: secret, Origin: p.Origin,
		Outbox: true, Committed: app.bell.Ring,
	})
	return app, nil
}

// folder returns the folder for files and the path of the database.
func (a *App) folder(data string) (dir, database string, err error) {
	if data != "" {
		if err := os.MkdirAll(data, 0o700); err != nil {
			return "", "", fmt.Errorf("boot: %w", err)
		}
		return data, filepath.Join(data, DatabaseFile), nil
	}
	if dir, err = os.MkdirTemp("", "milepost-"); err != nil {
		return "", "", fmt.Errorf("boot: %w", err)
	}
	a.closers = append(a.closers, func() error { return os.RemoveAll(dir) })
	return dir, sqlite.Memory, nil
}

// keptSecret reads a secret of 32 bytes, or makes it, readable by its owner.
func keptSecret(path string) ([]byte, error) {
	secret, err := os.ReadFile(path) //nolint:gosec // the operator names the folder
	if err == nil && len(secret) == 32 {
		return secret, nil
	}
	if err == nil {
		return nil, fmt.Errorf("boot: %s holds %d bytes, not 32", path, len(secret))
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("boot: %w", err)
	}
	secret = make([]byte, 32)
	rand.Read(secret)
	switch err := secretfile.Make(path, secret); {
	case errors.Is(err, os.ErrExist): // another process was faster
		return keptSecret(path)
	case err != nil:
		return nil, fmt.Errorf("boot: %w", err)
	}
	return secret, nil
}

// Close closes everything, the last opened first.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}
