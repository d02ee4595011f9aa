package tracker_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// Lists are narrowed to what happened between two dates, to one award, to some
// states and to who asked.
func TestThingsAreNarrowed(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-04-10"), trackertest.Milestone("M3", "2026-12-01")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-15", "10", "M1"), trackertest.Tranche(2, "2026-06-15", "30", "M2"), trackertest.Tranche(3, "2026-06-16", "31", "M3")})
	b := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("N1", "2026-05-15")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-12-15", "7", "N1")}, o.OnOtherPlatform)
	o.Clock.Set(trackertest.Day("2026-03-31"))
	o.Meet(a.M("M1"))
	o.PayOut(a.Tr(1))
	o.Clock.Set(trackertest.Day("2026-04-01"))
	o.Meet(a.M("M2"))
	o.Ask(a.M("M3"), "2027-01-10")
	o.Ask(b.M("N1"), "2026-06-10", trackertest.Operator2)

	manager := o.Call(trackertest.Manager)
	milestones := func(q tracker.ThingsQuery) string {
		t.Helper()
		return strings.Join(all(t, 1, func(r tracker.ThingRow[tracker.MilestoneView]) string { return r.Thing.Code }, func(p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.MilestoneView]], error) {
			return o.Tracker.Milestones(o.Ctx, manager, q, p)
		}), " ")
	}
	payments := func(q tracker.ThingsQuery) string {
		t.Helper()
		q.Half = tracker.AllHalves
		return strings.Join(all(t, 1, func(r tracker.ThingRow[tracker.PaymentView]) string { return string(r.Thing.State) }, func(p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.PaymentView]], error) {
			return o.Tracker.Payments(o.Ctx, manager, q, p)
		}), " ")
	}
	extensions := func(q tracker.ThingsQuery) string {
		t.Helper()
		return strings.Join(all(t, 1, func(r tracker.ExtensionRow) string { return r.Code }, func(p tracker.PageRequest) (tracker.Page[tracker.ExtensionRow], error) {
			return o.Tracker.Extensions(o.Ctx, manager, q, p)
		}), " ")
	}
	tranches := func(q tracker.ThingsQuery) string {
		t.Helper()
		return strings.Join(all(t, 1, func(r tracker.ThingRow[tracker.TrancheView]) string {
			return r.Thing.Amount.Decimal() + string(r.Thing.State)
		}, func(p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.TrancheView]], error) {
			return o.Tracker.Tranches(o.Ctx, manager, q, p)
		}), " ")
	}
	on := trackertest.Day
	for _, test := range []struct{ name, got, want string }{
		{"decided in March", milestones(tracker.ThingsQuery{Half: tracker.AllHalves, Since: on("2026-03-01"), Until: on("2026-03-31")}), "M1"},
		{"decided since April", milestones(tracker.ThingsQuery{Half: tracker.AllHalves, Since: on("2026-04-01")}), "M2"},
		{"decided until March", milestones(tracker.ThingsQuery{Half: tracker.AllHalves, Until: on("2026-03-31")}), "M1"},
		{"of one award", milestones(tracker.ThingsQuery{Award: b.ID}), "N1"},
		{"of an award that is none", milestones(tracker.ThingsQuery{Award: "nonsense"}), ""},
		{"paid in March", payments(tracker.ThingsQuery{Since: on("2026-03-31"), Until: on("2026-03-31")}), "paid"},
		{"paid in April", payments(tracker.ThingsQuery{Since: on("2026-04-01")}), ""},
		{"asked for by an operator", extensions(tracker.ThingsQuery{By: o.People[trackertest.Operator2]}), "N1"},
		{"asked for in April", extensions(tracker.ThingsQuery{Since: on("2026-04-01"), Until: on("2026-04-30")}), "M3 N1"},
		{"asked for in May", extensions(tracker.ThingsQuery{Since: on("2026-05-01")}), ""},
		{"asked for on an award", extensions(tracker.ThingsQuery{Award: a.ID}), "M3"},
		{"of some states", tranches(tracker.ThingsQuery{States: []string{string(award.Scheduled), string(award.Requested)}}), "30.00scheduled 31.00scheduled 7.00scheduled"},
		{"of other states", tranches(tracker.ThingsQuery{States: []string{string(award.Requested)}}), ""},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	for name, q := range map[string]tracker.ThingsQuery{
		"ends before it begins": {Since: on("2026-04-02"), Until: on("2026-04-01")}, "to before from": {From: on("2026-04-02"), To: on("2026-04-01")},
	} {
		if _, err := o.Tracker.Milestones(o.Ctx, manager, q, tracker.PageRequest{}); err == nil {
			t.Errorf("%s: is taken", name)
		}
	}
	if _, err := o.Tracker.Tranches(o.Ctx, manager, tracker.ThingsQuery{Since: on("2026-04-02")}, tracker.PageRequest{}); err == nil {
		t.Error("tranches do not happen on a date")
	}
	// One award's things are for who may view it.
	page, err := o.Tracker.Milestones(o.Ctx, o.Call(trackertest.Operator2), tracker.ThingsQuery{Award: a.ID}, tracker.PageRequest{})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("another platform's operator sees %d, %v", len(page.Items), err)
	}
	// What is owed is open or paused.
	count := func(s tracker.Status) int {
		page, err := o.Tracker.Attention(o.Ctx, manager, tracker.AttentionQuery{Status: s}, tracker.PageRequest{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Items)
	}
	if open, paused, owed := count(tracker.StatusOpen), count(tracker.StatusPaused), count(tracker.StatusOwed); paused != 2 || open == 0 || owed != open+paused {
		t.Errorf("%d open, %d paused, %d owed", open, paused, owed)
	}
}

