package relay

import (
	"context"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// NoticesName is the name of the subscriber that tells people.
const NoticesName = "notices"

// Notices puts what the journal says is to be told into each person's inbox:
// once for a rung of an obligation, and once for all that an import, or the
// day on which attention began, found overdue.
type Notices struct{ store store.Reader }

// NewNotices returns the subscriber that tells people.
func NewNotices(s store.Reader) *Notices { return &Notices{store: s} }

// Name is notices.
func (s *Notices) Name() string { return NoticesName }

// Follows awards: obligations are theirs.
func (s *Notices) Follows(aggregate string) bool {
	return ident.Prefix(aggregate) == ident.PrefixAward
}

// Settle has nothing to do.
func (s *Notices) Settle(context.Context, []Touched) error { return nil }

// told is an event that somebody is to hear of.
type told struct {
	Entry
	thing string
	is    attention.Event
}

// toldIn picks the events of which somebody hears.
func toldIn(d Delivery) ([]told, error) {
	var all []told
	for _, e := range d.Entries {
		for _, event := range e.Events {
			kind := attention.EventKind(event.Kind)
			if kind != attention.Flagged && kind != attention.Baselined {
				continue
			}
			is := attention.Event{Kind: kind}
			if err := json.Unmarshal(event.Data, &is); err != nil {
				return nil, fault.Wrap(err, "journal.entry.unreadable", "aggregate", e.Aggregate, "seq", e.Seq)
			}
			if kind == attention.Flagged && is.Notice != attention.Tell {
				continue
			}
			all = append(all, told{e, event.Thing, is})
		}
	}
	return all, nil
}

// Handle writes the notices that are not there yet.
func (s *Notices) Handle(ctx context.Context, d Delivery) (Effect, error) {
	events, err := toldIn(d)
	if err != nil || len(events) == 0 {
		return Effect{}, err
	}
	t := &telling{ctx: ctx, store: s.store, members: map[string][]schema.Member{}, notices: map[store.Key]schema.Notice{}, sums: map[store.Key]*summing{}}
	if err := t.read(d.Aggregate, events); err != nil {
		return Effect{}, err
	}
	for _, e := range events {
		people, err := t.recipients(e)
		if err != nil {
			return Effect{}, err
		}
		for _, p := range people {
			if e.is.Kind == attention.Baselined {
				t.sum(e, p)
			} else {
				t.tell(e, p)
			}
		}
	}
	pairs, err := t.sumOps()
	if err != nil {
		return Effect{}, err
	}
	single, err := t.noticeOps()
	return Effect{Ops: append(pairs, single...)}, err
}

// telling is one delivery on its way to people.
type telling struct {
	ctx     context.Context
	store   store.Reader
	award   award.Award
	things  map[string]subject
	members map[string][]schema.Member // by scope
	notices map[store.Key]schema.Notice
	sums    map[store.Key]*summing
}

// subject is what a notice says of a thing.
type subject struct{ code, title string }

// read reads the award and the things that are told of, as they are now.
func (t *telling) read(id string, events []told) error {
	keys := []store.Key{schema.RootKey(id)}
	for _, e := range events {
		if key, ok := keyOfThing(ident.Award(id), e.thing); ok && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	t.things = map[string]subject{}
	for chunk := range slices.Chunk(keys, store.MaxGet) {
		items, err := t.store.Get(t.ctx, chunk...)
		if err != nil {
			return err
		}
		for _, item := range items {
			if item == nil {
				continue
			}
			if err := t.take(*item); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *telling) take(item store.Item) error {
	kind, err := schema.TypeOf(item)
	if err != nil {
		return err
	}
	switch kind {
	case schema.TypeAward:
		t.award, err = schema.Decode[award.Award](item, kind)
	case schema.TypeMilestone:
		m, e := schema.Decode[award.Milestone](item, kind)
		t.things[string(m.ID)], err = subject{m.Code, m.Title}, e
	case schema.TypeTranche:
		tr, e := schema.Decode[award.Tranche](item, kind)
		t.things[string(tr.ID)], err = subject{code: fmt.Sprint(tr.Number)}, e
	case schema.TypeExtension:
		x, e := schema.Decode[award.Extension](item, kind)
		t.things[string(x.ID)], err = subject{title: x.Reason}, e
	}
	return err
}

func keyOfThing(a ident.Award, thing string) (store.Key, bool) {
	switch ident.Prefix(thing) {
	case ident.PrefixMilestone:
		return schema.MilestoneKey(a, ident.Milestone(thing)), true
	case ident.PrefixTranche:
		return schema.TrancheKey(a, ident.Tranche(thing)), true
	case ident.PrefixExtension:
		return schema.ExtensionKey(a, ident.Extension(thing)), true
	}
	return store.Key{}, false
}
