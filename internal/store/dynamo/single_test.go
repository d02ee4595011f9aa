package dynamo_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
)

func TestSingleOutcomes(t *testing.T) {
	var (
		ok       = answer(`{}`)
		conflict = fault(400, "TransactionConflictException", "")
		throttle = fault(400, "ProvisionedThroughputExceededException", "")
		crash    = fault(500, "InternalServerError", "")
		theirs   = fault(400, "ConditionalCheckFailedException", `,"Item":`+rawB)
		nothing  = fault(400, "ConditionalCheckFailedException", "")
		put      = store.PutOp(itemB(), store.VersionIs(5))
		create   = store.PutOp(itemB(), store.Absent)
		replace  = store.PutOp(itemB(), store.Anything)
		remove   = store.DeleteOp(itemB().Key, store.VersionIs(5))
	)
	for _, c := range []struct {
		name     string
		op       store.Op
		steps    []step
		want     string
		requests int
	}{
		{"put", put, []step{ok}, "done", 1},
		{"put meets a transaction", put, []step{conflict, ok}, "done", 2},
		{"put is throttled", put, []step{throttle, ok}, "done", 2},
		{"put is throttled to the end", put, []step{throttle}, "contended", 8},
		{"put fails", put, []step{theirs}, "condition", 1},
		{"put repeated by the caller", put, []step{mine}, "done", 1},
		{"put lost after the write", put, []step{hangup, mine}, "done", 2},
		{"put lost before the write", put, []step{hangup, ok}, "done", 2},
		{"put lost, now another's is there", put, []step{hangup, theirs}, "unknown", 2},
		{"put lost, now nothing is there", put, []step{hangup, nothing}, "unknown", 2},
		{"put lost, no rights after", put, []step{crash, fault(400, "AccessDeniedException", "")}, "unknown", 2},
		{"put lost after the write, its refusal cut", put, []step{hangup, cut(400), mine}, "done", 3},
		{"put crashes", put, []step{crash}, "unknown", 4},
		{"put refused", put, []step{fault(400, "ValidationException", "")}, "error", 1},
		{"create repeated", create, []step{crash, mine}, "done", 2},
		{"create finds another's", create, []step{conflict, theirs}, "condition", 2},
		{"replace lost", replace, []step{hangup, ok}, "done", 2},
		{"delete", remove, []step{ok}, "done", 1},
		{"delete fails", remove, []step{theirs}, "condition", 1},
		{"delete finds nothing", remove, []step{nothing}, "condition", 1},
		{"delete lost before", remove, []step{hangup, ok}, "done", 2},
		{"delete lost, now nothing is there", remove, []step{hangup, nothing}, "unknown", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, seen := scripted(t, c.steps...)
			err := s.Transact(t.Context(), "token", c.op)
			if got := outcome(err); got != c.want {
				t.Errorf("Transact = %v (%s), want %s", err, got, c.want)
			}
			if len(seen.requests()) != c.requests {
				t.Errorf("%d requests, want %d", len(seen.requests()), c.requests)
			}
		})
	}
}

func TestSingleFailure(t *testing.T) {
	s, seen := scripted(t, fault(400, "ConditionalCheckFailedException", `,"Item":`+rawB))
	err := s.Transact(t.Context(), "token", store.PutOp(itemB(), store.VersionIs(5)))
	var failed *store.ConditionError
	if !errors.As(err, &failed) {
		t.Fatalf("Transact = %v, want a condition error", err)
	}
	want := []store.FailedOp{{Op: 0, Key: itemB().Key, Current: otherB()}}
	if diff := cmp.Diff(want, failed.Failed); diff != "" {
		t.Errorf("failed operations (-want +got):\n%s", diff)
	}
	seen.wantRequests(t, 1, "PutItem")
	for field, want := range map[string]string{
		"ConditionExpression": `"v = :v"`, "ExpressionAttributeValues": `{":v":{"N":"5"}}`,
		"ReturnValuesOnConditionCheckFailure": `"ALL_OLD"`,
	} {
		if got := seen.requests()[0].field(field); got != want {
			t.Errorf("%s = %s, want %s", field, got, want)
		}
	}
}

// The same token with other content is no repetition.
func TestSingleTokenAlone(t *testing.T) {
	current := `{"pk":{"S":"p"},"sk":{"S":"b"},"v":{"N":"6"},"t":{"S":"token"},"b":{"M":{}}}`
	s, _ := scripted(t, fault(400, "ConditionalCheckFailedException", `,"Item":`+current))
	err := s.Transact(t.Context(), "token", store.PutOp(itemB(), store.VersionIs(5)))
	if outcome(err) != "condition" {
		t.Errorf("Transact = %v, want a condition error", err)
	}
}

func TestSingleCheck(t *testing.T) {
	for _, c := range []struct {
		name, item string
		cond       store.Condition
		want       string
	}{
		{"version holds", `{"Item":` + rawB + `}`, store.VersionIs(7), "done"},
		{"version fails", `{"Item":` + rawB + `}`, store.VersionIs(6), "condition"},
		{"absent holds", `{}`, store.Absent, "done"},
		{"present fails", `{}`, store.Present, "condition"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, seen := scripted(t, answer(c.item))
			if got := outcome(s.Transact(t.Context(), "token", store.CheckOp(itemB().Key, c.cond))); got != c.want {
				t.Errorf("Transact = %s, want %s", got, c.want)
			}
			seen.wantRequests(t, 1, "GetItem")
			if got := seen.requests()[0].field("ConsistentRead"); got != "true" {
				t.Errorf("ConsistentRead = %s, want true", got)
			}
		})
	}
}
