package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/pflag"

	"milepost/internal/config"
	"milepost/internal/fault"
)

// The exit codes; `milepost help` and docs/operations.md name them.
const (
	exitDone     = 0
	exitFailed   = 1 // something went wrong here
	exitUsage    = 2 // command line or configuration
	exitRefused  = 3 // a rule refuses it
	exitNotFound = 4 // not there, or not for the caller
	exitBusy     = 5 // try again later
	exitProblems = 6 // it ran, and found problems
)

// problemsFoundError ends a command that ran and has told what it found.
type problemsFoundError struct{}

func (problemsFoundError) Error() string { return "problems found" }

// exit tells an error in the user's language and returns the exit code.
func (p *program) exit(err error) int {
	if err == nil {
		return exitDone
	}
	if _, ok := errors.AsType[problemsFoundError](err); ok {
		return exitProblems
	}
	if refused, ok := errors.AsType[*problem](err); ok {
		p.tell(refused.Detail, refused.Code, "")
		for _, f := range refused.Errors {
			fmt.Fprintf(p.stderr, "  %s: %s (%s)\n", f.Pointer, f.Detail, f.Code)
		}
		return exitOfStatus(refused.Status)
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.Wrap(err, "internal.error")
	}
	text := p.catalogs.Fault(p.lang, f)
	p.tell(text.Title, f.Code, causeOf(f, err))
	for _, field := range text.Fields {
		fmt.Fprintf(p.stderr, "  %s: %s (%s)\n", field.Pointer, field.Text, field.Code)
	}
	return exitOf(f, err)
}

// causeOf is why, which whoever runs the program here may know; "" for a fault
// that says it all.
func causeOf(f *fault.Error, err error) string {
	switch {
	case f.Cause == nil:
		return ""
	case error(f) == err: //nolint:errorlint // not whether it is in there: whether it is all
		return f.Cause.Error()
	}
	return err.Error()
}

func (p *program) tell(text, code, cause string) {
	fmt.Fprintf(p.stderr, "milepost: %s (%s)\n", text, code)
	if cause != "" {
		fmt.Fprintf(p.stderr, "  %s\n", cause)
	}
}

func exitOf(f *fault.Error, err error) int {
	switch {
	case errors.Is(err, context.Canceled):
		return exitFailed
	case f.Code == config.CodeInvalid || f.Kind == fault.Invalid && strings.HasPrefix(f.Code, "cli."):
		return exitUsage
	}
	switch f.Kind {
	case fault.NotFound, fault.Forbidden, fault.Unauthenticated:
		return exitNotFound
	case fault.Busy, fault.TooMany:
		return exitBusy
	case fault.Internal:
		return exitFailed
	default:
		return exitRefused
	}
}

func exitOfStatus(status int) int {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound:
		return exitNotFound
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable, status == http.StatusBadGateway, status == http.StatusGatewayTimeout:
		return exitBusy
	case status >= http.StatusInternalServerError:
		return exitFailed
	}
	return exitRefused
}

// usage turns what cobra says of a command line into a fault.
func usage(err error) error {
	var unknown *pflag.NotExistError
	var lacking *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return fault.New(fault.Invalid, "cli.flagUnknown", "flag", "--"+unknown.GetSpecifiedName())
	case errors.As(err, &lacking):
		return fault.New(fault.Invalid, "cli.flagNeedsValue", "flag", "--"+lacking.GetSpecifiedName())
	case errors.As(err, &bad):
		return fault.New(fault.Invalid, "cli.flagValue", "flag", "--"+bad.GetFlag().Name, "got", bad.GetValue())
	}
	return &fault.Error{Kind: fault.Invalid, Code: "cli.usage", Cause: err}
}
