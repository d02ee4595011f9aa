package api

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/award"
	"milepost/internal/fault"
)

// What passes the check can be read into the type that it was made from.
func FuzzWhatPassesCanBeRead(f *testing.F) {
	registry := newRegistry()
	schema := registry.Schema(reflect.TypeFor[award.Document](), true, "")
	for _, s := range registry.Map() {
		neverNull(s)
	}
	example, err := json.Marshal(exampleDocument())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	for _, seed := range []string{`{}`, `[]`, `null`, `{"number":"\ud800"}`, `{"a":{"b":[{}]}}`, `{"number":1e999}`,
		`{"number":"N","title":{},"programme":"p","amount":{"amount":"0","currency":"XYZ","exponent":3}}`,
		`{"number":"N","title":{},"programme":"p","amount":{"amount":"0","currency":"CNY"},"fundingLines":null,"startOn":null}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := checkDocument(registry, schema, []byte(text))
		if err != nil {
			if k := fault.KindOf(err); k != fault.Malformed && k != fault.Invalid {
				t.Fatalf("checking %q = %v", text, err)
			}
			return
		}
		var document award.Document
		if err := jsonFormat().Unmarshal([]byte(text), &document); err != nil {
			t.Fatalf("%q passed and cannot be read: %v", text, err)
		}
	})
}

func TestEntityTags(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.Int64Range(0, 1<<53).Draw(t, "version")
		if got, ok := versionOf(etag(version)); !ok || got != version {
			t.Fatalf("versionOf(etag(%d)) = %d, %v", version, got, ok)
		}
		if text := rapid.String().Draw(t, "text"); text != "" {
			if got, ok := versionOf(text); ok && etag(got) != text {
				t.Fatalf("versionOf(%q) = %d", text, got)
			}
		}
	})
}

// No two requests share a fingerprint because one part runs into the next.
func TestFingerprintsKeepPartsApart(t *testing.T) {
	seen := map[string][4]string{}
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringOfN(rapid.SampledFrom([]rune(`a"/,[`)), 0, 3, -1)
		parts := [4]string{part.Draw(t, "method"), part.Draw(t, "path"), part.Draw(t, "match"), part.Draw(t, "body")}
		sum := fingerprint(parts[0], parts[1], parts[2], []byte(parts[3]))
		if other, ok := seen[sum]; ok && other != parts {
			t.Fatalf("%q and %q are one", parts, other)
		}
		if _, err := hex.DecodeString(sum); err != nil || len(sum) != 64 {
			t.Fatalf("fingerprint %q", sum)
		}
		seen[sum] = parts
	})
}

// Every message of huma that a schema of ours can give has a code of its own.
func TestMessagesOfHumaAreKnown(t *testing.T) {
	registry := newRegistry()
	type all struct {
		Text   string   `json:"text" minLength:"2" maxLength:"3"`
		Number int      `json:"number" minimum:"1" maximum:"2"`
		Truth  bool     `json:"truth"`
		List   []string `json:"list" maxItems:"1" nullable:"false"`
		Inner  struct {
			Value string `json:"value" enum:"a,b"`
		} `json:"inner"`
	}
	schema := registry.Schema(reflect.TypeFor[all](), true, "All")
	for text, want := range map[string]string{
		`[]`: "field.notObject", `{"number":1,"truth":true,"list":[],"inner":{"value":"a"}}`: "field.required",
		`{"text":1,"number":1,"truth":true,"list":[],"inner":{"value":"a"}}`:          "field.notText",
		`{"text":"a","number":1,"truth":true,"list":[],"inner":{"value":"a"}}`:        "field.tooShort",
		`{"text":"abcd","number":1,"truth":true,"list":[],"inner":{"value":"a"}}`:     "field.tooLong",
		`{"text":"ab","number":"1","truth":true,"list":[],"inner":{"value":"a"}}`:     "field.notInteger",
		`{"text":"ab","number":0,"truth":true,"list":[],"inner":{"value":"a"}}`:       "field.belowMinimum",
		`{"text":"ab","number":3,"truth":true,"list":[],"inner":{"value":"a"}}`:       "field.aboveMaximum",
		`{"text":"ab","number":1,"truth":1,"list":[],"inner":{"value":"a"}}`:          "field.notBoolean",
		`{"text":"ab","number":1,"truth":true,"list":1,"inner":{"value":"a"}}`:        "field.notList",
		`{"text":"ab","number":1,"truth":true,"list":["",""],"inner":{"value":"a"}}`:  "field.tooMany",
		`{"text":"ab","number":1,"truth":true,"list":[],"inner":{"value":"c"}}`:       "field.badValue",
		`{"text":"ab","number":1,"truth":true,"list":[],"inner":{"value":"a"},"x":1}`: "request.unknownField",
	} {
		fields := validate(registry, schema, []byte(text))
		if len(fields) != 1 || fields[0].Code != want {
			t.Errorf("%s = %v, want %s", text, fields, want)
		}
	}
	if got := fieldOf("something new"); got.Code != "field.badFormat" {
		t.Errorf("an unknown message is %s", got.Code)
	}
}

// A body within its limit in bytes costs no more than that to refuse, however
// deep or wide it is.
func TestNoBodyIsExpensiveToRefuse(t *testing.T) {
	registry := newRegistry()
	schema := registry.Schema(reflect.TypeFor[award.Document](), true, "")
	const depth, mostBytes = 1_500, 16 << 20
	deep := strings.Repeat(`{"`+strings.Repeat("a", 90)+`":`, depth) + "1" + strings.Repeat("}", depth)
	wide := func(of string, n int) string { return strings.TrimSuffix(strings.Repeat(of+",", n), ",") }
	for _, tt := range []struct {
		name, body, code string
		fields           int
	}{
		{"deep", deep, "request.invalid", 1},
		{"deep where a text should be", `{"number":` + deep + `}`, "request.invalid", 1},
		{"deep within an amount", `{"amount":{"amount":` + deep + `}}`, "request.invalid", 1},
		{"deep lists", `{"milestones":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + `}`, "request.invalid", 1},
		{"many faults", `{"milestones":[` + wide("{}", 3_000) + `]}`, "request.invalid", maxTold},
		{"many strange names", `{"milestones":[` + wide(`{"x":1}`, 3_000) + `]}`, "request.invalid", maxTold},
		{"many amounts", `{"tranches":[` + wide(`{"amount":{"x":1}}`, 3_000) + `]}`, "request.invalid", maxTold},
		{"more values than any input has", `{"milestones":[` + wide("{}", 340_000) + `]}`, "request.tooLarge", 0},
		{"more values within amounts", `{"tranches":[` + wide(`{"amount":{"amount":"1"}}`, 40_000) + `]}`, "request.tooLarge", 0},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := checkDocument(registry, schema, []byte(tt.body))
		runtime.ReadMemStats(&after)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Code != tt.code || len(f.Fields) < tt.fields || len(f.Fields) > maxTold {
			t.Errorf("%s = %.200v, want %s with at least %d fields", tt.name, err, tt.code, tt.fields)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > mostBytes {
			t.Errorf("%s: %d MB for %d kB", tt.name, got>>20, len(tt.body)>>10)
		}
	}
}
