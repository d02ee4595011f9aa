package relay

import (
	"context"
	"errors"

	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// maxEffect is how many operations are written in one transaction beside the
// position: even, so that pairs at its beginning are not parted.
const maxEffect = store.MaxOps - 2

// again reports whether an error says that the same may be tried again: a race
// was lost, or an answer.
func again(err error) bool {
	var lost *store.ConditionError
	return errors.As(err, &lost) || errors.Is(err, store.ErrContended) || errors.Is(err, store.ErrUnknownOutcome)
}

// passing reports whether an error is about the moment rather than the entry,
// which it does not refuse.
func passing(err error) bool {
	return again(err) || errors.Is(err, store.ErrUnavailable) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || fault.KindOf(err) == fault.Busy
}

// transact sends a transaction, again with the same token while it collides or
// its outcome is unknown.
func (w writer) transact(ctx context.Context, ops ...store.Op) error {
	token, err := w.ids.New("t")
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	wait := backOff
	for range asks {
		err = w.store.Transact(ctx, token, ops...)
		if !errors.Is(err, store.ErrUnknownOutcome) && !errors.Is(err, store.ErrContended) {
			return err
		}
		if sleepErr := w.sleep(ctx, wait); sleepErr != nil {
			return sleepErr
		}
		wait *= 2
	}
	return err
}

// repeated does something again while it loses races.
func (w writer) repeated(ctx context.Context, do func() error) error {
	wait := backOff
	for range attempts {
		err := do()
		if err == nil || !again(err) {
			return err
		}
		if err := w.sleep(ctx, wait); err != nil {
			return err
		}
		wait *= 2
	}
	return fault.New(fault.Busy, "store.contended")
}

// putOp stores a record as the version after was, 0 for none.
func putOp(r schema.Record, was int64) (store.Op, error) {
	item, err := r.Item(was + 1)
	if err != nil {
		return store.Op{}, fault.Wrap(err, "internal.error")
	}
	if was == 0 {
		return store.PutOp(item, store.Absent), nil
	}
	return store.PutOp(item, store.VersionIs(was)), nil
}

// setOp stores a record whatever stands there.
func setOp(r schema.Record, version int64) (store.Op, error) {
	item, err := r.Item(version)
	if err != nil {
		return store.Op{}, fault.Wrap(err, "internal.error")
	}
	return store.PutOp(item, store.Anything), nil
}

// stored reads a value and its version, 0 where there is none.
func stored[T any](ctx context.Context, s store.Reader, key store.Key, kind string) (T, int64, error) {
	var none T
	items, err := s.Get(ctx, key)
	if err != nil || items[0] == nil {
		return none, 0, err
	}
	v, err := schema.Decode[T](*items[0], kind)
	return v, items[0].Version, err
}

// readAll reads a whole range of a partition, as far as f wants.
func readAll(ctx context.Context, s store.Reader, partition string, within store.Range, f func(store.Item) (more bool, err error)) error {
	q := store.Query{Partition: partition, Range: within}
	for {
		page, err := s.Query(ctx, q)
		if err != nil {
			return err
		}
		for _, item := range page.Items {
			if more, err := f(item); err != nil || !more {
				return err
			}
		}
		if page.Next == nil {
			return nil
		}
		q.After = page.Next
	}
}
