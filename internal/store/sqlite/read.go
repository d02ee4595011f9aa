package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"milepost/internal/store"
)

// readStatements are prepared once. A page is asked for in one of four ways:
// ascending or descending, from the end of its range or from a resume position.
type readStatements struct {
	get   *sql.Stmt
	query [4]*sql.Stmt
	index [store.Indexes][4]*sql.Stmt
	walk  *sql.Stmt

	expiring *sql.Stmt
}

// way numbers the four ways.
func way(descending, resumed bool) int {
	n := 0
	if descending {
		n = 2
	}
	if resumed {
		n++
	}
	return n
}

const getItem = `SELECT ` + itemColumns + ` FROM items WHERE pk = ? AND sk = ?`

// queryItems is the statement of one way to ask for a page.
func queryItems(n int) string {
	const from = `SELECT ` + itemColumns + ` FROM items WHERE pk = ? AND `
	return from + [4]string{
		`sk >= ? AND sk <= ? ORDER BY sk LIMIT ?`,
		`sk > ? AND sk <= ? ORDER BY sk LIMIT ?`,
		`sk >= ? AND sk <= ? ORDER BY sk DESC LIMIT ?`,
		`sk >= ? AND sk < ? ORDER BY sk DESC LIMIT ?`,
	}[n]
}

func prepareReads(ctx context.Context, db *sql.DB) (*readStatements, error) {
	var failed error
	prepare := func(statement string) *sql.Stmt {
		prepared, err := db.PrepareContext(ctx, statement)
		failed = errors.Join(failed, err)
		return prepared
	}
	s := &readStatements{get: prepare(getItem), walk: prepare(walkItems), expiring: prepare(expiringItems)}
	for n := range s.query {
		s.query[n] = prepare(queryItems(n))
		for index := range s.index {
			s.index[index][n] = prepare(forIndex(queryEntries(n), store.Index(index)))
		}
	}
	return s, failed
}

// Get reads each key by itself, as the port promises no snapshot.
func (s *Store) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	if err := store.CheckGet(keys); err != nil {
		return nil, err
	}
	items := make([]*store.Item, len(keys))
	for n, k := range keys {
		item, err := scanItem(s.reads.get.QueryRowContext(ctx, k.PK, k.SK).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("sqlite: get %s: %w", k, err)
		}
		items[n] = &item
	}
	return items, nil
}

// upper is the upper bound of a range for a statement: for none an empty blob,
// because SQLite orders every blob after every text.
func upper(to string) any {
	if to == "" {
		return []byte{}
	}
	return to
}

// Query reads a page. As in DynamoDB, a page that reached its limit names a
// resume position even if nothing follows.
func (s *Store) Query(ctx context.Context, q store.Query) (store.Page, error) {
	limit, err := store.CheckQuery(q)
	if err != nil {
		return store.Page{}, err
	}
	args := []any{q.Partition, q.Range.From, upper(q.Range.To), limit}
	if q.After != nil && q.Descending {
		args[2] = q.After.SK
	} else if q.After != nil {
		args[1] = q.After.SK
	}
	rows, err := s.reads.query[way(q.Descending, q.After != nil)].QueryContext(ctx, args...)
	if err != nil {
		return store.Page{}, fmt.Errorf("sqlite: query %s: %w", q.Partition, err)
	}
	page, err := readPage(rows, limit)
	if err != nil {
		return store.Page{}, fmt.Errorf("sqlite: query %s: %w", q.Partition, err)
	}
	return page, nil
}

// readPage reads rows up to a limit or store.MaxPageBytes and closes them.
func readPage(rows *sql.Rows, limit int) (page store.Page, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	size := 0
	for rows.Next() {
		item, err := scanItem(rows.Scan)
		if err != nil {
			return store.Page{}, err
		}
		size += item.Size()
		if size > store.MaxPageBytes && len(page.Items) > 0 {
			page.Next = &page.Items[len(page.Items)-1].Key
			return page, nil
		}
		page.Items = append(page.Items, item)
	}
	if err := rows.Err(); err != nil {
		return store.Page{}, err
	}
	if len(page.Items) == limit {
		page.Next = &page.Items[limit-1].Key
	}
	return page, nil
}
