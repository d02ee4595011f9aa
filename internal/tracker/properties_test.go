package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/storetest"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// walker is what fails where a walk does: a *rapid.T, or one of several
// writers.
type walker interface {
	trackertest.T
	Fatal(args ...any)
}

// walk is a random sequence of commands on two awards.
type walk struct {
	rt         walker
	chance     func(what string) uint64
	call       func(persona string) tracker.Call
	o          *trackertest.Office
	awards     []trackertest.Active
	steps      []step
	now        awardsNow
	references int
	draws      uint64
	done       map[string]int // by step, those that were taken
	rival      int            // commands that may still come between
}

// awardsNow is what the awards consist of.
type awardsNow struct {
	milestones []award.Milestone
	tranches   []award.Tranche
	extensions []award.Extension
	payments   []award.Payment
	refunds    []award.Refund
	evidence   []award.Evidence
}

func pick[T any](w *walk, what string, all []T, likely func(T) bool) (T, bool) {
	var none T
	var some []T
	for _, v := range all {
		if likely(v) {
			some = append(some, v)
		}
	}
	if len(some) == 0 || w.one(8) {
		some = all
	}
	if len(some) == 0 {
		return none, false
	}
	return some[w.below(len(some), what)], true
}

// one is true once in n.
func (w *walk) one(n int) bool { return w.below(n, "one in") == 1%n }

func (w *walk) days() int { return w.below(41, "days") }

// below draws a number below n. What rapid draws is mostly small; mixed with
// how many were drawn before, all numbers come equally often.
func (w *walk) below(n int, what string) int {
	w.draws++
	x := w.chance(what) + w.draws*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) % uint64(n))
}

func (w *walk) look() awardsNow {
	var now awardsNow
	for _, a := range w.awards {
		page, err := w.o.Store.Query(inside(w.o.Ctx), store.Query{Partition: string(a.ID), Range: store.Range{From: "2", To: "5~"}})
		if err != nil || page.Next != nil {
			w.rt.Fatalf("Query = %v, %v", page.Next, err)
		}
		for _, i := range page.Items {
			kind, _ := schema.TypeOf(i)
			switch kind {
			case schema.TypeMilestone:
				now.milestones = append(now.milestones, decoded[award.Milestone](w, i, kind))
			case schema.TypeTranche:
				now.tranches = append(now.tranches, decoded[award.Tranche](w, i, kind))
			case schema.TypeExtension:
				now.extensions = append(now.extensions, decoded[award.Extension](w, i, kind))
			case schema.TypePayment:
				now.payments = append(now.payments, decoded[award.Payment](w, i, kind))
			case schema.TypeRefund:
				now.refunds = append(now.refunds, decoded[award.Refund](w, i, kind))
			case schema.TypeEvidence:
				now.evidence = append(now.evidence, decoded[award.Evidence](w, i, kind))
			}
		}
	}
	return now
}

func decoded[T any](w *walk, i store.Item, kind string) T {
	v, err := schema.Decode[T](i, kind)
	if err != nil {
		w.rt.Fatal(err)
	}
	return v
}

// insideKey marks the reads of the test itself, between which nothing comes.
type insideKey struct{}

func inside(ctx context.Context) context.Context { return context.WithValue(ctx, insideKey{}, true) }

// command draws a step and who takes it, and takes it.
func (w *walk) command() (step, tracker.Call, func(context.Context, tracker.Call) (tracker.Receipt, error)) {
	total := 0
	for _, s := range w.steps {
		total += s.weight
	}
	n := w.below(total, "step")
	i := slices.IndexFunc(w.steps, func(s step) bool { n -= s.weight; return n < 0 })
	s := w.steps[i]
	persona := s.persona[w.below(len(s.persona), "persona")]
	if w.one(8) {
		all := trackertest.Personas()
		persona = all[w.below(len(all), "any persona")]
	}
	return s, w.call(persona), func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) { return s.do(ctx, w, c) }
}

// between is a rival's command while another reads.
func (w *walk) between(ctx context.Context) {
	if w == nil || w.rival == 0 || ctx.Value(insideKey{}) != nil || !w.one(6) {
		return
	}
	w.rival--
	_, c, do := w.command()
	ctx, _ = store.WithTally(inside(ctx))
	if _, err := do(ctx, c); err != nil && !errors.Is(err, errNone) && fault.KindOf(err) == fault.Internal {
		w.rt.Fatalf("a rival's command: %v", err)
	}
}

// take takes a step and holds what must hold after any.
func (w *walk) take() {
	w.now = w.look()
	s, c, do := w.command()
	if w.one(2) {
		c.Key, c.Fingerprint = fmt.Sprint("key of ", c.Request), s.name
	}
	before := w.now
	w.rival = 1
	ctx, tally := store.WithTally(w.o.Ctx)
	r, err := do(ctx, c)
	w.rival = 0
	if errors.Is(err, errNone) {
		return
	}
	if err != nil {
		if kind := fault.KindOf(err); kind == fault.Internal || kind == fault.Busy {
			w.rt.Fatalf("%s: %v", s.name, err)
		}
		if tally.ItemsWritten != 0 {
			w.rt.Fatalf("%s was refused with %v, and wrote %d items", s.name, err, tally.ItemsWritten)
		}
		w.done["refused: "+fault.CodeOf(err)]++
		return
	}
	w.done[s.name]++
	w.once(c, r)
	after := w.look()
	w.moved(s, before, after)
	w.verify()
}

