package config

import (
	"maps"
	"slices"

	"milepost/internal/fault"
)

// Codes of the faults of this package. Every field has the argument setting:
// where the value came from ("--listen" or "MILEPOST_LISTEN"), or both names
// where it came from nowhere; got is the value as given, never of a secret.
const (
	CodeInvalid           = "config.invalid"           // around the fields
	CodeRequired          = "config.required"          // {setting, example}
	CodeAddressMalformed  = "config.addressMalformed"  // {setting, got, example}
	CodeHostMissing       = "config.hostMissing"       // {setting, got, example}
	CodeNotLoopback       = "config.notLoopback"       // {setting, got, example}
	CodeURLMalformed      = "config.urlMalformed"      // {setting, got, example}
	CodeURLNotHTTPS       = "config.urlNotHTTPS"       // {setting, got}
	CodeBooleanMalformed  = "config.booleanMalformed"  // {setting, got}
	CodeSizeMalformed     = "config.sizeMalformed"     // {setting, got, min, max, example}
	CodeDurationMalformed = "config.durationMalformed" // {setting, got, min, max, example}
	CodeNotOneOf          = "config.notOneOf"          // {setting, got, allowed}
	CodeTextMalformed     = "config.textMalformed"     // {setting, got}
	CodeSecretTooShort    = "config.secretTooShort"    // {setting, min}: bytes
	CodeConflict          = "config.conflict"          // {setting, other}
	CodeFlagUnknown       = "config.flagUnknown"       // {setting}
	CodeKeysMalformed     = "config.keysMalformed"     // {setting}
)

// need says whether a setting may be left out.
type need bool

const (
	optional need = false
	required need = true
)

// setting is one thing that can be told, by its environment variable and its
// flag; either may be empty.
type setting struct{ variable, flag string }

func (s setting) flagOnly() setting     { return setting{flag: s.flag} }
func (s setting) variableOnly() setting { return setting{variable: s.variable} }

// pointer names the setting in a fault's field.
func (s setting) pointer() string {
	if s.variable == "" {
		return "--" + s.flag
	}
	return s.variable
}

// names are all the names under which it can be told.
func (s setting) names() string {
	switch {
	case s.flag == "":
		return s.variable
	case s.variable == "":
		return "--" + s.flag
	default:
		return "--" + s.flag + " / " + s.variable
	}
}

// reader looks settings up and collects what is wrong.
type reader struct {
	flags  Flags
	getenv func(string) string
	unread map[string]bool // flags that no setting has asked for
	fields []fault.Field
}

func newReader(flags Flags, getenv func(string) string) *reader {
	r := &reader{flags: flags, getenv: getenv, unread: map[string]bool{}}
	for name := range flags {
		r.unread[name] = true
	}
	return r
}

// lookup returns a value and where it came from. An empty variable counts as
// absent, because that is how templates and shells unset one; an empty flag
// does not.
func (r *reader) lookup(s setting) (value, source string, ok bool) {
	if s.flag != "" {
		delete(r.unread, s.flag)
		if value, ok := r.flags[s.flag]; ok {
			return value, "--" + s.flag, true
		}
	}
	if s.variable != "" {
		if value := r.getenv(s.variable); value != "" {
			return value, s.variable, true
		}
	}
	return "", s.names(), false
}

func (r *reader) has(s setting) bool {
	_, _, ok := r.lookup(s)
	return ok
}

func (r *reader) byFlag(s setting) bool {
	_, ok := r.flags[s.flag]
	return ok
}

// wrong notes a problem; pairs follow the argument setting.
func (r *reader) wrong(s setting, code string, pairs ...any) {
	_, source, _ := r.lookup(s)
	r.fields = append(r.fields, fault.At(s.pointer(), code, append([]any{"setting", source}, pairs...)...))
}

// forbidden notes a problem where s is told beside other, which excludes it.
func (r *reader) forbidden(s, other setting) {
	if r.has(s) {
		_, source, _ := r.lookup(other)
		r.wrong(s, CodeConflict, "other", source)
	}
}

// done returns nil, or the fault with every problem noted.
func (r *reader) done() error {
	for _, name := range slices.Sorted(maps.Keys(r.unread)) {
		r.wrong(setting{flag: name}, CodeFlagUnknown)
	}
	if len(r.fields) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Code: CodeInvalid, Fields: r.fields}
}
