package storetest

import (
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/store"
)

func conditionCases() []testCase {
	return []testCase{
		{"condition/each on each verb", conditionMatrix},
		{"condition/every failed one is told, with the current item", conditionFailures},
		{"condition/an expired item is still there", conditionExpired},
		{"condition/a version may go anywhere", conditionVersions},
	}
}

// conditionMatrix runs each verb under each condition on an absent item and on
// one of version 3, alone and in company of another write.
func conditionMatrix(f *fixture) {
	conditions := []struct {
		cond             store.Condition
		onNone, onStored bool
	}{
		{store.Anything, true, true},
		{store.Absent, true, false},
		{store.Present, false, true},
		{store.VersionIs(3), false, true},
		{store.VersionIs(2), false, false},
		{store.VersionIs(4), false, false},
	}
	n := 0
	for _, c := range conditions {
		for _, verb := range []store.Verb{store.Put, store.Delete, store.Check} {
			for _, stored := range []bool{false, true} {
				for _, company := range []bool{false, true} {
					if verb == store.Check && c.cond.IsAnything() {
						continue // refused, see refusalCases
					}
					n++
					holds := c.onNone && !stored || c.onStored && stored
					f.condition(fmt.Sprintf("p%d", n), verb, c.cond, stored, company, holds)
				}
			}
		}
	}
}

func (f *fixture) condition(pk string, verb store.Verb, cond store.Condition, stored, company, holds bool) {
	f.Helper()
	before, after, other := item(pk, "a", 3), item(pk, "a", 4), item(pk, "b", 1)
	want := map[store.Key]*store.Item{before.Key: nil, other.Key: nil}
	if stored {
		f.put(before)
		want[before.Key] = &before
	}
	ops := []store.Op{{Verb: verb, If: cond, Item: after}}
	if verb != store.Put {
		ops[0].Item = store.Item{Key: after.Key}
	}
	if company {
		ops = append(ops, store.PutOp(other, store.Absent))
	}
	err := f.transact(ops...)
	if holds {
		switch verb {
		case store.Put:
			want[before.Key] = &after
		case store.Delete:
			want[before.Key] = nil
		case store.Check:
		}
		if company {
			want[other.Key] = &other
		}
	}
	name := fmt.Sprintf("verb %d if %s, stored %t, in company %t", verb, cond, stored, company)
	var failed *store.ConditionError
	switch {
	case holds && err != nil:
		f.Errorf("%s = %v, want nil", name, err)
	case !holds && !errors.As(err, &failed):
		f.Errorf("%s = %v, want a condition error", name, err)
	case !holds:
		told := []store.FailedOp{{Op: 0, Key: before.Key, Current: want[before.Key]}}
		if diff := cmp.Diff(told, failed.Failed, sameBodies()); diff != "" {
			f.Errorf("%s: failed operations (-want +got):\n%s", name, diff)
		}
	}
	f.wantItems(want)
}

func conditionFailures(f *fixture) {
	a, b, c := item("p", "a", 1), item("p", "b", 5), item("q", "c", 9)
	a.Index[store.Work], a.Expires = store.Key{PK: "w", SK: "1"}, 7
	f.put(a, b, c)
	none := store.Key{PK: "p", SK: "none"}
	err := f.transact(
		store.PutOp(item("p", "a", 2), store.Absent),
		store.PutOp(item("p", "b", 6), store.VersionIs(5)), // holds
		store.CheckOp(none, store.Present),
		store.PutOp(item("p", "new", 1), store.Anything), // no condition
		store.DeleteOp(c.Key, store.VersionIs(8)),
	)
	var failed *store.ConditionError
	if !errors.As(err, &failed) {
		f.Fatalf("Transact = %v, want a condition error", err)
	}
	want := []store.FailedOp{
		{Op: 0, Key: a.Key, Current: &a},
		{Op: 2, Key: none},
		{Op: 4, Key: c.Key, Current: &c},
	}
	if diff := cmp.Diff(want, failed.Failed, sameBodies()); diff != "" {
		f.Errorf("failed operations (-want +got):\n%s", diff)
	}
	if got, ok := failed.On(c.Key); !ok || got.Op != 4 {
		f.Errorf("On(%s) = %+v, %t, want op 4", c.Key, got, ok)
	}
}

// An expiry in 1970: DynamoDB itself deletes nothing that expired over five
// years ago.
func conditionExpired(f *fixture) {
	old := item("p", "a", 1)
	old.Expires = 1
	f.put(old)
	f.wantItems(map[store.Key]*store.Item{old.Key: &old})
	if diff := cmp.Diff([]store.Item{old}, f.list(store.Query{Partition: "p"}), sameBodies()); diff != "" {
		f.Errorf("Query (-want +got):\n%s", diff)
	}
	var failed *store.ConditionError
	if err := f.transact(store.PutOp(item("p", "a", 2), store.Absent)); !errors.As(err, &failed) {
		f.Errorf("Transact if absent = %v, want a condition error", err)
	}
	f.mustTransact(store.PutOp(item("p", "a", 2), store.VersionIs(1)))
}

func conditionVersions(f *fixture) {
	last := item("p", "a", store.MaxInteger)
	f.put(last)
	first := item("p", "a", 1)
	f.mustTransact(store.PutOp(first, store.VersionIs(store.MaxInteger)))
	f.wantItems(map[store.Key]*store.Item{first.Key: &first})
}
