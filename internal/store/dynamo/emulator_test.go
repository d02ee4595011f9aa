package dynamo_test

import (
	"testing"

	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/storetest"
)

// TestEmulator runs everything that needs DynamoDB Local.
func TestEmulator(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the DynamoDB suite")
		return
	}
	t.Run("conformance", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store { return dynamotest.Open(t) })
	})
	t.Run("table", checkTable)
	t.Run("lost answers", lostAnswers)
	t.Run("overtaken", overtaken)
	t.Run("every plan", everyPlan)
}
