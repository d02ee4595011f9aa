package relay

import (
	"context"
	"errors"
	"time"

	"milepost/internal/schema"
)

// noteThrough records up to when each subscriber has followed all journals:
// what a scan that began at an instant did not leave behind has had its
// effect. A subscriber that could not settle keeps its note.
func (r *Relay) noteThrough(ctx context.Context, began time.Time, found bool, unsettled []bool) error {
	left := map[string][]waiting{}
	if found {
		var err error
		if left, err = r.outbox(ctx, maxScan); err != nil {
			return err
		}
	}
	var errs []error
	for i, s := range r.subs {
		if !unsettled[i] {
			errs = append(errs, r.noteFollowed(ctx, s, began, left))
		}
	}
	return errors.Join(errs...)
}

func (r *Relay) noteFollowed(ctx context.Context, s Subscription, began time.Time, left map[string][]waiting) error {
	f := schema.Followed{Subscriber: s.Name(), Through: stamp(began.Add(-r.lag))}
	parked, err := r.parked(ctx, s.Name())
	if err != nil {
		return err
	}
	f.Parked = len(parked)
	_, oldest, err := r.behind(ctx, s, left)
	if err != nil {
		return err
	}
	if oldest != "" && oldest < f.Through {
		f.Through = oldest
	}
	op, err := setOp(schema.FollowedRecord(f), max(began.UnixMilli(), 1))
	if err != nil {
		return err
	}
	if err := r.transact(ctx, op); err != nil {
		return err
	}
	clocked, ok := s.Subscriber.(Clocked)
	through, err := time.Parse(time.RFC3339, f.Through)
	if !ok || err != nil || f.Parked > 0 {
		return err
	}
	return clocked.Through(ctx, through)
}
