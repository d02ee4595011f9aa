package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"milepost/internal/store"
)

// schemaVersion is kept in PRAGMA user_version.
const schemaVersion = 1

// The one table has a rowid, so that an item's body is written once and the
// indexes hold keys alone. Text compares by its bytes (BINARY), which is the
// port's order. Partial indexes keep what has no entry out of them.
const createTables = `
CREATE TABLE items (
	pk TEXT NOT NULL, sk TEXT NOT NULL,
	version INTEGER NOT NULL,
	ix1pk TEXT, ix1sk TEXT, ix2pk TEXT, ix2sk TEXT, ix3pk TEXT, ix3sk TEXT,
	expires INTEGER NOT NULL,
	body TEXT NOT NULL
);
CREATE UNIQUE INDEX items_key ON items (pk, sk);
CREATE INDEX items_ix1 ON items (ix1pk, ix1sk, pk, sk) WHERE ix1pk IS NOT NULL;
CREATE INDEX items_ix2 ON items (ix2pk, ix2sk, pk, sk) WHERE ix2pk IS NOT NULL;
CREATE INDEX items_ix3 ON items (ix3pk, ix3sk, pk, sk) WHERE ix3pk IS NOT NULL;
CREATE TABLE tokens (
	token TEXT NOT NULL PRIMARY KEY,
	content BLOB NOT NULL,
	at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_at ON tokens (at);
`

// prepareSchema makes the tables in an empty file and refuses a file that is
// newer than this program or not its own.
func prepareSchema(ctx context.Context, db *sql.DB) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if rollback := tx.Rollback(); rollback != nil && !errors.Is(rollback, sql.ErrTxDone) {
			err = errors.Join(err, rollback)
		}
	}()
	var version, tables int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return err
	}
	switch {
	case version > schemaVersion:
		return fmt.Errorf("the file has schema version %d, this program knows versions up to %d", version, schemaVersion)
	case version == schemaVersion:
		if _, err := tx.ExecContext(ctx, createExpiry); err != nil {
			return err
		}
		return tx.Commit()
	case tables > 0:
		return errors.New("the file is a database of another program")
	}
	if _, err := tx.ExecContext(ctx, createTables+createExpiry); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, schemaVersion)); err != nil {
		return err
	}
	return tx.Commit()
}

const itemColumns = `pk, sk, version, ix1pk, ix1sk, ix2pk, ix2sk, ix3pk, ix3sk, expires, body`

const putItem = `INSERT INTO items (` + itemColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (pk, sk) DO UPDATE SET version = excluded.version,
	ix1pk = excluded.ix1pk, ix1sk = excluded.ix1sk, ix2pk = excluded.ix2pk, ix2sk = excluded.ix2sk,
	ix3pk = excluded.ix3pk, ix3sk = excluded.ix3sk, expires = excluded.expires, body = excluded.body`

// putArguments are the values of putItem. The body is stored as text, so that
// any SQLite tool can read it.
func putArguments(i store.Item) []any {
	args := []any{i.PK, i.SK, i.Version}
	for _, e := range i.Index {
		args = append(args, nullable(e.PK), nullable(e.SK))
	}
	return append(args, i.Expires, string(i.Body))
}

func nullable(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

// scanItem reads a row of itemColumns.
func scanItem(scan func(...any) error) (store.Item, error) {
	var i store.Item
	var ix [store.Indexes]struct{ pk, sk sql.NullString }
	to := []any{&i.PK, &i.SK, &i.Version}
	for n := range ix {
		to = append(to, &ix[n].pk, &ix[n].sk)
	}
	if err := scan(append(to, &i.Expires, &i.Body)...); err != nil {
		return store.Item{}, err
	}
	for n, e := range ix {
		i.Index[n] = store.Key{PK: e.pk.String, SK: e.sk.String}
	}
	return i, nil
}

// forIndex names the columns of an index in a statement about ix1.
func forIndex(statement string, index store.Index) string {
	return strings.ReplaceAll(statement, "ix1", fmt.Sprintf("ix%d", index+1))
}
