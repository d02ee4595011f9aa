package faultproxy_test

import "milepost/internal/store"

// counter is an item of a version.
func counter(pk string, version int64) store.Item {
	return store.Item{Key: store.Key{PK: pk, SK: "n"}, Version: version, Body: []byte(`{}`)}
}

// pair writes an item over the version before, and another beside it, so that
// it takes a transaction.
func pair(i store.Item) []store.Op {
	was := store.Absent
	if i.Version > 1 {
		was = store.VersionIs(i.Version - 1)
	}
	other := i
	other.SK = "other"
	return []store.Op{store.PutOp(i, was), store.PutOp(other, store.Anything)}
}
