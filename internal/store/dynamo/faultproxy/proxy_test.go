package faultproxy_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/dynamo/faultproxy"
)

// bench is a table behind a proxy: clients that try once see what the proxy
// does.
type bench struct {
	t              *testing.T
	proxy          *faultproxy.Proxy
	behind, direct *dynamodb.Client
	hasty          *dynamodb.Client // behind the proxy, and soon out of patience
	table          string
	items          int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t}
	b.direct, b.table = dynamotest.Table(t)
	b.proxy = faultproxy.Start(t, os.Getenv(dynamotest.Env))
	once := func(timeout time.Duration) *dynamodb.Client {
		client := dynamo.NewClient(dynamotest.Config(), b.proxy.URL(), timeout, func() float64 { return 0 })
		return dynamodb.New(client.Options(), func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} })
	}
	b.behind, b.hasty = once(20*time.Second), once(time.Second)
	return b
}

func name(n int) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: fmt.Sprintf("%06d", n)}
}

func key(n int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "p"}, "sk": name(n)}
}

// put writes a new item by a client, in a transaction or plainly, and returns whether it is
// there once all is settled, and what the client was told.
func (b *bench) put(client *dynamodb.Client, plain bool) (there bool, err error) {
	b.t.Helper()
	b.items++
	item := key(b.items)
	if plain {
		_, err = client.PutItem(b.t.Context(), &dynamodb.PutItemInput{TableName: &b.table, Item: item})
	} else {
		_, err = client.TransactWriteItems(b.t.Context(), &dynamodb.TransactWriteItemsInput{
			ClientRequestToken: aws.String(rand.Text()),
			TransactItems: []types.TransactWriteItem{
				{ConditionCheck: &types.ConditionCheck{TableName: &b.table, Key: key(0), ConditionExpression: aws.String("attribute_not_exists(pk)")}},
				{Put: &types.Put{TableName: &b.table, Item: item}},
			},
		})
	}
	b.proxy.Settle()
	out, readErr := b.direct.GetItem(b.t.Context(), &dynamodb.GetItemInput{TableName: &b.table, Key: item, ConsistentRead: aws.Bool(true)})
	if readErr != nil {
		b.t.Fatal(readErr)
	}
	return out.Item != nil, err
}

// told is the code of an error of DynamoDB's, with the reasons of a cancelled
// transaction, "no answer" where none came, or "" for success.
func told(err error) string {
	if cancelled, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
		var codes []string
		for _, r := range cancelled.CancellationReasons {
			codes = append(codes, aws.ToString(r.Code))
		}
		slices.Sort(codes)
		return "cancelled: " + strings.Join(codes, ", ")
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	if err != nil {
		return "no answer"
	}
	return ""
}

// Every fault does what its name says: to the item, and to the client.
func TestFaultsHappen(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the fault proxy")
		return
	}
	b := newBench(t)
	throttled := []string{"ProvisionedThroughputExceededException", "ThrottlingException"}
	for _, c := range []struct {
		fault       faultproxy.Fault
		there       bool
		transaction []string // what may be told
		plain       []string
	}{
		{faultproxy.None, true, []string{""}, []string{""}},
		{faultproxy.Slow, true, []string{""}, []string{""}},
		{faultproxy.Stalled, true, []string{"no answer"}, []string{"no answer"}},
		{faultproxy.LostBefore, false, []string{"no answer"}, []string{"no answer"}},
		{faultproxy.LostAfter, true, []string{"no answer"}, []string{"no answer"}},
		{faultproxy.CutAnswer, true, []string{"no answer"}, []string{"no answer"}},
		{faultproxy.CrashedBefore, false, []string{"InternalServerError"}, []string{"InternalServerError"}},
		{faultproxy.CrashedAfter, true, []string{"InternalServerError"}, []string{"InternalServerError"}},
		{faultproxy.Throttled, false, append([]string{"cancelled: None, ThrottlingError", "cancelled: None, ProvisionedThroughputExceeded"}, throttled...), throttled},
		{faultproxy.Conflict, false, []string{"cancelled: None, TransactionConflict"}, []string{"TransactionConflictException"}},
		{faultproxy.Partial, true, []string{""}, []string{""}}, // no write is done by half
	} {
		for _, plain := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, plain %t", c.fault, plain), func(t *testing.T) {
				want := c.transaction
				if plain {
					want = c.plain
				}
				client := b.behind
				if c.fault == faultproxy.Stalled {
					client = b.hasty
				}
				heard := map[string]bool{}
				for range len(want) * 2 {
					b.proxy.Play(faultproxy.InTurn(c.fault))
					there, err := b.put(client, plain)
					heard[told(err)] = true
					if there != c.there || !slices.Contains(want, told(err)) {
						t.Errorf("there %t, told %q (%v); want %t and one of %q", there, told(err), err, c.there, want)
					}
				}
				if len(heard) != len(want) {
					t.Errorf("heard %v, want each of %q", heard, want)
				}
			})
		}
	}
}

