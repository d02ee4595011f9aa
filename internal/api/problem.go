package api

import (
	"errors"
	"net/http"
	"strings"

	"milepost/internal/authn"
	"milepost/internal/fault"
)

// Problem is an error as the API answers it (RFC 9457). Code is stable; Detail
// is a sentence in the caller's language.
type Problem struct {
	Type      string         `json:"type" doc:"urn:milepost:problem: and the code"`
	Title     string         `json:"title" doc:"The status in words; always English"`
	Status    int            `json:"status" doc:"The HTTP status"`
	Code      string         `json:"code" doc:"Stable: clients decide by it"`
	Detail    string         `json:"detail" doc:"A sentence for people, in the language of Accept-Language (zh-CN or en)"`
	RequestID string         `json:"requestId" doc:"Names this request in the logs"`
	Current   *int64         `json:"current,omitempty" doc:"The version that the thing has now, where If-Match did not hold"`
	Legal     []string       `json:"legal,omitempty" doc:"The commands that the thing takes in its state, where a move is illegal"`
	Args      map[string]any `json:"args,omitempty" doc:"What the sentence mentions, for programs"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"Each value at fault"`

	headers http.Header
}

// ProblemField is one value at fault.
type ProblemField struct {
	In      string         `json:"in,omitempty" enum:"query,path,header" doc:"Where the value stands; absent for the body"`
	Pointer string         `json:"pointer" doc:"A JSON pointer (RFC 6901) into the body, or a slash and the parameter's name"`
	Code    string         `json:"code" doc:"Stable: clients decide by it"`
	Detail  string         `json:"detail" doc:"A sentence for people"`
	Args    map[string]any `json:"args,omitempty" doc:"What the sentence mentions, for programs"`
}

// Error is the code: a problem travels as an error through huma.
func (p *Problem) Error() string { return p.Code }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders returns the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is that of problem documents.
func (p *Problem) ContentType(string) string { return problemType }

const problemType = "application/problem+json"

// problem turns an error into what its caller may know of it, and notes on the
// visit what only the log may.
func (a *API) problem(x *visit, err error) *Problem {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.Wrap(err, "internal.error")
	}
	if f.Kind == fault.Internal {
		x.cause = err
		f = fault.New(fault.Internal, "internal.error")
	}
	if f.Kind == fault.Busy {
		x.reason = f.Cause
	}
	x.code = f.Code
	text := a.options.Catalogs.Fault(x.language, f)
	p := &Problem{
		Type: "urn:milepost:problem:" + f.Code, Status: f.Kind.Status(), Code: f.Code, Detail: text.Title, RequestID: x.id,
		Args: known(f.Args), headers: headersOf(f, err),
	}
	p.Title = http.StatusText(p.Status)
	if current, ok := f.Args["current"].(int64); ok {
		p.Current = &current
	}
	if legal, ok := f.Args["legal"].([]string); ok {
		p.Legal = legal
	}
	for i, field := range f.Fields {
		in, pointer := whereabouts(field.Pointer)
		p.Errors = append(p.Errors, ProblemField{In: in, Pointer: pointer, Code: field.Code, Detail: text.Fields[i].Text, Args: known(field.Args)})
	}
	return p
}

// headersOf are the headers that a problem carries.
func headersOf(f *fault.Error, err error) http.Header {
	h := http.Header{"Vary": {"Accept-Language"}}
	if challenge := authn.Challenge(err); challenge != "" {
		h.Set("WWW-Authenticate", challenge)
	}
	if f.Kind == fault.Busy {
		h.Set("Retry-After", "1")
	}
	return h
}

// known keeps the arguments that tell a program something; nil for none. A
// caller's own value is not sent back.
func known(args fault.Args) map[string]any {
	var out map[string]any
	for name, value := range args {
		if name == "value" || name == "current" || name == "legal" {
			continue
		}
		switch value.(type) {
		case string, int, int64, []string:
		default:
			continue
		}
		if out == nil {
			out = map[string]any{}
		}
		out[name] = value
	}
	return out
}

// whereabouts tells parameters from values of the body: a field of a parameter
// has the pointer "query:/limit".
func whereabouts(pointer string) (in, rest string) {
	for _, in := range []string{"query", "path", "header"} {
		if rest, ok := strings.CutPrefix(pointer, in+":"); ok {
			return in, rest
		}
	}
	return "", pointer
}

// writeProblem answers a request with an error.
func (a *API) writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := a.problem(visitOf(r.Context()), err)
	for name, values := range p.headers {
		w.Header()[name] = append(w.Header()[name], values...)
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = writeJSON(w, p) // a caller who has gone needs no answer
}
