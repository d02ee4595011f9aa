package tracker_test

import (
	"fmt"
	"testing"
	"time"

	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// What 100,000 due on one day are counted against: the ceiling of a new table,
// of which the sweep takes a half, what one partition takes, and how long an
// invocation may write.
const (
	manyDue       = 100_000
	sweepItems    = 4000 / 2 / 7 // items a second, as functions/sweep paces itself
	onePartition  = 1000         // write units a second
	oneInvocation = 14 * time.Minute
)

// BenchmarkSweepUnits counts what a sweep costs on DynamoDB Local for each
// thing that is due, by how many are due in one award, and what 100,000 due on
// one day would take:
//
//	scripts/dynamodb-local run -- go test -run '^$' -bench SweepUnits -benchtime 1x ./internal/tracker
func BenchmarkSweepUnits(b *testing.B) {
	if !dynamotest.Available() {
		b.Skip("needs DynamoDB Local: scripts/dynamodb-local run -- go test …")
	}
	for _, shape := range []struct{ awards, due int }{{100, 1}, {100, 2}, {50, 5}, {25, 20}} {
		b.Run(fmt.Sprintf("%d-due-in-each-award", shape.due), func(b *testing.B) { sweepUnits(b, shape.awards, shape.due) })
	}
}

func sweepUnits(b *testing.B, awards, due int) {
	p := trackertest.NewPriced(b)
	o := trackertest.New(b, p, trackertest.With(func(t *tracker.Options) { t.Outbox = true }))
	for range awards {
		milestones, tranches := manyMilestones() // 20, due in June
		for n := range due {
			milestones[n].DueOn = trackertest.Day("2026-03-20")
		}
		o.ActiveAward(milestones, tranches, o.OnOtherPlatform)
	}
	o.Clock.Set(trackertest.Day("2026-03-13")) // a week before
	p.Reset()
	began := time.Now()
	r, err := o.Tracker.Sweep(b.Context(), tracker.SweepRequest{By: system()})
	if err != nil || r.Due != awards*due || r.Awards != awards || r.Remaining > 0 {
		b.Fatalf("sweep = %+v, %v, want %d due in %d awards", r, err, awards*due, awards)
	}
	tellSweep(b, p, r, time.Since(began))
}

// tellSweep reports what was counted, and what follows for 100,000.
func tellSweep(b *testing.B, p *trackertest.Priced, r tracker.SweepReport, took time.Duration) {
	things, items := float64(r.Due), float64(r.Due+2*r.Awards)
	requests, asked := p.Requests(), 0
	for _, n := range requests {
		asked += n
	}
	partition, hottest := p.Hottest()
	consumed := p.Reset()
	units := float64(consumed.WriteTable + consumed.WriteIndex)
	scale := manyDue / things
	paced := time.Duration(items * scale / sweepItems * float64(time.Second))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(consumed.WriteTable)/things, "WU-table/due")
	b.ReportMetric(float64(consumed.WriteIndex)/things, "WU-index/due")
	b.ReportMetric(consumed.Read/things, "RU/due")
	b.ReportMetric(float64(asked)/things, "requests/due")
	b.ReportMetric(units/items, "WU/item")
	b.ReportMetric(units*scale/1e6, "MWU-for-100k")
	b.ReportMetric(paced.Minutes(), "min-for-100k")
	b.ReportMetric(units*scale/paced.Seconds(), "WU/s-paced")
	b.ReportMetric(float64(hottest)*scale/paced.Seconds()/onePartition, "hottest-partition")
	b.ReportMetric(float64(1+int(paced/oneInvocation)), "invocations")
	b.ReportMetric(float64(took.Microseconds())/1000/float64(r.Awards), "ms-local/award")
	b.Logf("%v; the hottest partition is %s", requests, partition)
}
