package faultproxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// answer is one of the emulator's, or one that AWS would give.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// write sends the answer. A client that is gone does not read it.
func (a answer) write(w http.ResponseWriter) {
	a.begin(w)
	_, _ = w.Write(a.body)
}

// cut sends the first half and cuts the connection.
func (a answer) cut(w http.ResponseWriter) {
	a.begin(w)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush() // a client that is gone has lost all of it
	panic(http.ErrAbortHandler)
}

func (a answer) begin(w http.ResponseWriter) {
	for name, values := range a.header {
		if name != "Connection" && name != "Transfer-Encoding" {
			w.Header()[name] = values
		}
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
}

// problem is an error of DynamoDB's; more follows its type in the body.
func problem(status int, code, more string) answer {
	return answer{
		status: status,
		header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		body:   []byte(`{"__type":"com.amazonaws.dynamodb.v20120810#` + code + `","message":"made by the fault proxy"` + more + `}`),
	}
}

func crash() answer { return problem(http.StatusInternalServerError, "InternalServerError", "") }

// throttle takes turns among the ways in which AWS throttles a request.
func throttle(r request) answer {
	const whole = 2
	ways := []func() answer{
		func() answer { return problem(http.StatusBadRequest, "ProvisionedThroughputExceededException", "") },
		func() answer { return problem(http.StatusBadRequest, "ThrottlingException", "") },
		func() answer { return cancelled(r, "ThrottlingError") },
		func() answer { return cancelled(r, "ProvisionedThroughputExceeded") },
	}
	if r.operation != "TransactWriteItems" {
		return ways[r.number%whole]()
	}
	return ways[r.number%len(ways)]()
}

// WithoutToken is for Proxy.Rewrite: it drops what tells a repeated transaction
// from a second one.
func WithoutToken(operation string, body []byte) []byte {
	var in map[string]json.RawMessage
	if operation != "TransactWriteItems" || json.Unmarshal(body, &in) != nil {
		return body
	}
	delete(in, "ClientRequestToken")
	return marshal(in)
}

func conflict(r request) answer {
	if r.operation != "TransactWriteItems" {
		return problem(http.StatusBadRequest, "TransactionConflictException", "")
	}
	return cancelled(r, "TransactionConflict")
}

// cancelled cancels a transaction for one of its items.
func cancelled(r request, code string) answer {
	var in struct{ TransactItems []json.RawMessage }
	if err := json.Unmarshal(r.body, &in); err != nil || len(in.TransactItems) == 0 {
		return problem(http.StatusBadRequest, "SerializationException", "")
	}
	reasons := make([]string, len(in.TransactItems))
	for n := range reasons {
		reasons[n] = `{"Code":"None"}`
	}
	reasons[r.number%len(reasons)] = fmt.Sprintf(`{"Code":%q,"Message":"made by the fault proxy"}`, code)
	return problem(http.StatusBadRequest, "TransactionCanceledException", `,"CancellationReasons":[`+strings.Join(reasons, ",")+`]`)
}

// partly answers a part of what was asked, and says what is left as AWS does:
// keys of a batch for load, a page for its size.
func (p *Proxy) partly(r request) answer {
	var in map[string]json.RawMessage
	if err := json.Unmarshal(r.body, &in); err != nil {
		return p.forward(r)
	}
	if r.operation != "BatchGetItem" {
		return p.shortPage(r, in)
	}
	var tables map[string]map[string]json.RawMessage
	if err := json.Unmarshal(in["RequestItems"], &tables); err != nil {
		return p.forward(r)
	}
	left := map[string]map[string]json.RawMessage{}
	for name, table := range tables {
		var keys []json.RawMessage
		if err := json.Unmarshal(table["Keys"], &keys); err != nil {
			return p.forward(r)
		}
		now := r.number % len(keys) // 0: none at all
		left[name] = with(table, "Keys", keys[now:])
		if tables[name] = with(table, "Keys", keys[:now]); now == 0 {
			delete(tables, name)
		}
	}
	out := answer{status: http.StatusOK, header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, body: []byte(`{"Responses":{}}`)}
	if len(tables) > 0 {
		r.body = marshal(with(in, "RequestItems", tables))
		out = p.forward(r)
	}
	var told map[string]json.RawMessage
	if out.status != http.StatusOK || json.Unmarshal(out.body, &told) != nil {
		return out
	}
	return out.saying(with(told, "UnprocessedKeys", left))
}

// shortPage lowers how much a page may evaluate; where it ends, AWS says that
// there may be more.
func (p *Proxy) shortPage(r request, in map[string]json.RawMessage) answer {
	limit := 1 + r.number%5
	var asked int
	if json.Unmarshal(in["Limit"], &asked) == nil && asked > 0 {
		limit = min(limit, asked)
	}
	r.body = marshal(with(in, "Limit", limit))
	return p.forward(r)
}

// saying is the answer with another body, of which its checksum knows nothing.
func (a answer) saying(body any) answer {
	a.header = a.header.Clone()
	a.header.Del("X-Amz-Crc32")
	a.body = marshal(body)
	return a
}

func with(m map[string]json.RawMessage, name string, value any) map[string]json.RawMessage {
	out := map[string]json.RawMessage{name: marshal(value)}
	for n, v := range m {
		if n != name {
			out[n] = v
		}
	}
	return out
}

// marshal writes what was read from JSON.
func marshal(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("faultproxy: %v", err))
	}
	return text
}
