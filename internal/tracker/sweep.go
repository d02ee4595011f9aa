package tracker

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

const (
	// sweepWorkers is how many shards are swept at a time; each has one award
	// in flight.
	sweepWorkers = schema.Shards
	// sweepPage is how many keys of the worklist a worker holds.
	sweepPage = 256
	// sweepMargin is how long before its deadline a sweep stops.
	sweepMargin = time.Minute
	// maxWouldFlag bounds what a dry run tells one by one.
	maxWouldFlag = 500
	// maxSweepFailures bounds the failures that a report names.
	maxSweepFailures = 20
)

// Sweep writes the rungs that were reached by today's business date. Two
// sweeps at once, a late one, or one after a crash leave the same events: what
// is due stands in the work index until it is written. Faults: sweep.future,
// sweep.notToday.
func (t *Tracker) Sweep(ctx context.Context, in SweepRequest) (SweepReport, error) {
	began, today := t.now(), t.Today()
	if in.AsOf.IsZero() {
		in.AsOf = today
	}
	switch {
	case in.By.System == "":
		if err := t.authority.Require(in.By.Principal, access.RunSweep, sweepResource()); err != nil {
			return SweepReport{}, err
		}
	case in.By.Principal.Person != "":
		return SweepReport{}, fault.New(fault.Forbidden, "access.forbidden", "action", string(access.RunSweep))
	}
	switch {
	case !in.DryRun && in.AsOf.After(today):
		return SweepReport{}, fault.New(fault.Conflict, "sweep.future", "asOf", in.AsOf.String(), "today", today.String())
	case !in.DryRun && in.AsOf.Before(today):
		return SweepReport{}, fault.New(fault.Conflict, "sweep.notToday", "asOf", in.AsOf.String(), "today", today.String())
	}
	id, err := t.ids.New(ident.PrefixSweep)
	if err != nil {
		return SweepReport{}, fault.Wrap(err, "internal.error")
	}
	s := &sweep{t: t, in: in, book: newSweepBook(), pace: pace{perSecond: in.RatePerSecond}}
	s.report.Sweep = schema.Sweep{ID: id, At: stamp(began), AsOf: in.AsOf, Person: in.By.Principal.Person, System: in.By.System}
	s.report.DryRun = in.DryRun
	err = s.run(ctx)
	slices.SortStableFunc(s.report.Flags, byAward)
	s.report.Millis = t.now().Sub(began).Milliseconds()
	if err != nil || in.DryRun {
		return s.report, err
	}
	return s.report, t.recordSweep(ctx, s.report.Sweep)
}

func sweepResource() access.Resource {
	return access.Resource{Kind: access.KindSweep, Deployment: true}
}

// recordSweep keeps who swept what. It is no command: a sweep decides nothing,
// and what it wrote is in each award's journal.
func (t *Tracker) recordSweep(ctx context.Context, s schema.Sweep) error {
	item, err := schema.SweepRecord(s).Item(1)
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	token, err := t.ids.New("t")
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	for n := range attempts {
		err = t.store.Transact(ctx, token, store.PutOp(item, store.Anything))
		if err == nil || !errors.Is(err, store.ErrContended) && !errors.Is(err, store.ErrUnknownOutcome) {
			break
		}
		if t.sleep(ctx, t.raceWait(n+1, 0)) != nil {
			break
		}
	}
	if err != nil {
		return storeFault(err)
	}
	return nil
}

// sweep is one run.
type sweep struct {
	t      *Tracker
	in     SweepRequest
	book   *sweepBook
	pace   pace
	mu     sync.Mutex // guards report
	report SweepReport
}

// run sweeps every shard, a few at a time; a dry run one after the other, so
// that it tells the same each time.
func (s *sweep) run(ctx context.Context) error {
	workers := sweepWorkers
	if s.in.DryRun {
		workers = 1
	}
	errs := make([]error, schema.Shards)
	gate := make(chan struct{}, workers)
	var wg sync.WaitGroup
	for n := range schema.Shards {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			errs[n] = s.shard(ctx, schema.WorkShard(n))
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// shard reads the keys of a shard page by page, and hands on those of one
// award together as they stand: by date, then award.
func (s *sweep) shard(ctx context.Context, partition string) error {
	q := store.IndexQuery{Index: store.Work, Partition: partition, Range: store.Range{To: s.in.AsOf.AddDays(1).String()}, Limit: sweepPage}
	var group []store.Key
	for {
		page, err := s.t.store.QueryIndex(ctx, q)
		if err != nil {
			return storeFault(err)
		}
		for _, e := range page.Entries {
			if len(group) > 0 && group[0].PK != e.Item.PK {
				if err := s.award(ctx, group); err != nil {
					return err
				}
				group = group[:0]
			}
			if !slices.Contains(group, e.Item) {
				group = append(group, e.Item)
			}
		}
		if q.After = page.Next; q.After == nil || s.over() {
			break
		}
		if s.late() { // what follows is only counted
			q.Limit = store.MaxPage
		}
	}
	if len(group) > 0 {
		return s.award(ctx, group)
	}
	return nil
}

// award brings the due things of one award up to date, or counts them where
// time is up, or where the store is busy: another sweep today may do better.
func (s *sweep) award(ctx context.Context, due []store.Key) error {
	id := ident.Award(due[0].PK)
	if s.late() {
		s.count(func(r *SweepReport) { r.Remaining += len(due) })
		return nil
	}
	var done swept
	var err error
	if s.in.DryRun {
		done, err = s.foresee(ctx, id, due)
	} else {
		if err := s.pace.wait(ctx, s.t, len(due)+2); err != nil {
			return storeFault(err)
		}
		done, err = s.write(ctx, id, due)
	}
	if ctx.Err() != nil {
		return storeFault(ctx.Err())
	}
	s.count(func(r *SweepReport) {
		if fault.KindOf(err) == fault.Busy {
			r.Remaining += len(due)
			return
		}
		r.add(id, len(due), done, err)
	})
	return nil
}

func (s *sweep) late() bool {
	return !s.in.Deadline.IsZero() && s.t.now().After(s.in.Deadline.Add(-sweepMargin))
}

// over reports whether there is no time even to count.
func (s *sweep) over() bool {
	return !s.in.Deadline.IsZero() && s.t.now().After(s.in.Deadline)
}

func (s *sweep) count(add func(*SweepReport)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	add(&s.report)
}

// pace spreads writes over time.
type pace struct {
	perSecond int
	mu        sync.Mutex
	next      time.Time
}

// wait returns once n items may be written.
func (p *pace) wait(ctx context.Context, t *Tracker, n int) error {
	if p.perSecond <= 0 {
		return ctx.Err()
	}
	p.mu.Lock()
	now := t.now()
	if p.next.Before(now) {
		p.next = now
	}
	ahead := p.next.Sub(now)
	p.next = p.next.Add(time.Duration(n) * time.Second / time.Duration(p.perSecond))
	p.mu.Unlock()
	if ahead <= 0 {
		return ctx.Err()
	}
	return t.sleep(ctx, ahead)
}
