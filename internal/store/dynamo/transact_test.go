package dynamo_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
)

// outcomes are the errors that callers tell apart.
func outcome(err error) string {
	var failed *store.ConditionError
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, store.ErrUnknownOutcome):
		return "unknown"
	case errors.Is(err, store.ErrContended):
		return "contended"
	case errors.Is(err, store.ErrUnavailable):
		return "unavailable"
	case errors.Is(err, store.ErrTokenReused):
		return "token reused"
	case errors.As(err, &failed):
		return "condition"
	}
	return "error"
}

func TestTransactOutcomes(t *testing.T) {
	var (
		ok       = answer(`{}`)
		conflict = cancelled(reason("None"), reason("TransactionConflict"))
		crash    = fault(500, "InternalServerError", "")
		progress = fault(400, "TransactionInProgressException", "")
	)
	for _, c := range []struct {
		name     string
		steps    []step
		want     string
		requests int
	}{
		{"done", []step{ok}, "done", 1},
		{"conflict passes", []step{conflict, conflict, ok}, "done", 3},
		{"throttling passes", []step{cancelled(reason("ThrottlingError"), reason("None")), ok}, "done", 2},
		{"capacity passes", []step{cancelled(reason("None"), reason("ProvisionedThroughputExceeded")), ok}, "done", 2},
		{"throttled as a whole", []step{fault(400, "ThrottlingException", ""), ok}, "done", 2},
		{"request limit", []step{fault(400, "RequestLimitExceeded", ""), ok}, "done", 2},
		{"conflict stays", []step{conflict}, "contended", 8},
		{"throttling stays", []step{fault(400, "ProvisionedThroughputExceededException", "")}, "contended", 8},
		{"crash, then the token answers", []step{crash, ok}, "done", 2},
		{"answer lost, then the token answers", []step{hangup, ok}, "done", 2},
		{"answers lost", []step{hangup}, "unknown", 4},
		{"answer cut, then the token answers", []step{cut(200), ok}, "done", 2},
		{"refusal cut, then the token answers", []step{cut(400), ok}, "done", 2},
		{"refusals cut", []step{cut(400)}, "unknown", 4},
		{"refusal cut, then whole", []step{cut(400), cancelled(unmet(""), reason("None"))}, "condition", 2},
		{"crashes", []step{crash}, "unknown", 4},
		{"unavailable", []step{fault(503, "ServiceUnavailable", "")}, "unknown", 4},
		{"no JSON in an answer", []step{answer("<html>")}, "unknown", 4},
		{"answer lost, conflicts after", []step{hangup, conflict}, "unknown", 8},
		{"in progress, then done", []step{hangup, progress, ok}, "done", 3},
		{"in progress to the end", []step{hangup, progress}, "unknown", 4},
		{"condition", []step{cancelled(unmet(""), reason("None"))}, "condition", 1},
		{"condition and conflict", []step{cancelled(reason("TransactionConflict"), unmet(rawB))}, "condition", 1},
		{"condition after a conflict", []step{conflict, cancelled(unmet(""), reason("None"))}, "condition", 2},
		{"condition after a lost answer", []step{hangup, cancelled(reason("None"), unmet(rawB))}, "condition", 2},
		{"conflict and validation", []step{cancelled(reason("TransactionConflict"), reason("ValidationError"))}, "error", 1},
		{"other content", []step{fault(400, "IdempotentParameterMismatchException", "")}, "token reused", 1},
		{"validation", []step{fault(400, "ValidationException", "")}, "error", 1},
		{"no rights", []step{fault(400, "AccessDeniedException", "")}, "error", 1},
		{"no rights after a lost answer", []step{hangup, fault(400, "AccessDeniedException", "")}, "unknown", 2},
		{"no table", []step{fault(400, "ResourceNotFoundException", "")}, "error", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, seen := scripted(t, c.steps...)
			err := s.Transact(t.Context(), "token", store.PutOp(itemA(), store.Absent), store.PutOp(itemB(), store.VersionIs(5)))
			if got := outcome(err); got != c.want {
				t.Errorf("Transact = %v (%s), want %s", err, got, c.want)
			}
			seen.wantRequests(t, c.requests, "TransactWriteItems")
			if got := seen.requests()[0].field("ClientRequestToken"); got != `"token"` {
				t.Errorf("token = %s, want %q", got, "token")
			}
		})
	}
}

