package console

import (
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/console/chart"
	"milepost/internal/fault"
	"milepost/internal/rollup"
	"milepost/internal/tracker"
)

// placeFigures are the figures of a platform or a programme, each with the
// list that it counts.
type placeFigures struct {
	Shown   bool // the reader may see them
	AsOf    civil.Date
	TrueAt  string
	Missing int

	Active, Overdue, Decided int
	OnTime                   rollup.OnTimeRate
	SlipID, Slip             string // of the text that says the median slip, and its days
	Money                    []rollup.Line
	Buckets                  []figureBucket
	Milestones               chart.Chart
	Of                       place // what the lists are narrowed to

	Requested, Approved int // tranches that wait for a decision, and for payment
	Parts               []tracker.PortfolioPart
}

// figureBucket is a range of days late with what is overdue in it.
type figureBucket struct {
	rollup.Bucket
	Key string // of the address
	N   int    // of its bars
}

// figures are those of a part of the portfolio; of names the filter of the
// lists that they count.
func (q *request) figures(query tracker.PortfolioQuery, of place) (placeFigures, error) {
	v, err := q.tracker().Portfolio(q.Context(), q.call, query)
	if k := fault.KindOf(err); err != nil && (k == fault.Forbidden || k == fault.NotFound) {
		return placeFigures{}, nil
	}
	if err != nil {
		return placeFigures{}, err
	}
	f := placeFigures{
		Shown: true, AsOf: v.AsOf, TrueAt: v.TrueAt, Missing: v.Missing, Of: of, Parts: v.Parts,
		Active: v.Awards[award.Active], OnTime: v.OnTime, Money: v.Money,
		Requested: v.Tranches[award.Requested], Approved: v.Tranches[award.Approved],
	}
	f.SlipID, f.Slip = slipOf(v.MedianSlip)
	for i, b := range v.Overdue {
		f.Overdue += b.Obligations
		f.Buckets = append(f.Buckets, figureBucket{Bucket: b, Key: lateBuckets()[min(i, len(lateBuckets())-1)].key, N: i + 1})
	}
	f.Decided = v.Milestones[award.Decided]
	f.Milestones, err = q.milestonesDrawn(v.Statement, of)
	return f, err
}

// milestonesDrawn is a bar of the milestones by state, those decided by
// outcome.
func (q *request) milestonesDrawn(s rollup.Statement, of place) (chart.Chart, error) {
	stack := chart.Stack{
		Head:     chart.Head{Title: q.text("console.place.milestones")},
		Category: q.text("console.place.milestones.state"), Unit: q.text("console.place.milestones.unit"),
		Rows: []chart.StackRow{{Label: q.text("console.place.milestones")}},
	}
	add := func(n int, label, href string, look chart.Look) {
		if n == 0 {
			return
		}
		stack.Series = append(stack.Series, chart.Series{Label: label, Href: href, Look: look})
		stack.Rows[0].Counts = append(stack.Rows[0].Counts, n)
	}
	label := q.console.Catalogs.Label
	for _, o := range []struct {
		of   award.Outcome
		look chart.Look
	}{{award.Met, chart.Good}, {award.PartiallyMet, chart.Part}, {award.NotMet, chart.Bad}} {
		add(s.Outcomes[o.of], label(q.lang, "milestoneOutcome", string(o.of)), of.href("/milestones", "half", "all", "outcome", string(o.of)), o.look)
	}
	for _, m := range []struct {
		of   award.MilestoneState
		look chart.Look
	}{{award.MilestoneSubmitted, chart.Waiting}, {award.Returned, chart.Back}, {award.InProgress, chart.Active}, {award.Planned, chart.Idle}, {award.Cancelled, chart.Gone}} {
		add(s.Milestones[m.of], label(q.lang, "milestoneState", string(m.of)), of.href("/milestones", "state", string(m.of)), m.look)
	}
	return q.painter().Stack(stack)
}

// List is the address of a list of what the figures are of; pairs are further
// names and values.
func (f placeFigures) List(list string, pairs ...string) string {
	return f.Of.href("/"+list, pairs...)
}
