package attention

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/ident"
)

// DaysLate returns the calendar days that a business date lies after the
// effective due date; 0 while it does not, or while the clock is stopped.
func (o Obligation) DaysLate(on civil.Date) int {
	if o.Paused || !on.After(o.EffectiveOn) {
		return 0
	}
	return on.Sub(o.EffectiveOn)
}

// Overdue reports whether the effective due date lies before a business date
// and the clock runs. A baselined obligation is overdue like any other.
func (o Obligation) Overdue(on civil.Date) bool { return o.DaysLate(on) > 0 }

// Level returns the highest level of the rungs reached in this revision,
// ToOwner before any.
func (o Obligation) Level() Level {
	highest := ToOwner
	for _, m := range o.Rungs {
		if m.Level.rank() > highest.rank() {
			highest = m.Level
		}
	}
	return highest
}

// Told returns the highest level that was told of a rung in this revision,
// empty where nobody was: what was reached long before it was seen is not told.
func (o Obligation) Told() Level {
	var highest Level
	for _, m := range o.Rungs {
		if m.Notice == Tell && m.Level.rank() > highest.rank() {
			highest = m.Level
		}
	}
	return highest
}

// flagged reports whether something was written that a clearing must end.
func (o Obligation) flagged() bool { return len(o.Rungs) > 0 || o.Baseline != nil }

// serves reports whether a need is still this obligation's: dates that only a
// calendar moved do not count.
func (o Obligation) serves(n Need) bool {
	return o.Kind == n.Kind && o.OpenedOn == n.OpenedOn && o.NotLate == n.NotLate && o.NotBefore == n.NotBefore &&
		(!o.Kind.ownDate() || o.DueOn == n.DueOn)
}

// following takes over from a need that o serves what may change without a
// new revision.
func (o Obligation) following(n Need, on civil.Date) Obligation {
	if o.Paused && !n.Paused {
		o.ResumedOn = on
	}
	o.Role, o.Person, o.Except, o.Paused = n.Role, n.responsible(), n.Except, n.Paused
	return o
}

// responsible is the person of the need, none where it is not theirs.
func (n Need) responsible() ident.Person {
	if slices.Contains(n.Except, n.Person) {
		return ""
	}
	return n.Person
}