// What is on no platform is listed by itself, to whoever sees it among the
// rest, and its figures are those of its list.
func TestOnNoPlatform(t *testing.T) {
	o := trackertest.New(t, nil)
	with := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-15", "10", "M1")})
	lone := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("N1", "2026-03-10"), trackertest.Milestone("N2", "2026-06-10")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-03-15", "7", "N1")}, o.OnNoPlatform)
	o.Meet(with.M("M1"))
	o.Refund(o.PayOut(with.Tr(1)), "1")
	o.Meet(lone.M("N1"), trackertest.Lead)
	o.Refund(o.PayOut(lone.Tr(1), trackertest.Lead), "1")
	for persona, want := range map[string]int{trackertest.Manager: 1, trackertest.Auditor: 1, trackertest.Lead: 1, trackertest.Operator: 0, trackertest.Operator2: 0} {
		c, q := o.Call(persona), tracker.ThingsQuery{Platform: tracker.NoPlatform, Half: tracker.AllHalves}
		count := func(what string, awards []string, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			for _, id := range awards {
				if id != string(lone.ID) {
					t.Errorf("%s: %s lists one of %s", persona, what, id)
				}
			}
			if n := len(awards); n != want && (what != "milestones" || n != 2*want) {
				t.Errorf("%s: %d %s, want %d", persona, n, what, want)
			}
		}
		awards, err := o.Tracker.Awards(o.Ctx, c, tracker.AwardsQuery{Platform: tracker.NoPlatform}, tracker.PageRequest{})
		count("awards", each(awards.Items, func(r tracker.AwardRow) string { return string(r.ID) }), err)
		milestones, err := o.Tracker.Milestones(o.Ctx, c, q, tracker.PageRequest{})
		count("milestones", each(milestones.Items, func(r tracker.ThingRow[tracker.MilestoneView]) string { return string(r.Thing.Award) }), err)
		tranches, err := o.Tracker.Tranches(o.Ctx, c, q, tracker.PageRequest{})
		count("tranches", each(tranches.Items, func(r tracker.ThingRow[tracker.TrancheView]) string { return string(r.Thing.Award) }), err)
		payments, err := o.Tracker.Payments(o.Ctx, c, q, tracker.PageRequest{})
		count("payments", each(payments.Items, func(r tracker.ThingRow[tracker.PaymentView]) string { return string(r.Thing.Award) }), err)
		refunds, err := o.Tracker.Refunds(o.Ctx, c, q, tracker.PageRequest{})
		count("refunds", each(refunds.Items, func(r tracker.ThingRow[tracker.RefundView]) string { return string(r.Thing.Award) }), err)
		owed, err := o.Tracker.Attention(o.Ctx, c, tracker.AttentionQuery{Platform: tracker.NoPlatform}, tracker.PageRequest{})
		count("obligations", each(owed.Items, func(r tracker.AttentionRow) string { return string(r.Award) }), err)
	}
	projects, err := o.Tracker.Projects(o.Ctx, o.Call(trackertest.Manager), tracker.ProjectsQuery{Platform: tracker.NoPlatform}, tracker.PageRequest{})
	if err != nil || len(projects.Items) != 1 || projects.Items[0].ID != o.LoneProject {
		t.Errorf("projects on no platform: %+v, %v", projects.Items, err)
	}
}

func each[T any](list []T, of func(T) string) []string {
	var out []string
	for _, x := range list {
		out = append(out, of(x))
	}
	return out
}

// A month of payments or extensions reads what is sorted into it, not the
// whole list.
func TestMonthsAreRangesWhereTheyCanBe(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	var drafts []award.MilestoneDraft
	var tranches []award.TrancheDraft
	for i := range 6 {
		code := fmt.Sprintf("M%d", i+1)
		drafts = append(drafts, trackertest.Milestone(code, "2026-09-01"))
		tranches = append(tranches, trackertest.Tranche(i+1, "2026-12-15", "10", code))
	}
	a := o.ActiveAward(drafts, tranches)
	for i, on := range []string{"2026-03-10", "2026-03-31", "2026-04-01", "2026-04-30", "2026-05-01", "2026-05-20"} {
		o.Clock.Set(trackertest.Day(on))
		m := a.M(fmt.Sprintf("M%d", i+1))
		must(t)(o.Tracker.WithdrawExtension(o.Ctx, o.Call(trackertest.Operator), o.Ask(m, "2026-10-01")))
		o.Meet(m)
		o.PayOut(a.Tr(i + 1))
	}
	april := tracker.ThingsQuery{Since: trackertest.Day("2026-04-01"), Until: trackertest.Day("2026-04-30"), Half: tracker.ClosedHalf}
	for what, list := range map[string]struct {
		most int64 // entries of the index
		read func(ctx context.Context) (int, error)
	}{
		"payments": {4, func(ctx context.Context) (int, error) { // until the end of April
			page, err := o.Tracker.Payments(ctx, o.Call(trackertest.Manager), april, tracker.PageRequest{})
			return len(page.Items), err
		}},
		"extensions": {2, func(ctx context.Context) (int, error) {
			page, err := o.Tracker.Extensions(ctx, o.Call(trackertest.Manager), april, tracker.PageRequest{})
			return len(page.Items), err
		}},
	} {
		ctx, tally := store.WithTally(o.Ctx)
		n, err := list.read(ctx)
		if err != nil || n != 2 {
			t.Errorf("%s of April: %d, %v", what, n, err)
		}
		// Milestones, payments and extensions stand in one partition by date;
		// the milestones are due in September.
		if tally.IndexKeys > list.most*2 {
			t.Errorf("%s of April read %d entries, at most %d", what, tally.IndexKeys, list.most*2)
		}
	}
}
