package attention

import (
	"milepost/internal/civil"
	"milepost/internal/fault"
)

// Rules are what obligations are measured by at one moment.
type Rules struct {
	Calendar        civil.Calendar
	CalendarVersion string     // stated in events
	AttentionFrom   civil.Date // rungs with an earlier date are not written
	// Ladder returns a version of a kind's ladder; version 0 is the current one.
	Ladder func(k Kind, version int) (Ladder, error)
}

// ownDate reports whether a thing that needs k has a due date itself; the due
// dates of the other kinds are counted from the day they opened.
func (k Kind) ownDate() bool { return k == Deliver || k == Rework }

// check refuses a need that no date can be computed from. Needs are derived
// by code, so the fault (attention.needIncomplete) is internal.
func (n Need) check() error {
	if n.OpenedOn.IsZero() || n.Kind.ownDate() == n.DueOn.IsZero() {
		return fault.New(fault.Internal, "attention.needIncomplete", "kind", string(n.Kind))
	}
	return nil
}

// reckoner counts dates by a calendar and remembers whether one of them rests
// on a year that is not published.
type reckoner struct {
	calendar    civil.Calendar
	provisional bool
}

// working returns the n-th working day after d.
func (k *reckoner) working(d civil.Date, n int) civil.Date {
	if n == 0 {
		return d
	}
	return k.resting(d, k.calendar.AddWorkingDays(d, n))
}

// rolled returns the first working day not before d.
func (k *reckoner) rolled(d civil.Date) civil.Date {
	return k.resting(d, k.calendar.OnOrAfter(d))
}

// at returns the date of a rung by its offset from d.
func (k *reckoner) at(d civil.Date, r Rung) civil.Date {
	if r.Unit == WorkingDays {
		return k.working(d, r.Offset)
	}
	return d.AddDays(r.Offset)
}

// resting notes the years between two dates and returns the second. Offsets
// and allowed days are too small to step over a whole year but for the last.
func (k *reckoner) resting(from, to civil.Date) civil.Date {
	middle := from.AddDays(to.Sub(from) / 2)
	for _, d := range []civil.Date{from, middle, to} {
		if !k.calendar.Published(d) {
			k.provisional = true
		}
	}
	return to
}
