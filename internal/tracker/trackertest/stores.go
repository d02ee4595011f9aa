package trackertest

import (
	"testing"

	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/storetest"
)

// Each runs a test on an empty SQLite store, on the decorators Stale, Torn and
// Flaky over one, and on DynamoDB Local where one is named. Every store counts
// into the tally of its context.
func Each(t *testing.T, test func(t *testing.T, s store.Store)) {
	t.Helper()
	for _, d := range []struct {
		name     string
		decorate func(store.Store) store.Store
	}{
		{"sqlite", func(s store.Store) store.Store { return s }},
		{"stale", func(s store.Store) store.Store { return storetest.Stale(s, 1, 3) }},
		{"torn", func(s store.Store) store.Store { return storetest.Torn(s, 1, nil) }},
		{"flaky", func(s store.Store) store.Store { return storetest.Flaky(s, 1, 3) }},
	} {
		t.Run(d.name, func(t *testing.T) { test(t, store.Counted(d.decorate(Memory(t)))) })
	}
	if !dynamotest.Available() {
		dynamotest.Missing(t, "this test on DynamoDB")
		return
	}
	t.Run("dynamodb", func(t *testing.T) { test(t, store.Counted(dynamotest.Open(t))) })
}
