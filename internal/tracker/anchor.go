package tracker

import (
	"context"
	"maps"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// maxAnchorDays is how many days of anchors are asked for at once.
const maxAnchorDays = 366

// AnchorsQuery asks for the anchors of a programme from a day to a day; empty
// dates mean the last 31 days.
type AnchorsQuery struct {
	Programme ident.Programme `json:"programme"`
	From      civil.Date      `json:"from,omitzero"`
	To        civil.Date      `json:"to,omitzero"`
}

// AnchorDay is a sealed day with what was sealed: where the journal of every
// aggregate that was written on it stood at its end, by aggregate.
type AnchorDay struct {
	schema.Anchor
	Sealed []schema.Anchored `json:"sealed"`
}

// Anchors lists the sealed days of a programme in order. Kept outside, they
// tell later whether the store is still what it was: see VerifyAnchors. Who
// may view the programme's journal may have them.
func (t *Tracker) Anchors(ctx context.Context, c Call, q AnchorsQuery) ([]AnchorDay, error) {
	if _, err := t.readProgramme(ctx, c, q.Programme, access.ViewJournal); err != nil {
		return nil, err
	}
	var err error
	if q.From, q.To, err = t.span(q.From, q.To, maxAnchorDays); err != nil {
		return nil, err
	}
	return anchorsOf(ctx, t.store, string(q.Programme), q.From, q.To)
}

func anchorsOf(ctx context.Context, s store.Reader, scope string, from, to civil.Date) ([]AnchorDay, error) {
	anchors, err := readAll[schema.Anchor](ctx, s, scope, schema.AnchorRange(from, to), schema.TypeAnchor)
	if err != nil {
		return nil, err
	}
	days := make([]AnchorDay, len(anchors))
	for i, a := range anchors {
		sealed, err := readAll[schema.Anchored](ctx, s, scope, schema.AnchoredRange(a.On), schema.TypeAnchored)
		if err != nil {
			return nil, err
		}
		days[i] = AnchorDay{Anchor: a, Sealed: sealed}
		if sealed == nil {
			days[i].Sealed = []schema.Anchored{}
		}
	}
	return days, nil
}

// AnchorReport counts what was held against anchors.
type AnchorReport struct {
	Days    int `json:"days"`
	Entries int `json:"entries"` // of journals, each chained to all before it
	// Wrong is nil where everything holds; its code begins with "verify.anchor".
	Wrong *fault.Error `json:"-"`
}

// VerifyAnchors holds a store against anchors that were kept outside, in the
// order of their days, of one scope or of several: that each day's hash is
// that of what it seals, that the days are chained, that the journals still
// hold the entries that were sealed, and that nothing was added to a sealed
// day, be it of an aggregate that was never sealed: for that it walks through
// the store. It stops at the first thing that does not hold. That the entries
// before a sealed one are what they were follows from the chain, which Verify
// holds.
func VerifyAnchors(ctx context.Context, s AnchoredStore, days []AnchorDay) (AnchorReport, error) {
	c := anchorCheck{ctx: ctx, store: s, first: map[string]civil.Date{}, prev: map[string]AnchorDay{}, last: map[string]sealedAt{}}
	for _, d := range days {
		if err := c.day(d); err != nil {
			return c.reported(err)
		}
	}
	if err := c.nothingAdded(); err != nil {
		return c.reported(err)
	}
	return c.reported(s.Walk(ctx, 0, 1, nil, c.wasSealed))
}

// AnchoredStore is what anchors are held against.
type AnchoredStore interface {
	store.Reader
	store.Walker
}

// sealedAt is where an aggregate was sealed last, and in which scope.
type sealedAt struct {
	schema.Anchored
	scope string
}

type anchorCheck struct {
	ctx    context.Context
	store  store.Reader
	first  map[string]civil.Date // day, by scope
	prev   map[string]AnchorDay  // by scope
	last   map[string]sealedAt   // by aggregate
	report AnchorReport
}

func (c *anchorCheck) reported(err error) (AnchorReport, error) {
	v := verifier{}
	inner, err := v.reported(err)
	c.report.Wrong = inner.Wrong
	return c.report, err
}

func (c *anchorCheck) day(d AnchorDay) error {
	hash, err := schema.AnchorHash(d.Scope, d.On, d.Prev, d.Sealed)
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	if hash != d.Hash {
		return fault.New(fault.Internal, "verify.anchorHash", about(d.Scope, d.On.String(), hash, d.Hash)...)
	}
	if before, ok := c.prev[d.Scope]; ok && (before.Hash != d.Prev || before.On.AddDays(1) != d.On) {
		return fault.New(fault.Internal, "verify.anchorChain", about(d.Scope, d.On.String(), before.Hash, d.Prev)...)
	}
	if _, later := c.prev[d.Scope]; !later {
		c.first[d.Scope] = d.On
	}
	c.prev[d.Scope] = d
	for start := 0; start < len(d.Sealed); start += store.MaxGet {
		if err := c.entries(d, d.Sealed[start:min(start+store.MaxGet, len(d.Sealed))]); err != nil {
			return err
		}
	}
	c.report.Days++
	return nil
}

// entries holds sealed entries against the journals.
func (c *anchorCheck) entries(d AnchorDay, sealed []schema.Anchored) error {
	keys := make([]store.Key, len(sealed))
	for i, e := range sealed {
		keys[i] = schema.JournalKey(e.Aggregate, e.Seq)
	}
	items, err := c.store.Get(c.ctx, keys...)
	if err != nil {
		return storeFault(err)
	}
	for i, e := range sealed {
		if items[i] == nil {
			return fault.New(fault.Internal, "verify.anchorEntry", about(e.Aggregate, keys[i].SK, e.Hash, "none")...)
		}
		text, err := schema.Decode[schema.JournalText](*items[i], schema.TypeJournal)
		if err != nil {
			return unreadable(e.Aggregate, keys[i], err)
		}
		if is := journal.Hash(text.Text); is != e.Hash {
			return fault.New(fault.Internal, "verify.anchorEntry", about(e.Aggregate, keys[i].SK, e.Hash, is)...)
		}
		if e.Seq > c.last[e.Aggregate].Seq {
			c.last[e.Aggregate] = sealedAt{e, d.Scope}
		}
		c.report.Entries++
	}
	return nil
}

// nothingAdded demands that what follows the last sealed entry of an aggregate
// was journaled after the last sealed day.
func (c *anchorCheck) nothingAdded() error {
	for _, s := range sortedByAggregate(c.last) {
		key := schema.JournalKey(s.Aggregate, s.Seq+1)
		items, err := c.store.Get(c.ctx, key)
		if err != nil {
			return storeFault(err)
		}
		if items[0] == nil {
			continue
		}
		e, err := openEntry(*items[0])
		if err != nil {
			return unreadable(s.Aggregate, key, err)
		}
		if end := c.prev[s.scope].On; !e.On.After(end) && listedIn(*items[0]) == s.scope {
			return fault.New(fault.Internal, "verify.anchorAdded", about(s.Aggregate, key.SK, "after "+end.String(), e.On.String())...)
		}
	}
	return nil
}

// wasSealed demands of a journal entry of the days given that its aggregate was
// sealed on one of them.
func (c *anchorCheck) wasSealed(item store.Item) error {
	if kind, err := schema.TypeOf(item); err != nil || kind != schema.TypeJournal {
		return nil //nolint:nilerr // what is unreadable is Verify's to find
	}
	scope := listedIn(item)
	end, asked := c.prev[scope]
	if _, sealed := c.last[item.PK]; sealed || !asked {
		return nil
	}
	e, err := openEntry(item)
	if err != nil {
		return unreadable(item.PK, item.Key, err)
	}
	if e.On.Before(c.first[scope]) || e.On.After(end.On) {
		return nil
	}
	return fault.New(fault.Internal, "verify.anchorAdded", about(item.PK, item.SK, "a seal of "+e.On.String(), "none")...)
}

func sortedByAggregate(last map[string]sealedAt) []sealedAt {
	out := make([]sealedAt, 0, len(last))
	for _, id := range slices.Sorted(maps.Keys(last)) {
		out = append(out, last[id])
	}
	return out
}

// listedIn is the scope in whose journal an item is listed.
func listedIn(item store.Item) string {
	in, ok := strings.CutPrefix(item.Index[store.Program].PK, "JP#")
	if !ok {
		return schema.Deployment
	}
	scope, _, _ := strings.Cut(in, "#")
	return scope
}
