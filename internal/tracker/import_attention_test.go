package tracker_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// What was overdue when attention began is in the overdue list, marked; nobody
// is told of it; rungs reached later fire on their days.
func TestGrantsOverdueWhenAttentionBegins(t *testing.T) {
	files, ok := grantsFiles(t)
	if !ok {
		return
	}
	for _, c := range []struct {
		goLiveOn, until string
		overdue         int
	}{{"2022-07-01", "2022-06-30", 20}, {"2026-04-01", "", 2}} {
		t.Run(c.goLiveOn, func(t *testing.T) {
			o := grantsOffice(t, nil, c.goLiveOn)
			options := allAssets()
			if c.until != "" {
				options.Until = civil.MustParse(c.until)
			}
			in, _ := importOf(o, files, options)
			id := preparedImport(t, o, in)
			appliedImport(t, o, id)
			today := civil.MustParse(c.goLiveOn)
			want := readGrants(t, today.AddDays(-1).String()).overdue
			if len(want) != c.overdue {
				t.Errorf("the files hold %d overdue milestones, want %d", len(want), c.overdue)
			}
			got := overdueList(t, o, today)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("overdue (-files +list):\n%s", diff)
			}
			rows := importedRows(t, o, id)
			for _, e := range obligationEvents(t, o, rows) {
				if e.Kind == attention.Flagged && e.ReachedOn != today {
					t.Errorf("flagged on the first day for another: %+v", e)
				}
			}
			laterRungs(t, o, rows, today, want)
			soundImport(t, o)
		})
	}
}

// overdueList is the overdue list as readGrants writes it; each row is marked
// as overdue since before attention began.
func overdueList(t *testing.T, o *trackertest.Office, today civil.Date) []string {
	t.Helper()
	var got []string
	request := tracker.PageRequest{Limit: 7}
	for {
		page, err := o.Tracker.Attention(t.Context(), o.Call(trackertest.Manager), tracker.AttentionQuery{Status: tracker.StatusOverdue}, request)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			got = append(got, fmt.Sprint(r.Number, " ", r.Code, " ", r.DueOn))
			if late := today.Sub(r.DueOn); r.Baseline == nil || r.Baseline.On != today || r.Baseline.DaysPastDue != late || r.DaysLate != late {
				t.Errorf("%s %s: baseline %+v, %d days late, want %d since %s", r.Number, r.Code, r.Baseline, r.DaysLate, late, today)
			}
		}
		if request.Cursor = page.Next; page.Next == "" {
			slices.Sort(got)
			return got
		}
	}
}

// obligationEvents reads what the journals of the imported awards tell of
// obligations.
func obligationEvents(t *testing.T, o *trackertest.Office, rows []schema.ImportRow) []attention.Event {
	t.Helper()
	var out []attention.Event
	for _, r := range rows {
		page, err := o.Store.Query(t.Context(), store.Query{Partition: string(r.Result.Award), Range: schema.JournalRange()})
		if err != nil || page.Next != nil {
			t.Fatal(err, page.Next)
		}
		for _, item := range page.Items {
			entry, err := journal.Open(decodedItem[schema.JournalText](t, item, schema.TypeJournal).Text)
			if err != nil {
				t.Fatal(err)
			}
			for _, ev := range entry.Events {
				if kind := attention.EventKind(ev.Kind); kind == attention.Flagged || kind == attention.Baselined {
					e := attention.Event{}
					if err := json.Unmarshal(ev.Data, &e); err != nil {
						t.Fatal(err)
					}
					e.Kind = kind
					out = append(out, e)
				}
			}
		}
	}
	return out
}

// laterRungs sweeps day by day for six weeks and holds the rungs of what was
// overdue against the default ladder: 1, 15 and 30 days after the due date.
func laterRungs(t *testing.T, o *trackertest.Office, rows []schema.ImportRow, from civil.Date, overdue []string) {
	t.Helper()
	const days = 42
	for n := range days {
		o.Clock.Set(from.AddDays(n))
		if _, err := o.Tracker.Sweep(t.Context(), tracker.SweepRequest{By: tracker.Call{System: "sweep"}}); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]int{}
	for _, line := range overdue {
		due, err := time.Parse(time.DateOnly, line[len(line)-len(time.DateOnly):])
		if err != nil {
			t.Fatal(err)
		}
		want["baselined"]++
		for offset, level := range map[int]string{1: "owner", 15: "manager", 30: "head"} {
			on := due.AddDate(0, 0, offset).Format(time.DateOnly)
			if on >= from.String() && on < from.AddDays(days).String() {
				want[on+" "+level]++
			}
		}
	}
	got := map[string]int{}
	for _, e := range obligationEvents(t, o, rows) {
		switch {
		case !e.EffectiveDueOn.Before(from):
		case e.Kind == attention.Baselined:
			got["baselined"]++
		default:
			got[e.ReachedOn.String()+" "+string(e.Level)]++
			if e.Notice != attention.Tell || e.ObservedOn != e.ReachedOn {
				t.Errorf("a later rung was not told on its day: %+v", e)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rungs of what was overdue (-files +journal):\n%s", diff)
	}
}
