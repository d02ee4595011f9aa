// Package schema provides the single-table design in one place: the key, the
// index entries and the encoding of every kind of item.
package schema

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"milepost/internal/fault"
	"milepost/internal/store"
)

// Record is a value with its place: what is stored, where, and in which
// lists it stands.
type Record struct {
	Type    string // names the item's type in its body
	Key     store.Key
	Index   [store.Indexes]store.Key
	Expires int64 // Unix seconds; 0: never
	Value   any
}

// version is the version of the encoding that this program writes. A change
// that old programs could not read raises it and keeps a decoder for the old.
const version = 1

type envelope struct {
	Type  string         `json:"type"`
	V     int            `json:"v"`
	Value jsontext.Value `json:"is"`
}

// Item encodes the record as version n of its item.
func (r Record) Item(n int64) (store.Item, error) {
	value, err := Canonical(r.Value)
	if err != nil {
		return store.Item{}, fmt.Errorf("schema: %s %s: %w", r.Type, r.Key, err)
	}
	body, err := json.Marshal(envelope{Type: r.Type, V: version, Value: value})
	if err != nil {
		return store.Item{}, fmt.Errorf("schema: %s %s: %w", r.Type, r.Key, err)
	}
	return store.Item{Key: r.Key, Version: n, Index: r.Index, Expires: r.Expires, Body: body}, nil
}

// Canonical encodes a value as RFC 8785 JSON without nulls: what a thing's
// body holds and what the journal compares.
func Canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	value := jsontext.Value(raw)
	if err := value.Canonicalize(); err != nil {
		return nil, err
	}
	return value, nil
}

// Value returns the canonical value inside an item's body, nil for no item.
func Value(item *store.Item) ([]byte, error) {
	if item == nil {
		return nil, nil
	}
	e, err := open(*item)
	if err != nil {
		return nil, err
	}
	value := jsontext.Value(bytes.Clone(e.Value))
	if err := value.Canonicalize(); err != nil {
		return nil, fmt.Errorf("schema: %s: %w", item.Key, err)
	}
	return value, nil
}

// TypeOf returns the type that an item's body names.
func TypeOf(item store.Item) (string, error) {
	e, err := open(item)
	return e.Type, err
}

func open(item store.Item) (envelope, error) {
	var e envelope
	if err := json.Unmarshal(item.Body, &e); err != nil {
		return e, unreadable(item, err)
	}
	if e.V != version {
		return e, fault.New(fault.Internal, "item.unknownVersion", "item", item.String(), "type", e.Type, "version", e.V)
	}
	return e, nil
}

// Decode reads an item of a type. An item of another type, of an unknown
// version or with a member that this program does not know is an error that
// names it.
func Decode[T any](item store.Item, kind string) (T, error) {
	var v T
	e, err := open(item)
	if err != nil {
		return v, err
	}
	if e.Type != kind {
		return v, fault.New(fault.Internal, "item.otherType", "item", item.String(), "type", e.Type, "expected", kind)
	}
	if err := json.Unmarshal(e.Value, &v, json.RejectUnknownMembers(true)); err != nil {
		return v, unreadable(item, err)
	}
	return v, nil
}

func unreadable(item store.Item, err error) error {
	return fault.Wrap(err, "item.unreadable", "item", item.String())
}
