package dynamo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"milepost/internal/store"
)

const tableWait = 30 * time.Second

// CreateTable makes the table that a Store needs and waits until it is there.
// It is for tests and local use: template.yaml makes the one on AWS, with
// backups, alarms and expiry.
func CreateTable(ctx context.Context, client *dynamodb.Client, table string) error {
	in := &dynamodb.CreateTableInput{
		TableName:            aws.String(table),
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            keySchema(attrPK, attrSK),
		AttributeDefinitions: stringAttributes(attrPK, attrSK),
	}
	for i := range store.Indexes {
		in.AttributeDefinitions = append(in.AttributeDefinitions, stringAttributes(indexPK(i), indexSK(i))...)
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName:  aws.String(indexName(i)),
			KeySchema:  keySchema(indexPK(i), indexSK(i)),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		})
	}
	if _, err := client.CreateTable(ctx, in); err != nil {
		return fmt.Errorf("dynamo: create table %s: %w", table, err)
	}
	w := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 50*time.Millisecond, time.Second
	})
	if err := w.Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)}, tableWait); err != nil {
		return fmt.Errorf("dynamo: create table %s: %w", table, err)
	}
	return nil
}

func keySchema(pk, sk string) []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: aws.String(pk), KeyType: types.KeyTypeHash},
		{AttributeName: aws.String(sk), KeyType: types.KeyTypeRange},
	}
}

func stringAttributes(names ...string) []types.AttributeDefinition {
	var defs []types.AttributeDefinition
	for _, n := range names {
		defs = append(defs, types.AttributeDefinition{AttributeName: aws.String(n), AttributeType: types.ScalarAttributeTypeS})
	}
	return defs
}

// CheckTable reports everything in which the table differs from what the Store
// needs: absence, keys, indexes. It needs the right to DescribeTable.
func (s *Store) CheckTable(ctx context.Context) error {
	out, err := s.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(s.table)})
	if _, missing := errors.AsType[*types.ResourceNotFoundException](err); missing {
		return fmt.Errorf("dynamo: there is no table %s in this account and region: %w", s.table, err)
	}
	if err != nil {
		return fmt.Errorf("dynamo: describe table %s: %w", s.table, err)
	}
	if err := errors.Join(tableFaults(out.Table)...); err != nil {
		return fmt.Errorf("dynamo: table %s does not fit: %w", s.table, err)
	}
	return nil
}

func tableFaults(t *types.TableDescription) []error {
	kinds := map[string]types.ScalarAttributeType{}
	for _, d := range t.AttributeDefinitions {
		kinds[aws.ToString(d.AttributeName)] = d.AttributeType
	}
	faults := keyFaults("its key", t.KeySchema, kinds, attrPK, attrSK)
	if t.TableStatus != types.TableStatusActive && t.TableStatus != types.TableStatusUpdating {
		faults = append(faults, fmt.Errorf("its status is %s", t.TableStatus))
	}
	for i := range store.Indexes {
		faults = append(faults, indexFaults(i, t, kinds)...)
	}
	return faults
}

func indexFaults(i store.Index, t *types.TableDescription, kinds map[string]types.ScalarAttributeType) []error {
	n := slices.IndexFunc(t.GlobalSecondaryIndexes, func(g types.GlobalSecondaryIndexDescription) bool {
		return aws.ToString(g.IndexName) == indexName(i)
	})
	if n < 0 {
		return []error{fmt.Errorf("index %s is missing", indexName(i))}
	}
	g := t.GlobalSecondaryIndexes[n]
	faults := keyFaults("index "+indexName(i), g.KeySchema, kinds, indexPK(i), indexSK(i))
	if g.IndexStatus == types.IndexStatusCreating || g.IndexStatus == types.IndexStatusDeleting {
		faults = append(faults, fmt.Errorf("index %s is %s", indexName(i), g.IndexStatus))
	}
	return faults
}

func keyFaults(what string, schema []types.KeySchemaElement, kinds map[string]types.ScalarAttributeType, pk, sk string) []error {
	var got []string
	for _, e := range schema {
		name := aws.ToString(e.AttributeName)
		got = append(got, fmt.Sprintf("%s %s %s", e.KeyType, name, kinds[name]))
	}
	want := []string{"HASH " + pk + " S", "RANGE " + sk + " S"}
	if slices.Equal(got, want) {
		return nil
	}
	return []error{fmt.Errorf("%s has keys %q, needs %q", what, got, want)}
}
