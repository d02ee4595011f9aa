package boot

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"milepost/internal/award"
	"milepost/internal/demo"
)

// SeedDemo writes the demo's portfolio into a folder that is empty or not there
// yet (data.notEmpty), with the key of the local issuer beside it, so that
// DevToken makes tokens for its personas. Figures and notices are those of a
// server that has followed the journal. It listens nowhere. If it fails or ctx
// ends, the folder is empty again.
func SeedDemo(ctx context.Context, dataDir string, log *slog.Logger) (_ []DemoPersona, err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(seedGC))
	if err := emptyFolder(dataDir, "data.notEmpty"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, clearFolder(dataDir))
		}
	}()
	id, err := LocalIdentity(DevIssuer, filepath.Join(dataDir, KeyFile), time.Now)
	if err != nil {
		return nil, err
	}
	clock := demo.NewClock(time.Now)
	app, err := Open(ctx, Place{DataDir: dataDir, Origin: award.Demo, Now: clock.Now, Logger: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, app.Close()) }() // before the folder is cleared
	people, err := demo.Seed(ctx, demo.Options{Tracker: app.Tracker, Store: app.Store, Clock: clock, Issuer: id.Issuer, Now: time.Now()})
	if err != nil {
		return nil, err
	}
	if err := app.relay.Scan(ctx); err != nil {
		return nil, err
	}
	var shown []DemoPersona
	for _, p := range people {
		if p.Shown {
			shown = append(shown, DemoPersona{Subject: p.Subject, Names: p.Names, Role: p.Role})
		}
	}
	return shown, nil
}

// clearFolder removes what a folder holds.
func clearFolder(path string) error {
	entries, err := os.ReadDir(path)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(path, e.Name())))
	}
	return err
}
