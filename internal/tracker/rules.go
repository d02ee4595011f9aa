package tracker

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ruleBook keeps what obligations are measured by: versions of ladders, which
// never change, and the calendar, which is read again when the deployment's
// root names another version of it.
type ruleBook struct {
	store    store.Reader
	mu       sync.Mutex
	ladders  map[store.Key]attention.Ladder
	version  string
	calendar civil.Calendar
}

func newRuleBook(s store.Reader) *ruleBook {
	return &ruleBook{store: s, ladders: map[store.Key]attention.Ladder{}}
}

// ladder returns a version of a programme's ladder.
func (b *ruleBook) ladder(ctx context.Context, p ident.Programme, k attention.Kind, version int) (attention.Ladder, error) {
	key := schema.LadderKey(p, string(k), version)
	b.mu.Lock()
	l, ok := b.ladders[key]
	b.mu.Unlock()
	if ok {
		return l, nil
	}
	items, err := b.store.Get(ctx, key)
	if err != nil {
		return l, storeFault(err)
	}
	if items[0] == nil {
		return l, fault.Wrap(fmt.Errorf("tracker: no ladder %s", key), "internal.error")
	}
	if l, err = schema.Decode[attention.Ladder](*items[0], schema.TypeLadder); err != nil {
		return l, err
	}
	b.mu.Lock()
	b.ladders[key] = l
	b.mu.Unlock()
	return l, nil
}

// attention returns the rules by which a programme's obligations are measured.
func (w *work) attention(p portfolio.Programme) (attention.Rules, error) {
	c, version, err := w.calendar()
	if err != nil {
		return attention.Rules{}, err
	}
	return w.t.rules.rules(w.ctx, p, c, version), nil
}

func (b *ruleBook) rules(ctx context.Context, p portfolio.Programme, c civil.Calendar, version string) attention.Rules {
	return attention.Rules{
		Calendar: c, CalendarVersion: version, AttentionFrom: p.AttentionFrom,
		Ladder: func(k attention.Kind, version int) (attention.Ladder, error) {
			if version == 0 {
				version = p.Ladders[string(k)]
			}
			return b.ladder(ctx, p.ID, k, version)
		},
	}
}

// with is a map with one value more, or another one.
func with[V any](m map[string]V, key string, value V) map[string]V {
	out := maps.Clone(m)
	if out == nil {
		out = map[string]V{}
	}
	out[key] = value
	return out
}
