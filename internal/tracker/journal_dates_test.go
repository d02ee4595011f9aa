package tracker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// forecasts is an award whose operator gave one forecast on each of so many
// business days, at half past midnight in Shanghai.
func forecasts(t *testing.T, o *trackertest.Office, days int) trackertest.Active {
	t.Helper()
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-12-30")}, []award.TrancheDraft{trackertest.Tranche(1, "2027-01-01", "10", "M1")})
	o.Clock.SetTime(time.Date(2026, 4, 1, 16, 30, 0, 0, time.UTC))
	for n := range days {
		if _, err := o.Tracker.ForecastMilestone(o.Ctx, o.Call(trackertest.Operator), a.M("M1"), tracker.Forecast{ForecastOn: o.Today().AddDays(n + 1)}); err != nil {
			t.Fatal(err)
		}
		o.Clock.Add(24 * time.Hour)
	}
	return a
}

// A journal between two dates holds exactly what has one of them, in both
// orders, however it is paged.
func TestJournalBetweenDates(t *testing.T) {
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o := trackertest.New(t, s)
		a := forecasts(t, o, 20)
		read := func(q tracker.JournalQuery, size int) []string {
			return all(t, size, func(e tracker.JournalEntryView) string { return fmt.Sprint(e.On, " ", e.Sequence) },
				func(p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
					return o.Tracker.Journal(o.Ctx, o.Call(trackertest.Auditor), string(a.ID), q, p)
				})
		}
		whole := read(tracker.JournalQuery{OldestFirst: true}, 100)
		for _, dates := range [][2]string{{"2026-04-02", "2026-04-02"}, {"2026-04-10", "2026-04-14"}, {"2026-04-19", ""}, {"", "2026-04-04"}, {"2020-01-01", "2030-01-01"}, {"2027-01-01", ""}, {"", "2020-01-01"}} {
			var q tracker.JournalQuery
			var want []string
			if dates[0] != "" {
				q.From = civil.MustParse(dates[0])
			}
			if dates[1] != "" {
				q.To = civil.MustParse(dates[1])
			}
			for _, e := range whole {
				if on := strings.Fields(e)[0]; (dates[0] == "" || on >= dates[0]) && (dates[1] == "" || on <= dates[1]) {
					want = append(want, e)
				}
			}
			for _, oldest := range []bool{true, false} {
				q.OldestFirst = oldest
				if d := cmp.Diff(want, read(q, 3)); d != "" {
					t.Errorf("from %q to %q, oldest first %v (-want +got):\n%s", dates[0], dates[1], oldest, d)
				}
				slices.Reverse(want)
			}
		}
	})
}

// What a page between dates reads does not grow with the journal but by its
// halvings.
func TestJournalBetweenDatesReadsLittle(t *testing.T) {
	o := trackertest.New(t, store.Counted(trackertest.Memory(t)))
	a := forecasts(t, o, 120)
	for _, on := range []string{"2026-04-03", "2026-07-20"} {
		ctx, tally := store.WithTally(o.Ctx)
		q := tracker.JournalQuery{From: civil.MustParse(on), To: civil.MustParse(on)}
		page, err := o.Tracker.Journal(ctx, o.Call(trackertest.Auditor), string(a.ID), q, tracker.PageRequest{})
		if err != nil || len(page.Items) != 1 || page.Next != "" {
			t.Fatalf("on %s: %+v, %v; want the one entry", on, page, err)
		}
		if tally.ItemsRead > 32 {
			t.Errorf("one day of %d entries, %s, reads %d items", o.HeadNow(string(a.ID)).Seq, on, tally.ItemsRead)
		}
	}
}

func TestJournalBetweenDatesRefused(t *testing.T) {
	o := trackertest.New(t, nil)
	a := forecasts(t, o, 1)
	q := tracker.JournalQuery{From: civil.MustParse("2026-05-02"), To: civil.MustParse("2026-05-01")}
	if _, err := o.Tracker.Journal(o.Ctx, o.Call(trackertest.Auditor), string(a.ID), q, tracker.PageRequest{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a last date before the first = %v", err)
	}
}

// A journal in which an entry is missing is read whole, so that what is left of
// the dates is found.
func TestJournalBetweenDatesOfATornJournal(t *testing.T) {
	o := trackertest.New(t, nil)
	a := forecasts(t, o, 20)
	last := o.HeadNow(string(a.ID)).Seq
	for seq := last / 2; seq < last-2; seq++ {
		if err := o.Store.Transact(o.Ctx, fmt.Sprint("tear", seq), store.DeleteOp(schema.JournalKey(string(a.ID), seq), store.Present)); err != nil {
			t.Fatal(err)
		}
	}
	q := tracker.JournalQuery{From: civil.MustParse("2026-04-02"), To: civil.MustParse("2026-04-03")}
	page, err := o.Tracker.Journal(o.Ctx, o.Call(trackertest.Auditor), string(a.ID), q, tracker.PageRequest{})
	if err != nil || len(page.Items) != 2 {
		t.Errorf("two days of a torn journal = %d entries, %v", len(page.Items), err)
	}
}
