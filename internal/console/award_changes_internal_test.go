package console

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/i18n"
	"milepost/internal/portfolio"
)

// Every field of what a journal tells of has a name in both languages, or serves
// the clock and the books alone.
func TestJournalFieldsHaveNames(t *testing.T) {
	catalogs, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	for _, lang := range i18n.Languages() {
		q := &request{console: &Console{Options: Options{Catalogs: catalogs}}, lang: lang}
		for _, thing := range []any{
			award.Award{}, award.Milestone{}, award.Tranche{}, award.Payment{}, award.Refund{}, award.Extension{}, award.Evidence{},
			portfolio.Programme{}, portfolio.Platform{}, portfolio.Project{}, portfolio.Organisation{}, portfolio.Person{}, portfolio.Membership{},
		} {
			for _, path := range jsonPaths(reflect.TypeOf(thing), "", 0) {
				if _, ok := q.fieldLabel(path); !ok && !hidden(path) {
					missing[string(lang)+" "+reflect.TypeOf(thing).String()+" "+path] = true
				}
			}
		}
	}
	for _, m := range slices.Sorted(maps.Keys(missing)) {
		t.Error(m)
	}
}

// jsonPaths are the pointers to the fields of a struct, to those of structs in it
// and in its lists.
func jsonPaths(t reflect.Type, at string, depth int) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		if t.Kind() == reflect.Slice {
			at += "/0"
		}
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || depth > 4 || t.NumField() == 0 || !t.Field(0).IsExported() && !t.Field(0).Anonymous {
		return []string{at}
	}
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			out = append(out, jsonPaths(f.Type, at, depth)...)
		case f.IsExported() && name != "-":
			out = append(out, jsonPaths(f.Type, at+"/"+name, depth+1)...)
		}
	}
	return out
}
