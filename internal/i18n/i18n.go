// Package i18n provides the words of Milepost in zh-CN and en: texts by id from
// two catalogs, faults as sentences, labels of codes, and amounts of money as
// people write them. A text's id is a key in a file of catalog/<language>, named
// by what the id begins with: fault.<code> for a fault or field,
// label.<group>.<code> for a code that is shown, console.<screen>.<text> for a
// page, and free names for the rest.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"text/template"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	gotemplate "github.com/nicksnyder/go-i18n/v2/i18n/template"
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

//go:embed catalog
var embedded embed.FS

// Catalogs holds the texts of every language. It is safe for use by several
// goroutines.
type Catalogs struct {
	matcher  language.Matcher
	speakers map[Language]*speaker
}

// speaker is one language's localizer with the parser that binds the template
// functions of that language.
type speaker struct {
	localizer *i18n.Localizer
	parser    gotemplate.Parser
	ids       map[string]bool
}

// Languages lists the languages, the default first.
func Languages() []Language { return []Language{Chinese, English} }

// New reads the embedded catalogs.
func New() (*Catalogs, error) {
	c := &Catalogs{speakers: map[Language]*speaker{}}
	bundle := i18n.NewBundle(language.Make(string(Chinese)))
	var tags []language.Tag
	for _, lang := range Languages() {
		tags = append(tags, language.Make(string(lang)))
		ids, err := parse(bundle, lang)
		if err != nil {
			return nil, err
		}
		c.speakers[lang] = &speaker{
			localizer: i18n.NewLocalizer(bundle, string(lang)),
			parser:    cached{&gotemplate.TextParser{Funcs: c.funcs(lang), Option: "missingkey=error"}},
			ids:       ids,
		}
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// parse puts the files of a language into the bundle and returns their ids.
func parse(bundle *i18n.Bundle, lang Language) (map[string]bool, error) {
	dir := path.Join("catalog", string(lang))
	files, err := embedded.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	ids := map[string]bool{}
	for _, f := range files {
		data, err := embedded.ReadFile(path.Join(dir, f.Name()))
		if err != nil {
			return nil, fmt.Errorf("i18n: %w", err)
		}
		var messages map[string]json.RawMessage
		if err := json.Unmarshal(data, &messages); err != nil {
			return nil, fmt.Errorf("i18n: %s/%s: %w", dir, f.Name(), err)
		}
		for id := range messages {
			ids[id] = true
		}
		if _, err := bundle.ParseMessageFileBytes(data, string(lang)+".json"); err != nil {
			return nil, fmt.Errorf("i18n: %s/%s: %w", dir, f.Name(), err)
		}
	}
	return ids, nil
}

// cached lets a parsed template be kept although its parser has functions:
// each message belongs to one language, and so do the functions.
type cached struct{ *gotemplate.TextParser }

// Cacheable says that parsed templates may be kept.
func (cached) Cacheable() bool { return true }

// funcs returns what a text may call: {{label "role" .role}} is the label of a
// code, {{labels "role" .roles}} those of a list, joined.
func (c *Catalogs) funcs(lang Language) template.FuncMap {
	return template.FuncMap{
		"label": func(group string, code any) string { return c.Label(lang, group, fmt.Sprint(code)) },
		"labels": func(group string, codes any) string {
			list, ok := codes.([]string)
			if !ok {
				return c.Label(lang, group, fmt.Sprint(codes))
			}
			words := make([]string, len(list))
			for i, code := range list {
				words[i] = c.Label(lang, group, code)
			}
			return c.join(lang, words)
		},
		"join": func(list any) string {
			if words, ok := list.([]string); ok {
				return c.join(lang, words)
			}
			return fmt.Sprint(list)
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
	s, ok := c.speakers[lang]
	return ok && s.ids[id]
}

// Text returns the text of an id with its placeholders filled from args. Its
// plural form follows the argument count, or where there is none max, min or
// decimals. An id that is unknown, or a placeholder without an argument, gives
// the id itself, so that a page still renders; tests find both.
func (c *Catalogs) Text(lang Language, id string, args map[string]any) string {
	s, ok := c.speakers[lang]
	if !ok {
		s = c.speakers[Chinese]
	}
	if !s.ids[id] {
		return id
	}
	if args == nil {
		args = map[string]any{}
	}
	text, err := s.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: id, TemplateData: args, PluralCount: countOf(args), TemplateParser: s.parser,
	})
	if err != nil {
		return id
	}
	return text
}

// countOf returns the argument that decides the plural form, nil for none.
func countOf(args map[string]any) any {
	for _, name := range []string{"count", "max", "min", "decimals"} {
		switch n := args[name].(type) {
		case int, int64:
			return n
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
