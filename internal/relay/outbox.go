package relay

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"milepost/internal/schema"
	"milepost/internal/store"
)

const (
	// clearTogether is how many entries leave the outbox in one transaction:
	// few enough that the largest ones fit.
	clearTogether = 8
	// scanPage is how many entries of the outbox are read at a time.
	scanPage = 200
	// scanBatch is how many aggregates a scan delivers together.
	scanBatch = 256
)

// clear takes the entries from the outbox that every subscriber is past.
func (r *Relay) clear(ctx context.Context, jobs []*job) error {
	var ops []store.Op
	for _, j := range jobs {
		past, ok := j.past()
		if !ok {
			continue
		}
		for _, item := range j.marked {
			if item.SK > past.SK {
				continue
			}
			was := item.Version
			item.Version, item.Index[store.Work] = was+1, store.Key{}
			ops = append(ops, store.PutOp(item, store.VersionIs(was)))
		}
	}
	chunks := slices.Collect(slices.Chunk(ops, clearTogether))
	errs := make([]error, len(chunks))
	gate := make(chan struct{}, r.workers)
	var wg sync.WaitGroup
	for i, chunk := range chunks { // at once, so that those who wait for what follows do not wait for each
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			err := r.transact(ctx, chunk...)
			var gone *store.ConditionError
			if errors.As(err, &gone) {
				err = r.clearSingly(ctx, chunk)
			}
			errs[i] = err
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// clearSingly clears entries of which another relay has cleared some.
func (r *Relay) clearSingly(ctx context.Context, ops []store.Op) error {
	for _, op := range ops {
		err := r.transact(ctx, op)
		var gone *store.ConditionError
		if err != nil && !errors.As(err, &gone) {
			return err
		}
	}
	return nil
}

// past is the key of the last entry that every subscriber is past, false where
// something failed on the way.
func (j *job) past() (store.Key, bool) {
	least := int64(-1)
	for _, p := range j.places {
		if p != nil && (least < 0 || p.Seq < least) {
			least = p.Seq
		}
	}
	if j.settleFailed || j.places == nil {
		return store.Key{}, false
	}
	if least < 0 { // nobody follows it: nothing is owed
		return store.Key{SK: schema.JournalRange().To}, true
	}
	return schema.JournalKey(j.aggregate, least), true
}

// waiting is an entry of the outbox.
type waiting struct {
	at  string
	seq int64
	key store.Key
}

// entries reads the outbox, at most so many entries of each shard, the oldest
// first.
func (r *Relay) outbox(ctx context.Context, most int) (map[string][]waiting, error) {
	found := map[string][]waiting{}
	for n := range schema.Shards {
		q := store.IndexQuery{Index: store.Work, Partition: schema.OutboxShard(n), Limit: scanPage}
		for read := 0; read < most; {
			page, err := r.store.QueryIndex(ctx, q)
			if err != nil {
				return nil, err
			}
			read += len(page.Entries)
			for _, e := range page.Entries {
				if w, ok := waitingOf(e); ok {
					found[e.Item.PK] = append(found[e.Item.PK], w)
				}
			}
			if q.After = page.Next; q.After == nil {
				break
			}
		}
	}
	return found, nil
}

// waitingOf reads an entry of the outbox: at#aggregate#seq.
func waitingOf(e store.Entry) (waiting, bool) {
	at, rest, ok := strings.Cut(e.At.SK, "#")
	_, number, ok2 := strings.Cut(rest, "#")
	seq, err := strconv.ParseInt(number, 10, 64)
	return waiting{at: at, seq: seq, key: e.Item}, ok && ok2 && err == nil
}

// maxScan is how many entries of a shard of the outbox one scan looks at.
const maxScan = 20_000

// Scan delivers everything that stands in the outbox, and notes up to when
// each subscriber has followed.
func (r *Relay) Scan(ctx context.Context) error {
	began := r.now()
	found, err := r.outbox(ctx, maxScan)
	if err != nil {
		return err
	}
	var errs []error
	unsettled := make([]bool, len(r.subs))
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(found)), scanBatch) {
		jobs := make([]*job, len(batch))
		for i, id := range batch {
			jobs[i] = &job{aggregate: id}
			for _, w := range found[id] {
				jobs[i].left = append(jobs[i].left, w.key)
			}
		}
		for i, failed := range r.work(ctx, jobs) {
			unsettled[i] = unsettled[i] || failed
		}
		for _, j := range jobs {
			errs = append(errs, j.err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(append(errs, r.noteThrough(ctx, began, len(found) > 0, unsettled))...)
}
