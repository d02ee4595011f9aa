package boot

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/store/sqlite"
)

const (
	purgeEvery = time.Hour
	purgeBatch = 50 // items deleted together
)

// Purge deletes what has expired by a time, such as sessions that are over and
// the records of requests that were made long ago, and returns how many items
// that were. DynamoDB does so by itself.
func Purge(ctx context.Context, s *sqlite.Store, by time.Time) (int, error) {
	return remove(ctx, s, by, func(store.Key) bool { return true })
}

// keepPurged purges now and then, until ctx ends.
func keepPurged(ctx context.Context, app *App, log *slog.Logger) {
	for {
		n, err := Purge(ctx, app.Store, app.Now())
		switch {
		case err != nil && ctx.Err() == nil:
			log.ErrorContext(ctx, "purge failed", "error", err.Error())
		case n > 0:
			log.InfoContext(ctx, "purged", "items", n)
		}
		if wait(ctx, purgeEvery) != nil {
			return
		}
	}
}

// remove deletes the items that expire by a time and are chosen.
func remove(ctx context.Context, s *sqlite.Store, by time.Time, chosen func(store.Key) bool) (removed int, err error) {
	ids := ident.NewSource(time.Now, rand.Reader)
	var batch []store.Op
	empty := func() error {
		n, err := transactEach(ctx, s, ids, batch)
		removed, batch = removed+n, nil
		return err
	}
	err = s.Expiring(ctx, by, func(i store.Item) error {
		if chosen(i.Key) {
			batch = append(batch, store.DeleteOp(i.Key, store.VersionIs(i.Version)))
		}
		if len(batch) < purgeBatch {
			return nil
		}
		return empty()
	})
	if err == nil {
		err = empty()
	}
	return removed, err
}

// transactEach does operations together or, where a condition fails, those
// whose conditions hold, and returns how many.
func transactEach(ctx context.Context, s store.Store, ids *ident.Source, ops []store.Op) (int, error) {
	if len(ops) == 0 {
		return 0, nil
	}
	token, err := ids.New("t")
	if err != nil {
		return 0, err
	}
	err = s.Transact(ctx, token, ops...)
	if _, ok := errors.AsType[*store.ConditionError](err); !ok {
		if err != nil {
			return 0, err
		}
		return len(ops), nil
	}
	if len(ops) == 1 {
		return 0, nil // renewed meanwhile, or gone
	}
	done := 0
	for _, op := range ops {
		n, err := transactEach(ctx, s, ids, []store.Op{op})
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

// withoutSessions deletes the transient items of a data folder's database: what
// was ended after a backup must not come back with it.
func withoutSessions(ctx context.Context, dataDir string) (err error) {
	s, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(dataDir, DatabaseFile), Now: time.Now})
	if err != nil {
		return err
	}
	_, err = remove(ctx, s, time.Unix(store.MaxInteger, 0), schema.Transient)
	return errors.Join(err, s.Close())
}
