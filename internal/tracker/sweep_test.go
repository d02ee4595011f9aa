package tracker_test

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// flag is what makes two events of obligations the same.
type flag struct {
	Thing, Kind, Rung, ReachedOn string
	Revision, DaysLate           int
}

// flagsOf lists the events of obligations in an award's journal.
func flagsOf(t *testing.T, o *trackertest.Office, a trackertest.Active) []flag {
	t.Helper()
	page, err := o.Tracker.Journal(o.Ctx, o.Call(trackertest.Auditor), string(a.ID), tracker.JournalQuery{Kind: "obligation", OldestFirst: true}, tracker.PageRequest{Limit: 100})
	if err != nil || page.Next != "" {
		t.Fatalf("journal = %d entries, next %q, %v", len(page.Items), page.Next, err)
	}
	names := map[string]string{}
	for code, id := range a.Milestones {
		names[string(id)] = code
	}
	for n, id := range a.Tranches {
		names[string(id)] = strconv.Itoa(n)
	}
	var out []flag
	for _, e := range page.Items {
		for _, ev := range e.Events {
			if ev.Kind == "obligation.swept" || ev.Kind == "obligation.acknowledged" {
				continue
			}
			var data attention.Event
			if err := json.Unmarshal(ev.Data, &data); err != nil {
				t.Fatal(err)
			}
			out = append(out, flag{names[ev.Thing], ev.Kind, data.Rung, data.ReachedOn.String(), data.Revision, data.DaysLate})
		}
	}
	slices.SortFunc(out, func(a, b flag) int {
		return cmp.Or(cmp.Compare(a.Thing, b.Thing), cmp.Compare(a.ReachedOn, b.ReachedOn), cmp.Compare(a.Rung, b.Rung))
	})
	return out
}

func system() tracker.Call { return tracker.Call{System: "schedule"} }

func mustSweep(t *testing.T, o *trackertest.Office, in tracker.SweepRequest) tracker.SweepReport {
	t.Helper()
	if in.By.System == "" && in.By.Principal.Person == "" {
		in.By = system()
	}
	r, err := o.Tracker.Sweep(o.Ctx, in)
	if err != nil {
		t.Fatalf("sweep = %v", err)
	}
	if r.Failed > 0 {
		t.Fatalf("sweep failed on %v", r.Failures)
	}
	return r
}

// sweptOffice is an office with two awards, swept on the days given.
func sweptOffice(t *testing.T, s store.Store, workers int, days ...string) (*trackertest.Office, []trackertest.Active) {
	t.Helper()
	o := trackertest.New(t, s)
	tr := []award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "10"), trackertest.Tranche(2, "2026-06-01", "20", "A")}
	var awards []trackertest.Active
	for range 3 {
		awards = append(awards, o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("A", "2026-03-20"), trackertest.Milestone("B", "2026-04-10")}, tr))
	}
	o.Submit(awards[1].M("A"))
	settle(t, o)
	for _, day := range days {
		o.Clock.Set(trackertest.Day(day))
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() { mustSweep(t, o, tracker.SweepRequest{}) })
		}
		wg.Wait()
		settle(t, o)
	}
	return o, awards
}

func daily(from, to string) []string {
	var out []string
	for d := trackertest.Day(from); !d.After(trackertest.Day(to)); d = d.AddDays(1) {
		out = append(out, d.String())
	}
	return out
}

// Swept daily, once and late, twice or by three at a time, on any store: the
// same events.
func TestSweepsLeaveTheSame(t *testing.T) {
	days := daily("2026-03-03", "2026-05-15")
	o, awards := sweptOffice(t, nil, 1, days...)
	want := [][]flag{flagsOf(t, o, awards[0]), flagsOf(t, o, awards[1]), flagsOf(t, o, awards[2])}
	if len(want[0]) < 8 {
		t.Fatalf("daily sweeps flagged %d times, want several rungs of three things", len(want[0]))
	}
	check := func(t *testing.T, name string, o *trackertest.Office, got []trackertest.Active) {
		t.Helper()
		for i, a := range got {
			if diff := gocmp.Diff(want[i], flagsOf(t, o, a)); diff != "" {
				t.Errorf("%s, award %d (-daily +got):\n%s", name, i, diff)
			}
		}
	}
	late, got := sweptOffice(t, nil, 1, "2026-05-15")
	check(t, "late", late, got)
	twice, got := sweptOffice(t, nil, 3, "2026-03-20", "2026-04-01", "2026-04-01", "2026-05-15")
	check(t, "three at a time", twice, got)
	trackertest.Each(t, func(t *testing.T, s store.Store) {
		o, got := sweptOffice(t, s, 2, "2026-04-15", "2026-05-15", "2026-05-15")
		if t.Name() == "TestSweepsLeaveTheSame/stale" { // what the index held back comes with a later sweep
			mustSweep(t, o, tracker.SweepRequest{})
		}
		check(t, t.Name(), o, got)
	})
}

