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
	"milepost/internal/store"
	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/sqlite"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// priced adds up what transactions cost on DynamoDB: two write units per KB of
// each item, checks included, and one per KB for every index entry that is
// taken away and every one that is added. DynamoDB Local counts transactions
// wrongly, so this is computed; reads are what it reports.
type priced struct {
	store.Store
	table, index atomic.Int64
	pricing      atomic.Bool // whether a read is this type's own
}

func (p *priced) Transact(ctx context.Context, token string, ops ...store.Op) error {
	keys := make([]store.Key, len(ops))
	for n, op := range ops {
		keys[n] = op.Item.Key
	}
	p.pricing.Store(true)
	before, err := p.Get(ctx, keys...)
	p.pricing.Store(false)
	if err != nil {
		return err
	}
	if err := p.Store.Transact(ctx, token, ops...); err != nil {
		return err
	}
	for n, op := range ops {
		was, is := store.Item{}, op.Item
		if before[n] != nil {
			was = *before[n]
		}
		if op.Verb != store.Put {
			is = store.Item{Key: op.Item.Key}
		}
		p.table.Add(2 * kilobytes(max(was.Size(), is.Size())))
		for i := range was.Index {
			if op.Verb == store.Check || was.Index[i] == is.Index[i] {
				continue
			}
			for _, entry := range []store.Key{was.Index[i], is.Index[i]} {
				if entry != (store.Key{}) {
					p.index.Add(1)
				}
			}
		}
	}
	return nil
}

func kilobytes(bytes int) int64 { return int64(bytes+1023) / 1024 }

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

// BenchmarkUnits prices one command of each kind on DynamoDB Local:
//
//	scripts/dynamodb-local run -- go test -run '^$' -bench Units -benchtime 1x ./internal/tracker
func BenchmarkUnits(b *testing.B) {
	if !dynamotest.Available() {
		b.Skip("needs DynamoDB Local: scripts/dynamodb-local run -- go test …")
	}
	var read atomic.Int64 // half units
	p := &priced{}
	options := dynamotest.Options(b)
	options.OnConsumed = func(c dynamo.Consumed) {
		if c.Operation != "TransactWriteItems" && !p.pricing.Load() {
			read.Add(int64(2 * (c.Table + c.Index)))
		}
	}
	var err error
	if p.Store, err = dynamo.Open(b.Context(), options); err != nil {
		b.Fatal(err)
	}
	o := trackertest.New(b, p)
	for _, c := range pricedCommands(b, o) {
		call := o.Call(c.persona)
		call.Key, call.Fingerprint = "key of "+c.name, "f"
		if c.before != nil {
			c.before()
		}
		p.table.Store(0)
		p.index.Store(0)
		read.Store(0)
		start := time.Now()
		if err := c.do(b.Context(), call); err != nil {
			b.Fatalf("%s: %v", c.name, err)
		}
		took := time.Since(start)
		b.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(p.table.Load()), "WU-table")
			b.ReportMetric(float64(p.index.Load()), "WU-index")
			b.ReportMetric(float64(read.Load())/2, "RU")
			b.ReportMetric(float64(took.Microseconds())/1000, "ms-local")
		})
	}
}

type pricedCommand struct {
	name, persona string
	before        func()
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
	return []pricedCommand{
		{"create draft", trackertest.Manager, nil, func(ctx context.Context, c tracker.Call) error {
			r, err := tr.CreateAward(ctx, c, d)
			id = ident.Award(r.Aggregate)
			return err
		}},
		{"submit draft", trackertest.Manager, nil, func(ctx context.Context, c tracker.Call) error { return second(tr.SubmitAward(ctx, c, id)) }},
		{"activate 20 20", trackertest.Manager2, nil, func(ctx context.Context, c tracker.Call) error {
			return second(tr.ActivateAward(ctx, c, id, tracker.Activation{}))
		}},
		{"start", trackertest.Operator, func() { a = o.Things(id) }, func(ctx context.Context, c tracker.Call) error {
			return second(tr.StartMilestone(ctx, c, a.M("M1")))
		}},
		{"submit", trackertest.Operator, nil, func(ctx context.Context, c tracker.Call) error {
			return second(tr.SubmitMilestone(ctx, c, a.M("M1"), answers()))
		}},
		{"return", trackertest.Manager, nil, func(ctx context.Context, c tracker.Call) error {
			return second(tr.ReturnMilestone(ctx, c, a.M("M1"), sentBack()))
		}},
		{"ask extension", trackertest.Operator, nil, func(ctx context.Context, c tracker.Call) error {
			return second(tr.AskExtension(ctx, c, a.M("M2"), asked("2026-12-01")))
		}},
		{"decide met", trackertest.Manager, func() { o.Submit(a.M("M1")) }, func(ctx context.Context, c tracker.Call) error {
			return second(tr.DecideMilestone(ctx, c, a.M("M1"), met()))
		}},
		{"request", trackertest.Operator, nil, func(ctx context.Context, c tracker.Call) error { return second(tr.RequestTranche(ctx, c, a.Tr(1))) }},
		{"approve", trackertest.Manager2, nil, func(ctx context.Context, c tracker.Call) error {
			return second(tr.ApproveTranche(ctx, c, a.Tr(1), tracker.Approval{}))
		}},
		{"instruct", trackertest.Finance, nil, func(ctx context.Context, c tracker.Call) error {
			r, err := tr.InstructPayment(ctx, c, a.ID, instruction(o.Payee, map[ident.Tranche]string{a.Tranches[1]: "100000"}))
			if err == nil {
				p = tracker.PaymentRef{Award: a.ID, Payment: ident.Payment(made(b, r, "payment.instructed"))}
			}
			return err
		}},
		{"paid", trackertest.Finance, nil, func(ctx context.Context, c tracker.Call) error {
			return second(tr.MarkPaymentPaid(ctx, c, p, tracker.PaidEntry{BankReference: "B", PaidOn: o.Today()}))
		}},
		{"reverse", trackertest.Finance2, nil, func(ctx context.Context, c tracker.Call) error { return second(tr.ReversePayment(ctx, c, p, because)) }},
	}
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
