package dynamo_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
)

func checkTable(t *testing.T) {
	o := dynamotest.Options(t)
	for _, c := range []struct {
		name string
		in   *dynamodb.CreateTableInput // nil for the table that CreateTable makes
		want []string                   // what the error says, nil for none
	}{
		{"fits", nil, nil},
		{"missing", &dynamodb.CreateTableInput{}, []string{"there is no table"}},
		{"wrong keys", bareTable("id", types.ScalarAttributeTypeS), []string{"its key", "HASH id S", "HASH pk S", "ix1 is missing", "ix2 is missing", "ix3 is missing"}},
		{"wrong type", bareTable("pk", types.ScalarAttributeTypeN), []string{"HASH pk N"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := o
			if c.in != nil {
				o.Table += "." + strings.ReplaceAll(c.name, " ", "-")
			}
			if c.in != nil && c.in.KeySchema != nil {
				c.in.TableName = aws.String(o.Table)
				if _, err := o.Client.CreateTable(t.Context(), c.in); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					ctx := context.WithoutCancel(t.Context())
					if _, err := o.Client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: c.in.TableName}); err != nil {
						t.Error(err)
					}
				})
			}
			s, err := dynamo.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			err = s.CheckTable(t.Context())
			if (err == nil) != (c.want == nil) {
				t.Fatalf("CheckTable = %v, want %q in it", err, c.want)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("CheckTable = %v, want %q in it", err, want)
				}
			}
		})
	}
}

func bareTable(pk string, kind types.ScalarAttributeType) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		BillingMode:          types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String(pk), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String(pk), AttributeType: kind}},
	}
}
