package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"milepost/internal/store"
)

// queryEntries is the statement of one way to ask for a page of index 1; each
// is answered from the index alone.
func queryEntries(n int) string {
	const from = `SELECT ix1sk, pk, sk FROM items WHERE ix1pk = ? AND `
	return from + [4]string{
		`ix1sk >= ? AND ix1sk <= ? ORDER BY ix1sk, pk, sk LIMIT ?`,
		`(ix1sk, pk, sk) > (?, ?, ?) AND ix1sk <= ? ORDER BY ix1sk, pk, sk LIMIT ?`,
		`ix1sk >= ? AND ix1sk <= ? ORDER BY ix1sk DESC, pk DESC, sk DESC LIMIT ?`,
		`(ix1sk, pk, sk) < (?, ?, ?) AND ix1sk >= ? ORDER BY ix1sk DESC, pk DESC, sk DESC LIMIT ?`,
	}[n]
}

// QueryIndex reads a page of an index. Here indexes never lag.
func (s *Store) QueryIndex(ctx context.Context, q store.IndexQuery) (store.IndexPage, error) {
	limit, err := store.CheckIndexQuery(q)
	if err != nil {
		return store.IndexPage{}, err
	}
	args := []any{q.Partition, q.Range.From, upper(q.Range.To), limit}
	if after := q.After; after != nil {
		end := upper(q.Range.To)
		if q.Descending {
			end = q.Range.From
		}
		args = []any{q.Partition, after.At.SK, after.Item.PK, after.Item.SK, end, limit}
	}
	rows, err := s.reads.index[q.Index][way(q.Descending, q.After != nil)].QueryContext(ctx, args...)
	if err != nil {
		return store.IndexPage{}, fmt.Errorf("sqlite: query index %d of %s: %w", q.Index, q.Partition, err)
	}
	page, err := readEntries(rows, q.Partition, limit)
	if err != nil {
		return store.IndexPage{}, fmt.Errorf("sqlite: query index %d of %s: %w", q.Index, q.Partition, err)
	}
	return page, nil
}

func readEntries(rows *sql.Rows, partition string, limit int) (page store.IndexPage, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	size := 0
	for rows.Next() {
		e := store.Entry{At: store.Key{PK: partition}}
		if err := rows.Scan(&e.At.SK, &e.Item.PK, &e.Item.SK); err != nil {
			return store.IndexPage{}, err
		}
		size += len(e.At.PK) + len(e.At.SK) + len(e.Item.PK) + len(e.Item.SK)
		if size > store.MaxPageBytes && len(page.Entries) > 0 {
			page.Next = &page.Entries[len(page.Entries)-1]
			return page, nil
		}
		page.Entries = append(page.Entries, e)
	}
	if err := rows.Err(); err != nil {
		return store.IndexPage{}, err
	}
	if len(page.Entries) == limit {
		page.Next = &page.Entries[limit-1]
	}
	return page, nil
}
