package boot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// Existing refuses a data folder that holds no portfolio, so that a mistyped
// path does not make an empty one (data.absent).
func Existing(dataDir string) error {
	_, err := os.Stat(filepath.Join(dataDir, DatabaseFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "data.absent", "folder", dataDir)
	}
	return err
}

// opened does something with an existing data folder.
func opened(ctx context.Context, dataDir string, do func(*App) error) error {
	if err := Existing(dataDir); err != nil {
		return err
	}
	app, err := Open(ctx, Place{DataDir: dataDir})
	if err != nil {
		return err
	}
	return errors.Join(do(app), app.Close())
}

// Verify replays a data folder, or one aggregate in it where one is named;
// progress hears how many aggregates are done.
func Verify(ctx context.Context, dataDir, aggregate string, progress func(int)) (report tracker.VerifyReport, err error) {
	err = opened(ctx, dataDir, func(app *App) (err error) {
		o := tracker.VerifyOptions{Store: app.Store, Blobs: app.Blobs, Progress: progress}
		if aggregate == "" {
			report, err = tracker.Verify(ctx, o)
		} else {
			report, err = tracker.VerifyAggregate(ctx, o, aggregate)
		}
		return err
	})
	return report, err
}

// Reindex makes everything anew in a place, a data folder or dynamodb:TABLE, by
// which search finds things; endpoint is that of an emulator, "" is AWS.
// progress hears how many items were seen. It returns how many were written or
// removed.
func Reindex(ctx context.Context, place, endpoint string, progress func(items int)) (changed int, err error) {
	s, err := openStore(ctx, place, endpoint, false)
	if err != nil {
		return 0, err
	}
	changed, err = tracker.Reindex(ctx, s, ident.NewSource(time.Now, rand.Reader), progress)
	return changed, errors.Join(err, s.close())
}

// Backup copies a data folder into an empty one, also while a server writes to
// it: first the database as of one moment, then the files, of which those that
// came since do no harm. Restoring is copying the folder back. The signing key
// of the local issuer and everybody's sessions stay behind. It returns the
// number of files.
func Backup(ctx context.Context, dataDir, to string) (files int, err error) {
	if err := Existing(dataDir); err != nil {
		return 0, err
	}
	if err := emptyFolder(to, "backup.notEmpty"); err != nil {
		return 0, err
	}
	app, err := Open(ctx, Place{DataDir: dataDir})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, app.Close()) }()
	if err := app.Store.Backup(ctx, filepath.Join(to, DatabaseFile)); err != nil {
		return 0, err
	}
	if err := withoutSessions(ctx, to); err != nil {
		return 0, err
	}
	if err := copyFile(filepath.Join(dataDir, SecretFile), filepath.Join(to, SecretFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	return copyTree(ctx, filepath.Join(dataDir, BlobFolder), filepath.Join(to, BlobFolder))
}

// emptyFolder makes a folder, or refuses one that holds something with a fault
// of a code.
func emptyFolder(path, code string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		return fault.New(fault.Conflict, code, "folder", path)
	}
	return nil
}

// copyTree copies regular files; those that vanish meanwhile were never whole.
func copyTree(ctx context.Context, from, to string) (files int, err error) {
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		if err := copyFile(path, target); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		files++
		return nil
	})
	return files, err
}

// copyFile copies a file that only its owner may read, and syncs it.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	defer in.Close()                                                      //nolint:errcheck // was only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // as above
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return fmt.Errorf("boot: copy %s: %w", from, err)
	}
	return out.Sync()
}

// Initialise makes the first administrator of a data folder.
func Initialise(ctx context.Context, dataDir, name, issuer, subject string) (tracker.Receipt, error) {
	app, err := Open(ctx, Place{DataDir: dataDir})
	if err != nil {
		return tracker.Receipt{}, err
	}
	receipt, err := app.Tracker.Initialise(ctx, namesOf(name), loginOf(issuer, subject))
	return receipt, errors.Join(err, app.Close())
}
