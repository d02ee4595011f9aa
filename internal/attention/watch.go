package attention

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
)

// Follow gives the watch after a thing changed from a state that needed
// w.Current to one that needs need (nil: nothing) on a business date, with the
// events to journal in their order. What the old obligation reached by that
// date is written first: late for a night is late on record.
//
// The obligation stays the same, with its revision, while kind, opening, due
// date and NotLate stay; else a clearing of the old one is written where it
// was flagged, and a new revision begins. The watch must be stored even where
// there are no events: its dates may have been renewed.
func (w Watch) Follow(need *Need, on civil.Date, r Rules) (Watch, []Event, error) {
	next, events, err := w.Sweep(on, r)
	if err != nil {
		return w, nil, err
	}
	var o Obligation
	switch {
	case need == nil:
		events = append(events, next.clearing(on, r)...)
		next.Current = nil
		return next, events, nil
	case next.Current != nil && next.Current.serves(*need):
		o = next.Current.following(*need, on)
	default:
		events = append(events, next.clearing(on, r)...)
		if o, err = next.opening(*need, on, r); err != nil {
			return w, nil, err
		}
	}
	o, reached, err := o.reach(on, r)
	if err != nil {
		return w, nil, err
	}
	return Watch{Revision: o.Revision, Current: &o}, slices.Concat(events, reached), nil
}

// Sweep writes the rungs reached by a business date without any change of the
// thing's state. Swept twice, late or after a crash, the same rungs are
// written with the same dates. The watch must be stored even where there are
// no events: its dates may have been renewed.
func (w Watch) Sweep(on civil.Date, r Rules) (Watch, []Event, error) {
	if w.Current == nil || w.Current.Paused {
		return w, nil, nil
	}
	o, events, err := w.Current.reach(on, r)
	if err != nil {
		return w, nil, err
	}
	return Watch{Revision: w.Revision, Current: &o}, events, nil
}

// clearing is the event that ends the current obligation, none where nothing
// was flagged in it.
func (w Watch) clearing(on civil.Date, r Rules) []Event {
	if w.Current == nil || !w.Current.flagged() {
		return nil
	}
	e := w.Current.event(Cleared, on, r)
	e.Level = w.Current.Level()
	e.DaysLate = w.Current.DaysLate(on)
	return []Event{e}
}

// opening begins a new revision. Where only its date moved, the obligation
// keeps the version of the ladder that it opened with.
func (w Watch) opening(n Need, on civil.Date, r Rules) (Obligation, error) {
	if err := n.check(); err != nil {
		return Obligation{}, err
	}
	version := 0
	if w.Current != nil && w.Current.Kind == n.Kind && w.Current.OpenedOn == n.OpenedOn {
		version = w.Current.Ladder
	}
	l, err := r.Ladder(n.Kind, version)
	if err != nil {
		return Obligation{}, err
	}
	return Obligation{
		Kind: n.Kind, Revision: w.Revision + 1, Role: n.Role, Person: n.responsible(), Except: n.Except,
		OpenedOn: n.OpenedOn, Since: on, DueOn: n.DueOn, NotLate: n.NotLate, NotBefore: n.NotBefore,
		Ladder: l.Version, Paused: n.Paused,
	}, nil
}

// Acknowledge notes that a person has seen the current obligation; it stops
// nothing. The same person's first date stays, another person replaces it.
// Without an obligation the fault is attention.nothingToAcknowledge.
func (w Watch) Acknowledge(by ident.Person, on civil.Date) (Watch, error) {
	if w.Current == nil {
		return w, fault.New(fault.Conflict, "attention.nothingToAcknowledge")
	}
	if w.Current.Ack != nil && w.Current.Ack.By == by {
		return w, nil
	}
	o := *w.Current
	o.Ack = &Ack{By: by, On: on}
	w.Current = &o
	return w, nil
}
