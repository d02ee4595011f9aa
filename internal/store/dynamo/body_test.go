package dynamo

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/store"
)

func TestBodyRows(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{}`, `{}`},
		{` { "b" : 1 , "a" : [ ] } `, `{"a":[],"b":1}`},
		{`{"":"x"}`, `{"":"x"}`},
		{`{"s":"","l":["",[],{}],"m":{}}`, `{"l":["",[],{}],"m":{},"s":""}`},
		{`{"n":[9007199254740991,-9007199254740991,0,-0]}`, `{"n":[9007199254740991,-9007199254740991,0,0]}`},
		{`{"t":true,"f":false}`, `{"f":false,"t":true}`},
		{`{"s":"\u4e2d<&>\u2028\u0000\n\"\\\/"}`, "{\"s\":\"中<&>\u2028\\u0000\\n\\\"\\\\/\"}"},
	} {
		v, err := encodeBody([]byte(c.in))
		if err != nil {
			t.Errorf("encodeBody(%s) = %v", c.in, err)
			continue
		}
		got, err := decodeBody(v)
		if err != nil || string(got) != c.want {
			t.Errorf("body %s comes back as %s, %v, want %s", c.in, got, err, c.want)
		}
	}
}

func TestBodyRefused(t *testing.T) {
	for _, in := range []string{``, `1`, `[]`, `{"a":1.5}`, `{"a":1e3}`, `{"a":null}`, `{"a":[null]}`, `{"a":{"b":12345678901234567890}}`} {
		if v, err := encodeBody([]byte(in)); err == nil {
			t.Errorf("encodeBody(%s) = %v, want an error", in, v)
		}
	}
}

// What CheckBody accepts comes back as the same JSON value, names in order,
// and a second time as the same bytes.
func TestBodyProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, err := json.Marshal(rapid.MapOfN(nameGen(), valueGen(4), 0, 4).Draw(t, "body"))
		if err != nil {
			t.Fatal(err)
		}
		if err := store.CheckBody(in); err != nil {
			t.Fatalf("CheckBody(%s) = %v", in, err)
		}
		out := throughBody(t, in)
		if !reflect.DeepEqual(parse(t, in), parse(t, out)) {
			t.Fatalf("body %s comes back as %s", in, out)
		}
		if err := store.CheckBody(out); err != nil {
			t.Fatalf("CheckBody(%s) = %v", out, err)
		}
		if again := throughBody(t, out); !bytes.Equal(out, again) {
			t.Fatalf("body %s comes back as %s", out, again)
		}
	})
}

func throughBody(t *rapid.T, in []byte) []byte {
	v, err := encodeBody(in)
	if err != nil {
		t.Fatalf("encodeBody(%s) = %v", in, err)
	}
	out, err := decodeBody(v)
	if err != nil {
		t.Fatalf("decodeBody of %s = %v", in, err)
	}
	return out
}

func parse(t *rapid.T, text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func nameGen() *rapid.Generator[string] { return rapid.StringMatching(`[ -~]{1,8}`) }

func valueGen(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.String().AsAny(), rapid.Bool().AsAny(),
		rapid.Int64Range(-store.MaxInteger, store.MaxInteger).AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return valueGen(depth - 1) })
	return rapid.OneOf(append(leaves,
		rapid.SliceOfN(inner, 0, 4).AsAny(), rapid.MapOfN(nameGen(), inner, 0, 4).AsAny())...)
}

func TestBackoff(t *testing.T) {
	for n, want := range []string{"", "25ms", "50ms", "100ms", "200ms", "400ms", "400ms"} {
		if n == 0 {
			continue
		}
		if got := backoff(n, func() float64 { return 1 }).String(); got != want {
			t.Errorf("backoff(%d) at most %s, want %s", n, got, want)
		}
	}
	if got := backoff(1_000_000, func() float64 { return 0 }); got != backoffCap/2 {
		t.Errorf("backoff(1000000) at least %s, want %s", got, backoffCap/2)
	}
}

func TestOpenRefuses(t *testing.T) {
	for want, o := range map[string]Options{
		"no table":  {},
		"no source": {Table: "t"},
		"no client": {Table: "t", Jitter: func() float64 { return 0 }},
	} {
		if _, err := Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%+v) = %v, want %q in it", o, err, want)
		}
	}
}
