package tracker_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

type journalPage func(q tracker.JournalQuery, p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error)

// journals are the three ways in which an auditor reads what a person did in
// an award: by award, by person, by programme.
func journals(o *trackertest.Office, id ident.Award, persona, month string) map[string]journalPage {
	c := o.Call(trackertest.Auditor)
	return map[string]journalPage{
		"award": func(q tracker.JournalQuery, p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
			return o.Tracker.Journal(o.Ctx, c, string(id), q, p)
		},
		"person": func(q tracker.JournalQuery, p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
			return o.Tracker.JournalOfPerson(o.Ctx, c, o.People[persona], month, q, p)
		},
		"programme": func(q tracker.JournalQuery, p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
			return o.Tracker.JournalOfProgramme(o.Ctx, c, o.Programme, month, q, p)
		},
	}
}

// What happened to one award within one millisecond is listed in the order in
// which it happened, whoever lists it and however it is paged.
func TestJournalWithinAMillisecond(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-30")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")})
		o.Clock.Add(time.Minute) // from here on it stands
		var want []string
		for n := range 24 {
			on := tracker.Forecast{ForecastOn: o.Today().AddDays(n + 1)}
			r, err := o.Tracker.ForecastMilestone(o.Ctx, o.Call(trackertest.Operator), a.M("M1"), on)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, fmt.Sprint(r.Sequence))
		}
		settle(t, o)
		for by, page := range journals(o, a.ID, trackertest.Operator, "2026-03") {
			for _, oldest := range []bool{true, false} {
				got := all(t, 5, func(e tracker.JournalEntryView) string { return fmt.Sprint(e.Sequence) },
					func(p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
						return page(tracker.JournalQuery{OldestFirst: oldest, Kind: "milestone.forecast"}, p)
					})
				ordered := slices.Clone(want)
				if !oldest {
					slices.Reverse(ordered)
				}
				if d := cmp.Diff(ordered, got); d != "" {
					t.Errorf("the journal by %s, oldest first %v (-want +got):\n%s", by, oldest, d)
				}
			}
		}
	})
}

// A journal's month is that of business dates, which begins in Shanghai eight
// hours before it does in UTC.
func TestJournalOfABusinessMonth(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-30")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")})
	o.Clock.SetTime(time.Date(2026, 4, 30, 16, 30, 0, 0, time.UTC)) // 00:30 on 1 May in Shanghai
	o.Submit(a.M("M1"))
	for month, want := range map[string][]civil.Date{"2026-04": nil, "2026-05": {trackertest.Day("2026-05-01")}} {
		for by, page := range journals(o, a.ID, trackertest.Operator, month) {
			if by == "award" {
				continue
			}
			p, err := page(tracker.JournalQuery{}, tracker.PageRequest{})
			if err != nil {
				t.Fatal(err)
			}
			var got []civil.Date
			for _, e := range p.Items {
				got = append(got, e.On)
			}
			if d := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); d != "" {
				t.Errorf("the journal of %s by %s (-want +got):\n%s", month, by, d)
			}
		}
	}
	rows, err := o.Tracker.DoneLately(o.Ctx, o.Call(trackertest.Operator), tracker.PageRequest{})
	if err != nil || len(rows.Items) != 1 {
		t.Errorf("done lately on the first of the month = %+v, %v; want the submission of that night", rows, err)
	}
}

// Entries of before stand in the lists under the keys of before: they are read
// and verified as they are.
func TestJournalEntriesOfBefore(t *testing.T) {
	o := trackertest.New(t, nil)
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-06-30")}, []award.TrancheDraft{trackertest.Tranche(1, "2026-07-01", "10", "M1")})
	r := o.Submit(a.M("M1"))
	key := schema.JournalKey(string(a.ID), r.Sequence)
	items, err := o.Store.Get(o.Ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	before := *items[0]
	before.Version++
	for _, index := range []store.Index{store.Scope, store.Program} {
		before.Index[index].SK = r.At + "#" + string(a.ID)
	}
	if err := o.Store.Transact(o.Ctx, "before", store.PutOp(before, store.Present)); err != nil {
		t.Fatal(err)
	}
	for by, page := range journals(o, a.ID, trackertest.Operator, "2026-03") {
		got := all(t, 5, func(e tracker.JournalEntryView) string { return fmt.Sprint(e.Aggregate, e.Sequence) },
			func(p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
				return page(tracker.JournalQuery{}, p)
			})
		if !slices.Contains(got, fmt.Sprint(a.ID, r.Sequence)) {
			t.Errorf("the journal by %s has no entry %d: %v", by, r.Sequence, got)
		}
	}
	report, err := tracker.Verify(o.Ctx, tracker.VerifyOptions{Store: o.Store.(walkable), Blobs: o.Blobs})
	if err != nil || report.Wrong != nil {
		t.Errorf("verify = %v, %v", report.Wrong, err)
	}
}
