package journal

import (
	"encoding/json"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/fault"
)

func TestDiff(t *testing.T) {
	for _, row := range []struct {
		name, before, after string
		want                string // the changes as JSON
	}{
		{"nothing", `{"a":1}`, `{ "a": 1 }`, `null`},
		{"created", ``, `{"b":1,"a":"x"}`, `[{"path":"","to":{"a":"x","b":1}}]`},
		{"removed", `{"a":1}`, ``, `[{"path":"","from":{"a":1}}]`},
		{"value, added and dropped", `{"c":1,"a":1,"b":true}`, `{"a":2,"b":true,"d":[]}`,
			`[{"path":"/a","from":1,"to":2},{"path":"/c","from":1},{"path":"/d","to":[]}]`},
		{"below", `{"a":{"b":{"c":"x"}}}`, `{"a":{"b":{"c":"y"}}}`, `[{"path":"/a/b/c","from":"x","to":"y"}]`},
		{"another type", `{"a":{"0":1}}`, `{"a":[1]}`, `[{"path":"/a","from":{"0":1},"to":[1]}]`},
		{"list grows", `{"a":[1]}`, `{"a":[2,3,4]}`, `[{"path":"/a/0","from":1,"to":2},{"path":"/a/1","to":3},{"path":"/a/2","to":4}]`},
		{"list shrinks from its end", `{"a":[1,2,3]}`, `{"a":[1]}`, `[{"path":"/a/2","from":3},{"path":"/a/1","from":2}]`},
		{"names with ~ and /", `{"a/b":{"~":1}}`, `{"a/b":{"~":2}}`, `[{"path":"/a~1b/~0","from":1,"to":2}]`},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := Diff(body(row.before), body(row.after))
			if err != nil {
				t.Fatal(err)
			}
			text, _ := json.Marshal(got)
			if string(text) != row.want {
				t.Errorf("Diff = %s\nwant   %s", text, row.want)
			}
		})
	}
}

func body(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

func TestApplyNamesThePathThatDiffers(t *testing.T) {
	const before = `{"a":1,"l":[1,2],"m":{"x":"y"}}`
	value := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, row := range []struct {
		name   string
		change Change
	}{
		{"another value", Change{"/a", value(`2`), value(`3`)}},
		{"not there", Change{"/b", value(`2`), value(`3`)}},
		{"there already", Change{"/a", nil, value(`3`)}},
		{"below nothing", Change{"/b/c", nil, value(`3`)}},
		{"below a number", Change{"/a/c", nil, value(`3`)}},
		{"beyond the end", Change{"/l/3", nil, value(`3`)}},
		{"not from the end", Change{"/l/0", value(`1`), nil}},
		{"no index", Change{"/l/-", nil, value(`3`)}},
		{"index with zeros", Change{"/l/00", value(`1`), value(`3`)}},
		{"no pointer", Change{"a", value(`1`), value(`3`)}},
		{"no change", Change{"/a", nil, nil}},
		{"no object", Change{"", value(before), value(`3`)}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := Apply([]byte(before), []Change{row.change})
			want := fault.New(fault.Internal, "journal.change.mismatch", "path", row.change.Path)
			if err == nil || err.Error() != want.Error() {
				t.Errorf("Apply = %s, %v, want %v", got, err, want)
			}
		})
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for _, s := range []string{``, `null`, `{"a":null}`, `1.5`, `1e3`, `9007199254740992`, `-9007199254740992`, `{"a":1,"a":1}`, `{} {}`, "\"\xff\"", `[1`, `{"a"}`} {
		if got, err := Canonical([]byte(s)); fault.CodeOf(err) != "journal.body.invalid" {
			t.Errorf("Canonical(%q) = %s, %v", s, got, err)
		}
	}
}

// values generates what a body may hold.
func values(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.String().AsAny(),
		rapid.Bool().AsAny(),
		rapid.Int64Range(-MaxInteger, MaxInteger).AsAny(),
		rapid.Int64Range(0, 2).AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	below := values(depth - 1)
	return rapid.OneOf(append(leaves, rapid.SliceOfN(below, 0, 4).AsAny(), bodies(depth-1).AsAny())...)
}

func bodies(depth int) *rapid.Generator[map[string]any] {
	name := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "c", "0", "1", "~", "a/b", ""}), rapid.String())
	return rapid.MapOfN(name, values(depth), 0, 5)
}

// drawBody draws a body, or none.
func drawBody(t *rapid.T, label string) []byte {
	if rapid.IntRange(0, 9).Draw(t, label+" none") == 0 {
		return nil
	}
	text, err := json.Marshal(bodies(3).Draw(t, label))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func canonical(t *rapid.T, body []byte) string {
	if body == nil {
		return ""
	}
	out, err := Canonical(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestApplyingTheDiffGivesTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawBody(t, "before"), drawBody(t, "after")
		changes, err := Diff(before, after)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Apply(before, changes)
		if err != nil || string(got) != canonical(t, after) {
			t.Fatalf("Apply = %s, %v\nwant    %s", got, err, after)
		}
		again, err := Diff(before, after)
		if diff := cmp.Diff(changes, again); err != nil || diff != "" {
			t.Fatalf("Diff twice: %v\n%s", err, diff)
		}
	})
}

// The library writes RFC 8785 too; both must agree on every body.
func TestCanonicalIsRFC8785(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(values(3).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		want := jsontext.Value(text).Clone()
		if err := want.Canonicalize(); err != nil {
			t.Fatal(err)
		}
		if got := canonical(t, text); got != string(want) {
			t.Fatalf("Canonical = %s\nwant        %s", got, want)
		}
	})
}

func FuzzApply(f *testing.F) {
	f.Add(`{"a":[1,{"b":"x"}]}`, "/a/1/b", `"x"`, `2`)
	f.Add(`{"a":1}`, "", `{"a":1}`, ``)
	f.Add(``, "", ``, `{}`)
	f.Add(`{"l":[1,2]}`, "/l/2", ``, `[]`)
	f.Fuzz(func(t *testing.T, before, path, from, to string) {
		after, err := Apply(body(before), []Change{{Path: path, From: body(from), To: body(to)}})
		if err != nil {
			return
		}
		changes, err := Diff(body(before), after)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Apply(body(before), changes); err != nil || string(again) != string(after) {
			t.Fatalf("Apply of the Diff = %s, %v, want %s", again, err, after)
		}
	})
}
