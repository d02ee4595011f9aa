package tracker_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/store"
	"milepost/internal/store/dynamo/dynamotest"
	"milepost/internal/store/dynamo/faultproxy"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// storm is several writers at once on four awards, and one who sweeps, whose
// tracker reaches DynamoDB Local through a proxy that loses, cuts, delays and
// refuses. What the test itself reads, it reads past the proxy.
type storm struct {
	t       *testing.T
	o       *trackertest.Office // its Store is the one past the proxy
	proxy   *faultproxy.Proxy
	awards  []trackertest.Active
	calls   map[string]tracker.Call // by persona
	seed    uint64
	writers int
	steps   int // of each writer

	mu    sync.Mutex
	told  []told
	wrong []string
	codes map[string]int
}

// told is what the sender of a command was told.
type told struct {
	step, command string // one command is sent again under other requests
	call          tracker.Call
	receipt       tracker.Receipt
	err           error
}

// badWeather does something to every third request, and then there are squalls,
// until writers have to give up: in one no write arrives, in one the answers of
// writes are lost, in one those of everything.
func badWeather(seed uint64) faultproxy.Schedule {
	const every, squall, kinds = 400, 150, 3
	mixed := faultproxy.Random(seed, faultproxy.Rates{
		faultproxy.Slow: 0.02, faultproxy.Stalled: 0.003, faultproxy.LostBefore: 0.03, faultproxy.LostAfter: 0.05, faultproxy.CutAnswer: 0.03,
		faultproxy.CrashedBefore: 0.02, faultproxy.CrashedAfter: 0.04, faultproxy.Throttled: 0.04, faultproxy.Conflict: 0.2, faultproxy.Partial: 0.1,
	})
	lost := faultproxy.Random(seed+1, faultproxy.Rates{faultproxy.LostBefore: 0.4, faultproxy.LostAfter: 0.5})
	n := 0
	return func(operation string) faultproxy.Fault {
		n++
		kind, writes := n/every%kinds, operation == "TransactWriteItems"
		switch {
		case n%every < every-squall, kind < 2 && !writes:
			return mixed(operation)
		case kind == 0:
			return faultproxy.LostBefore
		}
		return lost(operation)
	}
}

// newStorm makes an office in fair weather. harm, which may be nil, is put
// between its tracker and the proxied store.
func newStorm(t *testing.T, seed uint64, writers, steps int, harm func(store.Store) store.Store) *storm {
	t.Helper()
	behind, direct, proxy := faultproxy.Open(t, seed)
	var s store.Store = behind
	if harm != nil {
		s = harm(s)
	}
	began := time.Now()
	o := trackertest.New(t, direct, trackertest.With(func(o *tracker.Options) {
		still := o.Now
		o.Store, o.Sleep = store.Counted(s), nil
		o.Now = func() time.Time { return still().Add(time.Since(began)) }
	}))
	smallest(o)
	st := &storm{t: t, o: o, proxy: proxy, awards: slices.Concat(walkedAwards(o), walkedAwards(o)), seed: seed, writers: writers, steps: steps, calls: map[string]tracker.Call{}, codes: map[string]int{}}
	for _, persona := range trackertest.Personas() {
		st.calls[persona] = o.Call(persona)
	}
	return st
}

// rage lets all write while the schedule lasts, and waits until the last
// request has arrived or is lost for good.
func (s *storm) rage(schedule faultproxy.Schedule) {
	s.proxy.Play(schedule)
	done := make(chan struct{})
	var writers, sweeper sync.WaitGroup
	sweeper.Go(func() { s.sweep(done) })
	for n := range s.writers {
		writers.Go(func() { s.write(n) })
	}
	writers.Wait()
	close(done)
	sweeper.Wait()
	s.proxy.Play(nil)
	s.proxy.Settle()
}

// writer is one of several: where it cannot go on, that is wrong, and it ends.
type writer struct{ s *storm }

func (w writer) Helper() {}

func (w writer) Fatalf(format string, args ...any) {
	w.s.add(format, args...)
	runtime.Goexit()
}

func (w writer) Fatal(args ...any) {
	w.s.add("%s", fmt.Sprint(args...))
	runtime.Goexit()
}

// write walks through the steps of one writer.
func (s *storm) write(n int) {
	chance := rand.NewPCG(s.seed, uint64(n))
	t := writer{s}
	w := &walk{
		rt: t, o: s.o.For(t), awards: s.awards, steps: slices.Concat(milestoneSteps(), moneySteps()),
		chance: func(string) uint64 { return chance.Uint64() },
		call:   func(persona string) tracker.Call { return s.calls[persona] }, references: n * 1000,
	}
	for i := range s.steps {
		w.now = w.look()
		st, c, do := w.command()
		command := fmt.Sprintf("writer %d command %d", n, i)
		if !w.one(3) {
			c.Key, c.Fingerprint = command, st.name
		}
		s.send(w, chance, told{step: st.name, command: command, call: c}, do)
	}
}

