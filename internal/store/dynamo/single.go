package dynamo

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"milepost/internal/store"
)

// single writes one item, at half the price of a transaction. DynamoDB keeps no
// token for it, so a conditional put carries the token in the item: a condition
// that fails on exactly our own item says that an earlier attempt was written.
// Nothing is left behind by a delete.
func (s *Store) single(ctx context.Context, token string, op store.Op) error {
	var wanted attributes
	send := s.deleter(op)
	if op.Verb == store.Put {
		var err error
		if wanted, err = encodeItem(op.Item); err != nil {
			return err
		}
		if !op.If.IsAnything() {
			wanted[attrToken] = text(token)
		}
		send = s.putter(wanted, op)
	}
	v, unsure, err := s.persist(ctx, send)
	if v == refused {
		return settle(op, wanted, unsure, err)
	}
	if err != nil {
		return fmt.Errorf("dynamo: write %s: %w", op.Item.Key, err)
	}
	return nil
}

func (s *Store) putter(item attributes, op store.Op) func(context.Context) error {
	expression, values := encodeCondition(op.If)
	in := &dynamodb.PutItemInput{
		TableName:                           aws.String(s.table),
		Item:                                item,
		ConditionExpression:                 expression,
		ExpressionAttributeValues:           values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		ReturnConsumedCapacity:              s.measure(),
	}
	return func(ctx context.Context) error {
		out, err := s.client.PutItem(ctx, in, once)
		if err == nil {
			s.reportOne("PutItem", out.ConsumedCapacity)
		}
		return err
	}
}

func (s *Store) deleter(op store.Op) func(context.Context) error {
	expression, values := encodeCondition(op.If)
	in := &dynamodb.DeleteItemInput{
		TableName:                           aws.String(s.table),
		Key:                                 encodeKey(op.Item.Key),
		ConditionExpression:                 expression,
		ExpressionAttributeValues:           values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		ReturnConsumedCapacity:              s.measure(),
	}
	return func(ctx context.Context) error {
		out, err := s.client.DeleteItem(ctx, in, once)
		if err == nil {
			s.reportOne("DeleteItem", out.ConsumedCapacity)
		}
		return err
	}
}

// settle decides what a refusal means for a single write; wanted is the item
// of a put. After a lost answer, a failed condition on anything but our own
// item proves nothing: what is there now may have followed on our write.
func settle(op store.Op, wanted attributes, unsure bool, err error) error {
	if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		current, decodeErr := decodeCurrent(failed.Item)
		same := false
		if decodeErr == nil {
			same, decodeErr = sameItem(wanted, failed.Item)
		}
		switch {
		case decodeErr != nil && !unsure:
			return decodeErr
		case same:
			return nil
		case !unsure:
			return &store.ConditionError{Failed: []store.FailedOp{{Key: op.Item.Key, Current: current}}}
		}
	}
	if unsure {
		err = fmt.Errorf("%w: %w", store.ErrUnknownOutcome, err)
	}
	return fmt.Errorf("dynamo: write %s: %w", op.Item.Key, err)
}

// sameItem compares tokens first, then everything else.
func sameItem(a, b attributes) (bool, error) {
	at, aok := a[attrToken].(*types.AttributeValueMemberS)
	bt, bok := b[attrToken].(*types.AttributeValueMemberS)
	if !aok || !bok || at.Value != bt.Value {
		return false, nil
	}
	x, err := decodeItem(a)
	if err != nil {
		return false, err
	}
	y, err := decodeItem(b)
	if err != nil {
		return false, err
	}
	return x.Key == y.Key && x.Version == y.Version && x.Index == y.Index &&
		x.Expires == y.Expires && bytes.Equal(x.Body, y.Body), nil
}
