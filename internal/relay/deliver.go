package relay

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"milepost/internal/schema"
	"milepost/internal/store"
)

// pageSize is how many entries of a journal are read and handed at a time.
const pageSize = 64

// Deliver brings every subscriber up to date with the journals of aggregates,
// and takes what is delivered from the outbox. The errors are by aggregate, in
// the order given, nil where all went well; a refused entry is an error until
// its aggregate is parked. What failed stays in the outbox.
func (r *Relay) Deliver(ctx context.Context, aggregates ...string) []error {
	jobs := make([]*job, len(aggregates))
	byID := map[string]*job{}
	for i, id := range aggregates {
		if byID[id] == nil {
			byID[id] = &job{aggregate: id}
		}
		jobs[i] = byID[id]
	}
	unique := slices.Compact(slices.SortedFunc(slices.Values(jobs), func(a, b *job) int { return strings.Compare(a.aggregate, b.aggregate) }))
	r.work(ctx, unique)
	errs := make([]error, len(jobs))
	for i, j := range jobs {
		errs[i] = j.err
	}
	return errs
}

// job is the delivery of one aggregate.
type job struct {
	aggregate string
	// left are entries of the outbox that may have had their effect before,
	// but were not settled.
	left    []store.Key
	places  []*place
	had     []int64      // by subscriber: the position before
	touched []bool       // by subscriber: to be settled
	marked  []store.Item // entries in the outbox that were read
	next    int64        // the entry after the last that could be read
	err     error
	// settleFailed says that what follows from several aggregates is not up to
	// date with this one.
	settleFailed bool
}

// place is a subscriber's position in an aggregate, with its version.
type place struct {
	schema.Position
	version int64
}

// work delivers, settles and clears jobs of different aggregates. It tells
// which subscribers could not settle.
func (r *Relay) work(ctx context.Context, jobs []*job) (unsettled []bool) {
	gate := make(chan struct{}, r.workers)
	var wg sync.WaitGroup
	for _, j := range jobs {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			j.err = r.aggregate(ctx, j)
		})
	}
	wg.Wait()
	unsettled = make([]bool, len(r.subs))
	for i, s := range r.subs {
		err := r.settle(ctx, s, i, jobs)
		if err == nil {
			continue
		}
		unsettled[i] = true
		for _, j := range jobs {
			if j.touched[i] {
				j.settleFailed, j.err = true, errors.Join(j.err, err)
			}
		}
	}
	if err := r.clear(ctx, jobs); err != nil && ctx.Err() == nil { // at a stop the next scan clears it
		r.log.WarnContext(ctx, "outbox not cleared", "error", err.Error())
	}
	return unsettled
}

func (r *Relay) settle(ctx context.Context, s Subscription, i int, jobs []*job) error {
	var touched []Touched
	for _, j := range jobs {
		if j.touched[i] {
			touched = append(touched, Touched{j.aggregate, j.places[i].Memo})
		}
	}
	if len(touched) == 0 {
		return nil
	}
	return s.Settle(ctx, touched)
}

// aggregate hands each subscriber what it has not had of one journal.
func (r *Relay) aggregate(ctx context.Context, j *job) error {
	j.touched = make([]bool, len(r.subs))
	j.places = make([]*place, len(r.subs))
	j.had = make([]int64, len(r.subs))
	if err := r.readPlaces(ctx, j); err != nil {
		return err
	}
	refused := make([]error, len(r.subs))
	from := int64(-1)
	for _, p := range j.places {
		if p != nil && p.Parked == "" && (from < 0 || p.Seq < from) {
			from = p.Seq
		}
	}
	j.unsettled()
	if from < 0 { // nobody follows it, or nobody can
		return nil
	}
	q := store.Query{Partition: j.aggregate, Range: store.Range{From: schema.JournalKey(j.aggregate, from+1).SK, To: schema.JournalRange().To}, Limit: pageSize}
	for {
		page, err := r.store.Query(ctx, q)
		if err != nil {
			return err
		}
		entries, err := j.open(page.Items)
		j.unsettled()
		for i, s := range r.subs {
			if p := j.places[i]; p != nil && refused[i] == nil && p.Parked == "" {
				refused[i] = r.hand(ctx, s, j, i, after(entries, p.Seq))
			}
		}
		if err != nil {
			return errors.Join(errors.Join(refused...), r.unreadable(ctx, j, err))
		}
		if page.Next == nil || len(page.Items) == 0 {
			return errors.Join(refused...)
		}
		q.After = page.Next
	}
}

// readPlaces reads the positions of those who follow the aggregate, and the
// entries that the outbox told of.
func (r *Relay) readPlaces(ctx context.Context, j *job) error {
	keys := make([]store.Key, 0, len(r.subs)+len(j.left))
	var of []int
	for i, s := range r.subs {
		if s.Follows(j.aggregate) {
			keys, of = append(keys, schema.PositionKey(s.Name(), j.aggregate)), append(of, i)
		}
	}
	keys = append(keys, j.left[:min(len(j.left), store.MaxGet-len(keys))]...)
	if len(keys) == 0 {
		return nil
	}
	items, err := r.store.Get(ctx, keys...)
	if err != nil {
		return err
	}
	for n, i := range of {
		p := &place{Position: schema.Position{Subscriber: r.subs[i].Name(), Aggregate: j.aggregate}}
		if item := items[n]; item != nil {
			if p.Position, err = schema.Decode[schema.Position](*item, schema.TypePosition); err != nil {
				return err
			}
			p.version = item.Version
		}
		j.places[i], j.had[i] = p, p.Seq
	}
	for _, item := range items[len(of):] {
		if item != nil && item.Index[store.Work].PK != "" {
			j.marked = append(j.marked, *item)
		}
	}
	return nil
}
