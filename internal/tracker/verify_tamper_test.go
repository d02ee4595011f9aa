package tracker_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"milepost/internal/award"
	"milepost/internal/ledger"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
)

// What follows writes to a store behind the tracker's back.

func milestoneKey(ref tracker.MilestoneRef) store.Key {
	return schema.MilestoneKey(ref.Award, ref.Milestone)
}

func item(t testing.TB, o busy, key store.Key) store.Item {
	t.Helper()
	items, err := o.Store.Get(t.Context(), key)
	if err != nil || items[0] == nil {
		t.Fatalf("no item %s: %v", key, err)
	}
	return *items[0]
}

func transact(t testing.TB, o busy, op store.Op) {
	t.Helper()
	if err := o.Store.Transact(t.Context(), rand.Text(), op); err != nil {
		t.Fatal(err)
	}
}

// put stores an item again after a change.
func put(t testing.TB, o busy, i store.Item, change func(*store.Item)) {
	t.Helper()
	change(&i)
	transact(t, o, store.PutOp(i, store.Anything))
}

func erase(t testing.TB, o busy, key store.Key) {
	t.Helper()
	item(t, o, key) // which must be there
	transact(t, o, store.DeleteOp(key, store.Present))
}

// plant stores a record as the first version, or as that which is there.
func plant(t testing.TB, o busy, r schema.Record) {
	t.Helper()
	version := int64(1)
	if items, err := o.Store.Get(t.Context(), r.Key); err == nil && items[0] != nil {
		version = items[0].Version
	}
	i, err := r.Item(version)
	if err != nil {
		t.Fatal(err)
	}
	transact(t, o, store.PutOp(i, store.Anything))
}

// rewrite changes the value in an item and nothing else of it.
func rewrite[T any](t testing.TB, o busy, key store.Key, kind string, change func(*T)) {
	t.Helper()
	was := item(t, o, key)
	v, err := schema.Decode[T](was, kind)
	if err != nil {
		t.Fatal(err)
	}
	change(&v)
	is, err := schema.Record{Type: kind, Key: key, Value: v}.Item(was.Version)
	if err != nil {
		t.Fatal(err)
	}
	put(t, o, was, func(i *store.Item) { i.Body = is.Body })
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func ledgerEntry(t testing.TB, o busy, seq int64) ledger.Entry {
	t.Helper()
	e, err := schema.Decode[ledger.Entry](item(t, o, schema.LedgerKey(o.a.ID, seq)), schema.TypeLedger)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func busyEvidence(t testing.TB, o busy) award.Evidence {
	t.Helper()
	e, err := schema.Decode[award.Evidence](item(t, o, schema.EvidenceKey(o.a.ID, o.evidence.Milestone, o.evidence.Evidence)), schema.TypeEvidence)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
