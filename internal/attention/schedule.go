package attention

import (
	"slices"

	"milepost/internal/civil"
)

// step is a rung with its date.
type step struct {
	Rung
	on          civil.Date // when it is reached, or would have been
	open        bool       // not reached before, and it ever will be
	provisional bool
}

// renewed computes the dates of o by the present calendar. An announced date
// (due, effective due, next) may move later by it, never earlier.
func (o Obligation) renewed(l Ladder, r Rules) (Obligation, []step) {
	k := reckoner{calendar: r.Calendar}
	if !o.Kind.ownDate() {
		byRule := civil.Max(k.working(o.OpenedOn, l.AllowedDays), o.NotBefore)
		o.DueOn = civil.Max(o.DueOn, byRule)
	}
	due := civil.Max(o.DueOn, o.NotLate)
	if l.RollRestDays {
		due = k.rolled(due)
	}
	o.EffectiveOn = civil.Max(o.EffectiveOn, due)
	o.Provisional = k.provisional
	steps := o.steps(l, r)
	for _, s := range steps {
		o.Provisional = o.Provisional || s.provisional
	}
	return o, steps
}

// steps gives every rung its date and tells which are still open: those after
// the last one reached, not before attention began, and not from before the
// obligation opened but for the highest overdue one of these.
func (o Obligation) steps(l Ladder, r Rules) []step {
	out := make([]step, len(l.Rungs))
	from := civil.Max(o.Since, o.OpenedOn)
	last, highestBefore := -1, -1
	for i, rung := range l.Rungs {
		k := reckoner{calendar: r.Calendar, provisional: o.Provisional}
		out[i] = step{Rung: rung, on: k.at(o.EffectiveOn, rung), provisional: k.provisional}
		if o.marked(rung.ID) {
			last = i
		}
		if rung.Offset > 0 && out[i].on.Before(from) {
			highestBefore = i
		}
	}
	for i := range out {
		s := &out[i]
		s.open = i > last && !s.on.Before(r.AttentionFrom) && (!s.on.Before(from) || i == highestBefore)
		if s.open {
			s.on = civil.Max(s.on, civil.Max(o.ResumedOn, o.NextOn))
		}
	}
	return out
}

func (o Obligation) marked(rung string) bool {
	return slices.ContainsFunc(o.Rungs, func(m Mark) bool { return m.Rung == rung })
}

// next returns the earliest date after on at which there is something to
// write, no date where there is none.
func (o Obligation) next(steps []step, on civil.Date, r Rules) civil.Date {
	var next civil.Date
	if o.Paused {
		return next
	}
	if o.pastDueBefore(r) && o.Baseline == nil {
		next = r.AttentionFrom
	}
	for _, s := range steps {
		if s.open && s.on.After(on) && (next.IsZero() || s.on.Before(next)) {
			next = s.on
		}
	}
	return next
}

// pastDueBefore reports whether o was overdue when attention began.
func (o Obligation) pastDueBefore(r Rules) bool { return o.EffectiveOn.Before(r.AttentionFrom) }