func TestTransactFailures(t *testing.T) {
	s, _ := scripted(t, cancelled(unmet(""), reason("TransactionConflict"), reason("None"), unmet(rawB)))
	gone := store.Key{PK: "p", SK: "gone"}
	err := s.Transact(t.Context(), "token",
		store.CheckOp(gone, store.Present),
		store.PutOp(itemA(), store.Absent),
		store.DeleteOp(store.Key{PK: "q", SK: "1"}, store.Anything),
		store.PutOp(itemB(), store.VersionIs(5)),
	)
	var failed *store.ConditionError
	if !errors.As(err, &failed) {
		t.Fatalf("Transact = %v, want a condition error", err)
	}
	want := []store.FailedOp{{Op: 0, Key: gone}, {Op: 3, Key: itemB().Key, Current: otherB()}}
	if diff := cmp.Diff(want, failed.Failed); diff != "" {
		t.Errorf("failed operations (-want +got):\n%s", diff)
	}
}

func TestTransactWaits(t *testing.T) {
	s, seen := scripted(t, cancelled(reason("TransactionConflict"), reason("None")))
	err := s.Transact(t.Context(), "token", store.PutOp(itemA(), store.Absent), store.PutOp(itemB(), store.Absent))
	if outcome(err) != "contended" {
		t.Fatalf("Transact = %v, want %v", err, store.ErrContended)
	}
	var want []time.Duration
	for _, ms := range []float64{12.5, 25, 50, 100, 200, 200, 200} { // half of the full wait, without jitter
		want = append(want, time.Duration(ms*float64(time.Millisecond)))
	}
	if diff := cmp.Diff(want, seen.waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}

// A repeated call must send the same bytes too, however Go orders its maps.
func TestTransactIsCanonical(t *testing.T) {
	s, seen := scripted(t, answer(`{}`))
	for range 20 {
		if err := s.Transact(t.Context(), "token", store.PutOp(itemA(), store.Absent), store.PutOp(itemB(), store.VersionIs(5))); err != nil {
			t.Fatal(err)
		}
	}
	seen.wantRequests(t, 20, "TransactWriteItems")
}

func TestTransactNeverSent(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	seen := &script{}
	s := seen.open(t, server.URL, time.Second)
	for _, ops := range [][]store.Op{
		{store.PutOp(itemA(), store.Absent)},
		{store.PutOp(itemA(), store.Absent), store.PutOp(itemB(), store.Absent)},
	} {
		seen.waits = nil
		if err := s.Transact(t.Context(), "token", ops...); outcome(err) != "unavailable" {
			t.Errorf("Transact of %d = %v, want %v: nothing was sent", len(ops), err, store.ErrUnavailable)
		}
		if len(seen.waits) != 3 {
			t.Errorf("%d waits, want 3", len(seen.waits))
		}
	}
}

func TestTransactContext(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	s, seen := scripted(t, answer(`{}`))
	ops := []store.Op{store.PutOp(itemA(), store.Absent), store.PutOp(itemB(), store.Absent)}
	if err := s.Transact(ended, "token", ops...); !errors.Is(err, context.Canceled) || outcome(err) != "error" {
		t.Errorf("Transact after the end = %v, want only %v", err, context.Canceled)
	}
	if len(seen.requests()) != 0 {
		t.Errorf("%d requests, want none", len(seen.requests()))
	}

	during, cancel := context.WithCancel(t.Context())
	s, seen = scripted(t, func(w http.ResponseWriter, r request) { cancel(); hangup(w, r) })
	if err := s.Transact(during, "token", ops...); outcome(err) != "unknown" {
		t.Errorf("Transact cut short = %v, want %v", err, store.ErrUnknownOutcome)
	}
	if len(seen.requests()) != 1 {
		t.Errorf("%d requests, want 1", len(seen.requests()))
	}
}

func TestTransactTimeout(t *testing.T) {
	release := make(chan struct{})
	slow := &script{steps: []step{
		func(http.ResponseWriter, request) { <-release },
		answer(`{}`),
	}}
	server := httptest.NewServer(slow)
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	s := slow.open(t, server.URL, 200*time.Millisecond)
	if err := s.Transact(t.Context(), "token", store.PutOp(itemA(), store.Absent), store.PutOp(itemB(), store.Absent)); err != nil {
		t.Errorf("Transact = %v, want nil", err)
	}
	slow.wantRequests(t, 2, "TransactWriteItems")
}
