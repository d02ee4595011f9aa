// Package i18n provides the words of Milepost in zh-CN and en: texts by id from
// two catalogs, faults as sentences, labels of codes, and amounts of money as
// people write them. A text's id is a key in a file of catalog/<language>, named
// by what the id begins with: fault.<code> for a fault or field,
// label.<group>.<code> for a code that is shown, console.<screen>.<text> for a
// page, and free names for the rest.
package i18n

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"milepost/internal/fault"
)

// Language is a language that has a catalog, as a BCP 47 tag.
type Language string

// The languages. Chinese is the default.
const (
	Chinese Language = "zh-CN"
	English Language = "en"
)

// Catalogs holds the texts of every language. It is safe for use by several
// goroutines.
type Catalogs struct {
	matcher  language.Matcher
	catalogs map[Language]*catalog
}

// Languages lists the languages, the default first.
func Languages() []Language { return []Language{Chinese, English} }

// New returns the embedded catalogs. It reads none of their files; they are
// read as texts are asked for.
func New() (*Catalogs, error) {
	c := &Catalogs{catalogs: map[Language]*catalog{}}
	var tags []language.Tag
	for _, lang := range Languages() {
		found, err := newCatalog(lang, c.funcs(lang))
		if err != nil {
			return nil, err
		}
		c.catalogs[lang] = found
		tags = append(tags, found.tag)
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// funcs returns what a text may call: {{label "role" .role}} is the label of a
// code, {{labels "role" .roles}} those of a list, joined, {{join .names}} a
// list as it is, {{printf "%sState" .thing}} a name made of parts, {{amount
// .left}} an amount (CNY 1200000.00) as people read it, {{amount .sum
// .currency}} one whose currency stands beside it.
func (c *Catalogs) funcs(lang Language) map[string]function {
	return map[string]function{
		"label": func(args ...any) (string, error) {
			if len(args) != 2 {
				return "", errForm
			}
			return c.Label(lang, fmt.Sprint(args[0]), fmt.Sprint(args[1])), nil
		},
		"labels": func(args ...any) (string, error) {
			if len(args) != 2 {
				return "", errForm
			}
			list, ok := args[1].([]string)
			if !ok {
				list = []string{fmt.Sprint(args[1])}
			}
			words := make([]string, len(list))
			for i, code := range list {
				words[i] = c.Label(lang, fmt.Sprint(args[0]), code)
			}
			return c.join(lang, words), nil
		},
		"join": func(args ...any) (string, error) {
			if len(args) != 1 {
				return "", errForm
			}
			if words, ok := args[0].([]string); ok {
				return c.join(lang, words), nil
			}
			return fmt.Sprint(args[0]), nil
		},
		"amount": func(args ...any) (string, error) {
			switch len(args) {
			case 1:
				return c.written(lang, fmt.Sprint(args[0])), nil
			case 2:
				return c.written(lang, fmt.Sprint(args[1])+" "+fmt.Sprint(args[0])), nil
			}
			return "", errForm
		},
		"printf": func(args ...any) (string, error) {
			if len(args) == 0 {
				return "", errForm
			}
			return fmt.Sprintf(fmt.Sprint(args[0]), args[1:]...), nil
		},
	}
}

func (c *Catalogs) join(lang Language, words []string) string {
	return strings.Join(words, c.Text(lang, "list.separator", nil))
}

// Match chooses a language: the first of prefs that names one that is known
// (a user's setting, then a cookie; empty ones are passed over), else the best
// of an Accept-Language header, else Chinese.
func (c *Catalogs) Match(acceptLanguage string, prefs ...string) Language {
	for _, pref := range slices.Concat(prefs, []string{acceptLanguage}) {
		tags, _, err := language.ParseAcceptLanguage(pref)
		if err != nil || len(tags) == 0 {
			continue
		}
		// For strangers the matcher answers the last fallback, with confidence No.
		if _, i, confidence := c.matcher.Match(tags...); confidence != language.No {
			return Languages()[i]
		}
	}
	return Chinese
}

// Has reports whether a text of that id is in the language's catalog.
func (c *Catalogs) Has(lang Language, id string) bool {
	found, ok := c.catalogs[lang]
	return ok && found.entry(id) != nil
}

// Text returns the text of an id with its placeholders filled from args. Its
// plural form follows the argument count, or where there is none max, min or
// decimals. An id that is unknown, or a placeholder without an argument, gives
// the id itself, so that a page still renders; tests find both.
func (c *Catalogs) Text(lang Language, id string, args map[string]any) string {
	found, ok := c.catalogs[lang]
	if !ok {
		found = c.catalogs[Chinese]
	}
	e := found.entry(id)
	if e == nil {
		return id
	}
	text, err := found.render(e, args, countOf(args))
	if err != nil {
		return id
	}
	return text
}

// countOf returns the argument that decides the plural form, nil for none.
func countOf(args map[string]any) *int64 {
	for _, name := range []string{"count", "max", "min", "decimals"} {
		switch n := args[name].(type) {
		case int:
			count := int64(n)
			return &count
		case int64:
			return &n
		}
	}
	return nil
}

// Label returns the word for a code of a group, such as Label(lang, "role",
// "finance"); a code without a label is returned as it is.
func (c *Catalogs) Label(lang Language, group, code string) string {
	id := "label." + group + "." + code
	if !c.Has(lang, id) {
		return code
	}
	return c.Text(lang, id, nil)
}

// FaultText is a fault in a reader's language.
type FaultText struct {
	Title  string
	Fields []FieldText // in the order of the fault's fields
}

// FieldText is the sentence about one field.
type FieldText struct {
	Pointer string // JSON pointer into the request
	Code    string
	Text    string
}

// Fault returns the sentences of a fault. Nothing of its cause is in them; the
// title of an internal fault is always that of internal.error, whatever its
// code.
func (c *Catalogs) Fault(lang Language, e *fault.Error) FaultText {
	id := "fault." + e.Code
	if e.Kind == fault.Internal {
		id = "fault.internal.error"
	}
	out := FaultText{Title: c.Text(lang, id, e.Args)}
	for _, f := range e.Fields {
		out.Fields = append(out.Fields, FieldText{Pointer: f.Pointer, Code: f.Code, Text: c.Text(lang, "fault."+f.Code, f.Args)})
	}
	return out
}
