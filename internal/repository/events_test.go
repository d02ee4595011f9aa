package repository

import (
	"encoding/json"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Journals show events by their words. What the domain and the tracker call
// noun.verb in a literal is a fault's code, or an event's kind with a label;
// a label without an event would hide that an event was renamed.
func TestEveryEventHasALabelInBothLanguages(t *testing.T) {
	tr := load(t)
	dotted := regexp.MustCompile(`^[a-z]+\.[a-zA-Z]+$`)
	literals := map[string]string{}
	for _, f := range tr.files {
		if f.pkg != "tracker" && f.pkg != "award" && f.pkg != "attention" {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if s, ok := literal(n); ok && dotted.MatchString(s) {
				literals[s] = f.at(n)
			}
			return true
		})
	}
	for _, lang := range []string{"zh-CN", "en"} {
		faults, labels := faultTexts(t, tr.root, lang), eventLabels(t, tr.root, lang)
		for kind, at := range literals {
			if _, fault := faults[kind]; !fault && !labels[kind] {
				t.Errorf(`%s: %q is neither a fault nor an event with words: add "label.event.%s" to internal/i18n/catalog/%s/label.json`, at, kind, kind, lang)
			}
		}
		for kind := range labels {
			if _, used := literals[kind]; !used {
				t.Errorf(`no event is called %q: remove "label.event.%s" from internal/i18n/catalog/%s/label.json`, kind, kind, lang)
			}
		}
	}
}

// eventLabels are the kinds of events that a catalog has words for.
func eventLabels(t *testing.T, root, lang string) map[string]bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "internal", "i18n", "catalog", lang, "label.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for id := range all {
		if kind, ok := strings.CutPrefix(id, "label.event."); ok {
			out[kind] = true
		}
	}
	return out
}
