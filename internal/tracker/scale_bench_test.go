package tracker_test

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// BenchmarkScale compares, in one run, a sweep of a thousandth of a large
// portfolio with reading all of it, and the first page of what is overdue there
// with that of 10,000 milestones. MILEPOST_SCALE sets how many milestones there
// are, 100,000 by default; a million takes minutes to write and 2 GB on disk.
//
//	go test -run '^$' -bench Scale -benchtime 1x ./internal/tracker
func BenchmarkScale(b *testing.B) {
	n := scale(b, 100_000)
	d := n / 1000
	x, small := fill(b, n, nil, d, d, d, d, d, d, d), fill(b, 10_000, nil)
	b.Logf("%d milestones written in %s", n, x.took.Round(time.Second))
	for range b.N {
		comparePages(b, x, small)
		compareSweep(b, x)
	}
	b.ReportMetric(0, "ns/op")
}

// comparePages reads both first pages in turn, so that a machine that is busy
// for a while is so for both.
func comparePages(b *testing.B, x, small *scaled) {
	var large, little []time.Duration
	for range 200 {
		large, little = append(large, x.firstPage(b)), append(little, small.firstPage(b))
	}
	b.ReportMetric(milliseconds(large[0]), "ms/page-at-first")
	b.ReportMetric(milliseconds(median(large)), "ms/page")
	b.ReportMetric(milliseconds(median(little)), "ms/page-of-10k")
	b.ReportMetric(float64(median(large))/float64(median(little)), "page/page-of-10k")
}

func (x *scaled) firstPage(b *testing.B) time.Duration {
	began := time.Now()
	x.overdue(b.Context(), b)
	return time.Since(began)
}

// compareSweep sweeps day after day, and reads everything before and after.
func compareSweep(b *testing.B, x *scaled) {
	cpu := processorTime(b)
	milestones, all := x.everything(b)
	cpuOfAll := processorTime(b) - cpu
	if milestones != x.milestones {
		b.Errorf("%d milestones, want %d", milestones, x.milestones)
	}
	var sweeps []time.Duration
	before, cpu := x.sqlite.Stats(), processorTime(b)
	for day := range x.due {
		_, _, took := x.sweepDay(b, day+1)
		sweeps = append(sweeps, took)
	}
	cpuOfSweep := (processorTime(b) - cpu) / time.Duration(len(x.due))
	after := x.sqlite.Stats()
	_, again := x.everything(b)
	all = (all + again) / 2
	b.ReportMetric(milliseconds(slices.Min(sweeps)), "ms/sweep-best")
	b.ReportMetric(milliseconds(median(sweeps)), "ms/sweep")
	b.ReportMetric(milliseconds(slices.Max(sweeps)), "ms/sweep-worst")
	b.ReportMetric(milliseconds(all), "ms/everything")
	b.ReportMetric(float64(median(sweeps))/float64(all), "sweep/everything")
	b.ReportMetric(float64(cpuOfSweep)/float64(cpuOfAll), "sweep/everything-cpu")
	b.ReportMetric(float64(after.Commits-before.Commits)/float64(after.Transactions-before.Transactions), "commits/award")
}

// processorTime is what this process has had of the processors.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
