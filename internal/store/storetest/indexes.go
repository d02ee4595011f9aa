package storetest

import (
	"fmt"
	"slices"
	"strings"

	"milepost/internal/store"
)

func indexCases() []testCase {
	return []testCase{
		{"index/sparse, and each index its own", indexSparse},
		{"index/ranges, directions, limits", indexRanges},
		{"index/resumes among equal index keys", indexTies},
		{"index/follows updates and deletes", indexFollows},
		{"index/a failed transaction leaves no trace", indexFailed},
	}
}

func entered(pk, sk string, index store.Index, at store.Key) store.Item {
	i := item(pk, sk, 1)
	i.Index[index] = at
	return i
}

func indexSparse(f *fixture) {
	all := item("p", "all", 1)
	for n := range store.Indexes {
		all.Index[n] = store.Key{PK: "at", SK: fmt.Sprintf("%d", n)}
	}
	f.put(all, item("p", "none", 1), entered("p", "scope", store.Scope, store.Key{PK: "at", SK: "0"}))
	f.wantIndex(store.IndexQuery{Index: store.Work, Partition: "at"}, []store.Entry{{At: all.Index[store.Work], Item: all.Key}})
	f.wantIndex(store.IndexQuery{Index: store.Scope, Partition: "at"}, []store.Entry{
		{At: store.Key{PK: "at", SK: "0"}, Item: store.Key{PK: "p", SK: "scope"}},
		{At: all.Index[store.Scope], Item: all.Key},
	})
	f.wantIndex(store.IndexQuery{Index: store.Program, Partition: "at"}, []store.Entry{{At: all.Index[store.Program], Item: all.Key}})
	f.wantIndex(store.IndexQuery{Index: store.Program, Partition: "p"}, nil)
}

func indexRanges(f *fixture) {
	var entries []store.Entry
	var items []store.Item
	for n, sk := range sortKeys() {
		e := store.Entry{At: store.Key{PK: "at", SK: sk}, Item: store.Key{PK: fmt.Sprintf("p%02d", 50-n), SK: "1"}}
		entries = append(entries, e)
		items = append(items, entered(e.Item.PK, e.Item.SK, store.Work, e.At))
	}
	f.put(items...)
	f.put(entered("x", "1", store.Work, store.Key{PK: "at2", SK: "1"}))
	for _, r := range []store.Range{{}, {From: "1#", To: "1~"}, {To: "a"}, {From: "é"}, store.Prefix("1#")} {
		for _, descending := range []bool{false, true} {
			for _, limit := range []int{0, 1, 3} {
				var want []store.Entry
				for _, e := range entries {
					if r.Holds(e.At.SK) {
						want = append(want, e)
					}
				}
				if descending {
					slices.Reverse(want)
				}
				f.wantIndex(store.IndexQuery{Index: store.Work, Partition: "at", Range: r, Descending: descending, Limit: limit}, want)
			}
		}
	}
}

// Which of two entries with equal index keys comes first is not promised; that
// paging loses and repeats none of them is.
func indexTies(f *fixture) {
	var items []store.Item
	for n := range 12 {
		items = append(items, entered(fmt.Sprintf("p%d", n%3), fmt.Sprintf("%02d", n), store.Scope, store.Key{PK: "at", SK: fmt.Sprintf("%d", n/5)}))
	}
	f.put(items...)
	for _, descending := range []bool{false, true} {
		for _, limit := range []int{1, 2, 5} {
			f.wantEntries(store.IndexQuery{Index: store.Scope, Partition: "at", Descending: descending, Limit: limit}, items)
		}
	}
}

// wantEntries fails unless the query comes to list every item's entry once, in
// the order of the index sort key.
func (f *fixture) wantEntries(q store.IndexQuery, items []store.Item) {
	f.Helper()
	var got []store.Entry
	for try := range attempts {
		got = f.listIndex(q)
		seen := map[store.Key]bool{}
		for _, e := range got {
			seen[e.Item] = true
		}
		if len(got) == len(items) && len(seen) == len(items) {
			break
		}
		f.put(item("storetest filler", "1", int64(try)+1))
	}
	var want []store.Entry
	for _, i := range items {
		want = append(want, store.Entry{At: i.Index[q.Index], Item: i.Key})
	}
	direction := 1
	if q.Descending {
		direction = -1
	}
	if !slices.IsSortedFunc(got, func(a, b store.Entry) int { return direction * strings.Compare(a.At.SK, b.At.SK) }) {
		f.Errorf("QueryIndex(%+v) is out of order: %v", q, got)
	}
	byItem := func(a, b store.Entry) int { return strings.Compare(a.Item.String(), b.Item.String()) }
	slices.SortFunc(got, byItem)
	slices.SortFunc(want, byItem)
	if !slices.Equal(got, want) {
		f.Errorf("QueryIndex(%+v) = %v, want %v", q, got, want)
	}
}

func indexFollows(f *fixture) {
	i := entered("p", "a", store.Work, store.Key{PK: "at", SK: "1"})
	q := store.IndexQuery{Index: store.Work, Partition: "at"}
	steps := []struct {
		name string
		at   store.Key
		in   []string // partitions in which the entry stands afterwards
	}{
		{"enters", store.Key{PK: "at", SK: "1"}, []string{"at"}},
		{"moves within the partition", store.Key{PK: "at", SK: "2"}, []string{"at"}},
		{"moves to another partition", store.Key{PK: "else", SK: "2"}, []string{"else"}},
		{"leaves", store.Key{}, nil},
		{"comes back", store.Key{PK: "at", SK: "3"}, []string{"at"}},
	}
	for n, step := range steps {
		f.Logf("the item %s", step.name)
		i.Version, i.Index[store.Work] = int64(n)+1, step.at
		f.put(i)
		for _, partition := range []string{"at", "else"} {
			var want []store.Entry
			if slices.Contains(step.in, partition) {
				want = []store.Entry{{At: step.at, Item: i.Key}}
			}
			q.Partition = partition
			f.wantIndex(q, want)
		}
	}
	f.mustTransact(store.DeleteOp(i.Key, store.Present))
	q.Partition = "at"
	f.wantIndex(q, nil)
}

func indexFailed(f *fixture) {
	at := store.Key{PK: "at", SK: "1"}
	a := entered("p", "a", store.Work, at)
	f.put(a, item("p", "b", 1))
	moved := entered("p", "a", store.Work, store.Key{PK: "at", SK: "2"})
	if err := f.transact(store.PutOp(moved, store.Anything), store.CheckOp(store.Key{PK: "p", SK: "b"}, store.Absent)); err == nil {
		f.Fatal("Transact = nil, want a condition error")
	}
	f.wantIndex(store.IndexQuery{Index: store.Work, Partition: "at"}, []store.Entry{{At: at, Item: a.Key}})
}
