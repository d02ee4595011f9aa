package portfolio

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"milepost/internal/civil"
	"milepost/internal/fault"
)

// MaxTitle, MaxText and MaxCode bound texts, in characters (runes).
const (
	MaxTitle = 300
	MaxText  = 8000
	MaxCode  = 100
)

// Findings collects the fields at fault of one value, so that a check tells
// everything at once. The zero Findings is empty.
type Findings struct {
	fields []fault.Field
}

// Add notes a field at fault; pairs are the code's arguments.
func (f *Findings) Add(pointer, code string, pairs ...any) {
	f.fields = append(f.fields, fault.At(pointer, code, pairs...))
}

// Err returns the fault request.invalid with all fields, nil where there are
// none.
func (f *Findings) Err() error { return fault.InvalidFields(f.fields...) }

// Text notes a text over limit runes (field.tooLong) or not UTF-8
// (field.badFormat).
func (f *Findings) Text(pointer, text string, limit int) {
	switch {
	case !utf8.ValidString(text):
		f.Add(pointer, "field.badFormat")
	case utf8.RuneCountInString(text) > limit:
		f.Add(pointer, "field.tooLong", "max", limit)
	}
}

// Blank reports whether a text shows nothing: it is empty, or of spaces and
// characters that nobody can see.
func Blank(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }) < 0
}

// Required is Text for a text that must not be blank (field.required).
func (f *Findings) Required(pointer, text string, limit int) {
	if Blank(text) {
		f.Add(pointer, "field.required")
		return
	}
	f.Text(pointer, text, limit)
}

// Names notes names of which both are missing, or one is too long.
func (f *Findings) Names(pointer string, n Names) {
	if Blank(n.ZH) && Blank(n.EN) {
		f.Add(pointer, "field.required")
	}
	f.Text(pointer+"/zh", n.ZH, MaxTitle)
	f.Text(pointer+"/en", n.EN, MaxTitle)
}

// Date notes a date that is missing (field.required).
func (f *Findings) Date(pointer string, d civil.Date) {
	if d.IsZero() {
		f.Add(pointer, "field.required")
	}
}

// OneOf notes a value that is none of the allowed ones (field.badValue, with
// the list), or missing (field.required).
func OneOf[S ~string](f *Findings, pointer string, value S, allowed ...S) {
	switch {
	case value == "":
		f.Add(pointer, "field.required")
	case !slices.Contains(allowed, value):
		names := make([]string, len(allowed))
		for i, a := range allowed {
			names[i] = string(a)
		}
		f.Add(pointer, "field.badValue", "value", clip(string(value)), "allowed", names)
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// NeedReason returns the fault of a reason that is missing or too long.
func NeedReason(reason string) error {
	var f Findings
	f.Required("/reason", reason, MaxText)
	return f.Err()
}
