package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	modernc "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"milepost/internal/store"
)

// writeStatements are prepared once on the connection that writes.
type writeStatements struct {
	get, version, put, remove             *sql.Stmt
	findToken, keepToken, dropOld         *sql.Stmt
	savepoint, release, rollbackSavepoint *sql.Stmt
}

func prepareWrites(ctx context.Context, db *sql.DB) (*writeStatements, error) {
	s := new(writeStatements)
	for _, p := range []struct {
		to        **sql.Stmt
		statement string
	}{
		{&s.get, getItem},
		{&s.version, `SELECT version FROM items WHERE pk = ? AND sk = ?`},
		{&s.put, putItem},
		{&s.remove, `DELETE FROM items WHERE pk = ? AND sk = ?`},
		{&s.findToken, `SELECT content FROM tokens WHERE token = ?`},
		{&s.keepToken, `INSERT INTO tokens (token, content, at) VALUES (?, ?, ?)`},
		{&s.dropOld, dropOldTokens},
		{&s.savepoint, `SAVEPOINT member`},
		{&s.release, `RELEASE member`},
		{&s.rollbackSavepoint, `ROLLBACK TO member`},
	} {
		var err error
		if *p.to, err = db.PrepareContext(ctx, p.statement); err != nil { //nolint:sqlclosecheck // db.Close closes it
			return nil, err
		}
	}
	return s, nil
}

// statementError says that a statement failed and that the batch around it was
// rolled back.
type statementError struct{ err error }

func (e *statementError) Error() string { return "sqlite: transact: " + e.err.Error() }
func (e *statementError) Unwrap() error { return e.err }

// commit writes a batch in one SQL transaction and returns an answer for each
// member, or one error for all. It runs apart from every request's context.
func (w *writer) commit(batch []*request) ([]error, error) {
	ctx := context.Background()
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, beginError(err)
	}
	b := &batchTx{ctx: ctx, tx: tx, s: w.statements, now: w.now(), bound: map[*sql.Stmt]*sql.Stmt{}}
	answers := make([]error, len(batch))
	for n, r := range batch {
		answer, err := b.member(r)
		if err != nil {
			// A failed statement may have ended the transaction already.
			return nil, errors.Join(&statementError{err}, ignoreEnded(tx.Rollback()))
		}
		answers[n] = answer
	}
	if b.written == 0 {
		if err := tx.Rollback(); err != nil {
			return nil, &statementError{err}
		}
		return answers, nil
	}
	if err := b.dropOldTokens(); err != nil {
		return nil, errors.Join(&statementError{err}, ignoreEnded(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("sqlite: commit: %w: %w", store.ErrUnknownOutcome, err)
	}
	w.stats.commits.Add(1)
	w.stats.transactions.Add(int64(b.written))
	return answers, nil
}

// beginError tells another process at work from other troubles; either way
// nothing was written.
func beginError(err error) error {
	var e *modernc.Error
	if errors.As(err, &e) && e.Code()&0xff == codes.SQLITE_BUSY {
		return fmt.Errorf("sqlite: another process writes: %w: %w", store.ErrContended, err)
	}
	return fmt.Errorf("sqlite: begin: %w", err)
}

// ignoreEnded drops the complaint that there is no transaction to roll back.
func ignoreEnded(err error) error {
	var e *modernc.Error
	if errors.As(err, &e) && e.Code()&0xff == codes.SQLITE_ERROR {
		return nil
	}
	return err
}

// batchTx is a batch on its way into the database.
type batchTx struct {
	ctx     context.Context
	tx      *sql.Tx
	s       *writeStatements
	now     time.Time
	bound   map[*sql.Stmt]*sql.Stmt
	written int // members that changed something
}

// stmt returns a statement as part of the transaction, whose end closes it.
func (b *batchTx) stmt(prepared *sql.Stmt) *sql.Stmt {
	if b.bound[prepared] == nil {
		b.bound[prepared] = b.tx.StmtContext(b.ctx, prepared)
	}
	return b.bound[prepared]
}

func (b *batchTx) exec(prepared *sql.Stmt, args ...any) error {
	_, err := b.stmt(prepared).ExecContext(b.ctx, args...) //nolint:sqlclosecheck // see stmt
	return err
}

func (b *batchTx) row(prepared *sql.Stmt, args ...any) *sql.Row {
	return b.stmt(prepared).QueryRowContext(b.ctx, args...) //nolint:sqlclosecheck // see stmt
}
