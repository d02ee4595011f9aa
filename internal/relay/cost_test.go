package relay_test

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"milepost/internal/award"
	"milepost/internal/relay"
	"milepost/internal/store"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// What relay reads and writes after one command, beside ninety awards that the
// command did not touch.
func TestWhatACommandCosts(t *testing.T) {
	s := store.Counted(trackertest.Memory(t))
	o := trackertest.New(t, s, outboxed())
	r := everyone(o, s, "one")
	a := oneAward(o) // head, root, two milestones, two tranches, three parties: 9 items on its page
	oneAward(o)
	scanned(t, o, r)
	for _, test := range []struct {
		name string
		do   func()
		want store.Tally
	}{
		// Read: 3 positions; 1 entry; the award's page (9); the day's mark of the
		// anchor; the cell, its 2 members; the programme's sum, its 1 cell. Written: 3 positions, the day's mark, the cell and its
		// copy, the programme's sum, the entry without its place in the outbox,
		// and where figures change the award's.
		{"submit", func() { o.Submit(a.M("M1")) }, store.Tally{Gets: 5, ItemsRead: 19, Queries: 4, Transactions: 6, ItemsWritten: 9, Checks: 1}},
		// A forecast changes no figure: nothing is summed.
		{"forecast", func() {
			_, err := o.Tracker.ForecastMilestone(o.Ctx, o.Call(trackertest.Operator), a.M("M2"), tracker.Forecast{ForecastOn: trackertest.Day("2026-04-20")})
			if err != nil {
				t.Fatal(err)
			}
		}, store.Tally{Gets: 3, ItemsRead: 14, Queries: 2, Transactions: 4, ItemsWritten: 5, Checks: 1}},
		{"nothing", func() {}, store.Tally{Gets: 1, ItemsRead: 3, Queries: 1}},
	} {
		test.do()
		counting := *o
		ctx, tally := store.WithTally(t.Context())
		counting.Ctx = ctx
		deliver(t, &counting, r, string(a.ID))
		if *tally != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, *tally, test.want)
		}
	}
	addsUp(t, o, s)
}

// Run delivers what a commit rings for, and what no bell told of.
func TestRun(t *testing.T) {
	s := trackertest.Memory(t)
	bell := relay.NewBell(8)
	o := trackertest.New(t, s, trackertest.With(func(o *tracker.Options) { o.Outbox, o.Committed = true, bell.Ring }))
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		everyone(o, s, "one", func(o *relay.Options) { o.Every = 20 * time.Millisecond }).Run(ctx, bell.Wakes())
	})
	for range 4 {
		oneAward(o)
	}
	for n := 0; len(waiting(t, o, s)) > 0; n++ {
		if n > 500 {
			t.Fatalf("still in the outbox: %v", waiting(t, o, s))
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	wg.Wait()
	addsUp(t, o, s)
}

// BenchmarkCommitToRollup is the time from a command's beginning until its
// figures are summed, at a hundred commands a second.
func BenchmarkCommitToRollup(b *testing.B) {
	s, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(b.TempDir(), "bench.db"), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	bell := relay.NewBell(1024)
	o := trackertest.New(b, s, trackertest.With(func(o *tracker.Options) { o.Outbox, o.Committed = true, bell.Ring }))
	ctx, stop := context.WithCancel(b.Context())
	var awards []trackertest.Active
	for range 20 {
		awards = append(awards, oneAward(o))
	}
	var mu sync.Mutex
	began, took := map[string][]time.Time{}, []time.Duration(nil)
	watched := &settled{Rollup: rollups(o, s, "bench"), done: func(id string) {
		mu.Lock()
		defer mu.Unlock()
		for _, at := range began[id] {
			took = append(took, time.Since(at))
		}
		delete(began, id)
	}}
	r := everyone(o, s, "one", func(o *relay.Options) {
		o.Workers, o.Subscribers[0] = 0, relay.Subscription{Subscriber: watched}
	})
	if err := r.Scan(ctx); err != nil {
		b.Fatal(err)
	}
	running := make(chan struct{})
	go func() {
		defer close(running)
		r.Run(ctx, bell.Wakes())
	}()
	defer func() {
		stop()
		<-running
	}()
	call := o.Call(trackertest.Operator)
	answers := award.Submission{Statement: "done", Answers: []award.Answer{{Criterion: "C1", Text: "yes"}}}
	for n := 0; b.Loop(); n++ {
		a := awards[n%len(awards)]
		next := time.Now().Add(10 * time.Millisecond)
		command := o.Tracker.WithdrawMilestone
		if n/len(awards)%2 == 0 {
			command = func(ctx context.Context, c tracker.Call, ref tracker.MilestoneRef) (tracker.Receipt, error) {
				return o.Tracker.SubmitMilestone(ctx, c, ref, answers)
			}
		}
		mu.Lock()
		began[string(a.ID)] = append(began[string(a.ID)], time.Now())
		mu.Unlock()
		if _, err := command(o.Ctx, call, a.M("M2")); err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Until(next))
	}
	time.Sleep(500 * time.Millisecond)
	mu.Lock()
	defer mu.Unlock()
	if len(took) == 0 {
		b.Fatal("nothing was summed")
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "worst-ms")
}

// settled tells when the sums of an award's cell are written.
type settled struct {
	*relay.Rollup
	done func(string)
}

func (s *settled) Settle(ctx context.Context, touched []relay.Touched) error {
	err := s.Rollup.Settle(ctx, touched)
	for _, t := range touched {
		s.done(t.Aggregate)
	}
	return err
}
