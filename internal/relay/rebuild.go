package relay

import (
	"context"
	"errors"

	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// Dropper is a subscriber of whose items a rebuild removes some before it
// makes them again.
type Dropper interface {
	// Drops reports whether an item of the subscriber may be removed and is
	// made again from the journals.
	Drops(key store.Key) bool
}

// Replay has a subscriber take in the journal of an aggregate from its first
// entry, also where it was parked.
func (r *Relay) Replay(ctx context.Context, subscriber, aggregate string) error {
	s, err := r.subscription(subscriber)
	if err != nil {
		return err
	}
	if err := r.rewind(ctx, s, aggregate); err != nil {
		return err
	}
	return errors.Join(r.Deliver(ctx, aggregate)...)
}

// rewind puts a subscriber's position before the first entry. Its memo stays,
// for what it has to take away.
func (r *Relay) rewind(ctx context.Context, s Subscription, aggregate string) error {
	return r.repeated(ctx, func() error {
		p, version, err := stored[schema.Position](ctx, r.store, schema.PositionKey(s.Name(), aggregate), schema.TypePosition)
		if err != nil || version == 0 {
			return err
		}
		p.Seq, p.Tries, p.Error, p.Detail, p.Parked = 0, 0, "", "", ""
		op, err := putOp(schema.PositionRecord(p), version)
		if err != nil {
			return err
		}
		return r.transact(ctx, op)
	})
}

// Rebuild makes everything that a subscriber keeps anew from the journals. It
// needs a store that walks (relay.noWalk), and may run while others deliver:
// figures are incomplete until it ends. It returns how many aggregates it
// followed.
func (r *Relay) Rebuild(ctx context.Context, subscriber string) (int, error) {
	s, err := r.subscription(subscriber)
	if err != nil {
		return 0, err
	}
	walker, ok := r.store.(store.Walker)
	if !ok {
		return 0, fault.New(fault.Internal, "relay.noWalk")
	}
	aggregates, dropped, err := survey(ctx, walker, s)
	if err != nil {
		return 0, err
	}
	for _, key := range dropped {
		if err := r.transact(ctx, store.DeleteOp(key, store.Anything)); err != nil {
			return 0, err
		}
	}
	var errs []error
	for start := 0; start < len(aggregates) && ctx.Err() == nil; start += scanBatch {
		batch := aggregates[start:min(start+scanBatch, len(aggregates))]
		for _, id := range batch {
			if err := r.rewind(ctx, s, id); err != nil {
				return start, err
			}
		}
		errs = append(errs, r.Deliver(ctx, batch...)...)
	}
	return len(aggregates), errors.Join(append(errs, ctx.Err())...)
}

// survey lists the aggregates that a subscriber follows, and the items of it
// that are removed.
func survey(ctx context.Context, walker store.Walker, s Subscription) (aggregates []string, dropped []store.Key, err error) {
	dropper, _ := s.Subscriber.(Dropper)
	err = walker.Walk(ctx, 0, 1, nil, func(item store.Item) error {
		switch {
		case item.Key == schema.HeadKey(item.PK) && s.Follows(item.PK):
			aggregates = append(aggregates, item.PK)
		case dropper != nil && schema.Derived(item.Key) && dropper.Drops(item.Key):
			dropped = append(dropped, item.Key)
		}
		return nil
	})
	return aggregates, dropped, err
}
