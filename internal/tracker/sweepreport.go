package tracker

import (
	"cmp"
	"time"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
)

// SweepRequest asks for a sweep: everything on the worklist up to a business
// date is brought up to date.
type SweepRequest struct {
	AsOf     civil.Date // zero: today; a live sweep takes no other date
	DryRun   bool       // tells what would be flagged, writes nothing
	By       Call       // a person who may run sweeps, or a Call with System alone
	Deadline time.Time  // the sweep stops a minute before; zero: never
	// RatePerSecond bounds the items written a second; 0: no bound.
	RatePerSecond int
}

// SweepReport is what a sweep did, or a dry run would do.
type SweepReport struct {
	schema.Sweep
	DryRun bool `json:"dryRun,omitzero"`
	// Flags tells the events of a dry run one by one, at most 500, by award,
	// thing and the date on which each is reached.
	Flags    []SweepFlag    `json:"flags,omitempty"`
	More     bool           `json:"more,omitzero"` // there are more flags than Flags tells
	Failures []SweepFailure `json:"failures,omitempty"`
}

// SweepFlag is a rung that a dry run finds reached, or an obligation that it
// finds overdue since before attention began.
type SweepFlag struct {
	Award  ident.Award `json:"award"`
	Number string      `json:"number"`
	Thing  string      `json:"thing"`
	Code   string      `json:"code,omitempty"` // of a milestone, the number of a tranche
	Event  string      `json:"event"`          // obligation.flagged or obligation.baselined
	// Reached is the event's payload, as a live sweep would journal it.
	Reached attention.Event `json:"reached"`
}

// SweepFailure is an award that a sweep could not bring up to date; the next
// sweep finds it again.
type SweepFailure struct {
	Award ident.Award `json:"award"`
	Code  string      `json:"code"`
}

// byAward orders flags by their award's number, what they are about and when
// they are reached.
func byAward(a, b SweepFlag) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Thing, b.Thing), a.Reached.ReachedOn.Compare(b.Reached.ReachedOn))
}

// add counts what became of an award.
func (r *SweepReport) add(id ident.Award, due int, done swept, err error) {
	r.Due += due
	if err != nil {
		r.Failed++
		if len(r.Failures) < maxSweepFailures {
			r.Failures = append(r.Failures, SweepFailure{Award: id, Code: fault.CodeOf(err)})
		}
		return
	}
	if done.things > 0 {
		r.Awards++
	}
	r.Flagged += done.flagged
	r.Baselined += done.baselined
	r.Renewed += done.renewed
	for _, f := range done.flags {
		if len(r.Flags) == maxWouldFlag {
			r.More = true
			return
		}
		r.Flags = append(r.Flags, f)
	}
}
