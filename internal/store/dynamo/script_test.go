package dynamo_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
)

// script is an HTTP server that answers like DynamoDB, one step per request,
// the last one again and again.
type script struct {
	mu    sync.Mutex
	steps []step
	seen  []request
	waits []time.Duration
}

// step answers a request.
type step func(http.ResponseWriter, request)

// request is what a client sent: the operation, and the body as bytes.
type request struct {
	operation string
	body      string
}

// field returns a part of the body as JSON text, by its path.
func (r request) field(path ...string) string {
	raw := json.RawMessage(r.body)
	for _, name := range path {
		var m map[string]json.RawMessage
		if json.Unmarshal(raw, &m) != nil {
			return ""
		}
		raw = m[name]
	}
	return string(raw)
}

// scripted opens a store on a script. It does not really wait between attempts.
func scripted(t *testing.T, steps ...step) (*dynamo.Store, *script) {
	t.Helper()
	s := &script{steps: steps}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s.open(t, server.URL, 5*time.Second), s
}

func (s *script) open(t *testing.T, endpoint string, timeout time.Duration) *dynamo.Store {
	t.Helper()
	st, err := dynamo.Open(t.Context(), dynamo.Options{
		Table: "table", Jitter: func() float64 { return 0 },
		Config: dynamotest.Config(), Endpoint: endpoint, Timeout: timeout,
		Sleep: func(ctx context.Context, d time.Duration) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.waits = append(s.waits, d)
			return ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	got := request{operation: operation, body: string(body)}
	s.mu.Lock()
	n := min(len(s.seen), len(s.steps)-1)
	s.seen = append(s.seen, got)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	s.steps[n](w, got)
}

// requests returns what came so far. A handler may still be at work on a
// request whose answer was cut, so the list is copied under its lock.
func (s *script) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// wantRequests fails unless so many requests came, all of one operation and
// all with the same bytes.
func (s *script) wantRequests(t *testing.T, n int, operation string) {
	t.Helper()
	got := s.requests()
	want := make([]request, n)
	for i := range want {
		want[i] = request{operation: operation, body: got[0].body}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(request{})); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// answer is a step that succeeds.
func answer(body string) step {
	return func(w http.ResponseWriter, _ request) { reply(w, http.StatusOK, body) }
}

// fault is a step that fails with a code of DynamoDB's; more follows its type
// in the body.
func fault(status int, code, more string) step {
	return func(w http.ResponseWriter, _ request) {
		reply(w, status, `{"__type":"com.amazonaws.dynamodb.v20120810#`+code+`","message":"no matter"`+more+`}`)
	}
}

// reply writes an answer. A client that is gone does not read it: the test sees
// that in what the client says.
func reply(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// cancelled is a step that cancels a transaction for these reasons.
func cancelled(reasons ...string) step {
	return fault(400, "TransactionCanceledException", `,"CancellationReasons":[`+strings.Join(reasons, ",")+`]`)
}

func reason(code string) string { return `{"Code":"` + code + `"}` }

// unmet is the reason of a failed condition on an item, or on none.
func unmet(item string) string {
	if item == "" {
		return reason("ConditionalCheckFailed")
	}
	return `{"Code":"ConditionalCheckFailed","Item":` + item + `}`
}

// hangup is a step that drops the connection without an answer.
func hangup(http.ResponseWriter, request) { panic(http.ErrAbortHandler) }

// cut is a step whose answer ends before its body does.
func cut(status int) step {
	return func(w http.ResponseWriter, _ request) {
		w.Header().Set("Content-Length", "100")
		reply(w, status, `{"__type":"com.ama`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// mine is a step that fails the condition of a put on the very item it puts.
func mine(w http.ResponseWriter, r request) {
	fault(400, "ConditionalCheckFailedException", `,"Item":`+r.field("Item"))(w, r)
}

// itemA and itemB are what the scripts put; rawB is item b as another wrote it.
func itemA() store.Item {
	return store.Item{Key: store.Key{PK: "p", SK: "a"}, Version: 1, Body: []byte(`{"n":1,"list":["x",true],"m":{}}`)}
}

func itemB() store.Item {
	b := store.Item{Key: store.Key{PK: "p", SK: "b"}, Version: 6, Expires: 99, Body: []byte(`{"m":{"a":"","z":-7}}`)}
	b.Index[store.Scope] = store.Key{PK: "i", SK: "1"}
	return b
}

const rawB = `{"pk":{"S":"p"},"sk":{"S":"b"},"v":{"N":"7"},"b":{"M":{"by":{"S":"another"}}}}`

func otherB() *store.Item {
	return &store.Item{Key: store.Key{PK: "p", SK: "b"}, Version: 7, Body: []byte(`{"by":"another"}`)}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}
