package tracker_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// manyMilestones is an award with 20 milestones, each the gate of a tranche.
func manyMilestones() ([]award.MilestoneDraft, []award.TrancheDraft) {
	var milestones []award.MilestoneDraft
	var tranches []award.TrancheDraft
	for n := 1; n <= 20; n++ {
		m := trackertest.Milestone(fmt.Sprint("M", n), "2026-06-01")
		m.Deliverable = strings.Repeat("a report of what was shown ", 8)
		milestones = append(milestones, m)
		tranches = append(tranches, trackertest.Tranche(n, "2026-03-01", "100000", m.Code))
	}
	return milestones, tranches
}

// BenchmarkUnits prices one command of each kind on DynamoDB Local, and one
// page of each list, as the API asks for them:
//
//	scripts/dynamodb-local run -- go test -run '^$' -bench Units -benchtime 1x ./internal/tracker ./internal/relay
func BenchmarkUnits(b *testing.B) {
	if !dynamotest.Available() {
		b.Skip("needs DynamoDB Local: scripts/dynamodb-local run -- go test …")
	}
	p := trackertest.NewPriced(b)
	o := trackertest.New(b, p, trackertest.With(func(o *tracker.Options) { o.Outbox = true }))
	for _, c := range pricedCommands(b, o) {
		if c.before != nil {
			c.before()
		}
		priced(b, p, o, c)
	}
	milestones, tranches := manyMilestones()
	for range 4 {
		o.ActiveAward(milestones, tranches)
	}
	for _, c := range pricedPages(o) {
		priced(b, p, o, c)
	}
}

func priced(b *testing.B, p *trackertest.Priced, o *trackertest.Office, c pricedCommand) {
	b.Helper()
	about := tracker.Ahead{}
	if c.about != nil {
		about = c.about()
	}
	if about.Command {
		about.Key = "key of " + c.name
	}
	p.Reset()
	start := time.Now()
	call, err := o.Tracker.Authenticated(b.Context(), trackertest.Login(c.persona), about)
	call.Key, call.Fingerprint = about.Key, "f"
	if err == nil {
		err = c.do(b.Context(), call)
	}
	if err != nil {
		b.Fatalf("%s: %v", c.name, err)
	}
	took, units := time.Since(start), p.Reset()
	b.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
		units.Report(b)
		b.ReportMetric(float64(took.Microseconds())/1000, "ms-local")
	})
}

type pricedCommand struct {
	name, persona string
	before        func()
	about         func() tracker.Ahead // as the path tells
	do            func(ctx context.Context, c tracker.Call) error
}

