package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"milepost/internal/store"
)

// Get implements store.Reader. Throttling that outlasts the retries is
// store.ErrContended.
func (s *Store) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	if err := store.CheckGet(keys); err != nil {
		return nil, err
	}
	if len(keys) == 1 {
		item, err := s.one(ctx, keys[0])
		if err != nil {
			return nil, err
		}
		return []*store.Item{item}, nil
	}
	found, err := s.many(ctx, keys)
	if err != nil {
		return nil, err
	}
	items := make([]*store.Item, len(keys))
	for n, k := range keys {
		items[n] = found[k]
	}
	return items, nil
}

func (s *Store) one(ctx context.Context, key store.Key) (*store.Item, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:              aws.String(s.table),
		Key:                    encodeKey(key),
		ConsistentRead:         aws.Bool(true),
		ReturnConsumedCapacity: s.measure(),
	})
	if err != nil {
		return nil, readError("get", err)
	}
	s.reportOne("GetItem", out.ConsumedCapacity)
	return decodeCurrent(out.Item)
}

// many asks again for what the service left out, be it for the size of the
// answer or for load; it gives up after so many answers in a row without one
// item.
func (s *Store) many(ctx context.Context, keys []store.Key) (map[store.Key]*store.Item, error) {
	left := make([]attributes, len(keys))
	for n, k := range keys {
		left[n] = encodeKey(k)
	}
	found := make(map[store.Key]*store.Item, len(keys))
	for idle := 0; ; {
		got, unprocessed, err := s.batch(ctx, left, found)
		if err != nil {
			return nil, err
		}
		if len(unprocessed) == 0 {
			return found, nil
		}
		left = unprocessed
		idle++
		if got > 0 {
			idle = 1
		}
		if idle >= s.attempts {
			return nil, fmt.Errorf("dynamo: get: %d keys unprocessed: %w", len(left), store.ErrContended)
		}
		if err := s.sleep(ctx, backoff(idle, s.jitter)); err != nil {
			return nil, fmt.Errorf("dynamo: get: %d keys unprocessed: %w", len(left), err)
		}
	}
}

// batch reads keys into found; it returns how many items came, and the keys
// that were not looked up.
func (s *Store) batch(ctx context.Context, keys []attributes, found map[store.Key]*store.Item) (int, []attributes, error) {
	out, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{
			s.table: {Keys: keys, ConsistentRead: aws.Bool(true)},
		},
		ReturnConsumedCapacity: s.measure(),
	})
	if err != nil {
		return 0, nil, readError("get", err)
	}
	s.report("BatchGetItem", out.ConsumedCapacity...)
	for _, a := range out.Responses[s.table] {
		item, err := decodeItem(a)
		if err != nil {
			return 0, nil, err
		}
		found[item.Key] = &item
	}
	return len(out.Responses[s.table]), out.UnprocessedKeys[s.table].Keys, nil
}
