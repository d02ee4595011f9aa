package sqlite

import (
	"context"
	"errors"
	"fmt"
	"time"

	"milepost/internal/store"
)

// createExpiry makes the index of what expires. It came after the first files,
// and a program that does not know it is not disturbed by it.
const createExpiry = `CREATE INDEX IF NOT EXISTS items_expires ON items (expires, pk, sk) WHERE expires > 0`

const expiringItems = `SELECT pk, sk, version, expires FROM items
WHERE expires > 0 AND expires <= ? AND (expires, pk, sk) > (?, ?, ?) ORDER BY expires, pk, sk LIMIT ?`

// Expiring calls f with every item that has expired at a time or will have, in
// the order of expiry: key, version and expiry only. DynamoDB deletes expired
// items by itself; here whoever keeps the file does. f's error stops it and is
// returned. It is no snapshot.
func (s *Store) Expiring(ctx context.Context, by time.Time, f func(store.Item) error) error {
	var at store.Item
	for {
		page, err := s.expiring(ctx, by, at)
		if err != nil {
			return fmt.Errorf("sqlite: expiring: %w", err)
		}
		for _, item := range page {
			if err := f(item); err != nil {
				return err
			}
			at = item
		}
		if len(page) < walkPage {
			return nil
		}
	}
}

func (s *Store) expiring(ctx context.Context, by time.Time, after store.Item) (page []store.Item, err error) {
	rows, err := s.reads.expiring.QueryContext(ctx, by.Unix(), after.Expires, after.PK, after.SK, walkPage)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var i store.Item
		if err := rows.Scan(&i.PK, &i.SK, &i.Version, &i.Expires); err != nil {
			return nil, err
		}
		page = append(page, i)
	}
	return page, rows.Err()
}