// pricedCommands follow an award of 20 milestones and 20 tranches from draft to
// a reversed payment.
func pricedCommands(b *testing.B, o *trackertest.Office) []pricedCommand {
	tr := o.Tracker
	d := o.Document(manyMilestones())
	var a trackertest.Active
	var p tracker.PaymentRef
	var id ident.Award
	create := func() tracker.Ahead { return tracker.Ahead{Command: true} }
	whole := func() tracker.Ahead { return tracker.Ahead{Award: id, Command: true} }
	milestone := func(code string) func() tracker.Ahead {
		return func() tracker.Ahead { return tracker.Ahead{Award: id, Milestone: a.Milestones[code], Command: true} }
	}
	tranche := func() tracker.Ahead { return tracker.Ahead{Award: id, Tranche: a.Tranches[1], Command: true} }
	payment := func() tracker.Ahead { return tracker.Ahead{Award: id, Payment: p.Payment, Command: true} }
	return []pricedCommand{
		{"create draft", trackertest.Manager, nil, create, func(ctx context.Context, c tracker.Call) error {
			r, err := tr.CreateAward(ctx, c, d)
			id = ident.Award(r.Aggregate)
			return err
		}},
		{"submit draft", trackertest.Manager, nil, whole, func(ctx context.Context, c tracker.Call) error { return second(tr.SubmitAward(ctx, c, id)) }},
		{"activate 20 20", trackertest.Manager2, nil, whole, func(ctx context.Context, c tracker.Call) error {
			return second(tr.ActivateAward(ctx, c, id, tracker.Activation{}))
		}},
		{"start", trackertest.Operator, func() { a = o.Things(id) }, milestone("M1"), func(ctx context.Context, c tracker.Call) error {
			return second(tr.StartMilestone(ctx, c, a.M("M1")))
		}},
		{"submit", trackertest.Operator, nil, milestone("M1"), func(ctx context.Context, c tracker.Call) error {
			return second(tr.SubmitMilestone(ctx, c, a.M("M1"), answers()))
		}},
		{"return", trackertest.Manager, nil, milestone("M1"), func(ctx context.Context, c tracker.Call) error {
			return second(tr.ReturnMilestone(ctx, c, a.M("M1"), sentBack()))
		}},
		{"ask extension", trackertest.Operator, nil, milestone("M2"), func(ctx context.Context, c tracker.Call) error {
			return second(tr.AskExtension(ctx, c, a.M("M2"), asked("2026-12-01")))
		}},
		{"decide met", trackertest.Manager, func() { o.Submit(a.M("M1")) }, milestone("M1"), func(ctx context.Context, c tracker.Call) error {
			return second(tr.DecideMilestone(ctx, c, a.M("M1"), met()))
		}},
		{"request", trackertest.Operator, nil, tranche, func(ctx context.Context, c tracker.Call) error {
			return second(tr.RequestTranche(ctx, c, a.Tr(1), tracker.TrancheRequest{}))
		}},
		{"approve", trackertest.Manager2, nil, tranche, func(ctx context.Context, c tracker.Call) error {
			return second(tr.ApproveTranche(ctx, c, a.Tr(1), tracker.Approval{}))
		}},
		{"instruct", trackertest.Finance, nil, whole, func(ctx context.Context, c tracker.Call) error {
			r, err := tr.InstructPayment(ctx, c, a.ID, instruction(o.Payee, map[ident.Tranche]string{a.Tranches[1]: "100000"}))
			if err == nil {
				p = tracker.PaymentRef{Award: a.ID, Payment: ident.Payment(made(b, r, "payment.instructed"))}
			}
			return err
		}},
		{"paid", trackertest.Finance, nil, payment, func(ctx context.Context, c tracker.Call) error {
			return second(tr.MarkPaymentPaid(ctx, c, p, tracker.PaidEntry{BankReference: "B", PaidOn: o.Today()}))
		}},
		{"reverse", trackertest.Finance2, nil, payment, func(ctx context.Context, c tracker.Call) error { return second(tr.ReversePayment(ctx, c, p, because)) }},
	}
}

// pricedPages are pages of 50 in a portfolio of five awards of 20 milestones and
// 20 tranches, and single things.
func pricedPages(o *trackertest.Office) []pricedCommand {
	tr := o.Tracker
	page := tracker.PageRequest{Limit: 50}
	milestones, tranches := manyMilestones()
	a := o.ActiveAward(milestones, tranches)
	m, t := a.M("M7"), a.Tr(7)
	return []pricedCommand{
		{"page of attention", trackertest.Manager, nil, nil, func(ctx context.Context, c tracker.Call) error {
			return full(tr.Attention(ctx, c, tracker.AttentionQuery{}, page))
		}},
		{"page of attention mine", trackertest.Operator, nil, nil, func(ctx context.Context, c tracker.Call) error {
			return full(tr.Attention(ctx, c, tracker.AttentionQuery{Mine: true}, page))
		}},
		{"page of milestones", trackertest.Auditor, nil, nil, func(ctx context.Context, c tracker.Call) error {
			return full(tr.Milestones(ctx, c, tracker.ThingsQuery{}, page))
		}},
		{"page of awards six of them", trackertest.Auditor, nil, nil, func(ctx context.Context, c tracker.Call) error {
			_, err := tr.Awards(ctx, c, tracker.AwardsQuery{}, page)
			return err
		}},
		{"page of an award's journal three of it", trackertest.Auditor, nil, nil, func(ctx context.Context, c tracker.Call) error {
			_, err := tr.Journal(ctx, c, string(a.ID), tracker.JournalQuery{}, page)
			return err
		}},
		{"page of the programme's journal", trackertest.Auditor, nil, nil, func(ctx context.Context, c tracker.Call) error {
			_, err := tr.JournalOfProgramme(ctx, c, o.Programme, o.Today().String()[:7], tracker.JournalQuery{}, page)
			return err
		}},
		{"award 20 20", trackertest.Manager, nil, nil, func(ctx context.Context, c tracker.Call) error {
			_, err := tr.Award(ctx, c, a.ID)
			return err
		}},
		{"one milestone", trackertest.Manager, nil, func() tracker.Ahead { return tracker.Ahead{Award: a.ID, Milestone: m.Milestone} }, func(ctx context.Context, c tracker.Call) error {
			_, err := tr.Milestone(ctx, c, m)
			return err
		}},
		{"one tranche", trackertest.Manager, nil, func() tracker.Ahead { return tracker.Ahead{Award: a.ID, Tranche: t.Tranche} }, func(ctx context.Context, c tracker.Call) error {
			_, err := tr.Tranche(ctx, c, t)
			return err
		}},
		{"me", trackertest.Operator, nil, nil, func(ctx context.Context, c tracker.Call) error {
			_, err := tr.Me(ctx, c)
			return err
		}},
		{"portfolio", trackertest.Head, nil, nil, func(ctx context.Context, c tracker.Call) error {
			_, err := tr.Portfolio(ctx, c, tracker.PortfolioQuery{})
			return err
		}},
	}
}

