package relay

import (
	"context"
	"errors"
	"fmt"

	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// hand gives a subscriber entries that it has not had. Where it refuses them
// together it gets one after the other, so that only the one at fault is held.
func (r *Relay) hand(ctx context.Context, s Subscription, j *job, i int, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	p := j.places[i]
	err := r.take(ctx, s, j, i, entries)
	switch {
	case err == nil || passing(err):
		return err
	case len(entries) == 1:
		return r.refused(ctx, s, p, entries[0], err)
	}
	for _, e := range entries {
		if e.Seq <= p.Seq {
			continue
		}
		if err := r.hand(ctx, s, j, i, []Entry{e}); err != nil || p.Parked != "" {
			return err
		}
	}
	return nil
}

// take has a subscriber's effect written with its position. A lost race is
// read and handled again: another relay may have been faster.
func (r *Relay) take(ctx context.Context, s Subscription, j *job, i int, entries []Entry) error {
	p := j.places[i]
	return r.repeated(ctx, func() error {
		entries = after(entries, p.Seq)
		if len(entries) == 0 {
			return nil
		}
		effect, err := r.effect(ctx, s, p, entries)
		if err != nil {
			return err
		}
		next := p.Position
		next.Seq, next.Memo = entries[len(entries)-1].Seq, effect.Memo
		next.Tries, next.Error, next.Detail = 0, "", ""
		err = r.record(ctx, p, next, effect.Ops)
		if err == nil {
			j.touched[i] = j.touched[i] || effect.Settle
			return nil
		}
		if again(err) {
			if readErr := r.reread(ctx, p); readErr != nil {
				return readErr
			}
			// The effect may have been written all the same.
			j.touched[i] = j.touched[i] || effect.Settle
		}
		return err
	})
}

// effect asks the subscriber, of the entries from its first date on.
func (r *Relay) effect(ctx context.Context, s Subscription, p *place, entries []Entry) (Effect, error) {
	for len(entries) > 0 && entries[0].On.Before(s.Starts) {
		entries = entries[1:]
	}
	if len(entries) == 0 {
		return Effect{Memo: p.Memo}, nil
	}
	return handled(ctx, s, Delivery{Aggregate: p.Aggregate, Entries: entries, Memo: p.Memo})
}

// handled is Handle; a panic refuses the entry like any other error.
func handled(ctx context.Context, s Subscription, d Delivery) (effect Effect, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("relay: %s panicked: %v", s.Name(), p), "internal.error")
		}
	}()
	return s.Handle(ctx, d)
}

// record writes operations and, with the last of them, the next position.
func (r *Relay) record(ctx context.Context, p *place, next schema.Position, ops []store.Op) error {
	for len(ops) > maxEffect {
		if err := r.transact(ctx, ops[:maxEffect]...); err != nil {
			return err
		}
		ops = ops[maxEffect:]
	}
	position, err := putOp(schema.PositionRecord(next), p.version)
	if err != nil {
		return err
	}
	if err := r.transact(ctx, append(ops[:len(ops):len(ops)], position)...); err != nil {
		return err
	}
	p.Position, p.version = next, p.version+1
	return nil
}

// reread reads a position again after a lost race.
func (r *Relay) reread(ctx context.Context, p *place) error {
	now, version, err := stored[schema.Position](ctx, r.store, schema.PositionKey(p.Subscriber, p.Aggregate), schema.TypePosition)
	if err == nil && version > 0 {
		p.Position, p.version = now, version
	}
	return err
}

// refused notes that a subscriber refused an entry, and parks the aggregate
// for it once it has done so often enough: a parked aggregate is no error, it
// waits for a replay.
func (r *Relay) refused(ctx context.Context, s Subscription, p *place, e Entry, cause error) error {
	next := p.Position
	next.Tries++
	next.Error, next.Detail = fault.CodeOf(cause), clip(cause.Error())
	if next.Tries >= r.tries {
		next.Parked = stamp(r.now())
	}
	err := r.record(ctx, p, next, nil)
	if err != nil && !again(err) {
		return errors.Join(cause, err)
	}
	r.log.ErrorContext(ctx, "entry refused", "subscriber", s.Name(), "aggregate", e.Aggregate, "seq", e.Seq,
		"tries", next.Tries, "parked", next.Parked != "", "error", cause.Error())
	if p.Parked != "" {
		return nil
	}
	return fmt.Errorf("relay: %s refused %s/%d: %w", s.Name(), e.Aggregate, e.Seq, cause)
}

const maxDetail = 300

func clip(s string) string {
	if r := []rune(s); len(r) > maxDetail {
		return string(r[:maxDetail]) + "…"
	}
	return s
}
