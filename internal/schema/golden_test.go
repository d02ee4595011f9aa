package schema_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/schema"
	"milepost/internal/store"
)

var update = flag.Bool("update", false, "write the golden items of the present version")

// sample is a fully populated record of one type, and how such an item is read.
type sample struct {
	record schema.Record
	decode func(store.Item) (any, error)
}

func sampleOf[T any](value T, record func(T) schema.Record) sample {
	r := record(value)
	return sample{r, func(item store.Item) (any, error) { return schema.Decode[T](item, r.Type) }}
}

// golden is an item as its file holds it.
type golden struct {
	Key     string                    `json:"key"`
	Index   [store.Indexes]string     `json:"index"` // work, scope, programme; "" for no entry
	Expires int64                     `json:"expires"`
	Body    map[string]jsontext.Value `json:"body"`
}

func goldenOf(item store.Item) golden {
	g := golden{Key: line(item.Key), Expires: item.Expires}
	for i, at := range item.Index {
		if at != (store.Key{}) {
			g.Index[i] = line(at)
		}
	}
	if err := json.Unmarshal(item.Body, &g.Body); err != nil {
		panic(err)
	}
	return g
}

func line(k store.Key) string { return k.PK + " | " + k.SK }

func (g golden) item(t *testing.T) store.Item {
	t.Helper()
	body, err := json.Marshal(g.Body, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	pk, sk, _ := strings.Cut(g.Key, " | ")
	return store.Item{Key: store.Key{PK: pk, SK: sk}, Version: 1, Expires: g.Expires, Body: body}
}

func file(kind string, version int) string {
	return filepath.Join("testdata", "golden", fmt.Sprintf("%s.v%d.json", kind, version))
}

// Every type of item is written as its golden file says: a change of key,
// index entry or body is a change of what old programs and old data hold.
func TestGolden(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.record.Type, func(t *testing.T) {
			item, err := s.record.Item(1)
			if err != nil {
				t.Fatal(err)
			}
			if err := store.CheckTransact("t", []store.Op{store.PutOp(item, store.Absent)}); err != nil {
				t.Errorf("the store refuses the item: %v", err)
			}
			got, err := json.Marshal(goldenOf(item), json.Deterministic(true), jsontext.WithIndent("\t"))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			name := file(s.record.Type, 1)
			if *update {
				if err := os.WriteFile(name, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-file +now):\n%s", name, diff)
			}
		})
	}
}

// Every golden file, of whatever version, decodes to the value it was made of.
func TestGoldenDecodes(t *testing.T) {
	all := map[string]sample{}
	for _, s := range samples() {
		all[s.record.Type] = s
	}
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "*.json"))
	if err != nil || len(files) < len(all) {
		t.Fatalf("%d golden files for %d types: %v", len(files), len(all), err)
	}
	for _, name := range files {
		kind, _, _ := strings.Cut(filepath.Base(name), ".")
		s, ok := all[kind]
		if !ok {
			t.Errorf("%s is of no type", name)
			continue
		}
		got, err := s.decode(readGolden(t, name).item(t))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		everything := cmp.Exporter(func(reflect.Type) bool { return true })
		if diff := cmp.Diff(s.record.Value, got, everything); diff != "" {
			t.Errorf("%s (-made of +decoded):\n%s", name, diff)
		}
	}
}

func readGolden(t *testing.T, name string) golden {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(bytes.TrimSpace(raw), &g); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return g
}

// Every function of the package that makes a record has a sample, so that no
// type of item is without a golden file.
func TestEveryRecordHasASample(t *testing.T) {
	sampled := map[string]bool{}
	for _, s := range samples() {
		sampled[s.record.Type] = true
	}
	for _, constant := range recordTypes(t) {
		kind := strings.TrimPrefix(constant, "Type")
		kind = strings.ToLower(kind[:1]) + kind[1:]
		if !sampled[kind] {
			t.Errorf("%s is placed by a record but has no sample", constant)
		}
	}
}

// recordTypes lists the constants that stand as Type in a Record literal.
func recordTypes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, name := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			key, _ := pair.Key.(*ast.Ident)
			value, _ := pair.Value.(*ast.Ident)
			if key != nil && value != nil && key.Name == "Type" && strings.HasPrefix(value.Name, "Type") {
				types = append(types, value.Name)
			}
			return true
		})
	}
	if slices.Sort(types); len(types) < 20 {
		t.Fatalf("found only %v", types)
	}
	return slices.Compact(types)
}
