package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"milepost/internal/store"
)

// Walk implements store.Walker by a strong scan of a segment. After must be a
// key that a walk of the same segment out of as many has shown.
func (s *Store) Walk(ctx context.Context, segment, of int, after *store.Key, f func(store.Item) error) error {
	if err := store.CheckWalk(segment, of, after); err != nil {
		return err
	}
	in := &dynamodb.ScanInput{
		TableName:              aws.String(s.table),
		ConsistentRead:         aws.Bool(true),
		Segment:                aws.Int32(int32(segment)),
		TotalSegments:          aws.Int32(int32(of)),
		ReturnConsumedCapacity: s.measure(),
	}
	if after != nil {
		in.ExclusiveStartKey = encodeKey(*after)
	}
	for {
		out, err := s.client.Scan(ctx, in)
		if err != nil {
			return readError("walk", err)
		}
		s.reportOne("Scan", out.ConsumedCapacity)
		for _, a := range out.Items {
			item, err := decodeItem(a)
			if err != nil {
				return err
			}
			if err := f(item); err != nil {
				return err
			}
		}
		if len(out.LastEvaluatedKey) == 0 {
			return nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}
