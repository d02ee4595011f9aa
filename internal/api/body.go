package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"milepost/internal/fault"
)

// readBody reads the body of a command up to the limit, so that it can be
// fingerprinted and checked before anything is made of it.
func (a *API) readBody(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		next(ctx)
		return
	}
	body, err := read(w, r, a.options.MaxBody)
	if err != nil {
		a.writeProblem(w, r, err)
		return
	}
	visitOf(r.Context()).body = body
	r.Body = io.NopCloser(bytes.NewReader(body))
	next(ctx)
}

func read(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, fault.New(fault.TooLarge, "request.tooLarge")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, fault.New(fault.Malformed, "request.incomplete")
	case err != nil:
		return nil, &fault.Error{Kind: fault.Malformed, Code: "request.incomplete", Cause: err}
	}
	if len(bytes.TrimSpace(body)) > 0 && !isJSON(r.Header.Values("Content-Type")) {
		return nil, fault.New(fault.UnsupportedMedia, "request.mediaType")
	}
	return body, nil
}

// isJSON reports whether a body is said to be JSON, in UTF-8 and not packed.
func isJSON(contentType []string) bool {
	if len(contentType) != 1 {
		return false
	}
	mediaType, parameters, err := mime.ParseMediaType(contentType[0])
	charset, given := parameters["charset"]
	return err == nil && mediaType == "application/json" && (!given || strings.EqualFold(charset, "utf-8"))
}

// checkBody holds the body against the operation's schema: everything that is
// wrong with it is told at once.
func (a *API) checkBody(schemas huma.Registry) func(ctx huma.Context, next func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next(ctx)
			return
		}
		body := visitOf(r.Context()).body
		if err := fits(schemas, body, ctx.Operation().RequestBody); err != nil {
			a.writeProblem(w, r, err)
			return
		}
		next(ctx)
	}
}

// fits returns what is wrong with a body. An operation without one takes an
// empty object too.
func fits(schemas huma.Registry, body []byte, want *huma.RequestBody) error {
	schema := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false}
	required := false
	if want != nil {
		schema, required = want.Content["application/json"].Schema, want.Required
	}
	if len(bytes.TrimSpace(body)) == 0 {
		if required {
			return fault.New(fault.Malformed, "request.bodyMissing")
		}
		return nil
	}
	return checkDocument(schemas, schema, body)
}
