package tracker_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// sweepDay sweeps the k-th day after a portfolio was filled, from 1, and holds
// that exactly what was to come due did.
func (x *scaled) sweepDay(tb testing.TB, k int) (tracker.SweepReport, store.Tally, time.Duration) {
	tb.Helper()
	x.Clock.Set(x.day.AddDays(k))
	ctx, tally := store.WithTally(tb.Context())
	began := time.Now()
	r, err := x.Tracker.Sweep(ctx, tracker.SweepRequest{By: system()})
	took := time.Since(began)
	if err != nil || r.Due != x.due[k-1] || r.Flagged != r.Due || r.Failed > 0 {
		tb.Fatalf("sweep of day %d = %+v, %v, want %d due and flagged", k, r, err, x.due[k-1])
	}
	return r, *tally, took
}

// rulesRead bounds what a sweep reads once, however much is due: the programme,
// the deployment's root, and a ladder of each kind.
const rulesRead = 2 + 8

// A large portfolio: what a sweep and a page cost follows from what is due and
// what is shown, not from what there is.
func TestLargePortfolio(t *testing.T) {
	n := scale(t, 8_000)
	due := max(20, n/1000)
	watch := &sampled{}
	x := fill(t, n, func(s store.Store) store.Store {
		watch.Store = s
		return watch
	}, due, due, due, due, n/20, n/10)
	t.Logf("%d milestones written in %s", n, x.took.Round(time.Millisecond))
	var times []time.Duration
	for day := range 3 {
		t.Run("sweep", func(t *testing.T) { times = append(times, x.checkSweep(t, day+1)) })
	}
	t.Run("time", func(t *testing.T) { x.tellTime(t, times) })
	t.Run("memory", func(t *testing.T) { x.checkMemory(t, watch) })
	t.Run("reads", x.checkReads)
}

// checkSweep holds what a sweep reads and writes against what is due.
func (x *scaled) checkSweep(t *testing.T, day int) time.Duration {
	r, tally, took := x.sweepDay(t, day)
	t.Logf("%d due in %d awards: %+v in %s", r.Due, r.Awards, tally, took)
	if tally.IndexKeys > int64(r.Due)+schema.Shards {
		t.Errorf("%d index keys read for %d due", tally.IndexKeys, r.Due)
	}
	if most := int64(r.Due + 2*r.Awards + rulesRead); tally.ItemsRead > most || tally.Gets > int64(r.Awards+rulesRead) {
		t.Errorf("%d items read in %d gets for %d due in %d awards, want at most %d", tally.ItemsRead, tally.Gets, r.Due, r.Awards, most)
	}
	const record = 1
	if want := int64(r.Due + 2*r.Awards + record); tally.ItemsWritten != want || tally.Transactions != int64(r.Awards+record) {
		t.Errorf("%d items written in %d transactions, want %d in %d", tally.ItemsWritten, tally.Transactions, want, r.Awards+record)
	}
	return took
}

// checkReads holds the first page of a list and an award to what they show.
func (x *scaled) checkReads(t *testing.T) {
	ctx, tally := store.WithTally(t.Context())
	page := x.overdue(ctx, t)
	// A row's milestone and its award; the names of platforms, programme and
	// payee are few. Keys are read ahead in each of four partitions.
	if tally.IndexKeys > 50+4*25 || tally.Queries > 4+4 || tally.ItemsRead > 50+50+20 || tally.Gets > 4 {
		t.Errorf("the first page of overdue reads %+v", *tally)
	}
	t.Logf("the first page of overdue: %+v", *tally)
	ctx, tally = store.WithTally(t.Context())
	a, err := x.Tracker.Award(ctx, x.Call(trackertest.Manager), page.Items[0].Award)
	if err != nil || len(a.Milestones) != milestonesEach || tally.Queries != 1 || tally.Gets != 1 {
		t.Errorf("an award with %d milestones, %v: %+v, want one query, and one get for names", len(a.Milestones), err, *tally)
	}
}

// overdue is the first page of what is overdue in the programme.
func (x *scaled) overdue(ctx context.Context, tb testing.TB) tracker.Page[tracker.AttentionRow] {
	tb.Helper()
	page, err := x.Tracker.Attention(ctx, x.Call(trackertest.Manager), tracker.AttentionQuery{Status: tracker.StatusOverdue}, tracker.PageRequest{})
	if err != nil || len(page.Items) != 50 || page.Next == "" {
		tb.Fatalf("overdue = %d rows, next %q, %v, want a page of 50 and more", len(page.Items), page.Next, err)
	}
	return page
}

// everything reads and decodes all that a sweep without an index would have to
// look at, and returns how many milestones that are.
func (x *scaled) everything(tb testing.TB) (milestones int, took time.Duration) {
	tb.Helper()
	began := time.Now()
	err := x.sqlite.Walk(tb.Context(), 0, 1, nil, func(i store.Item) (err error) {
		switch {
		case strings.HasPrefix(i.SK, "2#") && ident.Valid(ident.PrefixAward, i.PK):
			milestones++
			_, err = schema.Decode[award.Milestone](i, schema.TypeMilestone)
		case strings.HasPrefix(i.SK, "3#"):
			_, err = schema.Decode[award.Tranche](i, schema.TypeTranche)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return milestones, time.Since(began)
}

// tellTime logs how a sweep compares with reading and decoding everything.
// BenchmarkScale measures it; a test asserts no time, since others want the
// disk and the processors too.
func (x *scaled) tellTime(t *testing.T, sweeps []time.Duration) {
	_, all := x.everything(t)
	best := slices.Min(sweeps)
	t.Logf("sweeping %d of %d took %s at best, reading everything %s: 1/%d", x.due[0], x.milestones, best, all, all/max(best, 1))
}

// sampled samples what is reachable on the heap while a store is used.
type sampled struct {
	store.Store
	every, calls atomic.Int64
	mu           sync.Mutex
	peak         uint64
}

func (s *sampled) sample() {
	every := s.every.Load()
	if every == 0 || s.calls.Add(1)%every != 0 || !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	s.peak = max(s.peak, live())
}

func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Transact samples, then transacts.
func (s *sampled) Transact(ctx context.Context, token string, ops ...store.Op) error {
	s.sample()
	return s.Store.Transact(ctx, token, ops...)
}

// Get gets, then samples.
func (s *sampled) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	items, err := s.Store.Get(ctx, keys...)
	s.sample()
	return items, err
}

// checkMemory holds that the memory of a sweep does not grow with what is due
// once every worker holds a page of keys and has an award in flight.
func (x *scaled) checkMemory(t *testing.T, watch *sampled) {
	const mostMore = 8 << 20
	sweep := func(day int) int64 {
		before := live()
		watch.peak = 0
		watch.every.Store(max(1, int64(x.due[day-1])/60)) // so many looks, however much is due
		x.sweepDay(t, day)
		watch.every.Store(0)
		return int64(watch.peak) - int64(before)
	}
	few, many, twice := sweep(4), sweep(5), sweep(6)
	t.Logf("most in use at a time beyond before: %d KB with %d due, %d KB with %d, %d KB with %d",
		few/1024, x.due[3], many/1024, x.due[4], twice/1024, x.due[5])
	if twice > many+mostMore || twice > few+24<<20 {
		t.Errorf("sweeping %d holds %d KB, half of it %d KB, %d of it %d KB", x.due[5], twice/1024, many/1024, x.due[3], few/1024)
	}
}
