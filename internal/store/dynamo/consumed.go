package dynamo

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Consumed is what one request cost, in capacity units: a strong read of 4 KB,
// two eventual ones, or a write of 1 KB (two of them within a transaction).
// DynamoDB Local counts transactions wrongly, the rest as AWS does.
type Consumed struct {
	Operation string  // such as "PutItem"
	Table     float64 // units of the table itself
	Index     float64 // units of its indexes
}

// measure is what requests ask about their cost.
func (s *Store) measure() types.ReturnConsumedCapacity {
	if s.consumed == nil {
		return types.ReturnConsumedCapacityNone
	}
	return types.ReturnConsumedCapacityIndexes
}

func (s *Store) report(operation string, costs ...types.ConsumedCapacity) {
	if s.consumed == nil {
		return
	}
	c := Consumed{Operation: operation}
	for _, cost := range costs {
		if cost.Table != nil {
			c.Table += aws.ToFloat64(cost.Table.CapacityUnits)
		}
		for _, index := range cost.GlobalSecondaryIndexes {
			c.Index += aws.ToFloat64(index.CapacityUnits)
		}
	}
	s.consumed(c)
}

// reportOne is report for an answer that may bring no cost.
func (s *Store) reportOne(operation string, cost *types.ConsumedCapacity) {
	if cost != nil {
		s.report(operation, *cost)
	}
}
