package rollup

import (
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
)

// OnTime reports whether the round on which a milestone was decided was
// submitted by its effective due date: after a return the date for rework, if
// that is later, and never before the days were given back that an extension
// stopped the clock.
func OnTime(m award.Milestone, rolled Rolled) (bool, error) {
	last := len(m.Rounds) - 1
	kind, due := attention.Deliver, m.DueOn
	for i := last - 1; i >= 0; i-- {
		if m.Rounds[i].End == award.RoundReturned {
			kind, due = attention.Rework, civil.Max(due, m.Rounds[i].ReworkDue)
			break
		}
	}
	due = civil.Max(due, m.NotLateOn)
	if !m.Rounds[last].SubmittedOn.After(due) {
		return true, nil
	}
	if rolled == nil {
		return false, nil
	}
	due, err := rolled(kind, due)
	return !m.Rounds[last].SubmittedOn.After(due), err
}
