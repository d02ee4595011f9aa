// Package fault provides the one error type of Milepost: a kind, a stable
// code, arguments and the fields at fault. It holds no sentences; package i18n
// turns a code and its arguments into text in the reader's language.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind says what a caller can do about a fault. Each has one HTTP status.
type Kind int

// The kinds, with their HTTP status.
const (
	Internal             Kind = iota // 500: not the caller's doing; says nothing to strangers
	Malformed                        // 400: the request cannot be read
	Unauthenticated                  // 401: who is asking is not known
	Forbidden                        // 403: known, sees the thing, may not do this
	NotFound                         // 404: absent, or outside the caller's scope
	MethodNotAllowed                 // 405
	Conflict                         // 409: the state of things forbids it
	PreconditionFailed               // 412: the caller's If-Match no longer holds
	TooLarge                         // 413
	UnsupportedMedia                 // 415
	Invalid                          // 422: readable, but a value is wrong
	PreconditionRequired             // 428: If-Match or Idempotency-Key is missing
	Busy                             // 503: try the same request again
	TooMany                          // 429
	NotAcceptable                    // 406
)

var kindNames = [...]string{"internal", "malformed", "unauthenticated", "forbidden", "notFound", "methodNotAllowed",
	"conflict", "preconditionFailed", "tooLarge", "unsupportedMedia", "invalid", "preconditionRequired", "busy", "tooMany", "notAcceptable"}

var kindStatus = [...]int{500, 400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 503, 429, 406}

// Status is the HTTP status of the kind.
func (k Kind) Status() int {
	if k < 0 || int(k) >= len(kindStatus) {
		return kindStatus[Internal]
	}
	return kindStatus[k]
}

// String names the kind in camel case, for logs.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind(%d)", int(k))
	}
	return kindNames[k]
}

// Args are the values that a fault's text mentions, by placeholder name:
// strings, integers and lists of strings only.
type Args map[string]any

// Field is one value at fault: a JSON pointer (RFC 6901) into the request, a
// code of its own and that code's arguments.
type Field struct {
	Pointer string
	Code    string
	Args    Args
}

// Error is a refusal or failure. Code is stable and documented; the cause is
// for logs and never reaches a caller.
type Error struct {
	Kind   Kind
	Code   string
	Args   Args
	Fields []Field
	Cause  error
}

// New returns a fault of a kind and code with arguments given as alternating
// names and values.
func New(kind Kind, code string, pairs ...any) *Error {
	return &Error{Kind: kind, Code: code, Args: args(pairs)}
}

// Wrap returns an internal fault that keeps err as its cause.
func Wrap(err error, code string, pairs ...any) *Error {
	return &Error{Kind: Internal, Code: code, Args: args(pairs), Cause: err}
}

// At returns a field at fault.
func At(pointer, code string, pairs ...any) Field {
	return Field{Pointer: pointer, Code: code, Args: args(pairs)}
}

// InvalidFields returns the fault for values that are wrong, or nil where
// fields is empty, so that a check can collect first and ask once.
func InvalidFields(fields ...Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: "request.invalid", Fields: fields}
}

// Gather returns the fault of all fields that several checks found, without
// those that an earlier check spoke of; nil where they found none. The first
// error that is not of fields comes back as it is, in place of all.
func Gather(errs ...error) error {
	var fields []Field
	seen := map[string]bool{}
	for _, err := range errs {
		if err == nil {
			continue
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Invalid || len(e.Fields) == 0 {
			return err
		}
		for _, f := range e.Fields {
			if !seen[f.Pointer] {
				fields = append(fields, f)
			}
		}
		for _, f := range e.Fields { // one check may say several things of a field
			seen[f.Pointer] = true
		}
	}
	return InvalidFields(fields...)
}

func args(pairs []any) Args {
	if len(pairs) == 0 {
		return nil
	}
	if len(pairs)%2 != 0 {
		panic("fault: arguments must be pairs of name and value")
	}
	out := make(Args, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			panic("fault: an argument's name must be a string")
		}
		out[name] = pairs[i+1]
	}
	return out
}

// Error is the text for logs: kind, code, sorted arguments, fields and cause.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Kind, e.Code)
	names := make([]string, 0, len(e.Args))
	for name := range e.Args {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, " %s=%v", name, e.Args[name])
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s %s]", f.Pointer, f.Code)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports whether target is a fault of the same kind and code, so that
// errors.Is(err, fault.New(kind, code)) holds whatever the arguments.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Code == e.Code
}

// CodeOf returns the code of the first fault in err's chain, or "" for none.
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// KindOf returns the kind of the first fault in err's chain; an error that is
// no fault is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Rebase puts prefix before the pointer of every field of err, where err is a
// fault with fields; other errors come back as they are.
func Rebase(err error, prefix string) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	c := *e
	c.Fields = make([]Field, len(e.Fields))
	for i, f := range e.Fields {
		f.Pointer = prefix + f.Pointer
		c.Fields[i] = f
	}
	return &c
}
