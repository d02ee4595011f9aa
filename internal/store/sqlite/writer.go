package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"milepost/internal/store"
)

// maxBatch is the most transactions that share a commit.
const maxBatch = 64

// request is one call of Transact on its way through the writer. Its context
// stays behind: a statement cancelled by one caller would roll back the work of
// all.
type request struct {
	token   string
	content []byte
	ops     []store.Op
	answer  chan error // holds one, so that the writer never waits
	state   atomic.Int32
}

// The states of a request: the caller may withdraw it until the writer takes
// it.
const (
	waiting int32 = iota
	taken
	withdrawn
)

// writer is the one goroutine that writes. It commits what is waiting, as many
// as maxBatch at once, and never waits for more to come.
type writer struct {
	db         *sql.DB
	statements *writeStatements
	now        func() time.Time
	stats      *counters
	queue      chan *request
	finished   chan struct{}

	mu     sync.RWMutex // held for reading while a request is queued
	closed bool
}

func startWriter(ctx context.Context, db *sql.DB, now func() time.Time, stats *counters) (*writer, error) {
	statements, err := prepareWrites(ctx, db)
	if err != nil {
		return nil, err
	}
	w := &writer{
		db: db, statements: statements, now: now, stats: stats,
		queue: make(chan *request, maxBatch), finished: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// stop lets the writer finish what is queued; it reports whether this call
// stopped it.
func (w *writer) stop() bool {
	w.mu.Lock()
	first := !w.closed
	if first {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.finished
	return first
}

// Transact queues the operations and waits for the commit that holds them. If
// the context ends first, the call is withdrawn, or its outcome is unknown
// because the writer has taken it.
func (s *Store) Transact(ctx context.Context, token string, ops ...store.Op) error {
	if err := store.CheckTransact(token, ops); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sqlite: transact: %w", err)
	}
	r := &request{token: token, content: contentOf(ops), ops: copyOps(ops), answer: make(chan error, 1)}
	if err := s.write.enqueue(ctx, r); err != nil {
		return fmt.Errorf("sqlite: transact: %w", err)
	}
	select {
	case err := <-r.answer:
		return err
	case <-ctx.Done():
	}
	if r.state.CompareAndSwap(waiting, withdrawn) {
		return fmt.Errorf("sqlite: transact: %w", ctx.Err())
	}
	select {
	case err := <-r.answer:
		return err
	default:
		return fmt.Errorf("sqlite: %w: %w", store.ErrUnknownOutcome, ctx.Err())
	}
}

// copyOps lets the caller go on with its bodies once the context has ended,
// while the writer still reads them.
func copyOps(ops []store.Op) []store.Op {
	own := make([]store.Op, len(ops))
	for n, op := range ops {
		own[n] = op
		own[n].Item.Body = append([]byte(nil), op.Item.Body...)
	}
	return own
}

func (w *writer) enqueue(ctx context.Context, r *request) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	select {
	case w.queue <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) run() {
	defer close(w.finished)
	for r := range w.queue {
		w.write(w.take(r))
	}
}

// take collects the first request and what waits behind it, less what was
// withdrawn.
func (w *writer) take(first *request) []*request {
	var batch []*request
	for r, ok := first, true; ok; {
		if r.state.CompareAndSwap(waiting, taken) {
			batch = append(batch, r)
		}
		if len(batch) == maxBatch {
			return batch
		}
		select {
		case r, ok = <-w.queue:
		default:
			return batch
		}
	}
	return batch
}

// write commits a batch and answers its members. If a statement failed, nothing
// of the batch was written, and each member is tried again by itself.
func (w *writer) write(batch []*request) {
	if len(batch) == 0 {
		return
	}
	answers, err := w.commit(batch)
	var failed *statementError
	if errors.As(err, &failed) && len(batch) > 1 {
		for _, r := range batch {
			w.write([]*request{r})
		}
		return
	}
	for n, r := range batch {
		if err != nil {
			r.answer <- err
		} else {
			r.answer <- answers[n]
		}
	}
}
