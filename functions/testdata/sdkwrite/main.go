// Command sdkwrite is the yardstick of the functions' warm figures: AWS's
// runtime and client of DynamoDB and, in each invocation, one GetItem or one
// TransactWriteItems of items that a command of Milepost wrote, and nothing
// else; if asked, one BatchGetItem of the keys that the command read before it.
// BARE_ITEMS names the file of these, as DynamoDB's API writes them, by name.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// event says what to do: get reads the item under PK and SK; seed makes the
// items that transactions replace; everything else is the name of one, of which
// N makes what it adds new.
type event struct {
	Do     string
	PK, SK string
	N      string
	Look   bool // read first; alone where Do names no transaction
}

// recorded is what a command sent.
type recorded struct {
	Look  []map[string]attribute
	Write []operation
}

// attribute is a value as DynamoDB's API writes it.
type attribute struct {
	S, N *string
	BOOL *bool
	M    map[string]attribute
	L    []attribute
}

func (a attribute) value() types.AttributeValue {
	switch {
	case a.S != nil:
		return &types.AttributeValueMemberS{Value: *a.S}
	case a.N != nil:
		return &types.AttributeValueMemberN{Value: *a.N}
	case a.BOOL != nil:
		return &types.AttributeValueMemberBOOL{Value: *a.BOOL}
	case a.M != nil:
		return &types.AttributeValueMemberM{Value: values(a.M)}
	}
	list := make([]types.AttributeValue, len(a.L))
	for i, one := range a.L {
		list[i] = one.value()
	}
	return &types.AttributeValueMemberL{Value: list}
}

func values(m map[string]attribute) map[string]types.AttributeValue {
	out := map[string]types.AttributeValue{}
	for name, a := range m {
		out[name] = a.value()
	}
	return out
}

// operation is a part of a transaction, of which a put or a check is there.
type operation struct {
	Put *struct {
		Item                      map[string]attribute
		ConditionExpression       string
		ExpressionAttributeValues map[string]attribute
	}
	ConditionCheck *struct {
		Key                       map[string]attribute
		ConditionExpression       string
		ExpressionAttributeValues map[string]attribute
	}
}

type handler struct {
	client *dynamodb.Client
	table  string
	looks  map[string][]map[string]types.AttributeValue
	writes map[string][]types.TransactWriteItem
}

func main() {
	c, err := awsconfig.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	h := &handler{client: dynamodb.NewFromConfig(c), table: os.Getenv("MILEPOST_TABLE"),
		looks: map[string][]map[string]types.AttributeValue{}, writes: map[string][]types.TransactWriteItem{}}
	text, err := os.ReadFile(os.Getenv("BARE_ITEMS"))
	if err != nil {
		panic(err)
	}
	var all map[string]recorded
	if err := json.Unmarshal(text, &all); err != nil {
		panic(err)
	}
	for name, one := range all {
		for _, key := range one.Look {
			h.looks[name] = append(h.looks[name], values(key))
		}
		for _, o := range one.Write {
			h.writes[name] = append(h.writes[name], h.write(name, o))
		}
	}
	lambda.Start(h.handle)
}

// write is an operation on keys of the yardstick's own. An item that a command
// replaced keeps the version that it had, so that its condition always holds.
func (h *handler) write(name string, o operation) types.TransactWriteItem {
	if check := o.ConditionCheck; check != nil {
		key := values(check.Key)
		own(name, key)
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: &h.table, Key: key,
			ConditionExpression: &check.ConditionExpression, ExpressionAttributeValues: values(check.ExpressionAttributeValues)}}
	}
	item, bound := values(o.Put.Item), values(o.Put.ExpressionAttributeValues)
	own(name, item)
	if version, ok := bound[":v"]; ok {
		item["v"] = version
	}
	if len(bound) == 0 {
		bound = nil
	}
	return types.TransactWriteItem{Put: &types.Put{TableName: &h.table, Item: item, ConditionExpression: &o.Put.ConditionExpression, ExpressionAttributeValues: bound}}
}

func own(name string, key map[string]types.AttributeValue) {
	if pk, ok := key["pk"].(*types.AttributeValueMemberS); ok {
		key["pk"] = &types.AttributeValueMemberS{Value: "bare#" + name + "#" + pk.Value}
	}
}

func (h *handler) handle(ctx context.Context, e event) (int, error) {
	switch e.Do {
	case "get":
		out, err := h.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &h.table, ConsistentRead: aws.Bool(true), Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: e.PK}, "sk": &types.AttributeValueMemberS{Value: e.SK},
		}})
		if err != nil || len(out.Item) == 0 {
			return 0, fmt.Errorf("no item: %w", err)
		}
		return len(out.Item), nil
	case "seed":
		return h.seed(ctx)
	}
	if e.Look {
		out, err := h.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
			h.table: {Keys: h.looks[e.Do], ConsistentRead: aws.Bool(true)},
		}})
		if err != nil || len(h.writes[e.Do]) == 0 {
			return len(h.looks[e.Do]), err
		}
		if len(out.Responses) == 0 {
			return 0, fmt.Errorf("nothing is there")
		}
	}
	var items []types.TransactWriteItem
	for _, w := range h.writes[e.Do] {
		if w.Put != nil && w.Put.ExpressionAttributeValues == nil { // what a command adds
			put, item := *w.Put, maps.Clone(w.Put.Item)
			if sk, ok := item["sk"].(*types.AttributeValueMemberS); ok {
				item["sk"] = &types.AttributeValueMemberS{Value: sk.Value + "#" + e.N}
			}
			put.Item = item
			w.Put = &put
		}
		items = append(items, w)
	}
	if len(items) == 0 {
		return 0, fmt.Errorf("no transaction %q", e.Do)
	}
	_, err := h.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	return len(items), err
}

// seed makes what transactions replace and check.
func (h *handler) seed(ctx context.Context) (made int, err error) {
	for _, writes := range h.writes {
		for _, w := range writes {
			var item map[string]types.AttributeValue
			switch {
			case w.ConditionCheck != nil:
				item = maps.Clone(w.ConditionCheck.Key)
				item["v"] = w.ConditionCheck.ExpressionAttributeValues[":v"]
			case w.Put.ExpressionAttributeValues != nil:
				item = w.Put.Item
			default:
				continue
			}
			if _, err := h.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &h.table, Item: item}); err != nil {
				return made, err
			}
			made++
		}
	}
	return made, nil
}
