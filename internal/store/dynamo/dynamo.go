// Package dynamo provides the storage port on Amazon DynamoDB: one table, three
// keys-only indexes, conditional writes and transactions that answer only what
// they know. Request functions need the rights to GetItem, BatchGetItem, Query,
// PutItem, DeleteItem and ConditionCheckItem, indexes included; Walk needs Scan
// and CheckTable DescribeTable.
package dynamo

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"milepost/internal/store"
)

// Options say which table, how to reach it, and how patient to be.
type Options struct {
	// Table is the table's name. Required.
	Table string
	// Jitter returns numbers in [0,1) that spread retries. Required: chance is
	// handed in.
	Jitter func() float64

	// Client is used as it is where set; else one is made by NewClient from
	// Config, Endpoint, Timeout and Jitter.
	Client *dynamodb.Client
	// Config holds the region and credentials.
	Config aws.Config
	// Endpoint replaces the address of AWS, for the emulator.
	Endpoint string
	// Timeout bounds one exchange with the service, answer included; 0 means
	// 1.5 s. The SDK by itself has no bound.
	Timeout time.Duration

	// Attempts is how often a write is sent at most while others hold its items
	// or the service throttles; 0 means 8, which is up to 1.9 s of waiting.
	Attempts int
	// Losses is how many attempts of a write may end without an answer; 0
	// means 4.
	Losses int
	// Sleep waits, or returns the context's error; nil uses a timer.
	Sleep func(context.Context, time.Duration) error
	// OnConsumed is told what each request cost, where set. It costs a larger
	// answer, and is for benchmarks and metrics.
	OnConsumed func(Consumed)
}

// Store implements store.Store and store.Walker. It is safe for concurrent use.
type Store struct {
	client   operations
	table    string
	attempts int
	losses   int
	jitter   func() float64
	sleep    func(context.Context, time.Duration) error
	consumed func(Consumed)
}

var (
	_ store.Store  = (*Store)(nil)
	_ store.Walker = (*Store)(nil)
)

// Open makes a Store. It sends nothing: a wrong table or missing rights show in
// the first call, or in CheckTable.
func Open(_ context.Context, o Options) (*Store, error) {
	if o.Table == "" {
		return nil, errors.New("dynamo: no table named")
	}
	if o.Jitter == nil {
		return nil, errors.New("dynamo: no source of jitter")
	}
	s := &Store{
		table:    o.Table,
		attempts: orDefault(o.Attempts, 8),
		losses:   orDefault(o.Losses, 4),
		jitter:   o.Jitter,
		sleep:    o.Sleep,
		consumed: o.OnConsumed,
	}
	client := o.Client
	if client == nil {
		if o.Config.Region == "" {
			return nil, errors.New("dynamo: no client and no region")
		}
		client = NewClient(o.Config, o.Endpoint, o.Timeout, o.Jitter)
	}
	s.client = operationsOf(client)
	if s.sleep == nil {
		s.sleep = sleep
	}
	return s, nil
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
