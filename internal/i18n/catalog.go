package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed catalog
var embedded embed.FS

// catalog is the texts of one language. A file is read when a text of it is
// first asked for and a text is parsed when it is first shown: a program that
// starts for one request, as a function in the cloud does, shows a few of them.
type catalog struct {
	tag   language.Tag
	files map[string]func() map[string]*entry // by what their ids begin with
	funcs map[string]function
}

// entry is one text in all its plural forms.
type entry struct {
	raw   json.RawMessage
	once  sync.Once
	forms map[plural.Form]*text
}

// newCatalog names the files of a language, and reads none.
func newCatalog(lang Language, funcs map[string]function) (*catalog, error) {
	dir := path.Join("catalog", string(lang))
	files, err := embedded.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("i18n: %w", err)
	}
	c := &catalog{tag: language.Make(string(lang)), files: map[string]func() map[string]*entry{}, funcs: funcs}
	for _, f := range files {
		c.files[strings.TrimSuffix(f.Name(), ".json")] = sync.OnceValue(func() map[string]*entry { return readFile(path.Join(dir, f.Name())) })
	}
	return c, nil
}

// readFile reads the texts of a file. One that is not written well holds no
// text; that every file is, is tested, since they are part of the program.
func readFile(name string) map[string]*entry {
	data, err := embedded.ReadFile(name)
	var raw map[string]json.RawMessage
	if err != nil || json.Unmarshal(data, &raw) != nil {
		return nil
	}
	entries := make(map[string]*entry, len(raw))
	texts := make([]entry, len(raw))
	for id, r := range raw {
		texts[0].raw = r
		entries[id], texts = &texts[0], texts[1:]
	}
	return entries
}

// entry returns the text of an id, nil where there is none: it stands in the
// file with the longest name that the id begins with.
func (c *catalog) entry(id string) *entry {
	for end := strings.LastIndexByte(id, '.'); end > 0; end = strings.LastIndexByte(id[:end], '.') {
		if file, ok := c.files[id[:end]]; ok {
			return file()[id]
		}
	}
	return nil
}

// render returns a text with its placeholders filled; count, where there is
// one, decides the plural form. A text without that form has one for all.
func (c *catalog) render(e *entry, args map[string]any, count *int64) (string, error) {
	e.once.Do(func() { e.forms = c.parse(e.raw) })
	form := plural.Other
	if count != nil {
		form = pluralForm(c.tag, *count)
	}
	t := e.forms[form]
	if t == nil {
		t = e.forms[plural.Other]
	}
	if t == nil {
		return "", errNoText
	}
	return t.render(args, c.funcs)
}

// parse reads a text: a string, or an object of plural forms.
func (c *catalog) parse(raw json.RawMessage) map[plural.Form]*text {
	var forms struct{ One, Other string }
	if json.Unmarshal(raw, &forms.Other) != nil && json.Unmarshal(raw, &forms) != nil {
		return nil
	}
	out := map[plural.Form]*text{plural.Other: c.parseText(forms.Other)}
	if forms.One != "" {
		out[plural.One] = c.parseText(forms.One)
	}
	return out
}

// pluralForm is the form that a language takes for a whole number.
func pluralForm(tag language.Tag, count int64) plural.Form {
	digits := []byte(strings.TrimPrefix(fmt.Sprint(count), "-"))
	for i := range digits {
		digits[i] -= '0'
	}
	return plural.Cardinal.MatchDigits(tag, digits, len(digits), 0)
}
