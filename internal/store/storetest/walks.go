package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
)

func walkCases() []testCase {
	return []testCase{
		{"walk/the segments together hold every item once", walkSegments},
		{"walk/resumes after a key", walkResumes},
		{"walk/its function may use the store", walkNested},
		{"walk/refused out of bounds", walkRefused},
	}
}

// fill stores some items in several partitions and returns them by key.
func (f *fixture) fill() map[store.Key]store.Item {
	all := map[store.Key]store.Item{}
	for n := range 300 {
		i := item(fmt.Sprintf("p%d", n%11), fmt.Sprintf("%03d", n), int64(n)+1)
		if n%2 == 0 {
			i.Index[store.Work] = store.Key{PK: "w", SK: i.SK}
		}
		all[i.Key] = i
	}
	for n := range 5 {
		i := bigItem(fmt.Sprintf("big%d", n), "1", 300<<10)
		all[i.Key] = i
	}
	f.put(slices.Collect(maps.Values(all))...)
	return all
}

func walkSegments(f *fixture) {
	w, ok := f.Store.(store.Walker)
	if !ok {
		return // the port does not demand it of a Store
	}
	want := f.fill()
	for _, of := range []int{1, 2, 7} {
		got := map[store.Key]store.Item{}
		for segment := range of {
			err := w.Walk(f.Context(), segment, of, nil, func(i store.Item) error {
				if _, twice := got[i.Key]; twice {
					f.Errorf("%d segments: %s comes twice", of, i.Key)
				}
				got[i.Key] = i
				return nil
			})
			if err != nil {
				f.Fatalf("Walk(%d of %d) = %v", segment, of, err)
			}
		}
		if diff := cmp.Diff(want, got, sameBodies()); diff != "" {
			f.Errorf("%d segments: %d items, want %d", of, len(got), len(want))
		}
	}
}

func walkResumes(f *fixture) {
	w, ok := f.Store.(store.Walker)
	if !ok {
		return
	}
	want := f.fill()
	stop := errors.New("stop")
	got := map[store.Key]bool{}
	for segment := range 2 {
		var after *store.Key
		for {
			n := 0
			err := w.Walk(f.Context(), segment, 2, after, func(i store.Item) error {
				if n++; n > 40 {
					return stop
				}
				if got[i.Key] {
					f.Errorf("%s comes twice", i.Key)
				}
				got[i.Key], after = true, &i.Key
				return nil
			})
			if err == nil {
				break
			}
			if !errors.Is(err, stop) {
				f.Fatalf("Walk = %v, want what its function returned", err)
			}
		}
	}
	if len(got) != len(want) {
		f.Errorf("walked over %d items, want %d", len(got), len(want))
	}
}

func walkNested(f *fixture) {
	w, ok := f.Store.(store.Walker)
	if !ok {
		return
	}
	f.put(item("p", "a", 1), item("p", "b", 1))
	err := w.Walk(f.Context(), 0, 1, nil, func(i store.Item) error {
		i.Version++
		return f.transact(store.PutOp(i, store.VersionIs(i.Version-1)))
	})
	if err != nil {
		f.Errorf("Walk = %v, want nil", err)
	}
}

func walkRefused(f *fixture) {
	w, ok := f.Store.(store.Walker)
	if !ok {
		return
	}
	for _, c := range []struct {
		segment, of int
		after       *store.Key
	}{{0, 0, nil}, {-1, 1, nil}, {1, 1, nil}, {0, store.MaxSegments + 1, nil}, {0, 1, &store.Key{}}} {
		err := w.Walk(f.Context(), c.segment, c.of, c.after, func(store.Item) error { return nil })
		f.wantRefused(fmt.Sprintf("Walk(%d of %d after %v)", c.segment, c.of, c.after), store.CheckWalk(c.segment, c.of, c.after), err)
	}
}
