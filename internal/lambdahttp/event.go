package lambdahttp

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"milepost/internal/fault"
)

// Codes of the faults of this package.
const (
	CodeShape    = "event.otherShape"      // Malformed: no request at all
	CodeAddress  = "request.addressUnread" // Malformed: method, path or query
	CodeHeader   = "request.headerUnread"  // Malformed
	CodeBase64   = "request.bodyNotBase64" // Malformed
	CodeTooLarge = "response.tooLarge"     // answered with 500 {max}: bytes
)

// event is what is used of a payload 2.0. What the gateway says of the caller
// (authorizer) is left out: it is not trusted, and some of its forms would not
// decode.
type event struct {
	Version               string            `json:"version"`
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	QueryStringParameters map[string]string `json:"queryStringParameters"`
	Cookies               []string          `json:"cookies"`
	Headers               map[string]string `json:"headers"`
	RequestContext        struct {
		Stage      string `json:"stage"`
		RequestID  string `json:"requestId"`
		DomainName string `json:"domainName"`
		HTTP       struct {
			Method   string `json:"method"`
			Path     string `json:"path"`
			SourceIP string `json:"sourceIp"`
		} `json:"http"`
	} `json:"requestContext"`
	Body            string `json:"body"`
	IsBase64Encoded bool   `json:"isBase64Encoded"`
}

// decode reads an event. Whatever is no request of payload 2.0 is refused with
// a cause that says what it looks like, without any of its values.
func decode(payload json.RawMessage) (*event, error) {
	e := &event{}
	err := json.Unmarshal(payload, e)
	if err == nil && e.RequestContext.HTTP.Method == "" {
		err = errors.New("requestContext.http.method is missing")
	}
	if err == nil && e.Version != "2.0" && e.Version != "" {
		err = errors.New("its version is another")
	}
	if err != nil {
		cause := fmt.Errorf("the event is no HTTP API request of payload 2.0: %w; %s", err, outline(payload))
		return nil, &fault.Error{Kind: fault.Malformed, Code: CodeShape, Cause: cause}
	}
	return e, nil
}

// header returns a header that may stand there in any case.
func (e *event) header(name string) string {
	for given, value := range e.Headers {
		if strings.EqualFold(given, name) {
			return value
		}
	}
	return ""
}

// outline says which fields a payload has.
func outline(payload []byte) string {
	const most, longest = 12, 40
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil || len(fields) == 0 {
		return "it has no fields"
	}
	names := slices.Sorted(maps.Keys(fields))
	more := ""
	if len(names) > most {
		names, more = names[:most], " and more"
	}
	for i, name := range names {
		runes := []rune(name)
		names[i] = fmt.Sprintf("%q", string(runes[:min(len(runes), longest)]))
	}
	return "its fields are " + strings.Join(names, ", ") + more
}
