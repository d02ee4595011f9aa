package tracker_test

import (
	"errors"
	"testing"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/tracker/trackertest"
)

func TestExplain(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-01")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-15", "100.00", "M1")})
	view, err := o.Tracker.Award(o.Ctx, o.Call(trackertest.Manager), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		as, of, thing string
		action        access.Action
		want          int // memberships that give it
		held          int
		code          string
	}{
		{trackertest.Administrator, trackertest.Manager, view.Document.Number, access.ActivateAward, 1, 1, ""},
		{trackertest.Administrator, trackertest.Finance, string(a.ID), access.InstructPayment, 1, 1, ""},
		{trackertest.Manager, trackertest.Operator, string(a.ID), access.SubmitMilestone, 1, 1, ""},
		{trackertest.Manager, trackertest.Operator, string(o.Programme), access.ViewProgramme, 1, 1, ""},
		{trackertest.Manager, trackertest.Auditor, string(a.ID), access.DecideMilestone, 0, 1, ""},
		{trackertest.Administrator, trackertest.Stranger, string(a.ID), access.ViewAward, 0, 0, ""},
		{trackertest.Manager, trackertest.Lead, "nothing of the kind", access.ViewAward, 0, 0, "reference.unknown"},
		{trackertest.Operator2, trackertest.Operator2, string(a.ID), access.ViewAward, 0, 0, "reference.unknown"},
		{trackertest.Operator, trackertest.Manager, string(a.ID), access.ViewAward, 0, 0, "reference.unknown"},
	} {
		got, err := o.Tracker.Explain(o.Ctx, o.Call(c.as), o.People[c.of], c.thing)
		if code := codeAt(err); code != c.code {
			t.Errorf("%s asks about %s on %s: %q, want %q", c.as, c.of, c.thing, code, c.code)
			continue
		}
		because := 0
		for _, x := range got.Allows {
			if x.Action == c.action {
				because = len(x.Because)
			}
		}
		if because != c.want || len(got.Held) != c.held {
			t.Errorf("%s on %s: %s for %d reasons, want %d; %d memberships, want %d", c.of, c.thing, c.action, because, c.want, len(got.Held), c.held)
		}
	}
}

// codeAt is the code of the first field of a fault, else its own.
func codeAt(err error) string {
	if err == nil {
		return ""
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && len(f.Fields) > 0 {
		return f.Fields[0].Code
	}
	return fault.CodeOf(err)
}