// full refuses a page that is not full: its price says nothing.
func full[T any](p tracker.Page[T], err error) error {
	if err == nil && len(p.Items) != 50 {
		return fmt.Errorf("%d rows, not 50", len(p.Items))
	}
	return err
}

// BenchmarkCommands gives commands of 16 writers, each on an award of its own
// or all on one, to SQLite on disk. commits/command is how many synced commits
// a command takes; the figure to hold at 16 writers is 0.25.
//
//	go test -run '^$' -bench Commands -benchtime 2000x ./internal/tracker
func BenchmarkCommands(b *testing.B) {
	for name, awards := range map[string]int{"16 awards": writers, "one award": 1} {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) { benchmarkCommands(b, awards) })
	}
}

func benchmarkCommands(b *testing.B, awards int) {
	s, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(b.TempDir(), "bench.db"), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	}()
	o := trackertest.New(b, s, trackertest.With(func(t *tracker.Options) { t.Sleep = nil }))
	milestones, tranches := manyMilestones()
	refs := make([]tracker.MilestoneRef, awards)
	for n := range refs {
		refs[n] = o.ActiveAward(milestones, tranches).M("M1")
	}
	call := o.Call(trackertest.Operator)
	var next, busy atomic.Int64
	var all sync.WaitGroup
	before := s.Stats()
	b.ResetTimer()
	for w := range writers {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				c := call
				c.Key, c.Fingerprint, c.Request = fmt.Sprint("key ", n), "f", fmt.Sprint("req ", n)
				on := o.Today().AddDays(int(n % 300))
				if _, err := o.Tracker.ForecastMilestone(b.Context(), c, refs[w%awards], tracker.Forecast{ForecastOn: on}); err != nil {
					busy.Add(1)
				}
			}
		})
	}
	all.Wait()
	after := s.Stats()
	done := float64(after.Transactions - before.Transactions)
	b.ReportMetric(float64(after.Commits-before.Commits)/max(1, done), "commits/command")
	b.ReportMetric(done/b.Elapsed().Seconds(), "commands/s")
	b.ReportMetric(float64(busy.Load()), "contended")
}

// BenchmarkVerify verifies a store of 50 awards with 20 milestones each.
func BenchmarkVerify(b *testing.B) {
	o := trackertest.New(b, nil)
	milestones, tranches := manyMilestones()
	for range 50 {
		a := o.ActiveAward(milestones, tranches)
		o.Meet(a.M("M1"))
		o.PayOut(a.Tr(1))
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := tracker.Verify(b.Context(), tracker.VerifyOptions{Store: o.Store.(walkable)})
		if err != nil || r.Wrong != nil {
			b.Fatal(r.Wrong, err)
		}
		b.ReportMetric(float64(r.Things), "things")
		b.ReportMetric(float64(r.Entries), "entries")
	}
}
