package i18n_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"milepost/internal/i18n"
)

// Every text reads as go-i18n, whose format the files have, and text/template
// would write it, for each of many counts.
func TestTextsReadAsGoI18nWritesThem(t *testing.T) {
	c := catalogs(t)
	for _, lang := range i18n.Languages() {
		bundle := goi18n.NewBundle(language.Make(string(lang)))
		for _, name := range files(t, lang) {
			data, err := os.ReadFile(filepath.Clean(name))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := bundle.ParseMessageFileBytes(data, string(lang)+".json"); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		reference := goi18n.NewLocalizer(bundle, string(lang))
		for id, m := range readCatalog(t, lang) {
			for _, count := range []any{nil, 0, 1, int64(1), -1, 2, 7, 21, 1_000_001, int64(10_000_000_001), "one"} {
				args := argumentsOf(m, count)
				want := referenceText(t, reference, c, lang, id, args, m["one"] != "")
				if got := c.Text(lang, id, args); got != want {
					t.Errorf("Text(%s, %s, %v) = %q, want %q", lang, id, args, got, want)
				}
			}
		}
	}
}

// argumentsOf gives each placeholder of a text something; nil is a count
// nobody gave.
func argumentsOf(m message, count any) map[string]any {
	args := map[string]any{}
	for i, p := range placeholders(m["other"]) {
		switch {
		case slices.Contains([]string{"count", "max", "min", "decimals"}, p):
			args[p] = count
		case i%3 == 0:
			args[p] = []string{"finance", "auditor"}
		case i%3 == 1:
			args[p] = ""
		default:
			args[p] = "approved <b>"
		}
		if args[p] == nil {
			args[p] = "many"
		}
	}
	return args
}

func referenceText(t *testing.T, l *goi18n.Localizer, c *i18n.Catalogs, lang i18n.Language, id string, args map[string]any, plural bool) string {
	t.Helper()
	join := func(words []string) string {
		out := ""
		for i, word := range words {
			if i > 0 {
				out += c.Text(lang, "list.separator", nil)
			}
			out += word
		}
		return out
	}
	config := &goi18n.LocalizeConfig{MessageID: id, TemplateData: args, Funcs: map[string]any{
		"label": func(group string, code any) string { return c.Label(lang, group, fmt.Sprint(code)) },
		"labels": func(group string, codes any) string {
			list, ok := codes.([]string)
			if !ok {
				list = []string{fmt.Sprint(codes)}
			}
			words := make([]string, 0, len(list))
			for _, code := range list {
				words = append(words, c.Label(lang, group, code))
			}
			return join(words)
		},
		"amount": func(parts ...any) string { // none of the arguments is an amount
			if len(parts) == 2 {
				return fmt.Sprint(parts[1]) + " " + fmt.Sprint(parts[0])
			}
			return fmt.Sprint(parts[0])
		},
		"join": func(list any) string {
			if words, ok := list.([]string); ok {
				return join(words)
			}
			return fmt.Sprint(list)
		},
	}}
	if plural { // go-i18n takes the lack of a form for a mistake
		for _, name := range []string{"count", "max", "min", "decimals"} {
			if _, text := args[name].(string); args[name] != nil && !text {
				config.PluralCount = args[name]
				break
			}
		}
	}
	want, err := l.Localize(config)
	if err != nil {
		t.Fatalf("go-i18n: %s: %v", id, err)
	}
	return want
}
