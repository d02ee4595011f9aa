package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
)

func getCases() []testCase {
	return []testCase{
		{"get/in the order asked, nil where absent", getOrder},
		{"get/a hundred at once", getHundred},
		{"get/an ended context is an error", getEnded},
	}
}

func getOrder(f *fixture) {
	a, b := item("p", "a", 1), item("p", "b", 2)
	b.Expires, b.Index[store.Scope] = 4102444800, store.Key{PK: "i", SK: "1"}
	f.put(a, b)
	got, err := f.Get(f.Context(), store.Key{PK: "p", SK: "none"}, b.Key, store.Key{PK: "none", SK: "a"}, a.Key)
	if err != nil {
		f.Fatalf("Get = %v", err)
	}
	if diff := cmp.Diff([]*store.Item{nil, &b, nil, &a}, got, sameBodies()); diff != "" {
		f.Errorf("Get (-want +got):\n%s", diff)
	}
}

func getHundred(f *fixture) {
	var items []store.Item
	for n := range store.MaxGet {
		items = append(items, item(fmt.Sprintf("p%d", n%7), fmt.Sprintf("%03d", n), 1))
	}
	f.put(items...)
	slices.Reverse(items)
	var keys []store.Key
	var want []*store.Item
	for n := range items {
		keys, want = append(keys, items[n].Key), append(want, &items[n])
	}
	got, err := f.Get(f.Context(), keys...)
	if err != nil {
		f.Fatalf("Get = %v", err)
	}
	if diff := cmp.Diff(want, got, sameBodies()); diff != "" {
		f.Errorf("Get (-want +got):\n%s", diff)
	}
}

func getEnded(f *fixture) {
	if _, err := f.Get(ended(), store.Key{PK: "p", SK: "a"}); err == nil {
		f.Error("Get = nil, want an error")
	}
	if _, err := f.Query(ended(), store.Query{Partition: "p"}); err == nil {
		f.Error("Query = nil, want an error")
	}
	if _, err := f.QueryIndex(ended(), store.IndexQuery{Partition: "p"}); err == nil {
		f.Error("QueryIndex = nil, want an error")
	}
	a := item("p", "a", 1)
	if err := f.Transact(ended(), "ended", store.PutOp(a, store.Absent)); err == nil {
		f.Error("Transact = nil, want an error")
	}
	f.wantItems(map[store.Key]*store.Item{a.Key: nil})
}

func queryCases() []testCase {
	return []testCase{
		{"query/ranges, directions, limits", queryRanges},
		{"query/an empty partition has no items", queryEmpty},
		{"query/byte order", queryByteOrder},
		{"query/pages of 1 MB", queryBytes},
		{"query/strong after a transaction", queryStrong},
	}
}

// sortKeys are in byte order, which is neither that of UTF-16 nor of any
// locale.
func sortKeys() []string {
	return []string{
		"\x01", "0", "0 ", "1#", "1#a", "1#a~", "1~", "2", "A", "Z", "a", "aa", "z", "~", "~~", "\x7f",
		"é", "Ω", "中", "中文", "\uFFFD", "😀", "\U0010FFFF",
	}
}

func queryRanges(f *fixture) {
	var items []store.Item
	for n, sk := range sortKeys() {
		items = append(items, item("p", sk, int64(n)+1))
	}
	f.put(items...)
	f.put(item("o", "1#", 1), item("p2", "1#", 1), item("p ", "1#", 1))
	for _, r := range []store.Range{
		{}, {From: "1#"}, {To: "1#"}, {From: "1#", To: "1~"}, {From: "1#", To: "1#"}, {From: "1", To: "2"},
		{From: "é"}, {From: "b", To: "y"}, {From: "\uFFFD", To: "\U0010FFFF"}, store.Prefix("1#"), store.Prefix("中"),
	} {
		for _, descending := range []bool{false, true} {
			for _, limit := range []int{0, 1, 2, 3, 7, 23, 1000} {
				q := store.Query{Partition: "p", Range: r, Descending: descending, Limit: limit}
				want := within(items, r, descending)
				if diff := cmp.Diff(want, f.list(q), sameBodies()); diff != "" {
					f.Fatalf("Query(%+v) (-want +got):\n%s", q, diff)
				}
			}
		}
	}
}

// within is what a query over items in byte order answers.
func within(items []store.Item, r store.Range, descending bool) []store.Item {
	var in []store.Item
	for _, i := range items {
		if i.SK >= r.From && (r.To == "" || i.SK <= r.To) {
			in = append(in, i)
		}
	}
	if descending {
		slices.Reverse(in)
	}
	return in
}

func queryEmpty(f *fixture) {
	f.put(item("p", "a", 1))
	for _, q := range []store.Query{{Partition: "q"}, {Partition: "p", Range: store.Range{From: "b"}}} {
		page, err := f.Query(f.Context(), q)
		if err != nil || len(page.Items) != 0 || page.Next != nil {
			f.Errorf("Query(%+v) = %+v, %v, want an empty page, nil", q, page, err)
		}
	}
}

func queryByteOrder(f *fixture) {
	for n, sk := range slices.Backward(sortKeys()) {
		f.put(item("中é~", sk, int64(n)+1))
	}
	var got []string
	for _, i := range f.list(store.Query{Partition: "中é~"}) {
		got = append(got, i.SK)
	}
	if diff := cmp.Diff(sortKeys(), got); diff != "" {
		f.Errorf("sort keys (-want +got):\n%s", diff)
	}
}

func queryBytes(f *fixture) {
	var want []store.Item
	for n := range 9 {
		want = append(want, bigItem("p", fmt.Sprintf("%d", n), 250<<10))
	}
	f.put(want...)
	for _, limit := range []int{0, 2, 5} {
		got := f.list(store.Query{Partition: "p", Limit: limit})
		if diff := cmp.Diff(want, got, sameBodies()); diff != "" {
			f.Errorf("limit %d: %d items, want %d", limit, len(got), len(want))
		}
	}
}

func queryStrong(f *fixture) {
	for n := range int64(30) {
		a, b := item("p", "a", n+1), item("p", "b", n+1)
		f.mustTransact(store.PutOp(a, store.Anything), store.PutOp(b, store.Anything))
		got := f.list(store.Query{Partition: "p"})
		if diff := cmp.Diff([]store.Item{a, b}, got, sameBodies()); diff != "" {
			f.Fatalf("after transaction %d (-want +got):\n%s", n, diff)
		}
	}
}

// bigItem is an item of so many bytes, as Item.Size counts them.
func bigItem(pk, sk string, size int) store.Item {
	i := store.Item{Key: store.Key{PK: pk, SK: sk}, Version: 1, Body: []byte(`{"text":""}`)}
	i.Body = []byte(`{"text":"` + strings.Repeat("x", size-i.Size()) + `"}`)
	return i
}
