package relay_test

import (
	"testing"

	"milepost/internal/fault"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func anchors(t *testing.T, o *trackertest.Office) []tracker.AnchorDay {
	t.Helper()
	days, err := o.Tracker.Anchors(o.Ctx, o.Call(trackertest.Auditor), tracker.AnchorsQuery{Programme: o.Programme})
	if err != nil {
		t.Fatal(err)
	}
	return days
}

// Every day is sealed once it is over, chained to the day before, and holds
// against the journals, before and after everything is delivered again.
func TestDaysAreSealed(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	r := everyone(o, s, "one")
	a := oneAward(o)
	scanned(t, o, r)
	if days := anchors(t, o); len(days) != 0 {
		t.Errorf("a day is sealed that is not over: %v", days)
	}
	o.Clock.Set(trackertest.Day("2026-03-04"))
	o.Submit(a.M("M1"))
	scanned(t, o, r)
	o.Clock.Set(trackertest.Day("2026-03-06"))
	scanned(t, o, r)
	days := anchors(t, o)
	if len(days) != 4 || days[0].On != trackertest.Day("2026-03-02") || days[0].Prev != "" || len(days[1].Sealed) != 0 || len(days[2].Sealed) != 1 {
		t.Fatalf("%+v", days)
	}
	if _, err := r.Rebuild(o.Ctx, "anchor"); err != nil {
		t.Fatal(err)
	}
	o.Clock.Set(trackertest.Day("2026-03-07"))
	scanned(t, o, everyone(o, s, "two"))
	again := anchors(t, o)
	same(t, "sealed days after a rebuild", days, again[:4])
	if len(again) != 5 || len(again[4].Sealed) != 0 {
		t.Errorf("the day of the rebuild seals %+v", again[4:])
	}
	report, err := tracker.VerifyAnchors(o.Ctx, s.(tracker.AnchoredStore), days)
	if err != nil || report.Wrong != nil || report.Days != 4 || report.Entries < 5 {
		t.Errorf("%+v, %v", report, err)
	}
	if _, err := o.Tracker.Anchors(o.Ctx, o.Call(trackertest.Operator), tracker.AnchorsQuery{Programme: o.Programme}); err == nil {
		t.Error("an operator has the anchors")
	}
	if _, err := o.Tracker.Anchors(o.Ctx, o.Call(trackertest.Stranger), tracker.AnchorsQuery{Programme: o.Programme}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a stranger: %v", err)
	}
}

// Whatever is changed, removed or slipped in after a day was sealed is found.
func TestAnchorsTell(t *testing.T) {
	for _, test := range []struct {
		code   string
		tamper func(t *testing.T, o *trackertest.Office, s store.Store, days []tracker.AnchorDay, last store.Key)
	}{
		{"verify.anchorEntry", func(t *testing.T, o *trackertest.Office, s store.Store, _ []tracker.AnchorDay, last store.Key) {
			rewrite(t, o, s, last, func(e *journal.Entry) { e.Command = "another" })
		}},
		{"verify.anchorEntry", func(t *testing.T, o *trackertest.Office, s store.Store, _ []tracker.AnchorDay, last store.Key) {
			if err := s.Transact(o.Ctx, "remove", store.DeleteOp(last, store.Present)); err != nil {
				t.Fatal(err)
			}
		}},
		{"verify.anchorAdded", func(t *testing.T, o *trackertest.Office, s store.Store, _ []tracker.AnchorDay, last store.Key) {
			rewrite(t, o, s, schema.JournalKey(last.PK, 5), func(e *journal.Entry) { e.On = trackertest.Day("2026-03-02") })
		}},
		{"verify.anchorAdded", func(t *testing.T, o *trackertest.Office, s store.Store, _ []tracker.AnchorDay, last store.Key) {
			another(t, o, s, last, "2026-03-03") // of an aggregate that was never sealed
		}},
		{"", func(t *testing.T, o *trackertest.Office, s store.Store, _ []tracker.AnchorDay, last store.Key) {
			another(t, o, s, last, "2026-03-05") // on a day that is not sealed
		}},
		{"", func(t *testing.T, o *trackertest.Office, s store.Store, _ []tracker.AnchorDay, last store.Key) {
			another(t, o, s, last, "2026-02-27") // before anything was
		}},
		{"verify.anchorHash", func(_ *testing.T, _ *trackertest.Office, _ store.Store, days []tracker.AnchorDay, _ store.Key) {
			days[0].Sealed = days[0].Sealed[1:]
		}},
		{"verify.anchorChain", func(_ *testing.T, _ *trackertest.Office, _ store.Store, days []tracker.AnchorDay, _ store.Key) {
			days[1] = days[2]
		}},
	} {
		s := trackertest.Memory(t)
		o := trackertest.New(t, s, outboxed())
		a := oneAward(o)
		scanned(t, o, everyone(o, s, "one"))
		o.Clock.Set(trackertest.Day("2026-03-05"))
		scanned(t, o, everyone(o, s, "two"))
		o.Submit(a.M("M1"))
		days := anchors(t, o)
		test.tamper(t, o, s, days, schema.JournalKey(string(a.ID), 4))
		report, err := tracker.VerifyAnchors(o.Ctx, s.(tracker.AnchoredStore), days)
		code := ""
		if report.Wrong != nil {
			code = report.Wrong.Code
		}
		if err != nil || code != test.code {
			t.Errorf("%v, %v, want %q", report.Wrong, err, test.code)
		}
	}
}

// another slips in an aggregate of the programme, with the entry of a journal as
// its first one, on a day.
func another(t *testing.T, o *trackertest.Office, s store.Store, from store.Key, on string) {
	t.Helper()
	items, err := s.Get(o.Ctx, from)
	if err != nil || items[0] == nil {
		t.Fatalf("no entry %s: %v", from, err)
	}
	e, err := journal.Open(decoded[schema.JournalText](t, *items[0], schema.TypeJournal).Text)
	if err != nil {
		t.Fatal(err)
	}
	e.Aggregate, e.Seq, e.Prev, e.On = "awd_01KJP0Y9M0000000000000NEVR", 1, "", trackertest.Day(on)
	text, hash, err := e.Seal()
	if err != nil {
		t.Fatal(err)
	}
	item, err := schema.JournalRecord(e, text, hash, o.Programme).Item(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Transact(o.Ctx, "another", store.PutOp(item, store.Absent)); err != nil {
		t.Fatal(err)
	}
}

// rewrite changes a journal item, with the hash that belongs to it.
func rewrite(t *testing.T, o *trackertest.Office, s store.Store, key store.Key, change func(*journal.Entry)) {
	t.Helper()
	items, err := s.Get(o.Ctx, key)
	if err != nil || items[0] == nil {
		t.Fatalf("no entry %s: %v", key, err)
	}
	e, err := journal.Open(decoded[schema.JournalText](t, *items[0], schema.TypeJournal).Text)
	if err != nil {
		t.Fatal(err)
	}
	change(&e)
	text, hash, err := e.Seal()
	if err != nil {
		t.Fatal(err)
	}
	item, err := schema.JournalRecord(e, text, hash, o.Programme).Item(items[0].Version + 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Transact(o.Ctx, "rewrite", store.PutOp(item, store.Present)); err != nil {
		t.Fatal(err)
	}
}
