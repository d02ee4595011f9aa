package award

import (
	"cmp"
	"slices"

	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// HistoryKind is what happened in a history from before the go-live.
type HistoryKind string

// The kinds of history, in the order in which those of one day are taken.
const (
	HistoryAgreed     HistoryKind = "agreed"    // of the award: the date of activation
	HistoryStarted    HistoryKind = "started"   // of a milestone
	HistoryDelivered  HistoryKind = "delivered" // of a milestone: submitted
	HistoryAccepted   HistoryKind = "accepted"  // of a milestone: decided met; pays the tranches whose last gate it is
	HistoryRejected   HistoryKind = "rejected"  // of a milestone: decided not met
	HistoryPaid       HistoryKind = "paid"      // of a tranche, where acceptance does not pay it
	HistoryOther      HistoryKind = "other"     // counted only
	HistoryReverted   HistoryKind = "terminationReverted"
	HistoryTerminated HistoryKind = "terminated" // of the award
	HistoryCompleted  HistoryKind = "completed"  // of the award
)

func historyKinds() []HistoryKind {
	return []HistoryKind{HistoryAgreed, HistoryStarted, HistoryDelivered, HistoryAccepted, HistoryRejected, HistoryPaid,
		HistoryOther, HistoryReverted, HistoryTerminated, HistoryCompleted}
}

// HistoryEvent is one dated fact from before the go-live.
type HistoryEvent struct {
	Kind      HistoryKind   `json:"kind"`
	On        civil.Date    `json:"on"`
	Milestone string        `json:"milestone,omitempty"` // its code; empty for facts of the award or a tranche
	Tranche   int           `json:"tranche,omitzero"`    // its number; of HistoryPaid only
	Source    OpeningSource `json:"source"`
}

// History is what happened to an award before the go-live, in any order.
type History struct {
	Events []HistoryEvent `json:"events"`
	// Unpaid are the numbers of tranches that acceptance did not pay: they stay
	// scheduled unless an event pays them.
	Unpaid []int `json:"unpaid,omitempty"`
}

// Opener is who opens an award with history, and by what.
type Opener struct {
	Award    ident.Award
	Drafter  ident.Person // who prepared it; never the actor
	Actor    Actor        // who applies it
	GoLiveOn civil.Date   // of the programme: all history is before
	On       civil.Date   // business date of recording
	Source   OpeningSource
	Origin   Origin
	Facts    Facts
	Mint     Mint
}

// sorted returns the events by date, those of one day in the order of their
// kinds.
func (h History) sorted() []HistoryEvent {
	events := slices.Clone(h.Events)
	slices.SortStableFunc(events, func(a, b HistoryEvent) int {
		return cmp.Or(a.On.Compare(b.On), slices.Index(historyKinds(), a.Kind)-slices.Index(historyKinds(), b.Kind))
	})
	return events
}

// activatedOn is the last agreement, or the start of the term.
func (h History) activatedOn(d Document) civil.Date {
	on := civil.Date{}
	for _, e := range h.Events {
		if e.Kind == HistoryAgreed {
			on = civil.Max(on, e.On)
		}
	}
	if on.IsZero() {
		return d.StartOn
	}
	return on
}

// check notes events that the document or the go-live does not allow; pointers
// are into the history as it was given.
func (h History) check(d Document, goLiveOn civil.Date) error {
	var f portfolio.Findings
	if on := h.activatedOn(d); !on.Before(goLiveOn) {
		f.Add("/startOn", "opening.afterGoLive", "date", on.String(), "goLiveOn", goLiveOn.String())
	}
	for i, e := range h.Events {
		at := at("/history", i)
		portfolio.OneOf(&f, at+"/kind", e.Kind, historyKinds()...)
		f.Date(at+"/on", e.On)
		if !e.On.Before(goLiveOn) {
			f.Add(at+"/on", "opening.afterGoLive", "date", e.On.String(), "goLiveOn", goLiveOn.String())
		}
		e.checkSubject(&f, at, d)
	}
	for i, n := range h.Unpaid {
		if !d.hasTranche(n) {
			f.Add(at("/unpaid", i), "opening.unknownTranche", "tranche", n)
		}
	}
	return f.Err()
}

func (e HistoryEvent) checkSubject(f *portfolio.Findings, at string, d Document) {
	switch e.Kind {
	case HistoryStarted, HistoryDelivered, HistoryAccepted, HistoryRejected:
		if !slices.ContainsFunc(d.Milestones, func(m MilestoneDraft) bool { return m.Code == e.Milestone }) {
			f.Add(at+"/milestone", "opening.unknownMilestone", "milestone", e.Milestone)
		}
	case HistoryPaid:
		if !d.hasTranche(e.Tranche) {
			f.Add(at+"/tranche", "opening.unknownTranche", "tranche", e.Tranche)
		}
	}
}

func (d Document) hasTranche(number int) bool {
	return slices.ContainsFunc(d.Tranches, func(t TrancheDraft) bool { return t.Number == number })
}
