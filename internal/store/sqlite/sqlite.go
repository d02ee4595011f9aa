// Package sqlite provides the storage port on one SQLite file, for the local
// program and for tests. Many writers share one commit, and an answer is given
// only after that commit was synced. It promises no more than package store
// does, limits included, and package storetest holds it to that.
package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"milepost/internal/store"
)

// Memory is the path of a database that lives as long as its Store.
const Memory = ":memory:"

// ErrClosed is the answer to calls after Close.
var ErrClosed = errors.New("sqlite: store is closed")

// Options say where and how a store is opened.
type Options struct {
	// Path of the database file, made with mode 0600 where absent, in a folder
	// that exists; or Memory.
	Path string
	// Now is the clock by which tokens age. Required.
	Now func() time.Time
	// Synchronous is SQLite's setting of that name, FULL for "". Anything less
	// loses acknowledged work with the power; it is for measurements.
	Synchronous string
	// Readers is the number of connections for reading, 4 for 0. A memory
	// database has one connection for everything.
	Readers int
	// BusyTimeout is how long a writer waits for another process that writes
	// to the same file before it answers store.ErrContended; 5 s for 0.
	BusyTimeout time.Duration
}

// Store is a store.Store and store.Walker on SQLite. It is safe for concurrent
// use.
type Store struct {
	read  *sql.DB
	reads *readStatements
	write *writer
	stats counters
	path  string
}

var (
	_ store.Store  = (*Store)(nil)
	_ store.Walker = (*Store)(nil)
)

// Stats counts what a store has committed since it was opened.
type Stats struct {
	Commits      int64 // SQL commits with something to sync
	Transactions int64 // calls of Transact that those commits made durable
}

type counters struct{ commits, transactions atomic.Int64 }

// Stats returns the counts so far.
func (s *Store) Stats() Stats {
	return Stats{Commits: s.stats.commits.Load(), Transactions: s.stats.transactions.Load()}
}

// Open opens or makes a database. The context bounds the opening alone.
func Open(ctx context.Context, o Options) (*Store, error) {
	o.Synchronous = cmp.Or(o.Synchronous, "FULL")
	o.Readers = cmp.Or(o.Readers, 4)
	o.BusyTimeout = cmp.Or(o.BusyTimeout, 5*time.Second)
	if err := o.check(); err != nil {
		return nil, err
	}
	s, err := open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", o.Path, err)
	}
	return s, nil
}

func open(ctx context.Context, o Options) (_ *Store, err error) {
	if o.Path != Memory {
		if err := createPrivate(o.Path); err != nil {
			return nil, err
		}
	}
	s := &Store{path: o.Path}
	writeDB, err := connect(o, false)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, closeAll(s.read, writeDB))
		}
	}()
	if err := prepareSchema(ctx, writeDB); err != nil {
		return nil, err
	}
	s.read = writeDB
	if o.Path != Memory {
		if s.read, err = connect(o, true); err != nil {
			return nil, err
		}
	}
	if s.reads, err = prepareReads(ctx, s.read); err != nil {
		return nil, err
	}
	s.write, err = startWriter(ctx, writeDB, o.Now, &s.stats)
	return s, err
}

// Close answers what is waiting, then closes the file. Calls made after it
// answer ErrClosed or an error of database/sql.
func (s *Store) Close() error {
	if !s.write.stop() {
		return nil
	}
	return closeAll(s.read, s.write.db)
}

// closeAll closes each database once, the last named last.
func closeAll(read, write *sql.DB) error {
	if read == nil || read == write {
		return write.Close()
	}
	return errors.Join(read.Close(), write.Close())
}
