package relay

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"milepost/internal/civil"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// AnchorName is the name of the subscriber that seals days.
const AnchorName = "anchor"

// Anchor seals each business date of each programme's journal. It notes for
// every day where the journal of each aggregate stood, and when all entries of
// a day are in, hashes these and chains the hash to the day before.
type Anchor struct {
	writer
	mu     sync.Mutex
	sealed civil.Date // all days before are
}

// NewAnchor returns the subscriber that seals days.
func NewAnchor(s store.Store, now func() time.Time, entropy io.Reader, wait func(context.Context, time.Duration) error) *Anchor {
	return &Anchor{writer: newWriter(s, now, entropy, wait)}
}

// Name is anchor.
func (s *Anchor) Name() string { return AnchorName }

// Follows everything that has a journal.
func (s *Anchor) Follows(string) bool { return true }

// Settle has nothing to do: days are sealed when they are over.
func (s *Anchor) Settle(context.Context, []Touched) error { return nil }

// anchoring is an entry on the day under which it is sealed.
type anchoring struct {
	scope string
	on    civil.Date
	entry Entry
}

// Handle notes where the aggregate now stands on the day of its last entry. An
// entry that comes after its day was sealed is sealed with the next one.
func (s *Anchor) Handle(ctx context.Context, d Delivery) (Effect, error) {
	scopes := map[string]*closed{}
	var days []anchoring
	for _, e := range d.Entries {
		scope := schema.AnchorScope(e.Programme)
		if scopes[scope] == nil {
			upTo, version, err := stored[schema.AnchoredUpTo](ctx, s.store, schema.AnchoredUpToKey(scope), schema.TypeAnchoredUpTo)
			if err != nil {
				return Effect{}, err
			}
			scopes[scope] = &closed{upTo, version}
		}
		next := anchoring{scope, e.On, e}
		if n := len(days); n > 0 && days[n-1].scope == scope && days[n-1].on == e.On {
			days[n-1] = next
		} else {
			days = append(days, next)
		}
	}
	effect := Effect{}
	placed := map[store.Key]int{}
	for _, a := range days {
		ops, err := s.note(ctx, a, scopes[a.scope].On)
		if err != nil {
			return Effect{}, err
		}
		for _, op := range ops {
			if at, twice := placed[op.Item.Key]; twice { // late entries of several days
				effect.Ops[at] = op
				continue
			}
			placed[op.Item.Key] = len(effect.Ops)
			effect.Ops = append(effect.Ops, op)
		}
	}
	if len(effect.Ops) > 0 {
		for scope, c := range scopes {
			effect.Ops = append(effect.Ops, c.check(scope))
		}
	}
	return effect, nil
}

// closed is the last day of a scope that is sealed.
type closed struct {
	schema.AnchoredUpTo
	version int64
}

// check demands that no day of a scope is sealed meanwhile.
func (c *closed) check(scope string) store.Op {
	if c.version == 0 {
		return store.CheckOp(schema.AnchoredUpToKey(scope), store.Absent)
	}
	return store.CheckOp(schema.AnchoredUpToKey(scope), store.VersionIs(c.version))
}

// note puts where an aggregate stood, unless that or more stands there.
func (s *Anchor) note(ctx context.Context, a anchoring, sealed civil.Date) ([]store.Op, error) {
	for {
		has, _, err := stored[schema.Anchored](ctx, s.store, schema.AnchoredKey(a.scope, a.on, a.entry.Aggregate), schema.TypeAnchored)
		if err != nil || has.Seq >= a.entry.Seq {
			return nil, err
		}
		if a.on.After(sealed) {
			break
		}
		a.on = sealed.AddDays(1)
	}
	op, err := setOp(schema.AnchoredRecord(a.scope, a.on, schema.Anchored{Aggregate: a.entry.Aggregate, Seq: a.entry.Seq, Hash: a.entry.Hash}), a.entry.Seq)
	return []store.Op{op}, err
}

// Through seals every day that was over at an instant up to which all journals
// were followed.
func (s *Anchor) Through(ctx context.Context, at time.Time) error {
	today := civil.BusinessDate(at)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !today.After(s.sealed) {
		return nil
	}
	scopes := []string{schema.Deployment}
	q := store.IndexQuery{Index: store.Program, Partition: schema.Programmes}
	for {
		page, err := s.store.QueryIndex(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range page.Entries {
			if !slices.Contains(scopes, e.Item.PK) {
				scopes = append(scopes, e.Item.PK)
			}
		}
		if q.After = page.Next; q.After == nil {
			break
		}
	}
	for _, scope := range scopes {
		if err := s.seal(ctx, scope, today); err != nil {
			return err
		}
	}
	s.sealed = today
	return nil
}

// seal seals the days of a scope before today.
func (s *Anchor) seal(ctx context.Context, scope string, today civil.Date) error {
	for {
		done := false
		err := s.repeated(ctx, func() error {
			var err error
			done, err = s.sealNext(ctx, scope, today)
			return err
		})
		if err != nil || done {
			return err
		}
	}
}

// sealNext seals the day after the last one sealed, or answers done.
func (s *Anchor) sealNext(ctx context.Context, scope string, today civil.Date) (done bool, err error) {
	was, version, err := stored[schema.AnchoredUpTo](ctx, s.store, schema.AnchoredUpToKey(scope), schema.TypeAnchoredUpTo)
	if err != nil {
		return false, err
	}
	day := was.On.AddDays(1)
	if version == 0 {
		if day, err = s.first(ctx, scope); err != nil {
			return false, err
		}
	}
	if day.IsZero() || !day.Before(today) {
		return true, nil
	}
	var entries []schema.Anchored
	err = readAll(ctx, s.store, scope, schema.AnchoredRange(day), func(item store.Item) (bool, error) {
		e, err := schema.Decode[schema.Anchored](item, schema.TypeAnchored)
		entries = append(entries, e)
		return true, err
	})
	if err != nil {
		return false, err
	}
	a := schema.Anchor{Scope: scope, On: day, Entries: len(entries), Prev: was.Hash}
	if a.Hash, err = schema.AnchorHash(scope, day, a.Prev, entries); err != nil {
		return false, err
	}
	anchor, err := putOp(schema.AnchorRecord(a), 0)
	if err != nil {
		return false, err
	}
	upTo, err := putOp(schema.AnchoredUpToRecord(scope, schema.AnchoredUpTo{On: day, Hash: a.Hash}), version)
	if err != nil {
		return false, err
	}
	return false, s.transact(ctx, anchor, upTo)
}

// first is the first day of a scope with anything to seal.
func (s *Anchor) first(ctx context.Context, scope string) (civil.Date, error) {
	page, err := s.store.Query(ctx, store.Query{Partition: scope, Range: schema.AnchoredEver(), Limit: 1})
	if err != nil || len(page.Items) == 0 {
		return civil.Date{}, err
	}
	return schema.AnchoredOn(page.Items[0].Key)
}
