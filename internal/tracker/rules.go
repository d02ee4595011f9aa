package tracker

import (
	"context"
	"fmt"
	"slices"
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

// at returns the calendar of a version: the years that ship with the program,
// and those that were imported over them.
func (b *ruleBook) at(ctx context.Context, version string) (civil.Calendar, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.version == version && b.version != "" {
		return b.calendar, nil
	}
	c, err := civil.Embedded()
	if err != nil {
		return c, fault.Wrap(err, "internal.error")
	}
	years, err := readAll[civil.Year](ctx, b.store, schema.Deployment, schema.CalendarRange(), schema.TypeCalendar)
	if err != nil {
		return c, err
	}
	for _, y := range years {
		c = c.With(y)
	}
	b.version, b.calendar = version, c
	return c, nil
}

// baseCalendar is the version of the years that ship with the program.
const baseCalendar = "cn-2026.0"

// deployment reads the deployment's root; before the first administrator it
// is not there, and the calendar is the one that ships.
func (w *work) deployment() (schema.DeploymentRoot, error) {
	d, ok, err := find[schema.DeploymentRoot](w, schema.RootKey(schema.Deployment), schema.TypeDeployment)
	if err == nil && !ok {
		d.Calendar = baseCalendar
	}
	return d, err
}

// calendar returns the calendar now in force and its version.
func (w *work) calendar() (civil.Calendar, string, error) {
	d, err := w.deployment()
	if err != nil {
		return civil.Calendar{}, "", err
	}
	c, err := w.t.rules.at(w.ctx, d.Calendar)
	return c, d.Calendar, err
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

// readAll reads a whole range of a partition that is known to be small.
func readAll[T any](ctx context.Context, s store.Reader, partition string, r store.Range, kind string) ([]T, error) {
	var out []T
	q := store.Query{Partition: partition, Range: r}
	for {
		page, err := s.Query(ctx, q)
		if err != nil {
			return nil, storeFault(err)
		}
		out = slices.Grow(out, len(page.Items))
		for _, item := range page.Items {
			v, err := schema.Decode[T](item, kind)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		if page.Next == nil {
			return out, nil
		}
		q.After = page.Next
	}
}
