package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// operation is one of the client's, bound to it.
type operation[I, O any] func(context.Context, *I, ...func(*dynamodb.Options)) (*O, error)

// operations are those that a Store calls. It holds them and not the client:
// in a program with templates, which find methods by name, the linker keeps
// every operation of a client that any interface leads to.
type operations struct {
	GetItem            operation[dynamodb.GetItemInput, dynamodb.GetItemOutput]
	BatchGetItem       operation[dynamodb.BatchGetItemInput, dynamodb.BatchGetItemOutput]
	Query              operation[dynamodb.QueryInput, dynamodb.QueryOutput]
	PutItem            operation[dynamodb.PutItemInput, dynamodb.PutItemOutput]
	DeleteItem         operation[dynamodb.DeleteItemInput, dynamodb.DeleteItemOutput]
	TransactWriteItems operation[dynamodb.TransactWriteItemsInput, dynamodb.TransactWriteItemsOutput]
	Scan               operation[dynamodb.ScanInput, dynamodb.ScanOutput]
	DescribeTable      operation[dynamodb.DescribeTableInput, dynamodb.DescribeTableOutput]
}

func operationsOf(c *dynamodb.Client) operations {
	return operations{
		GetItem: c.GetItem, BatchGetItem: c.BatchGetItem, Query: c.Query, PutItem: c.PutItem, DeleteItem: c.DeleteItem,
		TransactWriteItems: c.TransactWriteItems, Scan: c.Scan, DescribeTable: c.DescribeTable,
	}
}
