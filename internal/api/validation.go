package api

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/validation"

	"milepost/internal/fault"
)

// asProblem turns the errors that package huma makes by itself, which are
// about parameters, into problems of ours. They come as English sentences that
// quote values; only the kind of the mistake and its place are kept.
func (a *API) asProblem(ctx huma.Context, _ string, body any) (any, error) {
	model, ok := body.(*huma.ErrorModel)
	if !ok {
		return body, nil
	}
	r, _ := humago.Unwrap(ctx)
	return a.problem(visitOf(r.Context()), parameterFault(model)), nil
}

func parameterFault(model *huma.ErrorModel) error {
	if model.Status != http.StatusUnprocessableEntity {
		return fault.Wrap(errors.New("api: huma answered "+model.Detail), "internal.error")
	}
	var fields []fault.Field
	for _, detail := range model.Errors {
		in, name, parameter := strings.Cut(detail.Location, ".")
		f := fieldOf(detail.Message)
		if parameter {
			f.Pointer = in + ":/" + name
		}
		fields = append(fields, f)
	}
	slices.SortFunc(fields, func(a, b fault.Field) int { return cmp.Compare(a.Pointer, b.Pointer) })
	return fault.InvalidFields(fields...)
}

// bodyField is a field at fault that huma found in a body.
func bodyField(err error) fault.Field {
	detail, ok := errors.AsType[*huma.ErrorDetail](err)
	if !ok {
		return fault.At("", "field.badFormat")
	}
	f := fieldOf(detail.Message)
	f.Pointer = pointerOf(detail.Location)
	if f.Code == "field.required" {
		name, _ := between(validation.MsgExpectedRequiredProperty, detail.Message)
		f.Pointer += "/" + name
	}
	return f
}

// pointerOf turns huma's path, such as items[3].name, into a JSON pointer.
func pointerOf(path string) string {
	if path == "" {
		return ""
	}
	return "/" + strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(path)
}

// rule says which code a message of huma stands for; argument names what
// stands in the message's gap.
type rule struct{ message, code, argument string }

// rules lists huma's messages, as its constants spell them. The rest are
// mistakes of form.
func rules() []rule {
	return []rule{
		{validation.MsgExpectedRequiredProperty, "field.required", ""},
		{validation.MsgUnexpectedProperty, "request.unknownField", ""},
		{validation.MsgExpectedBoolean, "field.notBoolean", ""},
		{validation.MsgExpectedInteger, "field.notInteger", ""},
		{validation.MsgExpectedNumber, "field.notInteger", ""},
		{validation.MsgExpectedString, "field.notText", ""},
		{validation.MsgExpectedArray, "field.notList", ""},
		{validation.MsgExpectedObject, "field.notObject", ""},
		{validation.MsgExpectedMinimumNumber, "field.belowMinimum", "min"},
		{validation.MsgExpectedMaximumNumber, "field.aboveMaximum", "max"},
		{validation.MsgExpectedMinLength, "field.tooShort", ""},
		{validation.MsgExpectedMaxLength, "field.tooLong", "max"},
		{validation.MsgExpectedMaxItems, "field.tooMany", "max"},
		{validation.MsgExpectedOneOf, "field.badValue", "allowed"},
		{"required query parameter is missing", "field.required", ""},
		{"unknown query parameter", "request.unknownParameter", ""},
		{"invalid integer", "field.notInteger", ""},
		{"invalid boolean", "field.notBoolean", ""},
	}
}

func fieldOf(message string) fault.Field {
	for _, r := range rules() {
		gap, ok := between(r.message, message)
		switch {
		case !ok:
			continue
		case r.argument == "":
			return fault.Field{Code: r.code}
		case r.argument == "allowed":
			return fault.Field{Code: r.code, Args: fault.Args{"allowed": strings.Split(gap, ", ")}}
		}
		if n, err := strconv.Atoi(gap); err == nil {
			return fault.Field{Code: r.code, Args: fault.Args{r.argument: n}}
		}
		return fault.Field{Code: r.code, Args: fault.Args{r.argument: gap}}
	}
	return fault.Field{Code: "field.badFormat"}
}

// between returns what stands in the gap of a format with one verb.
func between(format, message string) (gap string, ok bool) {
	before, after, verb := strings.Cut(format, "%")
	if !verb {
		return "", message == format
	}
	gap, ok = strings.CutPrefix(message, before)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(gap, after[1:])
}
