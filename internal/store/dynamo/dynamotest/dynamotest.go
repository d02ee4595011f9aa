// Package dynamotest provides fresh tables on DynamoDB Local for tests. The
// emulator's address stands in MILEPOST_DYNAMODB; scripts/dynamodb-local run
// starts one and sets it.
package dynamotest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"milepost/internal/store"
	"milepost/internal/store/dynamo"
)

// Env names the environment variable that holds the emulator's address, such
// as http://127.0.0.1:8000.
const Env = "MILEPOST_DYNAMODB"

// A table of the emulator may answer late on a busy machine; what production
// waits says nothing here.
const patience = 20 * time.Second

// Available reports whether an emulator is named.
func Available() bool { return os.Getenv(Env) != "" }

// Missing says in a log line that suite was not run, and how to run it. It
// fails the test where MILEPOST_CI is set, so that no pipeline passes without.
func Missing(t testing.TB, suite string) {
	t.Helper()
	line := fmt.Sprintf("%s was not run: %s is not set; use scripts/dynamodb-local run -- go test …", suite, Env)
	if os.Getenv("MILEPOST_CI") != "" {
		t.Fatal(line)
	}
	t.Log(line)
}

// Config has the credentials and the region that the emulator wants.
func Config() aws.Config {
	return aws.Config{
		Region:      "eu-west-1",
		Credentials: credentials.NewStaticCredentialsProvider("milepost", "milepost", ""),
	}
}

// Open returns a store on a table of its own, which goes with the test.
func Open(t testing.TB) store.Store {
	t.Helper()
	s, err := dynamo.Open(t.Context(), Options(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Options lead to a table of its own, which goes with the test. Retries wait
// without jitter.
func Options(t testing.TB) dynamo.Options {
	t.Helper()
	client, name := Table(t)
	return dynamo.Options{
		Table:    name,
		Jitter:   func() float64 { return 0 },
		Client:   client,
		Config:   Config(),
		Endpoint: os.Getenv(Env),
		Timeout:  patience,
	}
}

// Table makes a table that goes with the test. It is named after the test, with
// the first number that is free.
func Table(t testing.TB) (*dynamodb.Client, string) {
	t.Helper()
	if !Available() {
		t.Fatalf("%s is not set; use scripts/dynamodb-local run -- go test …", Env)
	}
	client := dynamo.NewClient(Config(), os.Getenv(Env), patience, func() float64 { return 0 })
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s.%d.%d", tableName(t.Name()), os.Getpid(), n)
		err := dynamo.CreateTable(t.Context(), client, name)
		if _, taken := errors.AsType[*types.ResourceInUseException](err); taken {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			// The test's own context has ended by now.
			if _, err := client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: aws.String(name)}); err != nil {
				t.Errorf("delete table %s: %v", name, err)
			}
		})
		return client, name
	}
}

// tableName keeps what a table's name may hold, and leaves room for numbers.
func tableName(test string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, test)
	return name[:min(len(name), 200)]
}