// A sweep writes k + 2 items for each award, checks its root, and writes
// nothing where nothing is reached.
func TestSweepItems(t *testing.T) {
	s := store.Counted(trackertest.Memory(t))
	o := trackertest.New(t, s)
	tr := []award.TrancheDraft{trackertest.Tranche(1, "2026-06-01", "20", "A")}
	a := o.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("A", "2026-04-10"), trackertest.Milestone("B", "2026-04-10"), trackertest.Milestone("C", "2026-07-10")}, tr)
	o.Clock.Set(trackertest.Day("2026-04-11"))
	o.Ctx, _ = store.WithTally(context.Background())
	ctx, tally := store.WithTally(context.Background())
	r, err := o.Tracker.Sweep(ctx, tracker.SweepRequest{By: system()})
	if err != nil {
		t.Fatal(err)
	}
	const due, record = 2, 1
	if tally.ItemsWritten != due+2+record || tally.Checks != 1 || r.Flagged != 2*3 || r.Awards != 1 || r.Due != due {
		t.Errorf("tally = %+v, report %+v", *tally, r)
	}
	if tally.IndexKeys > due+schema.Shards || tally.ItemsRead > due+2+2 {
		t.Errorf("%d keys and %d items read of %d due", tally.IndexKeys, tally.ItemsRead, due)
	}
	ctx, tally = store.WithTally(context.Background())
	if _, err := o.Tracker.Sweep(ctx, tracker.SweepRequest{By: system()}); err != nil {
		t.Fatal(err)
	}
	if tally.ItemsWritten != record || tally.IndexKeys != 0 {
		t.Errorf("swept again: %+v, want nothing but the record", *tally)
	}
	if m := o.MilestoneNow(a.M("A")); len(m.Watch.Current.Rungs) == 0 || m.Watch.Current.NextOn != trackertest.Day("2026-04-25") {
		t.Errorf("milestone A = %+v", m.Watch.Current)
	}
}

func TestSweepDates(t *testing.T) {
	o, _ := sweptOffice(t, nil, 1)
	for date, code := range map[string]string{"2026-03-03": "sweep.future", "2026-03-01": "sweep.notToday"} {
		if _, err := o.Tracker.Sweep(o.Ctx, tracker.SweepRequest{By: system(), AsOf: trackertest.Day(date)}); fault.CodeOf(err) != code {
			t.Errorf("sweep as of %s = %v, want %s", date, err, code)
		}
	}
	ctx, tally := store.WithTally(o.Ctx)
	r, err := o.Tracker.Sweep(ctx, tracker.SweepRequest{By: system(), AsOf: trackertest.Day("2026-04-30"), DryRun: true})
	if err != nil || r.Flagged != len(r.Flags) || r.Flagged < 8 || tally.ItemsWritten != 0 {
		t.Errorf("dry run = %+v, %v, written %d", r, err, tally.ItemsWritten)
	}
	again, err := o.Tracker.Sweep(o.Ctx, tracker.SweepRequest{By: system(), AsOf: trackertest.Day("2026-04-30"), DryRun: true})
	if diff := gocmp.Diff(r.Flags, again.Flags, cmpopts.EquateComparable(civil.Date{})); err != nil || diff != "" {
		t.Errorf("a second dry run differs (-first +second):\n%s", diff)
	}
	for _, persona := range trackertest.Personas() {
		_, err := o.Tracker.Sweep(o.Ctx, tracker.SweepRequest{By: o.Call(persona)})
		if (err == nil) != (persona == trackertest.Administrator) {
			t.Errorf("sweep by %s = %v", persona, err)
		}
	}
	sweeps, err := o.Tracker.Sweeps(o.Ctx, o.Call(trackertest.Administrator), tracker.PageRequest{})
	if err != nil || len(sweeps.Items) != 1 || sweeps.Items[0].Person != o.People[trackertest.Administrator] {
		t.Errorf("sweeps = %+v, %v, want the administrator's", sweeps, err)
	}
}

