package tracker_test

import (
	"errors"
	"slices"
	"testing"

	"milepost/internal/fault"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// expectFault fails the test unless err is a fault of that kind and code, with
// exactly these fields, each as "pointer code".
func expectFault(t *testing.T, what string, err error, kind fault.Kind, code string, fields ...string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != kind || f.Code != code {
		t.Errorf("%s: %v, want %s: %s", what, err, kind, code)
		return
	}
	var got []string
	for _, field := range f.Fields {
		got = append(got, field.Pointer+" "+field.Code)
	}
	if !slices.Equal(got, fields) {
		t.Errorf("%s: fields %q, want %q", what, got, fields)
	}
}

// expectInvalid is expectFault for values that are wrong.
func expectInvalid(t *testing.T, what string, err error, fields ...string) {
	t.Helper()
	expectFault(t, what, err, fault.Invalid, "request.invalid", fields...)
}

// expectDone fails the test at once where a command was refused.
func expectDone(t *testing.T, what string, r tracker.Receipt, err error) tracker.Receipt {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return r
}

// storedThing reads a thing out of the store.
func storedThing[T any](t *testing.T, o *trackertest.Office, key store.Key, kind string) T {
	t.Helper()
	items, err := o.Store.Get(t.Context(), key)
	if err != nil || items[0] == nil {
		t.Fatalf("no item %s: %v", key, err)
	}
	v, err := schema.Decode[T](*items[0], kind)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// storedVersion is the version of an item, 0 where there is none.
func storedVersion(t *testing.T, o *trackertest.Office, key store.Key) int64 {
	t.Helper()
	items, err := o.Store.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if items[0] == nil {
		return 0
	}
	return items[0].Version
}

// journalOf reads the journal entry of a receipt.
func journalOf(t *testing.T, o *trackertest.Office, r tracker.Receipt) journal.Entry {
	t.Helper()
	text := storedThing[schema.JournalText](t, o, schema.JournalKey(r.Aggregate, r.Sequence), schema.TypeJournal)
	e, err := journal.Open(text.Text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// eventsOf lists the kinds of a receipt's events in their order.
func eventsOf(t *testing.T, o *trackertest.Office, r tracker.Receipt) []string {
	t.Helper()
	var kinds []string
	for _, e := range journalOf(t, o, r).Events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// tells reports whether a journal entry holds a text, in a change or in the
// data of an event: what an auditor can read of it.
func tells(e journal.Entry, text string) bool {
	quoted := `"` + text + `"`
	for _, event := range e.Events {
		if containsText(event.Data, quoted) {
			return true
		}
		for _, c := range event.Changes {
			if containsText(c.To, quoted) {
				return true
			}
		}
	}
	return false
}

func containsText(raw []byte, text string) bool {
	for i := 0; i+len(text) <= len(raw); i++ {
		if string(raw[i:i+len(text)]) == text {
			return true
		}
	}
	return false
}

// foundNames lists the texts by which things of a type are found in a programme.
func foundNames(t *testing.T, o *trackertest.Office, kind, programme string) []string {
	t.Helper()
	page, err := o.Store.QueryIndex(t.Context(), store.IndexQuery{Index: store.Program, Partition: schema.NamesOf(kind, programme)})
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{}
	for _, e := range page.Entries {
		texts = append(texts, storedThing[schema.Name](t, o, e.Item, schema.TypeName).Text)
	}
	return texts
}
