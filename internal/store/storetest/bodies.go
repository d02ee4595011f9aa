package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/store"
)

func bodyCases() []testCase {
	return []testCase{
		{"body/what goes in comes out", bodyProperty},
		{"body/at the edges", bodyEdges},
		{"body/outside of the subset is refused", bodyRefused},
	}
}

func bodyProperty(f *fixture) {
	n := 0
	rapid.Check(f.T, func(t *rapid.T) {
		n++
		body, err := json.Marshal(value(4).Filter(isObject).Draw(t, "body"))
		if err != nil {
			t.Fatal(err)
		}
		i := item("p", fmt.Sprintf("%06d", n), 1)
		i.Body = body
		if err := f.transact(store.PutOp(i, store.Absent)); err != nil {
			t.Fatalf("Transact(%s) = %v", body, err)
		}
		got, err := f.Get(f.Context(), i.Key)
		if err != nil {
			t.Fatalf("Get = %v", err)
		}
		if diff := cmp.Diff(&i, got[0], sameBodies()); diff != "" {
			t.Fatalf("body %s (-want +got):\n%s", body, diff)
		}
		page, err := f.Query(f.Context(), store.Query{Partition: "p", Range: store.Range{From: i.SK, To: i.SK}})
		if err != nil || len(page.Items) != 1 || !sameJSON(body, page.Items[0].Body) {
			t.Fatalf("Query = %+v, %v, want body %s", page, err, body)
		}
	})
}

func isObject(v any) bool { _, ok := v.(map[string]any); return ok }

// value draws from the subset that bodies are made of.
func value(depth int) *rapid.Generator[any] {
	name := rapid.StringMatching(`[ -~]{1,8}`)
	leaves := []*rapid.Generator[any]{
		rapid.String().AsAny(),
		rapid.Just("").AsAny(),
		rapid.Bool().AsAny(),
		rapid.Int64Range(-store.MaxInteger, store.MaxInteger).AsAny(),
		rapid.SampledFrom([]int64{0, 1, -1, store.MaxInteger, -store.MaxInteger}).AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	inner := rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) })
	return rapid.OneOf(append(leaves,
		rapid.Map(rapid.SliceOfN(inner, 0, 4), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(name, inner, 0, 4), func(m map[string]any) any { return m }),
	)...)
}

func bodyEdges(f *fixture) {
	for n, body := range []string{
		`{}`,
		`{"s":"","l":[],"m":{},"ll":[[],[{}],""]}`,
		`{"n":[0,-1,9007199254740991,-9007199254740991]}`,
		`{"t":true,"f":false}`,
		`{"s":"\u0000\u001f\u007f\"\\\/\b\f\n\r\t"}`,
		`{"s":"中文 é 😀 \ud83d\ude00 \u2028 \ufeff"}`,
		`{" ":1,"a.b":2,"#":3,":v":4,"a\"b":5,"a\\b":6,"$ref":7,"~":8,"SELECT":9}`,
		` { "a" : [ 1 , 2 ] } `,
		`{"N":"1","S":{"S":"x"},"NULL":"true","M":{"L":[]}}`,
		strings.Repeat(`{"a":`, store.MaxDepth-1) + `{}` + strings.Repeat(`}`, store.MaxDepth-1),
	} {
		i := item("p", fmt.Sprintf("%02d", n), 1)
		i.Body = []byte(body)
		f.put(i)
		f.wantItems(map[store.Key]*store.Item{i.Key: &i})
	}
}

func bodyRefused(f *fixture) {
	for _, body := range []string{
		``, ` `, `null`, `1`, `"s"`, `[]`, `{`, `{"a":1`, `{"a":1}}`, `{"a":1}{}`, `{} x`, `{"a"}`, `{a:1}`,
		`{"a":null}`, `{"a":[null]}`, `{"a":1.5}`, `{"a":1.0}`, `{"a":1e3}`, `{"a":1E3}`, `{"a":01}`,
		`{"a":9007199254740992}`, `{"a":-9007199254740992}`, `{"a":123456789012345678901234567890}`,
		`{"":1}`, `{"é":1}`, `{"a\u0000":1}`, `{"a":1,"a":2}`, `{"a":{"b":1,"b":1}}`,
		`{"a":"\ud800"}`, `{"a":"\udc00"}`, `{"a":"\ud800\ud800"}`, `{"a":"\ud800x"}`,
		"{\"a\":\"\xff\"}", "{\"a\":\"\n\"}", `{"a":1,}`, `{"a":[1,]}`,
		strings.Repeat(`{"a":`, store.MaxDepth) + `{}` + strings.Repeat(`}`, store.MaxDepth),
		`{"a":` + strings.Repeat(`[`, store.MaxDepth) + strings.Repeat(`]`, store.MaxDepth) + `}`,
	} {
		i := item("p", "a", 1)
		i.Body = []byte(body)
		err := f.transact(store.PutOp(i, store.Anything), store.PutOp(item("p", "b", 1), store.Anything))
		var failed *store.ConditionError
		if err == nil || errors.As(err, &failed) {
			f.Errorf("Transact with body %q = %v, want it refused", body, err)
		}
	}
	f.wantItems(map[store.Key]*store.Item{{PK: "p", SK: "a"}: nil, {PK: "p", SK: "b"}: nil})
}