// send sends a command, and one with a key again while it is told to try
// again. Whoever has no key is not told what came of the first, and must not.
func (s *storm) send(w *walk, chance *rand.PCG, first told, do func(context.Context, tracker.Call) (tracker.Receipt, error)) {
	const sends = 4
	drawn, draws, references := *chance, w.draws, w.references
	for n := range sends {
		now := first
		now.call.Request = fmt.Sprintf("%s send %d", first.command, n+1)
		*chance, w.draws, w.references = drawn, draws, references // the same again
		now.receipt, now.err = do(s.o.Ctx, now.call)
		if errors.Is(now.err, errNone) {
			return
		}
		s.hear(now)
		if fault.KindOf(now.err) != fault.Busy || now.err == nil || now.call.Key == "" {
			return
		}
	}
}

func (s *storm) hear(now told) {
	if now.err != nil && fault.KindOf(now.err) == fault.Internal {
		s.add("%s was told %v", now.call.Request, now.err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, now)
	s.codes[cmp.Or(codeOr(now.err), "done")]++
}

// sweep moves the clock and sweeps until all is done; not so far that the keys
// of the first commands are forgotten.
func (s *storm) sweep(done chan struct{}) {
	for last := s.o.Today().AddDays(28); ; {
		select {
		case <-done:
			return
		default:
		}
		s.o.Clock.Set(civil.Min(last, s.o.Today().AddDays(2)))
		report, err := s.o.Tracker.Sweep(s.o.Ctx, tracker.SweepRequest{By: system()})
		if err != nil && fault.KindOf(err) != fault.Busy && fault.KindOf(err) != fault.Conflict {
			s.add("sweep = %v", err)
		}
		for _, f := range report.Failures {
			if f.Code == "internal.error" {
				s.add("sweep of %s = %s", f.Award, f.Code)
			}
		}
	}
}

// Whatever is lost, cut, late or refused between tracker and DynamoDB: what was
// acknowledged is in the journal, once; what was refused is not; what was
// neither is there once or not at all, and never by half.
func TestStorm(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the storm on DynamoDB")
		return
	}
	seeds, steps := 2, 40
	switch {
	case testing.Short():
		seeds, steps = 1, 15
	case os.Getenv("MILEPOST_CI") != "":
		seeds, steps = 3, 80
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s := newStorm(t, seed, 6, steps, nil)
			s.rage(badWeather(seed))
			for _, wrong := range s.check() {
				t.Error(wrong)
			}
			t.Log(s.codes)
			t.Logf("passed: %d", s.proxy.Count(faultproxy.None))
			for _, f := range faultproxy.Faults() {
				if s.proxy.Count(f) == 0 && f != faultproxy.Stalled {
					t.Errorf("no request was %s", f)
				}
				t.Logf("%s: %d", f, s.proxy.Count(f))
			}
			if least := s.writers * steps / 8; s.codes["done"] < least {
				t.Errorf("%d commands were done, want at least %d: the storm shows nothing", s.codes["done"], least)
			}
		})
	}
}

// The storm sees what would go wrong if the store did less than it promises.
func TestTheStormSees(t *testing.T) {
	if !dynamotest.Available() {
		dynamotest.Missing(t, "the storm on DynamoDB")
		return
	}
	for _, c := range []struct {
		name, sees string
		harm       func(store.Store) store.Store
		rewrite    func(string, []byte) []byte
	}{
		{name: "tokens dropped on the way", sees: "and done", rewrite: faultproxy.WithoutToken},
		{name: "a lost answer taken for done", sees: "lost:", harm: func(s store.Store) store.Store { return careless{s, nil} }},
		{name: "a lost answer taken for contention", sees: "and done", harm: func(s store.Store) store.Store { return careless{s, store.ErrContended} }},
		{name: "a transaction in pieces", sees: "verify:", harm: func(s store.Store) store.Store { return piecemeal{s} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(5) {
				s := newStorm(t, seed, 4, 20, c.harm)
				s.proxy.Rewrite(c.rewrite)
				s.rage(badWeather(seed))
				s.proxy.Rewrite(nil)
				for _, wrong := range s.check() {
					if strings.Contains(wrong, c.sees) {
						t.Logf("seed %d: %.200s", seed, wrong)
						return
					}
				}
			}
			t.Errorf("five storms saw nothing of the kind %q", c.sees)
		})
	}
}

// careless takes an unknown outcome for a known one.
type careless struct {
	store.Store
	told error
}

func (c careless) Transact(ctx context.Context, token string, ops ...store.Op) error {
	err := c.Store.Transact(ctx, token, ops...)
	if errors.Is(err, store.ErrUnknownOutcome) {
		return c.told
	}
	return err
}

// piecemeal writes one operation after the other.
type piecemeal struct{ store.Store }

func (p piecemeal) Transact(ctx context.Context, token string, ops ...store.Op) error {
	for n, op := range ops {
		if err := p.Store.Transact(ctx, fmt.Sprintf("%.30s.%d", token, n), op); err != nil {
			return err
		}
	}
	return nil
}
