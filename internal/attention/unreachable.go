package attention

import (
	"time"

	"milepost/internal/civil"
)

// Unreachable returns the indexes of the rungs whose day lies before the
// opening of every obligation that the ladder measures, so that they are never
// written, and the most calendar days that pass from an opening to its due
// date: what the answer rests on. Calendar days are bounded by the years that
// the calendar knows; a year that it does not know rests on weekends only.
// Where nothing bounds the time to the due date (a thing with a date of its
// own, a tranche requested by its planned date) there are none. The ladder
// must have passed Check.
func (l Ladder) Unreachable(c civil.Calendar) (rungs []int, most int) {
	if l.Kind.ownDate() || l.Kind == RequestTranche {
		return nil, 0
	}
	most = longest(c, l.AllowedDays)
	for i, r := range l.Rungs {
		reach := most
		if r.Unit == WorkingDays {
			reach = l.AllowedDays // as many working days before the due date is the opening, where that was one
		}
		if -r.Offset > reach {
			rungs = append(rungs, i)
		}
	}
	return rungs, most
}

// longest returns the most calendar days that n > 0 working days take, from a
// working day, which is the longest beginning.
func longest(c civil.Calendar, n int) int {
	from := civil.MustParse("2026-01-01") // any year, where all rest on weekends alone
	to := from.AddDays(366)
	if years := c.Years(); len(years) > 0 {
		// What begins in the year before may reach into the first known one.
		if d, ok := civil.Of(years[0]-1, time.January, 1); ok {
			from = d
		}
		if d, ok := civil.Of(years[len(years)-1], time.December, 31); ok {
			to = d
		}
	}
	end := c.AddWorkingDays(from, n)
	most := end.Sub(from)
	for d := from; d.Before(to); {
		d = d.AddDays(1)
		if !c.Works(d) {
			continue
		}
		end = c.AddWorkingDays(end, 1)
		most = max(most, end.Sub(d))
	}
	return most
}
