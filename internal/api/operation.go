package api

import (
	"context"
	"net/http"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// operationKey is where a huma operation keeps ours.
const operationKey = "milepost"

// matchUse says what a command's If-Match is about.
type matchUse int

const (
	matchNothing matchUse = iota // creates something without a parent
	matchThing                   // the thing that it changes
	matchParent                  // the thing in which it creates another
)

// keyUse says whether a command demands an Idempotency-Key.
type keyUse int

const (
	keyOptional keyUse = iota
	keyRequired
)

// operation is everything that the document, the middlewares and the log need
// to know of an operation.
type operation struct {
	id      string
	method  string
	path    string // below Prefix
	tag     string
	summary string
	does    string // sentences
	who     string // the roles that may do it
	match   matchUse
	key     keyUse
	result  result
	codes   []string // "409 move.illegal": beyond those that every operation of its kind may answer
	example any      // of the body
	bare    bool     // the body may be left out

	upload bool // the body is a file
	slow   bool // takes the time of files
}

// result says where the answer of a command finds its ETag and Location.
type result struct {
	kind     resultKind
	param    string // the path parameter that names the thing
	event    string // the event that made the thing
	location string // the address of what was made, below Prefix, without its id
}

type resultKind int

const (
	resultHead    resultKind = iota // the award's sequence
	resultThing                     // the version of the thing in the path
	resultBumped                    // the version after the one in If-Match: the thing is not in the journal
	resultRoot                      // a new aggregate
	resultAward                     // a new award: its sequence
	resultPart                      // a new part of an aggregate
	resultNothing                   // neither
)

func changes(param string) result { return result{kind: resultThing, param: param} }

func createsPart(event, location string) result {
	return result{kind: resultPart, event: event, location: location}
}

func creates(location string) result { return result{kind: resultRoot, location: location} }

// created reports whether the operation answers 201 with a Location.
func (o *operation) created() bool { return o.result.location != "" }

func (o *operation) reads() bool { return o.method == http.MethodGet }

// receiptOutput is what a command answers.
type receiptOutput struct {
	ETag     string `header:"ETag" doc:"The version of the thing changed or made"`
	Location string `header:"Location" doc:"The address of what was made" hidden:"true"`
	Body     tracker.Receipt
}

// act registers a command.
func act[I any](a *API, o operation, do func(context.Context, tracker.Call, *I) (tracker.Receipt, error)) {
	operate(a, &o, func(ctx context.Context, in *I) (*receiptOutput, error) {
		x := visitOf(ctx)
		receipt, err := do(ctx, x.call, in)
		if err != nil {
			return nil, a.problem(x, err)
		}
		out := &receiptOutput{Body: receipt}
		out.ETag, out.Location = o.result.headers(x, receipt)
		return out, nil
	})
}

// headers returns the ETag and the Location of a command's answer. They rest on
// the receipt and the request alone, so that a replay is identical.
func (r result) headers(x *visit, receipt tracker.Receipt) (tag, location string) {
	switch r.kind {
	case resultHead:
		return etag(receipt.Sequence), ""
	case resultThing:
		return thingTag(x, receipt, x.param(r.param)), ""
	case resultBumped:
		return nextTag(x), ""
	case resultRoot:
		return thingTag(x, receipt, receipt.Aggregate), x.address(r.location) + receipt.Aggregate
	case resultAward:
		return etag(receipt.Sequence), x.address(r.location) + receipt.Aggregate
	case resultPart:
		for _, t := range receipt.Things {
			if t.Event == r.event {
				return etag(t.Version), x.address(r.location) + t.ID
			}
		}
	case resultNothing:
	}
	return "", ""
}

func thingTag(x *visit, receipt tracker.Receipt, thing string) string {
	tag := ""
	for _, t := range receipt.Things {
		if t.ID == thing {
			tag = etag(t.Version)
		}
	}
	switch {
	case tag != "":
		return tag
	case len(receipt.Things) > 0 && x.call.IfMatch != nil: // it was not changed itself
		return etag(*x.call.IfMatch)
	}
	return nextTag(x)
}

func nextTag(x *visit) string {
	if x.call.IfMatch == nil {
		return etag(1)
	}
	return etag(*x.call.IfMatch + 1)
}

// address fills the parameters of a path from those of the request.
func (x *visit) address(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			parts[i] = x.param(strings.TrimSuffix(name, "}"))
		}
	}
	return Prefix + strings.Join(parts, "/")
}

// viewOutput is what a query answers.
type viewOutput[T any] struct {
	ETag string `header:"ETag" doc:"The version of what is shown, where it has one; send it as If-None-Match or If-Match"`
	Body T
}

// view registers a query. do answers the version of what it shows, or -1 where
// it has none.
func view[I, T any](a *API, o operation, do func(context.Context, tracker.Call, *I) (T, int64, error)) {
	o.method = http.MethodGet
	operate(a, &o, func(ctx context.Context, in *I) (*viewOutput[T], error) {
		x := visitOf(ctx)
		body, version, err := do(ctx, x.call, in)
		if err != nil {
			return nil, a.problem(x, fault.Rebase(err, "query:"))
		}
		out := &viewOutput[T]{Body: body}
		if version >= 0 {
			out.ETag = etag(version)
		}
		if unchanged(x.ifNoneMatch, out.ETag) {
			return nil, notModified(out.ETag)
		}
		return out, nil
	})
}

// unversioned is the version of what has none.
const unversioned = -1

// notModified answers 304: the reader has what there is.
type notModified string

// Error says so.
func (notModified) Error() string { return "not modified" }

// GetStatus returns 304.
func (notModified) GetStatus() int { return http.StatusNotModified }

// GetHeaders returns the tag.
func (n notModified) GetHeaders() http.Header { return http.Header{"Etag": {string(n)}} }
