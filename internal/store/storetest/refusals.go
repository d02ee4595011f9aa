package storetest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
)

func refusalCases() []testCase {
	return []testCase{
		{"refused/gets", refusedGets},
		{"refused/queries", refusedQueries},
		{"refused/transactions", refusedTransactions},
		{"refused/nothing at the limit", acceptedAtLimit},
	}
}

// wantRefused fails unless got refuses as the port's own check does.
func (f *fixture) wantRefused(what string, want, got error) {
	f.Helper()
	if want == nil {
		f.Fatalf("%s: the port refuses nothing here; the case is wrong", what)
	}
	var wantLimit, gotLimit *store.LimitError
	switch {
	case got == nil:
		f.Errorf("%s = nil, want %v", what, want)
	case errors.As(want, &wantLimit) && !errors.As(got, &gotLimit):
		f.Errorf("%s = %v, want %v", what, got, want)
	default:
		if diff := cmp.Diff(wantLimit, gotLimit); diff != "" {
			f.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

// badKeys are keys that no call accepts.
func badKeys() []store.Key {
	return []store.Key{
		{}, {PK: "p"}, {SK: "s"},
		{PK: strings.Repeat("p", store.MaxPK+1), SK: "s"},
		{PK: "p", SK: strings.Repeat("s", store.MaxSK+1)},
		{PK: "p", SK: strings.Repeat("é", store.MaxSK/2) + "s"},
		{PK: "p\xff", SK: "s"}, {PK: "p", SK: "\xc3"},
	}
}

func refusedGets(f *fixture) {
	calls := [][]store.Key{{}, {{PK: "p", SK: "s"}, {PK: "p", SK: "s"}}}
	for _, k := range badKeys() {
		calls = append(calls, []store.Key{{PK: "p", SK: "fine"}, k})
	}
	var many []store.Key
	for n := range store.MaxGet + 1 {
		many = append(many, store.Key{PK: "p", SK: fmt.Sprint(n)})
	}
	for _, keys := range append(calls, many) {
		_, err := f.Get(f.Context(), keys...)
		f.wantRefused(fmt.Sprintf("Get of %d keys", len(keys)), store.CheckGet(keys), err)
	}
}

func refusedQueries(f *fixture) {
	queries := []store.Query{
		{Partition: "p", Limit: -1},
		{Partition: "p", Limit: store.MaxPage + 1},
		{Partition: "p", Range: store.Range{From: "b", To: "a"}},
		{Partition: "p", After: &store.Key{PK: "q", SK: "a"}},
		{Partition: "p", Range: store.Range{From: "b"}, After: &store.Key{PK: "p", SK: "a"}},
		{Partition: "p", Range: store.Range{To: "b"}, After: &store.Key{PK: "p", SK: "c"}},
		{Partition: "p", Range: store.Range{From: strings.Repeat("s", store.MaxSK+1)}},
		{Partition: "p", Range: store.Range{To: "\xff"}},
	}
	for _, k := range badKeys() {
		queries = append(queries, store.Query{Partition: "p", After: &k})
		if k.SK == "s" {
			queries = append(queries, store.Query{Partition: k.PK})
		}
	}
	for _, q := range queries {
		_, want := store.CheckQuery(q)
		_, err := f.Query(f.Context(), q)
		f.wantRefused(fmt.Sprintf("Query(%+v)", q), want, err)

		iq := store.IndexQuery{Index: store.Scope, Partition: q.Partition, Range: q.Range, Limit: q.Limit}
		if q.After != nil {
			iq.After = &store.Entry{At: *q.After, Item: store.Key{PK: "p", SK: "a"}}
		}
		_, want = store.CheckIndexQuery(iq)
		_, err = f.QueryIndex(f.Context(), iq)
		f.wantRefused(fmt.Sprintf("QueryIndex(%+v)", iq), want, err)
	}
	for _, iq := range []store.IndexQuery{
		{Index: -1, Partition: "p"},
		{Index: store.Indexes, Partition: "p"},
		{Index: store.Work, Partition: "p", After: &store.Entry{At: store.Key{PK: "p", SK: "a"}}},
	} {
		_, want := store.CheckIndexQuery(iq)
		_, err := f.QueryIndex(f.Context(), iq)
		f.wantRefused(fmt.Sprintf("QueryIndex(%+v)", iq), want, err)
	}
}

func refusedTransactions(f *fixture) {
	fine := store.PutOp(item("p", "fine", 1), store.Anything)
	type call struct {
		name, token string
		ops         []store.Op
	}
	calls := []call{
		{"no token", "", []store.Op{fine}},
		{"a long token", strings.Repeat("t", store.MaxToken+1), []store.Op{fine}},
		{"no operation", "t", nil},
		{"two puts of one key", "t", []store.Op{fine, fine}},
		{"put and check of one key", "t", []store.Op{fine, store.CheckOp(fine.Item.Key, store.Absent)}},
		{"a check without condition", "t", []store.Op{fine, store.CheckOp(store.Key{PK: "p", SK: "a"}, store.Anything)}},
		{"an unknown verb", "t", []store.Op{fine, {Verb: 9, Item: item("p", "a", 1)}}},
	}
	add := func(name string, change func(*store.Item)) {
		i := item("p", "a", 1)
		change(&i)
		calls = append(calls, call{name, "t", []store.Op{fine, store.PutOp(i, store.Anything)}})
	}
	add("version 0", func(i *store.Item) { i.Version = 0 })
	add("version beyond 53 bits", func(i *store.Item) { i.Version = store.MaxInteger + 1 })
	add("half an index entry", func(i *store.Item) { i.Index[store.Work] = store.Key{PK: "w"} })
	add("the other half", func(i *store.Item) { i.Index[store.Program] = store.Key{SK: "1"} })
	add("a large item", func(i *store.Item) { *i = bigItem("p", "a", store.MaxItem+1) })
	for n, k := range badKeys() {
		add(fmt.Sprintf("bad key %d", n), func(i *store.Item) { i.Key = k })
		calls = append(calls,
			call{fmt.Sprintf("delete of bad key %d", n), "t", []store.Op{fine, store.DeleteOp(k, store.Anything)}},
			call{fmt.Sprintf("check of bad key %d", n), "t", []store.Op{fine, store.CheckOp(k, store.Absent)}})
		if k != (store.Key{}) {
			add(fmt.Sprintf("bad index key %d", n), func(i *store.Item) { i.Index[store.Scope] = k })
		}
	}
	var many, large []store.Op
	for n := range store.MaxOps + 1 {
		many = append(many, store.PutOp(item("p", fmt.Sprint(n), 1), store.Anything))
	}
	for n := range store.MaxTransact/store.MaxItem + 1 {
		large = append(large, store.PutOp(bigItem("p", fmt.Sprint(n), store.MaxItem), store.Anything))
	}
	calls = append(calls, call{"many operations", "t", many}, call{"many bytes", "t", large})
	for _, c := range calls {
		f.wantRefused(c.name, store.CheckTransact(c.token, c.ops), f.Transact(f.Context(), c.token, c.ops...))
	}
	f.wantItems(map[store.Key]*store.Item{fine.Item.Key: nil})
}

func acceptedAtLimit(f *fixture) {
	i := bigItem(strings.Repeat("p", store.MaxPK), strings.Repeat("s", store.MaxSK), store.MaxItem-6<<10)
	for n := range store.Indexes {
		i.Index[n] = store.Key{PK: strings.Repeat("i", store.MaxPK-1024), SK: strings.Repeat("é", store.MaxSK/2)}
	}
	if i.Size() > store.MaxItem {
		f.Fatalf("size %d, want at most %d; the case is wrong", i.Size(), store.MaxItem)
	}
	f.put(i)
	f.wantItems(map[store.Key]*store.Item{i.Key: &i})
	q := store.IndexQuery{Index: store.Program, Partition: i.Index[0].PK, Limit: store.MaxPage}
	f.wantIndex(q, []store.Entry{{At: i.Index[0], Item: i.Key}})
}
