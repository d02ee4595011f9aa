package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"milepost/internal/store"
)

// Transact implements store.Store. One Check alone is a strong read; one Put or
// Delete alone is a plain conditional write, see single; everything else is a
// transaction of DynamoDB's, whose token tells a repetition from a second call
// for 10 minutes.
func (s *Store) Transact(ctx context.Context, token string, ops ...store.Op) error {
	if err := store.CheckTransact(token, ops); err != nil {
		return err
	}
	switch {
	case len(ops) > 1:
		return s.transact(ctx, token, ops)
	case ops[0].Verb == store.Check:
		return s.check(ctx, ops[0])
	}
	return s.single(ctx, token, ops[0])
}

func (s *Store) check(ctx context.Context, op store.Op) error {
	current, err := s.one(ctx, op.Item.Key)
	if err != nil {
		return err
	}
	if !op.If.Holds(current) {
		return &store.ConditionError{Failed: []store.FailedOp{{Key: op.Item.Key, Current: current}}}
	}
	return nil
}

func (s *Store) transact(ctx context.Context, token string, ops []store.Op) error {
	in := &dynamodb.TransactWriteItemsInput{
		ClientRequestToken:     aws.String(token),
		TransactItems:          make([]types.TransactWriteItem, len(ops)),
		ReturnConsumedCapacity: s.measure(),
	}
	for n, op := range ops {
		var err error
		if in.TransactItems[n], err = s.encodeOp(op); err != nil {
			return err
		}
	}
	v, unsure, err := s.persist(ctx, func(ctx context.Context) error {
		out, err := s.client.TransactWriteItems(ctx, in, once, canonical)
		if err == nil {
			s.report("TransactWriteItems", out.ConsumedCapacity...)
		}
		return err
	})
	if v == refused {
		return refusal(ops, unsure, err)
	}
	if err != nil {
		return fmt.Errorf("dynamo: transact: %w", err)
	}
	return nil
}

// refusal is what a refused transaction means. A failed condition is certain
// even after a lost answer: had the lost attempt been written, the same token
// would have been answered with success. So is other content under the token,
// which meets every attempt of a call alike.
func refusal(ops []store.Op, unsure bool, err error) error {
	cancelled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if ok {
		failed, decodeErr := failedOps(ops, cancelled.CancellationReasons)
		if decodeErr != nil {
			return decodeErr
		}
		if len(failed) > 0 {
			return &store.ConditionError{Failed: failed}
		}
	}
	if _, ok := errors.AsType[*types.IdempotentParameterMismatchException](err); ok {
		return fmt.Errorf("dynamo: transact: %w: %w", store.ErrTokenReused, err)
	}
	if unsure {
		err = fmt.Errorf("%w: %w", store.ErrUnknownOutcome, err)
	}
	return fmt.Errorf("dynamo: transact: %w", err)
}

// failedOps are the operations whose conditions failed, by the reasons, which
// stand in the order of the operations.
func failedOps(ops []store.Op, reasons []types.CancellationReason) ([]store.FailedOp, error) {
	var failed []store.FailedOp
	for n, r := range reasons {
		if n >= len(ops) || aws.ToString(r.Code) != "ConditionalCheckFailed" {
			continue
		}
		current, err := decodeCurrent(r.Item)
		if err != nil {
			return nil, err
		}
		failed = append(failed, store.FailedOp{Op: n, Key: ops[n].Item.Key, Current: current})
	}
	return failed, nil
}

func (s *Store) encodeOp(op store.Op) (types.TransactWriteItem, error) {
	expression, values := encodeCondition(op.If)
	const old = types.ReturnValuesOnConditionCheckFailureAllOld
	switch op.Verb {
	case store.Put:
		item, err := encodeItem(op.Item)
		return types.TransactWriteItem{Put: &types.Put{
			TableName: aws.String(s.table), Item: item,
			ConditionExpression: expression, ExpressionAttributeValues: values,
			ReturnValuesOnConditionCheckFailure: old,
		}}, err
	case store.Delete:
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: aws.String(s.table), Key: encodeKey(op.Item.Key),
			ConditionExpression: expression, ExpressionAttributeValues: values,
			ReturnValuesOnConditionCheckFailure: old,
		}}, nil
	}
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: aws.String(s.table), Key: encodeKey(op.Item.Key),
		ConditionExpression: expression, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: old,
	}}, nil
}

// encodeCondition is nil for store.Anything.
func encodeCondition(c store.Condition) (*string, attributes) {
	switch version, ok := c.Version(); {
	case ok:
		n := &types.AttributeValueMemberN{Value: strconv.FormatInt(version, 10)}
		return aws.String(attrVersion + " = :v"), attributes{":v": n}
	case c.IsAbsent():
		return aws.String("attribute_not_exists(" + attrPK + ")"), nil
	case c.IsPresent():
		return aws.String("attribute_exists(" + attrPK + ")"), nil
	}
	return nil, nil
}
