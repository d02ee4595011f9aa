package sqlite

import (
	"context"
	"fmt"
	"hash/fnv"

	"milepost/internal/store"
)

const walkItems = `SELECT ` + itemColumns + ` FROM items WHERE (pk, sk) > (?, ?) ORDER BY pk, sk LIMIT ?`

// walkPage is the number of items that a walk reads at a time.
const walkPage = 256

// Walk goes over the items in key order, page by page, so that its function may
// use the store. A segment holds whole partitions, chosen by a hash; each
// segment reads the whole table and passes over what is not its own.
func (s *Store) Walk(ctx context.Context, segment, of int, after *store.Key, f func(store.Item) error) error {
	if err := store.CheckWalk(segment, of, after); err != nil {
		return err
	}
	var at store.Key
	if after != nil {
		at = *after
	}
	for {
		rows, err := s.reads.walk.QueryContext(ctx, at.PK, at.SK, walkPage)
		if err != nil {
			return fmt.Errorf("sqlite: walk after %s: %w", at, err)
		}
		page, err := readPage(rows, walkPage)
		if err != nil {
			return fmt.Errorf("sqlite: walk after %s: %w", at, err)
		}
		for _, i := range page.Items {
			if segmentOf(i.PK, of) != segment {
				continue
			}
			if err := f(i); err != nil {
				return err
			}
		}
		if page.Next == nil {
			return nil
		}
		at = *page.Next
	}
}

func segmentOf(pk string, of int) int {
	h := fnv.New32a()
	h.Write([]byte(pk))
	return int(h.Sum32() % uint32(of))
}
