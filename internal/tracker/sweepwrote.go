package tracker

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// sweepSought is how long before its id was made a sweep may have begun.
const sweepSought = time.Minute

// SweptView is a live sweep with what it wrote.
type SweptView struct {
	schema.Sweep
	Wrote Page[SweptAward] `json:"wrote"`
}

// SweptAward is what a sweep wrote into an award at once: an entry of its
// journal.
type SweptAward struct {
	Award    ident.Award `json:"award"`
	Number   string      `json:"number"`
	Sequence int64       `json:"sequence"` // of the entry
	Flags    []SweepFlag `json:"flags"`
	Renewed  int         `json:"renewed,omitzero"` // things of which only the next date was renewed
}

// Swept returns a live sweep with what it wrote, in the order of writing: the
// entries of journals that whoever ran it has from the time that it took. Two
// sweeps that one runs at the same time tell of both. It says as much of an
// award as a dry run does, to whoever may view sweeps.
func (t *Tracker) Swept(ctx context.Context, c Call, id string, p PageRequest) (SweptView, error) {
	var v SweptView
	if err := t.authority.Require(c.Principal, access.ViewSweep, sweepResource()); err != nil {
		return v, err
	}
	var err error
	if v.Sweep, err = t.sweepRecord(ctx, id); err != nil || v.Awards == 0 {
		v.Wrote.Items = []SweptAward{}
		return v, err
	}
	began, err := time.Parse(journal.AtLayout, v.At)
	if err != nil {
		return v, fault.Wrap(err, "internal.error")
	}
	var sources []source
	for _, month := range monthsIn(v.AsOf, v.AsOf) {
		sources = append(sources, source{index: store.Scope, partition: schema.JournalBy(cmp.Or(string(v.Person), sweepSystem), month)})
	}
	root := func(item store.Key) store.Key { return schema.RootKey(item.PK) }
	v.Wrote, err = listing[SweptAward]{
		name: "swept", query: id, sources: sources,
		// Both its beginning and what it took are cut to the millisecond.
		within: store.Range{From: v.At, To: stamp(began.Add(time.Duration(v.Millis+2) * time.Millisecond))},
		also:   func(item store.Key) []store.Key { return []store.Key{root(item)} },
		keep: func(f *found) (verdict, error) {
			e, err := openEntry(*f.item)
			return seen(true, e.Command == sweepSystem && f.items[root(f.item.Key)] != nil, err)
		},
		then: keysOfSwept,
		row:  sweptAward,
	}.page(ctx, t, c, p)
	return v, err
}

// sweepRecord finds the record of a sweep, which is kept by the time at which it
// began: just before its id was made.
func (t *Tracker) sweepRecord(ctx context.Context, id string) (schema.Sweep, error) {
	made := ident.MadeAt(id)
	if !ident.Valid(ident.PrefixSweep, id) {
		return schema.Sweep{}, errNotFound()
	}
	within := store.Range{From: schema.SweepKey(stamp(made.Add(-sweepSought))).SK, To: schema.SweepKey(stamp(made.Add(time.Millisecond))).SK}
	sweeps, err := readAll[schema.Sweep](ctx, t.store, schema.Deployment, within, schema.TypeSweep)
	for _, s := range sweeps {
		if s.ID == id {
			return s, err
		}
	}
	return schema.Sweep{}, cmp.Or(err, errNotFound())
}

// keysOfSwept are the things that an entry of a sweep tells of.
func keysOfSwept(f *found) []store.Key {
	e, err := openEntry(*f.item)
	if err != nil {
		return nil
	}
	var keys []store.Key
	for _, ev := range e.Events {
		if key, _, ok := keyOfThing(ident.Award(e.Aggregate), ev.Thing); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

func sweptAward(f *found) (SweptAward, error) {
	e, err := openEntry(*f.item)
	if err != nil {
		return SweptAward{}, err
	}
	a, _, err := get[award.Award](f.reading, schema.RootKey(e.Aggregate), schema.TypeAward)
	if err != nil {
		return SweptAward{}, err
	}
	out := SweptAward{Award: a.ID, Number: a.Document.Number, Sequence: e.Seq, Flags: []SweepFlag{}}
	flagged := ""
	for _, ev := range e.Events { // of each thing first its rungs, then that it was swept
		if kind := attention.EventKind(ev.Kind); kind != attention.Flagged && kind != attention.Baselined {
			if ev.Thing != flagged {
				out.Renewed++
			}
			continue
		}
		flagged = ev.Thing
		flag := SweepFlag{Award: a.ID, Number: out.Number, Thing: ev.Thing, Event: ev.Kind}
		if err := json.Unmarshal(ev.Data, &flag.Reached); err != nil {
			return out, fault.Wrap(err, "internal.error")
		}
		flag.Reached.Kind = attention.EventKind(ev.Kind)
		if key, _, ok := keyOfThing(a.ID, ev.Thing); ok && f.items[key] != nil {
			th, err := watchedIn(*f.items[key], schema.SettingOf(a.Document))
			if err != nil {
				return out, err
			}
			flag.Code = th.code
		}
		out.Flags = append(out.Flags, flag)
	}
	return out, nil
}
