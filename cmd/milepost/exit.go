package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

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

// problemsFound ends a command that ran and has told what it found.
type problemsFound struct{}

func (problemsFound) Error() string { return "problems found" }

// exit tells an error in the user's language and returns the exit code.
func (p *program) exit(err error) int {
	if err == nil {
		return exitDone
	}
	if _, ok := errors.AsType[problemsFound](err); ok {
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
	cause := ""
	if f.Kind == fault.Internal || f.Cause != nil {
		cause = err.Error() // whoever runs the program here may know why
	}
	p.tell(text.Title, f.Code, cause)
	for _, field := range text.Fields {
		fmt.Fprintf(p.stderr, "  %s: %s (%s)\n", field.Pointer, field.Text, field.Code)
	}
	return exitOf(f, err)
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
	case f.Code == config.CodeInvalid || len(f.Code) > 4 && f.Code[:4] == "cli.":
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
