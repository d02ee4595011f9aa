// Package lambdahttp runs a net/http handler as an AWS Lambda function behind
// an API Gateway HTTP API (payload 2.0). It stands around
// aws-lambda-go-api-proxy and repairs what that does differently from a
// net/http server, so that a handler gives the same answers in both places.
//
// The API's stage must be $default: any other stage stands before the path.
package lambdahttp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"milepost/internal/fault"
	"milepost/internal/i18n"
)

// Defaults of Options.
const (
	DefaultMaxResponse = 6<<20 - 4<<10 // bytes; Lambda takes 6 MB
	DefaultMargin      = 500 * time.Millisecond
)

// Options are what a function stands on. Catalogs, Logger and NewRequestID are
// required.
type Options struct {
	Catalogs *i18n.Catalogs
	Logger   *slog.Logger
	// NewRequestID names a request that has no answer of the handler's with an
	// X-Request-Id.
	NewRequestID func() string
	// MaxResponse bounds an answer in bytes, as JSON, headers and Base64
	// included; 0 is DefaultMaxResponse.
	MaxResponse int
	// Margin is how long before Lambda's deadline the request's context ends,
	// so that there is time to say so; 0 is DefaultMargin.
	Margin time.Duration
}

// Func is what lambda.Start takes. Its error is always nil: an error would
// reach the caller as a gateway's 500 without a problem document, and a panic
// would end the process.
type Func func(ctx context.Context, payload json.RawMessage) (events.APIGatewayV2HTTPResponse, error)

// Invoke makes a Func a lambda.Handler, which reads and writes JSON once where
// the runtime by itself would read it twice. A payload that is no JSON at all
// is answered like any other of another shape.
func (f Func) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	answer, err := f(ctx, payload)
	if err != nil {
		return nil, err
	}
	out := bytes.NewBuffer(make([]byte, 0, len(answer.Body)+1<<10))
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false) // quoted counts so
	if err := encoder.Encode(answer); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// function is a handler behind the adapter.
type function struct {
	options Options
	adapter *httpadapter.HandlerAdapterV2
}

// New returns the function that answers requests by h. It fails where an
// option is missing.
func New(h http.Handler, o Options) (Func, error) {
	if h == nil || o.Catalogs == nil || o.Logger == nil || o.NewRequestID == nil {
		return nil, errors.New("lambdahttp: the handler or an option is missing")
	}
	if o.MaxResponse <= 0 {
		o.MaxResponse = DefaultMaxResponse
	}
	if o.Margin <= 0 {
		o.Margin = DefaultMargin
	}
	f := &function{options: o}
	f.adapter = httpadapter.NewV2(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(callKey{}).(*call); ok {
			c.serve(h, w, r)
		}
	}))
	return f.invoke, nil
}

// call is one invocation.
type call struct {
	language i18n.Language
	head     bool
	request  *request
	recorder *recorder // nil until the handler is called
	limit    int       // bytes of a body that could still fit
}

type callKey struct{}

// invoke answers one event.
func (f *function) invoke(ctx context.Context, payload json.RawMessage) (events.APIGatewayV2HTTPResponse, error) {
	ctx, cancel := f.bounded(ctx)
	defer cancel()
	c := &call{language: i18n.Chinese, limit: f.options.MaxResponse}
	answer, err := f.answer(ctx, c, payload)
	if err != nil {
		answer = f.refuse(ctx, c, err)
	}
	return answer, nil
}

// bounded ends the context before Lambda ends the process.
func (f *function) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-f.options.Margin))
	}
	return context.WithCancel(ctx)
}

// answer has the handler answer; an error is what to refuse with instead.
func (f *function) answer(ctx context.Context, c *call, payload json.RawMessage) (out events.APIGatewayV2HTTPResponse, err error) {
	defer func() {
		switch p := recover(); {
		case p == nil:
		case aborted(p) && c.recorder != nil && c.recorder.over: // what could not be written whole
			err = f.tooLarge()
		default:
			err = panicked(p)
		}
	}()
	e, err := decode(payload)
	if err != nil {
		return out, err
	}
	c.head, c.language = e.RequestContext.HTTP.Method == http.MethodHead, f.options.Catalogs.Match(e.header("Accept-Language"))
	if c.request, err = newRequest(e); err != nil {
		return out, err
	}
	out, err = f.adapter.ProxyWithContext(context.WithValue(ctx, callKey{}, c), c.request.plain(e))
	switch {
	case err != nil: // the gateway's own names, such as its domain, make no URL
		return out, &fault.Error{Kind: fault.Malformed, Code: CodeAddress, Cause: err}
	case c.recorder.over:
		return out, f.tooLarge()
	case c.recorder.short():
		return out, fault.Wrap(errShort, "internal.error")
	}
	return f.fit(out, c.recorder.body.Bytes())
}

// serve calls the handler with what a net/http server would have given it.
func (c *call) serve(h http.Handler, w http.ResponseWriter, r *http.Request) {
	c.request.repair(r)
	c.recorder = &recorder{to: w, head: r.Method == http.MethodHead, header: http.Header{}, limit: c.limit}
	h.ServeHTTP(c.recorder, r)
	c.recorder.finish()
}

// panicked is the fault of a handler that panicked. A handler that aborts has
// logged why, and needs no stack.
func panicked(p any) error {
	if aborted(p) {
		return fault.Wrap(http.ErrAbortHandler, "internal.error")
	}
	return fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), "internal.error")
}

func aborted(p any) bool {
	err, ok := p.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}
