package tracker

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// stored is a thing as an item holds it.
type stored struct {
	item   store.Item
	kind   string
	body   []byte
	record schema.Record // rebuilt from the body
}

// aggregateCheck is one aggregate while it is verified.
type aggregateCheck struct {
	*verifier
	id        string
	head      schema.Head
	headAt    int64 // version of the head's item
	things    map[string]stored
	placed    []stored // what stands beside things and follows from them
	entries   []store.Item
	programme ident.Programme // of the root, where it has one
	replay    journal.Replay
	rules     *separations
	award     awardParts
}

// aggregate verifies an aggregate: its chain, then each thing against its
// replay, then what must hold between them.
func (v *verifier) aggregate(id string) error {
	items, err := v.partition(id)
	if err != nil {
		return err
	}
	c := &aggregateCheck{verifier: v, id: id, things: map[string]stored{}}
	for _, step := range []func() error{
		func() error { return c.sort(items) }, c.chain, c.bodies, c.places, c.aggregateHead, c.wholeAward, c.members, c.claims, c.names,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	v.report.Things += len(c.things)
	return nil
}

// partition reads all items of an aggregate, again while commands change it.
func (v *verifier) partition(id string) ([]store.Item, error) {
	for range attempts {
		items, err := readRange(v.ctx, v.store, id, store.Range{})
		if err != nil {
			return nil, err
		}
		head, err := v.get(schema.HeadKey(id))
		if err != nil {
			return nil, err
		}
		if head != nil && len(items) > 0 && items[0].SK == "0" && items[0].Version == head.Version {
			return items, nil
		}
		if head == nil {
			return nil, fault.New(fault.Internal, "verify.head", about(id, "0", "a head", "none")...)
		}
	}
	return nil, fault.New(fault.Busy, "store.contended")
}

// sort takes the items apart: head, things, what is placed beside them, journal.
func (c *aggregateCheck) sort(items []store.Item) error {
	for _, item := range items {
		if schema.Derived(item.Key) {
			continue
		}
		kind, err := schema.TypeOf(item)
		if err != nil {
			return unreadable(c.id, item.Key, err)
		}
		switch kind {
		case schema.TypeHead:
			if c.head, err = schema.Decode[schema.Head](item, kind); err != nil {
				return unreadable(c.id, item.Key, err)
			}
			c.headAt = item.Version
		case schema.TypeJournal:
			c.entries = append(c.entries, item)
		default:
			if err := c.take(item, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *aggregateCheck) take(item store.Item, kind string) error {
	record, err := c.rebuild(item, kind)
	if err != nil {
		return unreadable(c.id, item.Key, err)
	}
	body, err := schema.Value(&item)
	if err != nil {
		return unreadable(c.id, item.Key, err)
	}
	s := stored{item: item, kind: kind, body: body, record: record}
	if name := journalName(item.Key, kind); name != "" {
		c.things[name] = s
	} else {
		c.placed = append(c.placed, s)
	}
	return nil
}

// bodies holds every stored body against its replay, in both directions.
func (c *aggregateCheck) bodies() error {
	for _, name := range c.replay.Things() {
		if c.id == schema.Deployment && strings.HasPrefix(name, ident.PrefixPerson+"_") {
			if err := c.tellPerson(name); err != nil {
				return err
			}
		} else if _, ok := c.things[name]; !ok {
			return fault.New(fault.Internal, "verify.thingMissing", about(c.id, name, "an item", "none")...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.things)) {
		s := c.things[name]
		body, version := c.replay.Thing(name)
		switch {
		case body == nil:
			return fault.New(fault.Internal, "verify.thingUntold", about(c.id, name, "none", s.item.SK)...)
		case version != s.item.Version:
			return fault.New(fault.Internal, "verify.thingVersion", about(c.id, name, version, s.item.Version)...)
		}
		if err := sameBody(c.id, name, body, s.body); err != nil {
			return err
		}
	}
	return nil
}

// sameBody is the finding that names the first place where two bodies differ.
func sameBody(aggregate, name string, want, got []byte) error {
	if bytes.Equal(want, got) {
		return nil
	}
	changes, err := journal.Diff(want, got)
	if err != nil || len(changes) == 0 {
		return fault.New(fault.Internal, "verify.thingDiffers", about(aggregate, name, want, got)...)
	}
	first := changes[0]
	return fault.New(fault.Internal, "verify.thingDiffers", about(aggregate, name, first.Path+" "+string(first.From), first.Path+" "+string(first.To))...)
}
