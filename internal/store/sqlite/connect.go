package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
)

func (o Options) check() error {
	switch {
	case o.Path == "":
		return errors.New("sqlite: no path")
	case o.Now == nil:
		return errors.New("sqlite: no clock")
	case !slices.Contains([]string{"OFF", "NORMAL", "FULL", "EXTRA"}, o.Synchronous):
		return fmt.Errorf("sqlite: synchronous %q is none of OFF, NORMAL, FULL, EXTRA", o.Synchronous)
	case o.Readers < 1:
		return fmt.Errorf("sqlite: %d readers", o.Readers)
	case o.BusyTimeout < 0:
		return fmt.Errorf("sqlite: busy timeout %s", o.BusyTimeout)
	}
	return nil
}

// createPrivate makes the file with mode 0600 if it is absent; SQLite gives its
// companions (-wal, -shm) the same mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the file
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// connect returns a pool of connections: one for writing, several for reading.
func connect(o Options, readOnly bool) (*sql.DB, error) {
	name, err := dataSource(o, readOnly)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	connections := 1
	if readOnly {
		connections = o.Readers
	}
	// A connection is never closed for being old or idle: a memory database
	// would go with it, and a file would lose its prepared statements.
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func dataSource(o Options, readOnly bool) (string, error) {
	q := url.Values{"_txlock": {"immediate"}}
	pragma := func(name string, value any) { q.Add("_pragma", fmt.Sprintf("%s(%v)", name, value)) }
	pragma("busy_timeout", o.BusyTimeout.Milliseconds())
	if o.Path == Memory {
		return "file::memory:?" + q.Encode(), nil
	}
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return "", err
	}
	pragma("journal_mode", "WAL")
	pragma("synchronous", o.Synchronous)
	// Savepoints remember pages in memory: a temporary file would cost a write
	// for each page and lie outside the folder of the data.
	pragma("temp_store", "MEMORY")
	if readOnly {
		pragma("query_only", 1)
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String(), nil
}
