package attention

import (
	"slices"

	"milepost/internal/civil"
)

// reach renews the dates of o and writes what is reached by a business date
// and was not written before: the baseline, then the rungs in their order.
// While paused nothing is reached.
func (o Obligation) reach(on civil.Date, r Rules) (Obligation, []Event, error) {
	l, err := r.Ladder(o.Kind, o.Ladder)
	if err != nil {
		return Obligation{}, nil, err
	}
	o, steps := o.renewed(l, r)
	var events []Event
	if !o.Paused {
		o, events = o.baseline(on, r)
		reached := slices.DeleteFunc(slices.Clone(steps), func(s step) bool { return !s.open || s.on.After(on) })
		flags := o.flags(reached, on, r)
		events = append(events, flags...)
		o.Rungs = slices.Concat(o.Rungs, marks(flags))
	}
	o.NextOn = o.next(steps, on, r)
	return o, events, nil
}

// baseline notes, once, that o was overdue when attention began.
func (o Obligation) baseline(on civil.Date, r Rules) (Obligation, []Event) {
	if o.Baseline != nil || !o.pastDueBefore(r) || on.Before(r.AttentionFrom) {
		return o, nil
	}
	o.Baseline = &Baseline{On: r.AttentionFrom, DaysPastDue: r.AttentionFrom.Sub(o.EffectiveOn)}
	e := o.event(Baselined, on, r)
	e.DaysLate = o.DaysLate(on)
	e.DaysPastDue = o.Baseline.DaysPastDue
	return o, []Event{e}
}

// flags returns the events of rungs reached together: only the highest is
// told, and that only while it is fresh.
func (o Obligation) flags(reached []step, on civil.Date, r Rules) []Event {
	var events []Event
	told := highest(reached)
	for i, s := range reached {
		e := o.event(Flagged, on, r)
		e.Rung, e.Level, e.Asks = s.ID, s.Level, s.Asks
		e.ReachedOn = s.on
		e.DaysLate = o.DaysLate(s.on)
		e.Provisional = s.provisional
		switch {
		case i != told:
			e.Notice = Superseded
		case on.Sub(s.on) > StaleDays:
			e.Notice = Stale
		default:
			k := reckoner{calendar: r.Calendar, provisional: e.Provisional}
			e.Notice, e.NoticeOn, e.Provisional = Tell, k.rolled(on), k.provisional
		}
		events = append(events, e)
	}
	return events
}

// highest returns the index of the step of the highest level, the last of
// equals, -1 for none.
func highest(steps []step) int {
	best := -1
	for i, s := range steps {
		if best < 0 || s.Level.rank() >= steps[best].Level.rank() {
			best = i
		}
	}
	return best
}

func marks(flags []Event) []Mark {
	var out []Mark
	for _, e := range flags {
		out = append(out, Mark{Rung: e.Rung, Level: e.Level, ReachedOn: e.ReachedOn, ObservedOn: e.ObservedOn, Notice: e.Notice})
	}
	return out
}
