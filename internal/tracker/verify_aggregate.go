package tracker

import (
	"bytes"
	"cmp"
	"fmt"
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
		var items []store.Item
		q := store.Query{Partition: id}
		for {
			page, err := v.store.Query(v.ctx, q)
			if err != nil {
				return nil, storeFault(err)
			}
			items = append(items, page.Items...)
			if page.Next == nil {
				break
			}
			q.After = page.Next
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

// journalName is how the journal names the thing that an item holds, "" for an
// item of which it does not tell.
func journalName(key store.Key, kind string) string {
	last := key.SK[strings.LastIndexByte(key.SK, '#')+1:]
	switch kind {
	case schema.TypeLink, schema.TypeSweep:
		return ""
	case schema.TypeImportRow:
		return "row/" + number(last)
	case schema.TypeDeployment:
		return "deployment"
	case schema.TypeMember:
		return "member/" + key.SK
	case schema.TypeEnrolment:
		return "enrolment/" + last
	case schema.TypeParty:
		return "party/" + last
	case schema.TypeCalendar:
		return "calendar/" + last
	case schema.TypeLedger:
		return "ledger/" + number(last)
	case schema.TypeLadder:
		return "ladder/" + strings.Split(key.SK, "#")[1] + "/" + number(last)
	}
	if key.SK == "1" {
		return key.PK
	}
	return last
}

// number is a number of a sort key without the zeros that make it sort.
func number(padded string) string {
	return cmp.Or(strings.TrimLeft(padded, "0"), "0")
}

// chain follows the journal's texts from the first entry to the head, and
// replays them.
func (c *aggregateCheck) chain() error {
	c.rules = newSeparations(c)
	var at journal.Head
	for _, item := range c.entries {
		j, err := schema.Decode[schema.JournalText](item, schema.TypeJournal)
		if err != nil {
			return unreadable(c.id, item.Key, err)
		}
		next, e, err := at.Next(c.id, j.Text)
		if err != nil {
			return c.brokenChain(item.SK, err)
		}
		at = next
		if item.Key != schema.JournalKey(c.id, e.Seq) || j.Hash != at.Hash {
			return fault.New(fault.Internal, "verify.chain", about(c.id, item.SK, at.Hash, j.Hash)...)
		}
		if err := c.listed(item, e, j); err != nil {
			return err
		}
		if err := c.replay.Add(e); err != nil {
			f := fault.New(fault.Internal, "verify.replay", about(c.id, item.SK, "changes that fit", fault.CodeOf(err))...)
			f.Cause = err
			return f
		}
		if err := c.rules.entry(e); err != nil {
			return err
		}
		c.count(e)
	}
	if at.Seq != c.head.Seq || at.Hash != c.head.Hash {
		return fault.New(fault.Internal, "verify.chain", about(c.id, fmt.Sprintf("7#%012d", c.head.Seq),
			fmt.Sprint(c.head.Seq, " ", c.head.Hash), fmt.Sprint(at.Seq, " ", at.Hash))...)
	}
	return nil
}

func (c *aggregateCheck) brokenChain(sk string, cause error) error {
	f := fault.New(fault.Internal, "verify.chain", about(c.id, sk, "an entry chained to the one before", fault.CodeOf(cause))...)
	f.Cause = cause
	return f
}

// listed holds a journal item's index entries.
func (c *aggregateCheck) listed(item store.Item, e journal.Entry, j schema.JournalText) error {
	listedIn, ok := strings.CutPrefix(item.Index[store.Program].PK, "JP#")
	programme := ident.Programme("")
	if ok {
		programme = ident.Programme(listedIn[:max(0, strings.LastIndexByte(listedIn, '#'))])
	}
	if c.programme != "" && programme != "" {
		programme = c.programme
	}
	want := schema.JournalRecord(e, j.Text, j.Hash, programme)
	if item.Index[store.Work] != (store.Key{}) { // not delivered yet
		want = schema.Undelivered(want, e)
	}
	if want.Index != item.Index {
		return fault.New(fault.Internal, "verify.index", about(c.id, item.SK, want.Index, item.Index)...)
	}
	return nil
}

func (c *aggregateCheck) count(e journal.Entry) {
	c.report.Entries++
	for _, ev := range e.Events {
		c.report.Events++
		for _, change := range ev.Changes {
			if change.Path == "" && bytes.Contains(change.To, []byte(`"opening":{`)) || change.Path == "/opening" {
				c.report.Opening++
				break
			}
		}
	}
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
