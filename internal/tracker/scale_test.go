package tracker_test

import (
	"context"
	"os"
	"runtime"
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

// A sweep reads and writes what is due and nothing else, however much there is.
func TestSweepReadsWhatIsDue(t *testing.T) {
	due := 20
	if n := scale(t, 0); n >= 100_000 {
		due = n / 1000
	}
	x := fill(t, scale(t, 4_000), nil, due, due/2)
	for day := range x.due {
		r, tally, took := x.sweepDay(t, day+1)
		t.Logf("%d milestones, filled in %s: %d due in %d awards: %+v in %s", x.milestones, x.took.Round(time.Millisecond), r.Due, r.Awards, tally, took)
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
	}
}

// The first page of a list, and an award, cost what they show, however much
// there is.
func TestReadsDoNotGrow(t *testing.T) {
	large := scale(t, 6_000)
	for _, n := range []int{large / 5, large} {
		x := fill(t, n, nil)
		ctx, tally := store.WithTally(t.Context())
		page := x.overdue(t, ctx)
		t.Logf("first page of %d milestones: %+v", n, *tally)
		// A row's milestone and its award; the names of platforms, programme and
		// payee are few. Keys are read ahead in each of four partitions.
		if tally.IndexKeys > 50+4*25 || tally.Queries > 4+4 || tally.ItemsRead > 50+50+20 || tally.Gets > 4 {
			t.Errorf("the first page of overdue of %d milestones reads %+v", n, *tally)
		}
		ctx, tally = store.WithTally(t.Context())
		a, err := x.Tracker.Award(ctx, x.Call(trackertest.Manager), page.Items[0].Award)
		if err != nil || len(a.Milestones) != milestonesEach || tally.Queries != 1 || tally.Gets != 1 {
			t.Errorf("an award with %d milestones, %v: %+v, want one query, and one get for names", len(a.Milestones), err, *tally)
		}
	}
}

// overdue is the first page of what is overdue in the programme.
func (x *scaled) overdue(tb testing.TB, ctx context.Context) tracker.Page[tracker.AttentionRow] {
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

// A sweep takes at most a twentieth of the time that reading and decoding
// everything takes. The middle one of three days counts, so that one stumble of
// the machine does not.
func TestSweepTakesLittleTime(t *testing.T) {
	if os.Getenv("MILEPOST_CI") == "" {
		t.Log("not run: times are compared where MILEPOST_CI is set")
		return
	}
	n := scale(t, 0)
	x := fill(t, n, nil, n/1000, n/1000, n/1000)
	var times []time.Duration
	for day := range x.due {
		_, _, took := x.sweepDay(t, day+1)
		times = append(times, took)
	}
	_, all := x.everything(t)
	if middle := median(times); middle > all/20 {
		t.Errorf("sweeping %d of %d took %s, reading everything %s: more than 1/20", x.due[0], n, middle, all)
	}
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

// The memory of a sweep does not grow with what is due.
func TestSweepMemory(t *testing.T) {
	const few, mostMore = 100, 1 << 20
	many := 800
	if os.Getenv("MILEPOST_CI") != "" {
		many = 10_000
	}
	var s *sampled
	x := fill(t, many/2*milestonesEach, func(inner store.Store) store.Store {
		s = &sampled{Store: inner}
		return s
	}, 10, few, many)
	x.sweepDay(t, 1) // fills what is kept for ever, such as ladders
	sweep := func(day int) int64 {
		before := live()
		s.peak = 0
		s.every.Store(max(1, int64(x.due[day-1])/60)) // looks taken
		x.sweepDay(t, day)
		s.every.Store(0)
		return int64(s.peak) - int64(before)
	}
	a, b := sweep(2), sweep(3)
	t.Logf("most in use at a time beyond before: %d KB with %d due, %d KB with %d", a/1024, few, b/1024, many)
	if b > a+mostMore {
		t.Errorf("sweeping %d holds %d KB more than sweeping %d", many, (b-a)/1024, few)
	}
}
