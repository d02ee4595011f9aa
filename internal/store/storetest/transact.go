package storetest

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
)

func transactCases() []testCase {
	return []testCase{
		{"transact/all or nothing", transactAll},
		{"transact/a put replaces the whole item", transactReplaces},
		{"transact/a hundred operations", transactHundred},
		{"transact/large items, nearly 4 MB", transactLarge},
		{"transact/checks alone", transactChecks},
	}
}

func transactAll(f *fixture) {
	a, b, c := item("p", "a", 1), item("p", "b", 1), item("q", "c", 1)
	f.put(a, c)
	a2 := item("p", "a", 2)
	ops := []store.Op{
		store.PutOp(a2, store.VersionIs(1)),
		store.PutOp(b, store.Absent),
		store.DeleteOp(c.Key, store.VersionIs(2)), // does not hold
	}
	var failed *store.ConditionError
	if err := f.transact(ops...); !errors.As(err, &failed) {
		f.Fatalf("Transact = %v, want a condition error", err)
	}
	f.wantItems(map[store.Key]*store.Item{a.Key: &a, b.Key: nil, c.Key: &c})

	ops[2].If = store.VersionIs(1)
	f.mustTransact(ops...)
	f.wantItems(map[store.Key]*store.Item{a.Key: &a2, b.Key: &b, c.Key: nil})
}

func transactReplaces(f *fixture) {
	i := item("p", "a", 7)
	i.Expires, i.Index[store.Work] = 99, store.Key{PK: "w", SK: "1"}
	i.Index[store.Program] = store.Key{PK: "g", SK: "1"}
	f.put(i)
	f.wantItems(map[store.Key]*store.Item{i.Key: &i})
	bare := store.Item{Key: i.Key, Version: 3, Body: []byte(`{}`)}
	f.put(bare)
	f.wantItems(map[store.Key]*store.Item{i.Key: &bare})
}

func transactHundred(f *fixture) {
	var ops []store.Op
	want := map[store.Key]*store.Item{}
	for n := range store.MaxOps {
		i := item(fmt.Sprintf("p%d", n%9), fmt.Sprintf("%03d", n), 1)
		ops = append(ops, store.PutOp(i, store.Absent))
		want[i.Key] = &i
	}
	f.mustTransact(ops...)
	f.wantItems(want)
}

func transactLarge(f *fixture) {
	var ops []store.Op
	want := map[store.Key]*store.Item{}
	for n := range store.MaxTransact / store.MaxItem {
		i := bigItem("p", fmt.Sprintf("%02d", n), store.MaxItem)
		ops = append(ops, store.PutOp(i, store.Absent))
		want[i.Key] = &i
	}
	f.mustTransact(ops...)
	for key, i := range want {
		got, err := f.Get(f.Context(), key)
		if err != nil || got[0] == nil || !cmp.Equal(*i, *got[0], sameBodies()) {
			f.Errorf("Get(%s) differs from what was put, %v", key, err)
		}
	}
}

func transactChecks(f *fixture) {
	a := item("p", "a", 1)
	f.put(a)
	none := store.Key{PK: "p", SK: "none"}
	f.mustTransact(store.CheckOp(a.Key, store.VersionIs(1)))
	f.mustTransact(store.CheckOp(a.Key, store.Present), store.CheckOp(none, store.Absent))
	var failed *store.ConditionError
	if err := f.transact(store.CheckOp(a.Key, store.VersionIs(1)), store.CheckOp(none, store.Present)); !errors.As(err, &failed) {
		f.Errorf("Transact = %v, want a condition error", err)
	}
	f.wantItems(map[store.Key]*store.Item{a.Key: &a, none: nil})
}

func tokenCases() []testCase {
	return []testCase{
		{"token/a repetition takes effect once", tokenReplay},
		{"token/a repetition of one operation does no more harm", tokenReplayOne},
		{"token/a refused transaction does not use its token up", tokenAfterRefusal},
		{"token/with other content writes nothing", tokenReused},
	}
}

func tokenReplay(f *fixture) {
	a, b := item("p", "a", 1), item("p", "b", 1)
	ops := []store.Op{store.PutOp(a, store.Absent), store.PutOp(b, store.Anything)}
	token := rand.Text()
	for n := range 3 {
		if err := f.transactAs(token, ops...); err != nil {
			f.Fatalf("Transact, time %d = %v, want nil", n+1, err)
		}
	}
	b2 := item("p", "b", 2)
	f.put(b2)
	if err := f.transactAs(token, ops...); err != nil {
		f.Fatalf("Transact after another's = %v, want nil", err)
	}
	f.wantItems(map[store.Key]*store.Item{a.Key: &a, b.Key: &b2})
}

func tokenReplayOne(f *fixture) {
	a := item("p", "a", 1)
	token := rand.Text()
	if err := f.transactAs(token, store.PutOp(a, store.Absent)); err != nil {
		f.Fatalf("Transact = %v, want nil", err)
	}
	err := f.transactAs(token, store.PutOp(a, store.Absent))
	if err != nil && !ownWrite(store.PutOp(a, store.Absent), err) {
		f.Errorf("Transact again = %v, want nil or a condition error with what it wrote", err)
	}
	f.wantItems(map[store.Key]*store.Item{a.Key: &a})
}

func tokenAfterRefusal(f *fixture) {
	a, b := item("p", "a", 1), item("p", "b", 1)
	token := rand.Text()
	ops := []store.Op{store.PutOp(a, store.Absent), store.CheckOp(b.Key, store.Present)}
	var failed *store.ConditionError
	if err := f.transactAs(token, ops...); !errors.As(err, &failed) {
		f.Fatalf("Transact = %v, want a condition error", err)
	}
	f.put(b)
	if err := f.transactAs(token, ops...); err != nil {
		f.Fatalf("Transact once the condition holds = %v, want nil", err)
	}
	f.wantItems(map[store.Key]*store.Item{a.Key: &a, b.Key: &b})
}

func tokenReused(f *fixture) {
	a, b, c := item("p", "a", 1), item("p", "b", 1), item("p", "c", 1)
	token := rand.Text()
	if err := f.transactAs(token, store.PutOp(a, store.Absent), store.PutOp(b, store.Absent)); err != nil {
		f.Fatalf("Transact = %v, want nil", err)
	}
	a2 := item("p", "a", 2)
	err := f.transactAs(token, store.PutOp(a2, store.VersionIs(1)), store.PutOp(c, store.Absent))
	if !errors.Is(err, store.ErrTokenReused) {
		f.Errorf("Transact with other content = %v, want %v", err, store.ErrTokenReused)
	}
	f.wantItems(map[store.Key]*store.Item{a.Key: &a, b.Key: &b, c.Key: nil})
}
