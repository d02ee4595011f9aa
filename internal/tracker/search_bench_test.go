package tracker_test

import (
	"context"
	"fmt"
	"testing"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// realTitles are as long as titles of projects are: 19 characters of Chinese,
// nine words of English.
func realTitles(n int) portfolio.Names {
	return portfolio.Names{
		ZH: fmt.Sprintf("面向数据中心的硅光收发芯片概念验证%d期", n%10),
		EN: fmt.Sprintf("Silicon photonics transceivers for data centres: proof of concept, phase %d", n%10),
	}
}

// BenchmarkUnitsOfSearch prices what drafts cost by their titles, and a search
// in 1 and in 400 projects and awards:
//
//	scripts/dynamodb-local run -- go test -run '^$' -bench UnitsOfSearch -benchtime 1x ./internal/tracker
func BenchmarkUnitsOfSearch(b *testing.B) {
	if !dynamotest.Available() {
		b.Skip("needs DynamoDB Local: scripts/dynamodb-local run -- go test …")
	}
	p := trackertest.NewPriced(b)
	o := trackertest.New(b, p, trackertest.With(func(o *tracker.Options) { o.Outbox = true }))
	tr, d := o.Tracker, o.Document(nil, nil)
	var id ident.Award
	command := func() tracker.Ahead { return tracker.Ahead{Award: id, Command: true} }
	create := func(ctx context.Context, c tracker.Call) error {
		r, err := tr.CreateAward(ctx, c, d)
		id = ident.Award(r.Aggregate)
		return err
	}
	replace := func(ctx context.Context, c tracker.Call) error { return second(tr.ReplaceAward(ctx, c, id, d)) }
	search := func(q tracker.SearchQuery) func(context.Context, tracker.Call) error {
		return func(ctx context.Context, c tracker.Call) error {
			_, err := tr.Search(ctx, c, q, tracker.PageRequest{Limit: 25})
			return err
		}
	}
	draft := func(n int) func() {
		return func() { d = o.Document([]award.MilestoneDraft{}, nil); d.Title = realTitles(n) }
	}
	for _, c := range []pricedCommand{
		{"create draft without titles", trackertest.Manager, func() { d.Title = portfolio.Names{EN: "A"} }, command, create},
		{"create draft with titles", trackertest.Manager, draft(1), command, create},
		{"edit draft", trackertest.Manager, func() { d.EndOn = d.EndOn.AddDays(1) }, command, replace},
		{"rename draft whole", trackertest.Manager, func() { d.Title = portfolio.Names{ZH: "另" + d.Title.ZH, EN: "Another: " + d.Title.EN} }, command, replace},
		{"search for nothing", trackertest.Manager, nil, nil, search(tracker.SearchQuery{Text: "没有"})},
		{"search for one thing", trackertest.Manager, nil, nil, search(tracker.SearchQuery{Text: "另面向"})},
	} {
		if c.before != nil {
			c.before()
		}
		priced(b, p, o, c)
	}
	for n := range 200 {
		titles := realTitles(n)
		must(b)(tr.CreateProject(o.Ctx, o.Call(trackertest.Manager), portfolio.Project{
			Programme: o.Programme, Code: fmt.Sprint("J-", n), Title: titles, Lead: o.Payee, Source: portfolio.Clinic,
		}))
		d := o.Document(nil, nil)
		d.Title = titles
		o.Draft(d)
	}
	for _, c := range []pricedCommand{
		{"search page of 25 among 400", trackertest.Manager, nil, nil, search(tracker.SearchQuery{Text: "硅光"})},
		{"search page of 25 awards among 400", trackertest.Manager, nil, nil, search(tracker.SearchQuery{Text: "硅光", Type: "award"})},
		{"search for a number among 400", trackertest.Manager, nil, nil, search(tracker.SearchQuery{Text: d.Number})},
	} {
		priced(b, p, o, c)
	}
}