// A sweep stops before its deadline and says what is left; the next one does
// the rest.
func TestSweepDeadline(t *testing.T) {
	o, awards := sweptOffice(t, nil, 1)
	o.Clock.Set(trackertest.Day("2026-05-15"))
	r := mustSweep(t, o, tracker.SweepRequest{Deadline: o.Clock.Now().Add(59 * time.Second)})
	if r.Remaining == 0 || r.Awards != 0 {
		t.Errorf("report = %+v, want everything to remain", r)
	}
	done := mustSweep(t, o, tracker.SweepRequest{Deadline: o.Clock.Now().Add(time.Hour), RatePerSecond: 100})
	if done.Remaining != 0 || done.Due != r.Remaining {
		t.Errorf("report = %+v, want %d due and none to remain", done, r.Remaining)
	}
	if len(flagsOf(t, o, awards[0])) == 0 {
		t.Error("nothing was flagged")
	}
}

// The side that owes acknowledges; it stops nothing.
func TestAcknowledge(t *testing.T) {
	o, awards := sweptOffice(t, nil, 1, "2026-03-25")
	a := awards[0]
	id := string(a.M("A").Milestone)
	if _, err := o.Tracker.Acknowledge(o.Ctx, o.Call(trackertest.Manager), a.ID, id); fault.CodeOf(err) != "attention.otherSide" {
		t.Errorf("the manager acknowledges = %v, want attention.otherSide", err)
	}
	if _, err := o.Tracker.Acknowledge(o.Ctx, o.Call(trackertest.Auditor), a.ID, id); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("the auditor acknowledges = %v, want forbidden", err)
	}
	if _, err := o.Tracker.Acknowledge(o.Ctx, o.Call(trackertest.Operator2), a.ID, id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another platform's operator = %v, want 404", err)
	}
	stale := int64(1)
	call := o.Call(trackertest.Operator)
	call.IfMatch = &stale
	if _, err := o.Tracker.Acknowledge(o.Ctx, call, a.ID, id); fault.KindOf(err) != fault.PreconditionFailed {
		t.Errorf("a stale If-Match = %v, want 412", err)
	}
	if _, err := o.Tracker.Acknowledge(o.Ctx, o.Call(trackertest.Operator), a.ID, id); err != nil {
		t.Fatal(err)
	}
	page, err := attentionOf(o, trackertest.Operator, tracker.AttentionQuery{Mine: true, Status: tracker.StatusOverdue})(tracker.PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range page.Items {
		if row.DaysLate != 5 || row.Title != "Milestone A" || (row.ID == id) != (row.Ack != nil) {
			t.Errorf("row = %+v", row)
		}
	}
}

// What others hold at the moment is not a failure of the award's: it remains,
// and whoever runs the sweep goes on with it today.
func TestWhatIsHeldByOthersRemains(t *testing.T) {
	held := ""
	s := trackertest.Memory(t)
	o, awards := sweptOffice(t, refusing{s, s.(store.Walker), &held}, 1)
	o.Clock.Set(trackertest.Day("2026-05-15"))
	held = string(awards[1].ID)
	r, err := o.Tracker.Sweep(o.Ctx, tracker.SweepRequest{By: system()})
	if err != nil || r.Failed != 0 || len(r.Failures) != 0 || r.Remaining == 0 || r.Awards < len(awards)-1 {
		t.Errorf("sweep = %+v, %v, want the things of one award to remain", r, err)
	}
	remained := r.Remaining
	held = ""
	r, err = o.Tracker.Sweep(o.Ctx, tracker.SweepRequest{By: system()})
	if err != nil || r.Awards == 0 || r.Due != remained || r.Remaining != 0 {
		t.Errorf("the sweep after = %+v, %v, want the %d things that remained", r, err, remained)
	}
}

// refusing answers that others hold an aggregate.
type refusing struct {
	store.Store
	store.Walker
	held *string
}

func (r refusing) Transact(ctx context.Context, token string, ops ...store.Op) error {
	for _, op := range ops {
		if op.Item.PK == *r.held {
			return store.ErrContended
		}
	}
	return r.Store.Transact(ctx, token, ops...)
}
