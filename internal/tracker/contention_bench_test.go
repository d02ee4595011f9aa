package tracker_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"milepost/internal/fault"
	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/dynamo/faultproxy"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// BenchmarkContention gives commands of 16 writers, each asking again as soon
// as it is answered, to one award: on SQLite on disk, on DynamoDB Local, and
// there with every fifth transaction refused for a conflict, which the emulator
// never does. It reports how many in a hundred end in 503 store.contended.
//
//	scripts/dynamodb-local run -- go test -run '^$' -bench Contention -benchtime 3000x ./internal/tracker
func BenchmarkContention(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		s, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(b.TempDir(), "bench.db"), Now: time.Now})
		if err != nil {
			b.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				b.Error(err)
			}
		}()
		contend(b, s, func() {})
	})
	if !dynamotest.Available() {
		b.Skip("the rest needs DynamoDB Local: scripts/dynamodb-local run -- go test …")
	}
	b.Run("dynamodb", func(b *testing.B) {
		behind, _, _ := faultproxy.Open(b, 1)
		contend(b, behind, func() {})
	})
	b.Run("dynamodb-with-conflicts", func(b *testing.B) {
		behind, _, proxy := faultproxy.Open(b, 1)
		contend(b, behind, func() { proxy.Play(faultproxy.Random(1, faultproxy.Rates{faultproxy.Conflict: 0.2})) })
		proxy.Play(nil)
	})
}

// contend lets 16 writers at one award.
func contend(b *testing.B, s store.Store, begin func()) {
	began := time.Now()
	counted := store.Counted(s)
	o := trackertest.New(b, counted, trackertest.With(func(t *tracker.Options) {
		still := t.Now
		t.Sleep, t.Now = nil, func() time.Time { return still().Add(time.Since(began)) }
	}))
	milestones, tranches := manyMilestones()
	ref := o.ActiveAward(milestones, tranches).M("M1")
	call := o.Call(trackertest.Operator)
	begin()
	var next, busy, other, asks atomic.Int64
	var all sync.WaitGroup
	took := make([][]time.Duration, writers)
	b.ResetTimer()
	for w := range writers {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				c := call
				c.Key, c.Fingerprint, c.Request = fmt.Sprint("key ", n), "f", fmt.Sprint("req ", n)
				ctx, tally := store.WithTally(b.Context())
				at := time.Now()
				_, err := o.Tracker.ForecastMilestone(ctx, c, ref, tracker.Forecast{ForecastOn: o.Today().AddDays(int(n % 300))})
				took[w] = append(took[w], time.Since(at))
				asks.Add(tally.Transactions)
				switch {
				case err == nil:
				case fault.CodeOf(err) == "store.contended":
					busy.Add(1)
				default:
					other.Add(1)
					b.Log(err)
				}
			}
		})
	}
	all.Wait()
	times := slices.Sorted(slices.Values(slices.Concat(took...)))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(100*float64(busy.Load())/float64(b.N), "%-contended")
	b.ReportMetric(100*float64(other.Load())/float64(b.N), "%-other")
	b.ReportMetric(float64(asks.Load())/float64(b.N), "attempts/command")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
	b.ReportMetric(milliseconds(times[len(times)/2]), "ms-p50")
	b.ReportMetric(milliseconds(times[len(times)*99/100]), "ms-p99")
}
