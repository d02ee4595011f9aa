package i18n_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/i18n"
)

// message is one entry of a catalog: its plural forms by name, "other" alone
// for a plain text.
type message map[string]string

// files are the names of a language's catalog, the same in each.
func files(t *testing.T, lang i18n.Language) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join("catalog", string(lang), "*.json"))
	if err != nil || len(out) == 0 {
		t.Fatalf("catalog %s: %d files, %v", lang, len(out), err)
	}
	return out
}

func readCatalog(t *testing.T, lang i18n.Language) map[string]message {
	t.Helper()
	out := map[string]message{}
	for _, name := range files(t, lang) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(data, &raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id, entry := range raw {
			if _, twice := out[id]; twice {
				t.Errorf("%s: %s stands in another file too", name, id)
			}
			var text string
			if json.Unmarshal(entry, &text) == nil {
				out[id] = message{"other": text}
				continue
			}
			m := message{}
			if err := json.Unmarshal(entry, &m); err != nil {
				t.Errorf("%s: %s is neither a text nor an object of plural forms: %v", name, id, err)
			}
			out[id] = m
		}
	}
	return out
}

func ids(catalog map[string]message) []string {
	var out []string
	for id := range catalog {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func TestCatalogsHoldTheSameIDs(t *testing.T) {
	if diff := cmp.Diff(ids(readCatalog(t, i18n.Chinese)), ids(readCatalog(t, i18n.English))); diff != "" {
		t.Errorf("ids differ; add the missing text to the other catalog (-zh-CN +en):\n%s", diff)
	}
}

var (
	action      = regexp.MustCompile(`\{\{(.*?)\}\}`)
	placeholder = regexp.MustCompile(`\.([A-Za-z]\w*)`)
)

// placeholders lists what a text takes from its arguments, sorted.
func placeholders(text string) []string {
	var out []string
	for _, a := range action.FindAllStringSubmatch(text, -1) {
		for _, p := range placeholder.FindAllStringSubmatch(a[1], -1) {
			out = append(out, p[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestPlaceholdersAreEqual(t *testing.T) {
	zh, en := readCatalog(t, i18n.Chinese), readCatalog(t, i18n.English)
	for _, id := range ids(zh) {
		want := placeholders(zh[id]["other"])
		for form, text := range en[id] {
			if diff := cmp.Diff(want, placeholders(text)); diff != "" {
				t.Errorf("%s: placeholders differ between zh-CN and en (%s) (-zh-CN +en):\n%s", id, form, diff)
			}
		}
	}
}

func TestPluralForms(t *testing.T) {
	zh, en := readCatalog(t, i18n.Chinese), readCatalog(t, i18n.English)
	for _, id := range ids(zh) {
		if len(zh[id]) != 1 || zh[id]["other"] == "" {
			t.Errorf("zh-CN.json: %s: Chinese has the form other only, not %v", id, zh[id])
		}
	}
	for _, id := range ids(en) {
		needs := slices.Contains(placeholders(en[id]["other"]), "count")
		if needs && en[id]["one"] == "" {
			t.Errorf(`en.json: %s mentions {{.count}} but has no form for one; write {"one": "…", "other": "…"}`, id)
		}
		for form := range en[id] {
			if form != "one" && form != "other" {
				t.Errorf("en.json: %s has the form %s; English has one and other", id, form)
			}
		}
	}
}

var lonely = regexp.MustCompile(`[\x{4e00}-\x{9fff}][,;:?!]`) // half-width punctuation after a Chinese character

func TestTextsAreWritten(t *testing.T) {
	for _, lang := range i18n.Languages() {
		for id, m := range readCatalog(t, lang) {
			for form, text := range m {
				if id != "list.separator" && strings.TrimSpace(text) != text || text == "" {
					t.Errorf("%s.json: %s (%s) is empty or has space around it: %q", lang, id, form, text)
				}
				checkScript(t, lang, id, text)
				if strings.HasPrefix(id, "fault.") && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "。") {
					t.Errorf("%s.json: %s is no sentence: %q", lang, id, text)
				}
			}
		}
	}
}

func checkScript(t *testing.T, lang i18n.Language, id, text string) {
	t.Helper()
	words := action.ReplaceAllString(text, "")
	han := strings.IndexFunc(words, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
	if lang == i18n.English && han && id != "label.language.zh-CN" {
		t.Errorf("en.json: %s holds Chinese: %q", id, text)
	}
	if lang == i18n.Chinese && !han && strings.HasPrefix(id, "fault.") {
		t.Errorf("zh-CN.json: %s holds no Chinese: %q", id, text)
	}
	if lang == i18n.Chinese && lonely.MatchString(words) {
		t.Errorf("zh-CN.json: %s has half-width punctuation after a Chinese character: %q", id, text)
	}
}

var line = regexp.MustCompile(`^  "([^"]+)": .*[^,](,?)$`)

// One id a line, in order, in the file of its name, so that two branches which
// add ids merge and a reader finds them.
func TestCatalogFilesAreSortedOneIDALine(t *testing.T) {
	for _, lang := range i18n.Languages() {
		names := files(t, lang)
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
			before := ""
			for n, l := range lines[1 : len(lines)-1] {
				m := line.FindStringSubmatch(l)
				if m == nil {
					t.Errorf("%s:%d: want two spaces, one id and its whole text: %s", name, n+2, l)
					continue
				}
				if m[1] <= before {
					t.Errorf("%s:%d: %q stands after %q; keep the ids sorted, each once", name, n+2, m[1], before)
				}
				before = m[1]
				if want := fileOf(m[1], names); want != name {
					t.Errorf("%s:%d: %q belongs into %s", name, n+2, m[1], want)
				}
			}
		}
	}
}

// fileOf is the file with the longest name that an id begins with.
func fileOf(id string, names []string) string {
	found := ""
	for _, name := range names {
		if strings.HasPrefix(id, strings.TrimSuffix(filepath.Base(name), "json")) && len(name) > len(found) {
			found = name
		}
	}
	return found
}

// Every text renders with an argument for each placeholder: no template is
// broken, no function unknown.
func TestEveryTextRenders(t *testing.T) {
	c := catalogs(t)
	for _, lang := range i18n.Languages() {
		for id, m := range readCatalog(t, lang) {
			args := map[string]any{}
			for _, p := range placeholders(m["other"]) {
				args[p] = 7
			}
			got := c.Text(lang, id, args)
			if got == id || strings.Contains(got, "{{") || strings.Contains(got, "<no value>") {
				t.Errorf("%s.json: %s does not render: %q", lang, id, got)
			}
		}
	}
}
