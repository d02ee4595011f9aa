package tracker_test

import (
	"slices"
	"testing"
	"time"
)

func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

// BenchmarkScale compares, in one run, a sweep of a thousandth of a large
// portfolio with reading all of it, and the first page of what is overdue there
// with that of 10,000 milestones. MILEPOST_SCALE sets how many milestones there
// are, 100,000 by default; a million takes minutes to write and 2 GB on disk.
//
//	go test -run '^$' -bench Scale -benchtime 1x ./internal/tracker
func BenchmarkScale(b *testing.B) {
	n := scale(b, 100_000)
	x, small := fill(b, n, nil, n/1000, n/1000, n/1000, n/1000, n/1000), fill(b, 10_000, nil)
	b.Logf("%d milestones written in %s", n, x.took.Round(time.Second))
	b.ResetTimer()
	for range b.N {
		var large, little []time.Duration
		for range 100 {
			large, little = append(large, x.firstPage(b)), append(little, small.firstPage(b))
		}
		b.ReportMetric(milliseconds(large[0]), "ms/page-first")
		b.ReportMetric(milliseconds(median(large)), "ms/page")
		b.ReportMetric(milliseconds(median(little)), "ms/page-of-10k")
		b.ReportMetric(float64(median(large))/float64(median(little)), "page/page-of-10k")
		var sweeps []time.Duration
		for day := range x.due {
			_, _, took := x.sweepDay(b, day+1)
			sweeps = append(sweeps, took)
		}
		milestones, all := x.everything(b)
		if milestones != n {
			b.Errorf("%d milestones, want %d", milestones, n)
		}
		b.ReportMetric(milliseconds(median(sweeps)), "ms/sweep")
		b.ReportMetric(milliseconds(slices.Max(sweeps)), "ms/sweep-worst")
		b.ReportMetric(milliseconds(all), "ms/everything")
		b.ReportMetric(float64(median(sweeps))/float64(all), "sweep/everything")
	}
	b.ReportMetric(0, "ns/op")
}

func (x *scaled) firstPage(b *testing.B) time.Duration {
	began := time.Now()
	x.overdue(b, b.Context())
	return time.Since(began)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
