package tracker_test

import (
	"strings"
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// A journal holds up to its head; a changed, missing or cut entry is named.
func TestChain(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-06-01"))
	o.Submit(a.M("M1"))
	chain := func(persona string) (tracker.ChainView, error) {
		return o.Tracker.Chain(o.Ctx, o.Call(persona), string(a.ID))
	}
	whole, err := chain(trackertest.Auditor)
	if err != nil || !whole.Holds || whole.Entries < 4 || whole.Hash == "" || whole.Entries != o.HeadNow(string(a.ID)).Seq {
		t.Fatalf("the chain as written: %+v, %v", whole, err)
	}
	if _, err := chain(trackertest.Stranger); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a stranger gets %v", err)
	}
	key := schema.JournalKey(string(a.ID), 2)
	items, err := o.Store.Get(o.Ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	original := *items[0]
	forged := original
	forged.Body = []byte(strings.Replace(string(forged.Body), "submitAward", "acceptAward", 1))
	if string(forged.Body) == string(original.Body) {
		t.Fatal("nothing was forged")
	}
	write := func(token string, op store.Op) {
		t.Helper()
		if err := o.Store.Transact(o.Ctx, token, op); err != nil {
			t.Fatal(err)
		}
	}
	write("forge", store.PutOp(forged, store.VersionIs(original.Version)))
	if got, err := chain(trackertest.Auditor); err != nil || got.Holds || got.Broken != 2 || got.Entries != 1 {
		t.Errorf("entry 2 was changed: %+v, %v", got, err)
	}
	write("mend", store.PutOp(original, store.VersionIs(forged.Version)))
	last, err := o.Store.Get(o.Ctx, schema.JournalKey(string(a.ID), whole.Entries))
	if err != nil {
		t.Fatal(err)
	}
	write("cut", store.DeleteOp(last[0].Key, store.VersionIs(last[0].Version)))
	if got, err := chain(trackertest.Auditor); err != nil || got.Holds || got.Broken != whole.Entries {
		t.Errorf("the last entry is gone: %+v, %v", got, err)
	}
}

func TestJournalEntry(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100", "M1")})
	r := o.Submit(a.M("M1"))
	e, err := o.Tracker.JournalEntry(o.Ctx, o.Call(trackertest.Auditor), r.Aggregate, r.Sequence)
	if err != nil || e.Command != "submitMilestone" || e.Person == nil || e.Subject == nil || e.Subject.Code != "HT-001" || len(e.Events) == 0 {
		t.Errorf("the entry: %+v, %v", e, err)
	}
	for _, seq := range []int64{0, -1, r.Sequence + 1} {
		if _, err := o.Tracker.JournalEntry(o.Ctx, o.Call(trackertest.Auditor), r.Aggregate, seq); fault.KindOf(err) != fault.NotFound {
			t.Errorf("entry %d = %v", seq, err)
		}
	}
	if _, err := o.Tracker.JournalEntry(o.Ctx, o.Call(trackertest.Operator2), r.Aggregate, r.Sequence); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another platform's operator gets %v", err)
	}
}
