package tracker_test

import (
	"slices"
	"testing"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// The platforms in which one may ask who has a role are those whose members one
// sees; in their names, nothing of others is told.
func TestMemberPlatforms(t *testing.T) {
	o := trackertest.New(t, nil)
	o.NewProgramme("OTHER", nil)
	for persona, want := range map[string][]string{
		trackertest.Administrator: {"PLT-1", "PLT-2"}, trackertest.Manager: {"PLT-1", "PLT-2"}, trackertest.Auditor: {"PLT-1", "PLT-2"},
		trackertest.Operator: nil, trackertest.Stranger: nil,
	} {
		page, err := o.Tracker.MemberPlatforms(o.Ctx, o.Call(persona), tracker.PageRequest{})
		var got []string
		for _, n := range page.Items {
			got = append(got, n.Code)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s lists %q, %v, want %q", persona, got, err, want)
		}
	}
}

// Whether a programme pays an organisation is told to whoever grants roles there.
func TestPaidIn(t *testing.T) {
	o := trackertest.New(t, nil)
	paid := func(persona string) (bool, error) {
		return o.Tracker.PaidIn(o.Ctx, o.Call(persona), o.Payee, o.Programme)
	}
	if got, err := paid(trackertest.Administrator); got || err != nil {
		t.Errorf("before there is an award: %v, %v", got, err)
	}
	o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("A", "2026-03-20")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "10", "A")})
	if got, err := paid(trackertest.Administrator); !got || err != nil {
		t.Errorf("of an active award: %v, %v", got, err)
	}
	if got, err := o.Tracker.PaidIn(o.Ctx, o.Call(trackertest.Administrator), o.City, o.Programme); got || err != nil {
		t.Errorf("the funder: %v, %v", got, err)
	}
	if got, err := o.Tracker.PaidIn(o.Ctx, o.Call(trackertest.Administrator), o.Payee, o.NewProgramme("OTHER", nil)); got || err != nil {
		t.Errorf("in another programme: %v, %v", got, err)
	}
	for persona, kind := range map[string]fault.Kind{trackertest.Manager: fault.Forbidden, trackertest.Stranger: fault.NotFound} {
		if got, err := paid(persona); got || fault.KindOf(err) != kind {
			t.Errorf("%s: %v, %v", persona, got, err)
		}
	}
}
