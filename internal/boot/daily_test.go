package boot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// day runs a Daily from a time on, for some of its waits, on a clock that each
// wait moves. It returns when it ran, and for which time.
func day(t *testing.T, from string, waits int, fails int) []string {
	t.Helper()
	now, err := time.Parse(time.RFC3339, from)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var ran []string
	Daily{
		Now: func() time.Time { return now },
		Wait: func(_ context.Context, d time.Duration) error {
			if d <= 0 || d > wakeAfter {
				t.Errorf("waits %s, want a look at the clock within %s", d, wakeAfter)
			}
			now = now.Add(d)
			if waits--; waits == 0 {
				cancel()
			}
			return nil
		},
		Run: func(_ context.Context, scheduled time.Time) error {
			ran = append(ran, now.UTC().Format("02T15:04")+" for "+scheduled.UTC().Format("02T15:04"))
			if fails--; fails >= 0 {
				return errors.New("no")
			}
			return nil
		},
		Logger: slog.New(slog.DiscardHandler),
	}.Keep(ctx)
	return ran
}

func TestDaily(t *testing.T) {
	tests := []struct {
		name, from   string
		waits, fails int
		want         []string
	}{ // 05:30 in Shanghai is 21:30 UTC of the day before
		{"catches up at the start, and runs once a day", "2026-03-10T08:00:00Z", 300, 0,
			[]string{"10T08:00 for 09T21:30", "10T21:30 for 10T21:30", "11T21:30 for 11T21:30"}},
		{"before the time of day", "2026-03-10T21:29:00Z", 3, 0, []string{"10T21:29 for 09T21:30", "10T21:30 for 10T21:30"}},
		{"at the very time", "2026-03-10T21:30:00Z", 2, 0, []string{"10T21:30 for 10T21:30"}},
		{"again after a failure", "2026-03-10T21:30:00Z", 3, 1, []string{"10T21:30 for 10T21:30", "10T21:35 for 10T21:30"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, day(t, tt.from, tt.waits, tt.fails)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestSweepIsRunOnceADay(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 3, 10, 22, 0, 0, 0, time.UTC) // 06:00 on the 11th in Shanghai
	app, err := Open(ctx, Place{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	run := sweeper(app, slog.New(slog.DiscardHandler))
	due := lastDue(now)
	for range 2 { // the second one finds it done
		if err := run(ctx, due); err != nil {
			t.Fatal(err)
		}
	}
	if done, err := swept(ctx, app.Store, due); !done || err != nil {
		t.Errorf("swept = %t, %v after a sweep", done, err)
	}
	if done, err := swept(ctx, app.Store, due.AddDate(0, 0, 1)); done || err != nil {
		t.Errorf("swept = %t, %v for tomorrow", done, err)
	}
	left := schema.Sweep{ID: "swp_2", At: now.Add(time.Minute).Format(time.RFC3339), AsOf: civil.BusinessDate(now), Remaining: 1}
	item, err := schema.SweepRecord(left).Item(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.Store.Transact(ctx, "left", store.PutOp(item, store.Absent)); err != nil {
		t.Fatal(err)
	}
	if done, err := swept(ctx, app.Store, due); done || err != nil {
		t.Errorf("swept = %t, %v after a sweep that left something", done, err)
	}
	if err := run(ctx, due.AddDate(0, 0, -1)); err != nil {
		t.Errorf("a day that has passed: %v, want it passed over", err)
	}
}

// An award that cannot be swept is named, and does not keep the others.
func TestSweepNamesWhatItCouldNotDo(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 3, 10, 22, 0, 0, 0, time.UTC)
	app, err := Open(ctx, Place{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	const id = "awd_01K5A7Q2M9X4T8R6W3B1C0D2E5"
	bad := store.Item{Key: schema.RootKey(id), Version: 1, Body: []byte(`{"t":"unknown"}`)}
	bad.Index[store.Work] = store.Key{PK: schema.WorkShard(0), SK: "2026-03-01#" + id}
	if err := app.Store.Transact(ctx, "bad", store.PutOp(bad, store.Absent)); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	if err := sweeper(app, slog.New(slog.NewTextHandler(&log, nil)))(ctx, lastDue(now)); err != nil {
		t.Fatal(err)
	}
	if got := log.String(); !strings.Contains(got, "level=ERROR") || !strings.Contains(got, id) || !strings.Contains(got, "failed=1") {
		t.Errorf("the log says %s", got)
	}
}
