package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/fault"
)

func TestErrorText(t *testing.T) {
	tests := []struct {
		name string
		in   *fault.Error
		want string
	}{
		{"bare", fault.New(fault.NotFound, "thing.notFound"), "notFound: thing.notFound"},
		{"arguments sorted", fault.New(fault.Conflict, "x.y", "to", 2, "from", "a"), "conflict: x.y from=a to=2"},
		{"fields", &fault.Error{Kind: fault.Invalid, Code: "request.invalid", Fields: []fault.Field{fault.At("/a", "field.required")}},
			"invalid: request.invalid [/a field.required]"},
		{"cause", fault.Wrap(io.EOF, "internal.error", "op", "load"), "internal: internal.error op=load: EOF"},
	}
	for _, tt := range tests {
		if got := tt.in.Error(); got != tt.want {
			t.Errorf("%s: Error() = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestKindNames(t *testing.T) {
	want := map[fault.Kind]string{
		fault.Internal: "internal", fault.Malformed: "malformed", fault.Unauthenticated: "unauthenticated",
		fault.Forbidden: "forbidden", fault.NotFound: "notFound", fault.MethodNotAllowed: "methodNotAllowed",
		fault.Conflict: "conflict", fault.PreconditionFailed: "preconditionFailed", fault.TooLarge: "tooLarge",
		fault.UnsupportedMedia: "unsupportedMedia", fault.Invalid: "invalid",
		fault.PreconditionRequired: "preconditionRequired", fault.Busy: "busy", fault.TooMany: "tooMany",
		fault.NotAcceptable: "notAcceptable", -1: "kind(-1)", fault.NotAcceptable + 1: "kind(15)",
	}
	for kind, name := range want {
		if got := kind.String(); got != name {
			t.Errorf("Kind(%d).String() = %q, want %q", int(kind), got, name)
		}
	}
}

func TestIsComparesKindAndCodeOnly(t *testing.T) {
	err := fmt.Errorf("load: %w", fault.New(fault.Conflict, "award.closed", "award", "a1"))
	if !errors.Is(err, fault.New(fault.Conflict, "award.closed")) {
		t.Error("errors.Is with the same kind and code = false, want true whatever the arguments")
	}
	for _, other := range []error{fault.New(fault.Invalid, "award.closed"), fault.New(fault.Conflict, "award.open"), io.EOF} {
		if errors.Is(err, other) {
			t.Errorf("errors.Is(err, %v) = true, want false", other)
		}
	}
}

func TestCodeAndKindOf(t *testing.T) {
	tests := []struct {
		name string
		err  error
		code string
		kind fault.Kind
	}{
		{"nil", nil, "", fault.Internal},
		{"a stranger", io.EOF, "", fault.Internal},
		{"a fault", fault.New(fault.NotFound, "thing.notFound"), "thing.notFound", fault.NotFound},
		{"inside another error", fmt.Errorf("x: %w", fault.New(fault.Busy, "store.contended")), "store.contended", fault.Busy},
		{"the outer of two", fault.Wrap(fault.New(fault.Busy, "store.contended"), "internal.error"), "internal.error", fault.Internal},
	}
	for _, tt := range tests {
		if got := fault.CodeOf(tt.err); got != tt.code {
			t.Errorf("%s: CodeOf = %q, want %q", tt.name, got, tt.code)
		}
		if got := fault.KindOf(tt.err); got != tt.kind {
			t.Errorf("%s: KindOf = %v, want %v", tt.name, got, tt.kind)
		}
	}
}

func TestWrapKeepsTheCause(t *testing.T) {
	if err := fault.Wrap(io.ErrUnexpectedEOF, "internal.error"); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("errors.Is(%v, io.ErrUnexpectedEOF) = false, want true", err)
	}
}

func TestInvalidFields(t *testing.T) {
	if err := fault.InvalidFields(); err != nil {
		t.Errorf("InvalidFields() = %v, want a nil interface", err)
	}
	want := &fault.Error{Kind: fault.Invalid, Code: "request.invalid",
		Fields: []fault.Field{{Pointer: "/title", Code: "field.tooLong", Args: fault.Args{"max": 80}}}}
	got := fault.InvalidFields(fault.At("/title", "field.tooLong", "max", 80))
	if diff := cmp.Diff(error(want), got); diff != "" {
		t.Errorf("InvalidFields(one) differs (-want +got):\n%s", diff)
	}
}

func TestRebase(t *testing.T) {
	plain := errors.New("plain")
	fieldless := fault.New(fault.Conflict, "award.closed")
	for _, err := range []error{plain, fieldless} {
		if got := fault.Rebase(err, "/milestones/3"); !errors.Is(got, err) {
			t.Errorf("Rebase(%v) = %v, want it unchanged", err, got)
		}
	}
	if got := fault.Rebase(nil, "/milestones/3"); got != nil {
		t.Errorf("Rebase(nil) = %v, want nil", got)
	}
	original := fault.InvalidFields(fault.At("/dueDate", "date.invalid"), fault.At("", "field.required"))
	moved := fault.Rebase(original, "/milestones/3")
	want := fault.InvalidFields(fault.At("/milestones/3/dueDate", "date.invalid"), fault.At("/milestones/3", "field.required"))
	if diff := cmp.Diff(want, moved); diff != "" {
		t.Errorf("Rebase differs (-want +got):\n%s", diff)
	}
	untouched := fault.InvalidFields(fault.At("/dueDate", "date.invalid"), fault.At("", "field.required"))
	if diff := cmp.Diff(untouched, original); diff != "" {
		t.Errorf("Rebase changed its argument (-want +got):\n%s", diff)
	}
}

func TestBadPairsPanic(t *testing.T) {
	for name, pairs := range map[string][]any{"odd": {"max"}, "name no string": {1, 2}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: New did not panic", name)
				}
			}()
			_ = fault.New(fault.Invalid, "x.y", pairs...)
		}()
	}
}

func TestEveryKindHasAStatusAndAName(t *testing.T) {
	seen := map[int]fault.Kind{}
	for k := fault.Internal; k <= fault.NotAcceptable; k++ {
		if other, twice := seen[k.Status()]; twice || k.Status() < 400 || k.Status() > 599 {
			t.Errorf("%s has status %d, as has %s", k, k.Status(), other)
		}
		seen[k.Status()] = k
	}
	if got := fault.Kind(99); got.Status() != 500 || got.String() != "kind(99)" {
		t.Errorf("an unknown kind is %s with %d", got, got.Status())
	}
}

func TestGather(t *testing.T) {
	one := fault.InvalidFields(fault.At("/a", "field.required"), fault.At("/a", "field.tooLong"))
	two := fault.InvalidFields(fault.At("/a", "field.badValue"), fault.At("/b", "field.required"))
	if err := fault.Gather(nil, nil); err != nil {
		t.Errorf("of nothing = %v", err)
	}
	if got, want := fault.Gather(nil, one, two).Error(), "invalid: request.invalid [/a field.required] [/a field.tooLong] [/b field.required]"; got != want {
		t.Errorf("Gather = %q, want %q", got, want)
	}
	if err := fault.Gather(one, fault.New(fault.Conflict, "move.illegal"), two); fault.CodeOf(err) != "move.illegal" {
		t.Errorf("what is not of fields = %v", err)
	}
}
