package schema_test

import (
	"strings"
	"testing"

	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// What cannot be read is an internal fault that names the item, and never a
// value that is half right.
func TestDecodeRefuses(t *testing.T) {
	head := store.Key{PK: "awd_1", SK: "0"}
	for _, test := range []struct{ name, body, code string }{
		{"later version", `{"type":"head","v":2,"is":{"seq":1,"hash":"h"}}`, "item.unknownVersion"},
		{"no version", `{"type":"head","is":{"seq":1,"hash":"h"}}`, "item.unknownVersion"},
		{"later version with other members", `{"type":"head","v":9,"holds":[1]}`, "item.unknownVersion"},
		{"other type", `{"type":"award","v":1,"is":{"seq":1,"hash":"h"}}`, "item.otherType"},
		{"no type", `{"v":1,"is":{"seq":1,"hash":"h"}}`, "item.otherType"},
		{"unknown member", `{"type":"head","v":1,"is":{"seq":1,"hash":"h","more":1}}`, "item.unreadable"},
		{"unknown member within", `{"type":"head","v":1,"is":{"seq":1,"hash":"h","totals":{"more":1}}}`, "item.unreadable"},
		{"member in another case", `{"type":"head","v":1,"is":{"Seq":1,"hash":"h"}}`, "item.unreadable"},
		{"wrong kind of value", `{"type":"head","v":1,"is":{"seq":"1","hash":"h"}}`, "item.unreadable"},
		{"fraction", `{"type":"head","v":1,"is":{"seq":1.5,"hash":"h"}}`, "item.unreadable"},
		{"member twice", `{"type":"head","v":1,"is":{"seq":1,"seq":2,"hash":"h"}}`, "item.unreadable"},
		{"cut off", `{"type":"head","v":1,"is":{"seq":1`, "item.unreadable"},
		{"more than one value", `{"type":"head","v":1,"is":{"seq":1,"hash":"h"}} {}`, "item.unreadable"},
		{"no value", `{"type":"head","v":1}`, "item.unreadable"},
		{"a list", `[]`, "item.unreadable"},
		{"nothing", ``, "item.unreadable"},
	} {
		got, err := schema.Decode[schema.Head](store.Item{Key: head, Version: 1, Body: []byte(test.body)}, schema.TypeHead)
		if fault.CodeOf(err) != test.code || fault.KindOf(err) != fault.Internal {
			t.Errorf("%s: Decode = %+v, %v; want the internal fault %s", test.name, got, err, test.code)
			continue
		}
		if !strings.Contains(err.Error(), head.String()) {
			t.Errorf("%s: fault %v does not name the item %s", test.name, err, head)
		}
	}
}

// Value and TypeOf read any type, but no unknown version.
func TestValueAndTypeOf(t *testing.T) {
	item, err := schema.HeadRecord("awd_1", schema.Head{Seq: 3, Hash: "h"}).Item(7)
	if err != nil {
		t.Fatal(err)
	}
	if kind, err := schema.TypeOf(item); kind != schema.TypeHead || err != nil {
		t.Errorf("TypeOf = %q, %v", kind, err)
	}
	value, err := schema.Value(&item)
	if want := `{"hash":"h","seq":3}`; string(value) != want || err != nil {
		t.Errorf("Value = %s, %v; want %s", value, err, want)
	}
	if value, err := schema.Value(nil); value != nil || err != nil {
		t.Errorf("Value(nil) = %s, %v; want nothing", value, err)
	}
	item.Body = []byte(`{"type":"head","v":2,"is":{}}`)
	if _, err := schema.Value(&item); fault.CodeOf(err) != "item.unknownVersion" {
		t.Errorf("Value of a later version: %v", err)
	}
	if _, err := schema.TypeOf(item); fault.CodeOf(err) != "item.unknownVersion" {
		t.Errorf("TypeOf a later version: %v", err)
	}
}

// An item carries its record's place, and the version that it is given.
func TestItem(t *testing.T) {
	r := schema.IdempotencyRecord(aPerson, "key", schema.Idempotency{Fingerprint: "f"}, 1790000000)
	item, err := r.Item(5)
	if err != nil {
		t.Fatal(err)
	}
	if item.Key != r.Key || item.Version != 5 || item.Expires != 1790000000 {
		t.Errorf("Item(5) = %+v", item)
	}
	r.Value = func() {}
	if _, err := r.Item(1); err == nil || !strings.Contains(err.Error(), r.Key.String()) {
		t.Errorf("an item of what is no JSON: %v, want an error that names %s", err, r.Key)
	}
}
