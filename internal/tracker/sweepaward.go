package tracker

import (
	"context"
	"errors"
	"reflect"
	"sync"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// sweepSystem is the sweep in journals: as the system that acts, and as its
// command.
const sweepSystem = "sweep"

// swept is what a sweep did to an award.
type swept struct {
	things, flagged, baselined, renewed int
	flags                               []SweepFlag // of a dry run
}

// sweepBook keeps the rules of each programme for the time of a sweep.
type sweepBook struct {
	mu    sync.Mutex
	rules map[ident.Programme]attention.Rules
}

func newSweepBook() *sweepBook { return &sweepBook{rules: map[ident.Programme]attention.Rules{}} }

// of returns the rules of a programme as they stood when the sweep first met
// it.
func (b *sweepBook) of(ctx context.Context, t *Tracker, id ident.Programme) (attention.Rules, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r, ok := b.rules[id]; ok {
		return r, nil
	}
	w := &work{ctx: ctx, t: t}
	if err := w.load(schema.RootKey(string(id)), schema.RootKey(schema.Deployment)); err != nil {
		return attention.Rules{}, err
	}
	p, err := must[portfolio.Programme](w, schema.RootKey(string(id)), schema.TypeProgramme)
	if err != nil {
		return attention.Rules{}, err
	}
	r, err := w.attention(p)
	if err == nil {
		// The ladders are read by whoever needs them first, after w has gone.
		c, version := r.Calendar, r.CalendarVersion
		r = t.rules.rules(context.WithoutCancel(ctx), p, c, version)
		b.rules[id] = r
	}
	return r, err
}

// errNothingDue says that an award's things were up to date when they were
// read: the index told of the past, or another sweep was faster.
var errNothingDue = errors.New("tracker: nothing is due")

// write brings things up to date in one transaction. Items: k things, head,
// journal; checks: the root.
func (s *sweep) write(ctx context.Context, id ident.Award, due []store.Key) (swept, error) {
	var done swept
	call := Call{System: sweepSystem, Person: s.in.By.Person, Principal: access.Principal{Person: s.in.By.Principal.Person}, Request: s.in.By.Request}
	_, err := s.t.commit(ctx, call, sweepSystem, func(w *work) error {
		done = swept{}
		w.on = s.in.AsOf
		root := schema.RootKey(string(id))
		if err := w.begin(string(id), append(due[:len(due):len(due)], root)...); err != nil {
			return err
		}
		a, err := must[award.Award](w, root, schema.TypeAward)
		if err != nil {
			return err
		}
		rules, err := s.book.of(ctx, s.t, a.Document.Programme)
		if err != nil {
			return err
		}
		w.programme = a.Document.Programme
		aw := &awardWork{work: w, award: a, setting: schema.SettingOf(a.Document), rules: rules}
		for _, key := range due {
			if err := aw.sweepThing(key, &done); err != nil {
				return err
			}
		}
		if done.things == 0 {
			return errNothingDue
		}
		w.check(root)
		return nil
	})
	if errors.Is(err, errNothingDue) {
		return swept{}, nil
	}
	return done, err
}

// watched is a thing that attention watches, with the record of it under
// another watch.
type watched struct {
	id    string
	code  string // of a milestone, the number of a tranche
	watch attention.Watch
	with  func(attention.Watch) schema.Record
}

// watchedIn reads a thing of an award.
func watchedIn(item store.Item, s schema.Setting) (watched, error) {
	switch kindOfItem(item.Key) {
	case access.KindMilestone:
		m, err := schema.Decode[award.Milestone](item, schema.TypeMilestone)
		return watched{string(m.ID), m.Code, m.Watch, func(w attention.Watch) schema.Record {
			m.Watch = w
			return schema.MilestoneRecord(m, s)
		}}, err
	case access.KindTranche:
		t, err := schema.Decode[award.Tranche](item, schema.TypeTranche)
		return watched{string(t.ID), numbered(t.Number), t.Watch, func(w attention.Watch) schema.Record {
			t.Watch = w
			return schema.TrancheRecord(t, s)
		}}, err
	case access.KindExtension:
		e, err := schema.Decode[award.Extension](item, schema.TypeExtension)
		return watched{string(e.ID), "", e.Watch, func(w attention.Watch) schema.Record {
			e.Watch = w
			return schema.ExtensionRecord(e, s)
		}}, err
	}
	return watched{}, fault.New(fault.Internal, "item.otherType", "item", item.String(), "type", kindOfItem(item.Key), "expected", "obligation")
}

// sweepThing writes what a thing has reached; nothing where it has reached
// nothing and its next date stands.
func (aw *awardWork) sweepThing(key store.Key, done *swept) error {
	item := aw.items[key]
	if item == nil {
		return nil
	}
	th, err := watchedIn(*item, aw.setting)
	if err != nil {
		return err
	}
	next, events, err := th.watch.Sweep(aw.on, aw.rules)
	if err != nil {
		return fault.Wrap(err, "internal.error")
	}
	if len(events) == 0 && reflect.DeepEqual(next, th.watch) {
		return nil
	}
	done.add(events)
	if err := aw.follow(th.id, key, events); err != nil {
		return err
	}
	return aw.put(th.id, th.with(next), "obligation.swept", nil)
}

// add counts a thing with what it reached.
func (s *swept) add(events []attention.Event) {
	s.things++
	if len(events) == 0 {
		s.renewed++
	}
	for _, e := range events {
		if e.Kind == attention.Baselined {
			s.baselined++
			continue
		}
		s.flagged++
	}
}

// foresee is write without writing: what would be flagged.
func (s *sweep) foresee(ctx context.Context, id ident.Award, due []store.Key) (swept, error) {
	var done swept
	r := newReading(ctx, s.t, Call{})
	root := schema.RootKey(string(id))
	if err := r.load(append(due[:len(due):len(due)], root)...); err != nil {
		return done, err
	}
	a, err := need[award.Award](r, root, schema.TypeAward)
	if err != nil {
		return done, err
	}
	rules, err := s.book.of(ctx, s.t, a.Document.Programme)
	if err != nil {
		return done, err
	}
	for _, key := range due {
		item := r.items[key]
		if item == nil {
			continue
		}
		th, err := watchedIn(*item, schema.SettingOf(a.Document))
		if err != nil {
			return done, err
		}
		next, events, err := th.watch.Sweep(s.in.AsOf, rules)
		if err != nil {
			return done, fault.Wrap(err, "internal.error")
		}
		if len(events) == 0 && reflect.DeepEqual(next, th.watch) {
			continue
		}
		done.add(events)
		for _, e := range events {
			done.flags = append(done.flags, SweepFlag{Award: id, Number: a.Document.Number, Thing: th.id, Code: th.code, Event: string(e.Kind), Reached: e})
		}
	}
	return done, nil
}
