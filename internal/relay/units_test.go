package relay_test

import (
	"testing"

	"milepost/internal/award"
	"milepost/internal/relay"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// BenchmarkUnits prices what the relay does after one command, with all three
// subscribers, and one scan that finds nothing. It is part of the cost of each
// command; several at once on one award share it.
//
//	scripts/dynamodb-local run -- go test -run '^$' -bench Units -benchtime 1x ./internal/relay
func BenchmarkUnits(b *testing.B) {
	if !dynamotest.Available() {
		b.Skip("needs DynamoDB Local: scripts/dynamodb-local run -- go test …")
	}
	p := trackertest.NewPriced(b)
	o := trackertest.New(b, p, outboxed())
	r := everyone(o, p, "priced", func(o *relay.Options) { o.Workers = 1 }) // Priced counts one after the other
	a := oneAward(o)
	oneAward(o)
	scanned(b, o, r)
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"submit", func() { o.Submit(a.M("M1")) }},
		{"decide", func() { o.Decide(a.M("M1"), award.Met) }},
		{"forecast", func() {
			if _, err := o.Tracker.ForecastMilestone(o.Ctx, o.Call(trackertest.Operator), a.M("M2"), tracker.Forecast{ForecastOn: trackertest.Day("2026-04-20")}); err != nil {
				b.Fatal(err)
			}
		}},
	} {
		c.do()
		p.Reset()
		deliver(b, o, r, string(a.ID))
		units := p.Reset()
		b.Run(c.name, func(b *testing.B) { units.Report(b) })
	}
	scanned(b, o, r)
	p.Reset()
	scanned(b, o, r)
	units := p.Reset()
	b.Run("scan", func(b *testing.B) { units.Report(b) })
}
