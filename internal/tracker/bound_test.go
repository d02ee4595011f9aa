package tracker_test

import (
	"fmt"
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// A milestone takes so many announcements and no more, sent or not.
func TestEvidenceWithoutEnd(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-06-01"))
	first := storedEvidence(t, o, o.Announce(a.M("M1"), "never sent"))
	for n := range award.MaxEvidence - 2 { // as so many announcements would have left them
		e := first
		e.ID = ident.Evidence(fmt.Sprintf("evd_%026d", n))
		item, err := schema.EvidenceRecord(e).Item(1)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Store.Transact(o.Ctx, fmt.Sprintf("evidence-%d", n), store.PutOp(item, store.Absent)); err != nil {
			t.Fatal(err)
		}
	}
	o.Announce(a.M("M1"), "the last one")
	_, err := o.Tracker.AnnounceEvidence(o.Ctx, o.Call(trackertest.Operator), a.M("M1"), textFile("one more"))
	expectFault(t, "one more", err, fault.Conflict, "evidence.tooMany")
}

// Asking and withdrawing ends too.
func TestExtensionsWithoutEnd(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward(oneDue("2026-06-01"))
	for range award.MaxExtensions {
		x := o.Ask(a.M("M1"), "2026-07-01")
		must(t)(o.Tracker.WithdrawExtension(o.Ctx, o.Call(trackertest.Operator), x))
	}
	expectFault(t, "once more", askExtension(o, trackertest.Operator, a.M("M1"), later("2026-07-01")), fault.Conflict, "extension.tooManyAsked")
	if got := verified(t, o).Wrong; got != nil {
		t.Error(got)
	}
}
