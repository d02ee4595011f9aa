package functions

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
)

// recorder keeps which IAM actions requests needed, each with the kind of
// resource it was for, and what was handed to Lambda.
type recorder struct {
	mu      sync.Mutex
	actions map[string]bool
	needed  map[string]map[string]bool // by function
	invoked []string
}

func (r *recorder) add(actions ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.actions == nil {
		r.actions = map[string]bool{}
	}
	for _, a := range actions {
		r.actions[a] = true
	}
}

// of books what was needed since the last time to a function.
func (r *recorder) of(function string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.needed == nil {
		r.needed = map[string]map[string]bool{}
	}
	if r.needed[function] == nil {
		r.needed[function] = map[string]bool{}
	}
	maps.Copy(r.needed[function], r.actions)
	r.actions = nil
}

// payloads returns what Lambda was handed since the last time.
func (r *recorder) payloads() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.invoked
	r.invoked = nil
	return out
}

// peek reads a request's body and puts it back.
func peek(q *http.Request) []byte {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return nil
	}
	q.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// dynamo records what DynamoDB's authorisation looks at: a transaction needs
// the rights of its parts, a query of an index those on the index.
func (r *recorder) dynamo(q *http.Request) {
	_, operation, _ := strings.Cut(q.Header.Get("X-Amz-Target"), ".")
	var in struct {
		IndexName     string
		TransactItems []map[string]json.RawMessage
	}
	if json.Unmarshal(peek(q), &in) != nil {
		return
	}
	on := "table"
	if in.IndexName != "" {
		on = in.IndexName
	}
	if operation != "TransactWriteItems" {
		r.add("dynamodb:" + operation + " " + on)
		return
	}
	part := map[string]string{"Put": "PutItem", "Delete": "DeleteItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem"}
	for _, item := range in.TransactItems {
		for verb := range item {
			r.add("dynamodb:" + part[verb] + " table")
		}
	}
}

func (r *recorder) s3(q *http.Request) {
	object := strings.Count(strings.Trim(q.URL.Path, "/"), "/") > 0
	switch {
	case !object:
		r.add("s3:ListBucket bucket")
	case q.Method == http.MethodPut:
		r.add("s3:PutObject object")
	case q.Method == http.MethodDelete:
		r.add("s3:DeleteObject object")
	default: // GET and HEAD; an absent object takes ListBucket to be told from a forbidden one
		r.add("s3:GetObject object", "s3:ListBucket bucket")
	}
}

func (r *recorder) lambda(q *http.Request) {
	r.add("lambda:InvokeFunction function")
	body := peek(q)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.invoked = append(r.invoked, q.URL.RequestURI()+" "+string(body))
}