// A batch and a page come by halves, and ask for the rest by halves: in the end
// all of it is there.
func TestPartialAnswers(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the fault proxy")
		return
	}
	b := newBench(t)
	var keys []map[string]types.AttributeValue
	for range 7 {
		if _, err := b.put(b.behind, true); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key(b.items))
	}
	b.proxy.Play(func(string) faultproxy.Fault { return faultproxy.Partial })
	asks, got := 0, 0
	for left := keys; len(left) > 0 && asks < 100; asks++ {
		out, err := b.behind.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{b.table: {Keys: left}}})
		if err != nil {
			t.Fatal(err)
		}
		got += len(out.Responses[b.table])
		if left = out.UnprocessedKeys[b.table].Keys; asks > 20 {
			b.proxy.Play(nil)
		}
	}
	if got != len(keys) || asks < 3 {
		t.Errorf("%d items in %d batches, want %d in several", got, asks, len(keys))
	}
	b.proxy.Play(func(string) faultproxy.Fault { return faultproxy.Partial })
	in := &dynamodb.QueryInput{
		TableName: &b.table, KeyConditionExpression: aws.String("pk = :p"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberS{Value: "p"}},
	}
	pages, got := 0, 0
	for more := true; more; pages++ {
		out, err := b.behind.Query(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		got += len(out.Items)
		in.ExclusiveStartKey, more = out.LastEvaluatedKey, len(out.LastEvaluatedKey) > 0
	}
	if got != len(keys) || pages < 2 {
		t.Errorf("%d items on %d pages, want %d on several", got, pages, len(keys))
	}
}

// What happened is counted, and a seed decides what happens.
func TestFaultsAreCounted(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the fault proxy")
		return
	}
	rates := faultproxy.Rates{faultproxy.LostAfter: 0.2, faultproxy.Conflict: 0.2, faultproxy.Throttled: 0.2}
	run := func(seed uint64) (codes []string, met map[faultproxy.Meeting]int) {
		b := newBench(t)
		b.proxy.Play(faultproxy.Random(seed, rates))
		for range 30 {
			_, err := b.put(b.behind, false)
			codes = append(codes, told(err))
		}
		return codes, b.proxy.Met()
	}
	codes, met := run(1)
	want := map[string]int{}
	for m, n := range met {
		want[m.Fault.String()] += n
		if m.Operation != "TransactWriteItems" {
			t.Errorf("%d requests counted as %s", n, m.Operation)
		}
	}
	got := map[string]int{}
	for _, code := range codes {
		switch {
		case code == "":
			got["none"]++
		case code == "no answer":
			got["lost after"]++
		case strings.Contains(code, "Conflict"):
			got["conflict"]++
		default:
			got["throttled"]++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 4 {
		t.Errorf("counted and heard differ, or not all of 4 came (-counted +heard):\n%s", diff)
	}
	again, metAgain := run(1)
	if !slices.Equal(codes, again) || !maps.Equal(met, metAgain) {
		t.Error("the same seed does otherwise")
	}
	if other, _ := run(2); slices.Equal(codes, other) {
		t.Error("another seed does the same")
	}
}

// The client of production comes through what passes, with its own timeouts;
// one whose tokens are dropped on the way is found out by the same steps.
func TestTheClientOfProductionBehindTheProxy(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the fault proxy")
		return
	}
	behind, direct, p := faultproxy.Open(t, 1)
	for _, f := range faultproxy.Faults() {
		for _, dropped := range []bool{false, true} {
			applied := f == faultproxy.LostAfter || f == faultproxy.CutAnswer || f == faultproxy.CrashedAfter
			if dropped && !applied {
				continue // no token is asked for; of a stalled one, whichever comes first
			}
			first, second := counter(f.String(), 1), counter(f.String(), 2)
			first.PK += fmt.Sprint(dropped)
			second.PK = first.PK
			if err := direct.Transact(t.Context(), rand.Text(), pair(first)...); err != nil {
				t.Fatal(err)
			}
			if dropped {
				p.Rewrite(faultproxy.WithoutToken)
			}
			p.Play(faultproxy.InTurn(f))
			err := behind.Transact(t.Context(), rand.Text(), pair(second)...)
			p.Play(nil)
			p.Rewrite(nil)
			p.Settle()
			if (err != nil) != dropped {
				t.Errorf("%s, tokens dropped %t: %v", f, dropped, err)
			}
			got, readErr := direct.Get(context.WithoutCancel(t.Context()), second.Key)
			if readErr != nil || got[0] == nil || got[0].Version != 2 {
				t.Errorf("%s: %v, %v, want version 2", f, got, readErr)
			}
		}
	}
}