// once: the same key has one effect, answers the same, and refuses other
// content.
func (w *walk) once(c tracker.Call, first tracker.Receipt) {
	if c.Key == "" {
		return
	}
	ctx, tally := store.WithTally(inside(w.o.Ctx))
	m := w.awards[0].M("M1")
	again, err := w.o.Tracker.StartMilestone(ctx, c, m) // the key tells, not the command
	if diff := cmp.Diff(first, again, cmpopts.EquateComparable(civil.Date{})); err != nil || diff != "" {
		w.rt.Fatalf("a replay answers %v (-first +again):\n%s", err, diff)
	}
	c.Fingerprint += " and more"
	if _, err := w.o.Tracker.StartMilestone(ctx, c, m); fault.CodeOf(err) != "idempotency.reused" {
		w.rt.Fatalf("a key with other content = %v, want idempotency.reused", err)
	}
	if tally.ItemsWritten != 0 {
		w.rt.Fatalf("a replay wrote %d items", tally.ItemsWritten)
	}
}

// verify verifies both awards.
func (w *walk) verify() {
	for _, a := range w.awards {
		report, err := tracker.VerifyAggregate(inside(w.o.Ctx), tracker.VerifyOptions{Store: w.o.Store.(walkable), Blobs: w.o.Blobs}, string(a.ID))
		if err != nil || report.Wrong != nil {
			w.rt.Fatalf("Verify = %v, %v", report.Wrong, err)
		}
	}
}

// newWalk makes an office with two awards. Tranche 2 is above the threshold of
// separation.
func newWalk(t *testing.T, rt *rapid.T, s func(between func(context.Context)) store.Store) *walk {
	var w *walk
	o := trackertest.New(t, s(func(ctx context.Context) { w.between(ctx) }))
	smallest(o)
	made := &walk{
		o: o.For(rt), rt: rt, chance: func(what string) uint64 { return rapid.Uint64().Draw(rt, what) },
		awards: walkedAwards(o), steps: slices.Concat(milestoneSteps(), moneySteps()), done: map[string]int{},
	}
	made.call = made.o.Call
	w = made
	return w
}

// smallest makes it the smallest office: who decides may also pay, and may sit
// at the operator's.
func smallest(o *trackertest.Office) {
	o.Grant(trackertest.Manager2, portfolio.Finance, string(o.Programme))
	o.Grant(trackertest.Manager, portfolio.PlatformOperator, string(o.Platform))
}

// walkedAwards are the two that a walk is about.
func walkedAwards(o *trackertest.Office) []trackertest.Active {
	var awards []trackertest.Active
	for range 2 {
		awards = append(awards, o.ActiveAward(
			[]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-20"), trackertest.Milestone("M2", "2026-05-01"), trackertest.Milestone("M3", "2026-07-01")},
			[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-01", "100"), trackertest.Tranche(2, "2026-05-01", "2000000", "M1", "M2"), trackertest.Tranche(3, "2026-07-01", "300", "M3")}))
	}
	return awards
}

func (w *walk) sweep() {
	ctx, _ := store.WithTally(inside(w.o.Ctx))
	if _, err := w.o.Tracker.Sweep(ctx, tracker.SweepRequest{By: tracker.Call{System: "sweep"}}); err != nil {
		w.rt.Fatal(err)
	}
	w.verify()
}

// walks runs so many random walks of so many steps.
func walks(t *testing.T, checks, steps int, s func(t *testing.T, seed uint64, between func(context.Context)) store.Store) {
	t.Helper()
	done := map[string]int{}
	ran, failing := 0, false
	rapid.Check(t, func(rt *rapid.T) {
		if ran >= checks && !failing {
			return
		}
		ran++
		ended := false
		defer func() { failing = failing || !ended }()
		seed := rapid.Uint64().Draw(rt, "seed")
		w := newWalk(t, rt, func(between func(context.Context)) store.Store { return s(t, seed, between) })
		for range steps {
			if w.one(10) {
				w.o.Clock.Set(w.o.Today().AddDays(w.days()))
				if w.one(2) {
					w.sweep()
				}
			}
			w.take()
		}
		report, err := tracker.Verify(inside(w.o.Ctx), tracker.VerifyOptions{Store: w.o.Store.(walkable), Blobs: w.o.Blobs})
		if err != nil || report.Wrong != nil {
			rt.Fatalf("Verify = %v, %v", report.Wrong, err)
		}
		for name, n := range w.done {
			done[name] += n
		}
		ended = true
	})
	t.Log(done)
}

func TestInvariants(t *testing.T) {
	checks, steps := 10, 80
	switch {
	case os.Getenv("MILEPOST_CI") != "":
		checks = 30
	case testing.Short():
		checks, steps = 3, 40
	}
	counted := func(t *testing.T) store.Store { return store.Counted(trackertest.Memory(t)) }
	t.Run("sqlite", func(t *testing.T) {
		walks(t, checks, steps, func(t *testing.T, _ uint64, _ func(context.Context)) store.Store { return counted(t) })
	})
	t.Run("torn", func(t *testing.T) {
		walks(t, checks, steps, func(t *testing.T, seed uint64, between func(context.Context)) store.Store {
			return storetest.Torn(counted(t), seed, between)
		})
	})
	t.Run("stale", func(t *testing.T) {
		walks(t, checks/2, steps, func(t *testing.T, seed uint64, _ func(context.Context)) store.Store {
			return storetest.Stale(counted(t), seed, 5)
		})
	})
	t.Run("flaky", func(t *testing.T) {
		walks(t, checks/2, steps, func(t *testing.T, seed uint64, _ func(context.Context)) store.Store {
			return storetest.Flaky(counted(t), seed, 3)
		})
	})
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the invariants on DynamoDB")
		return
	}
	t.Run("dynamodb", func(t *testing.T) {
		walks(t, 2, 40, func(t *testing.T, _ uint64, _ func(context.Context)) store.Store {
			return store.Counted(dynamotest.Open(t))
		})
	})
}
