package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
)

// fixture is a store under test, with the steps that the cases are made of.
type fixture struct {
	*testing.T
	store.Store
}

// attempts is how often a step tries again before it calls the store broken.
const attempts = 60

// item builds an item whose body names it and its version.
func item(pk, sk string, version int64) store.Item {
	body, err := json.Marshal(map[string]any{"name": sk, "version": version})
	if err != nil {
		panic(err) // no such map fails
	}
	return store.Item{Key: store.Key{PK: pk, SK: sk}, Version: version, Body: body}
}

// transact commits ops under a new token, as a careful caller does: again with
// the same token while the store is contended or the outcome unknown.
func (f *fixture) transact(ops ...store.Op) error {
	return f.transactAs(rand.Text(), ops...)
}

func (f *fixture) transactAs(token string, ops ...store.Op) error {
	held := len(ops) == 1 && f.holds(ops[0])
	unknown := false
	var err error
	for try := range attempts {
		err = f.Transact(f.Context(), token, ops...)
		switch {
		case errors.Is(err, store.ErrUnknownOutcome):
			unknown = true
		case errors.Is(err, store.ErrContended):
			time.Sleep(time.Duration(try) * time.Millisecond)
		case unknown && held && ownWrite(ops[0], err):
			return nil
		default:
			return err
		}
	}
	return err
}

func (f *fixture) holds(op store.Op) bool {
	items, err := f.Get(f.Context(), op.Item.Key)
	return err == nil && op.If.Holds(items[0])
}

// ownWrite reports whether the condition of a single operation failed on what
// that operation had written itself, as the port allows on a repetition.
func ownWrite(op store.Op, err error) bool {
	var failed *store.ConditionError
	if !errors.As(err, &failed) {
		return false
	}
	current := failed.Failed[0].Current
	switch op.Verb {
	case store.Put:
		return current != nil && cmp.Equal(op.Item, *current, sameBodies())
	case store.Delete:
		return current == nil
	case store.Check:
	}
	return false
}

func (f *fixture) mustTransact(ops ...store.Op) {
	f.Helper()
	if err := f.transact(ops...); err != nil {
		f.Fatalf("Transact = %v, want nil", err)
	}
}

// put stores items whatever stood there, as many as needed at a time.
func (f *fixture) put(items ...store.Item) {
	f.Helper()
	var ops []store.Op
	size := 0
	for _, i := range items {
		if len(ops) == store.MaxOps || size+i.Size() > store.MaxTransact {
			f.mustTransact(ops...)
			ops, size = nil, 0
		}
		ops, size = append(ops, store.PutOp(i, store.Anything)), size+i.Size()
	}
	f.mustTransact(ops...)
}

// wantItems fails unless the keys hold exactly the items wanted, nil for none.
func (f *fixture) wantItems(want map[store.Key]*store.Item) {
	f.Helper()
	for key, item := range want {
		got, err := f.Get(f.Context(), key)
		if err != nil || len(got) != 1 {
			f.Fatalf("Get(%s) = %d items, %v, want 1, nil", key, len(got), err)
		}
		if diff := cmp.Diff(item, got[0], sameBodies()); diff != "" {
			f.Errorf("Get(%s) (-want +got):\n%s", key, diff)
		}
	}
}

// list reads a query to its end, page by page, and holds each page to its
// bounds.
func (f *fixture) list(q store.Query) []store.Item {
	f.Helper()
	var all []store.Item
	for range 10_000 {
		page, err := f.Query(f.Context(), q)
		if err != nil {
			f.Fatalf("Query(%+v) = %v", q, err)
		}
		if q.Limit > 0 && len(page.Items) > q.Limit {
			f.Fatalf("Query(%+v) = %d items, want at most %d", q, len(page.Items), q.Limit)
		}
		size := 0
		for _, i := range page.Items {
			size += i.Size()
		}
		if size > store.MaxPageBytes {
			f.Fatalf("Query(%+v) = %d bytes, want at most %d", q, size, store.MaxPageBytes)
		}
		all = append(all, page.Items...)
		if page.Next == nil {
			return all
		}
		q.After = page.Next
	}
	f.Fatalf("Query(%+v) never ends", q)
	return nil
}

// listIndex reads an index query to its end, page by page.
func (f *fixture) listIndex(q store.IndexQuery) []store.Entry {
	f.Helper()
	var all []store.Entry
	for range 10_000 {
		page, err := f.QueryIndex(f.Context(), q)
		if err != nil {
			f.Fatalf("QueryIndex(%+v) = %v", q, err)
		}
		if q.Limit > 0 && len(page.Entries) > q.Limit {
			f.Fatalf("QueryIndex(%+v) = %d entries, want at most %d", q, len(page.Entries), q.Limit)
		}
		all = append(all, page.Entries...)
		if page.Next == nil {
			return all
		}
		q.After = page.Next
	}
	f.Fatalf("QueryIndex(%+v) never ends", q)
	return nil
}

// wantIndex fails unless the query comes to list the entries wanted. An index
// may lag, so time and transactions pass between two looks at it.
func (f *fixture) wantIndex(q store.IndexQuery, want []store.Entry) {
	f.Helper()
	diff := ""
	for try := range attempts {
		if diff = cmp.Diff(want, f.listIndex(q)); diff == "" {
			return
		}
		f.put(item("storetest filler", "1", int64(try)+1))
		time.Sleep(time.Duration(try) * 100 * time.Microsecond)
	}
	f.Fatalf("QueryIndex(%+v) (-want +got):\n%s", q, diff)
}

// sameBodies compares the bodies of items as JSON values.
func sameBodies() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Body" }, cmp.Comparer(sameJSON))
}

func sameJSON(a, b []byte) bool {
	x, errX := decodeJSON(a)
	y, errY := decodeJSON(b)
	return errX == nil && errY == nil && reflect.DeepEqual(x, y)
}

func decodeJSON(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

// ended returns a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
