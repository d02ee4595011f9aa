package exchange

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/money"
)

// Portfolio is what the files hold, as far as it can be imported.
type Portfolio struct {
	Awards      []Award // in the order of their rows
	Files       []FileReport
	Counts      Counts
	Fingerprint string // SHA-256 over the files' names and bytes, in hexadecimal
}

// FileReport says how a file was read.
type FileReport struct {
	Name      string
	Encoding  Encoding // of CSV
	Delimiter string   // of CSV
	Tables    []TableReport
}

// TableReport says what a sheet or CSV file was taken for.
type TableReport struct {
	Sheet  string
	Kind   string // awards, milestones, events, awardEvents, amendments, eventSources, written
	Header int    // the last row of the header
	Rows   int    // of data, without total rows
	// Columns are those that were recognised, from left to right; Others the
	// headers that were not, which are not read.
	Columns []ColumnReport
	Others  []string
	// Currency and Scale are what the amounts' header says: 万元 is CNY and 4,
	// the power of ten. Empty, the currency column or the awards say it.
	Currency string
	Scale    int
}

// ColumnReport says what a column was taken for.
type ColumnReport struct {
	Header string // as written
	Means  string // award_ref, title, currency, amount, start_on, milestone_no, due_on …
}

// Counts are what was found.
type Counts struct {
	Awards      int // to import
	Refused     int // with a problem of their own
	LeftOut     int // agreed after Options.Until
	Milestones  int // of the awards to import
	Delivered   int // events of their milestones, by kind
	Accepted    int
	Rejected    int
	OtherEvents int
}

// Award is an award of the files with its terms (those in force on
// Options.Until, where that is set) and its history.
type Award struct {
	Place
	Ref        string
	Title      string
	Unit       money.Unit
	Amount     money.Amount
	StartOn    civil.Date
	Milestones []Milestone // by number
	Events     []AwardEvent
	// History says that the award comes with something that happened, so that
	// it is imported as an active award and not as a draft.
	History bool
}

// Milestone is a milestone of an award. BaselineOn is the due date as first
// agreed: before every amendment, or when an amendment added the milestone.
type Milestone struct {
	Place
	No         int
	Title      string
	DueOn      civil.Date
	BaselineOn civil.Date
	Amount     money.Amount
	Events     []Event // by date
}

// EventKind is what happened to a milestone.
type EventKind string

// The kinds of event. Other ones are counted only.
const (
	Delivered EventKind = "delivered"
	Accepted  EventKind = "accepted"
	Rejected  EventKind = "rejected"
	Other     EventKind = "other"
)

// Event is something that happened to a milestone.
type Event struct {
	Place
	Kind EventKind
	On   civil.Date
}

// AwardEventKind is what happened to an award.
type AwardEventKind string

// The kinds of award event.
const (
	Agreed              AwardEventKind = "agreed"
	Amended             AwardEventKind = "amended"
	Terminated          AwardEventKind = "terminated"
	TerminationReverted AwardEventKind = "terminationReverted"
)

// AwardEvent is something that happened to an award.
type AwardEvent struct {
	Place
	Kind AwardEventKind
	On   civil.Date
}

// AgreedOn is the day of the agreement: that of the agreed event, or the start
// where the files hold none.
func (a Award) AgreedOn() civil.Date {
	for _, e := range a.Events {
		if e.Kind == Agreed {
			return e.On
		}
	}
	return a.StartOn
}

// TerminatedOn is the day on which a terminated award ended, which is that of
// its last event of any kind; ok is false where it was not terminated, or the
// last termination was reverted.
func (a Award) TerminatedOn() (on civil.Date, ok bool) {
	for _, e := range a.Events {
		switch e.Kind {
		case Terminated:
			ok = true
		case TerminationReverted:
			ok = false
		}
	}
	if !ok {
		return civil.Date{}, false
	}
	return a.lastOn(), true
}

func (a Award) lastOn() civil.Date {
	var last civil.Date
	for _, e := range a.Events {
		last = civil.Max(last, e.On)
	}
	for _, m := range a.Milestones {
		for _, e := range m.Events {
			last = civil.Max(last, e.On)
		}
	}
	return last
}

// Sum is the sum of the award's milestones.
func (a Award) Sum() (money.Amount, error) {
	amounts := make([]money.Amount, len(a.Milestones))
	for i, m := range a.Milestones {
		amounts[i] = m.Amount
	}
	return money.Sum(a.Unit, amounts...)
}

// Decision is the last decision about the milestone and its day; ok is false
// where there is none.
func (m Milestone) Decision() (Event, bool) {
	for _, e := range slices.Backward(m.Events) {
		if e.Kind == Accepted || e.Kind == Rejected {
			return e, true
		}
	}
	return Event{}, false
}

// Delivery is the milestone's first delivery; ok is false where there is none.
func (m Milestone) Delivery() (Event, bool) {
	for _, e := range m.Events {
		if e.Kind == Delivered {
			return e, true
		}
	}
	return Event{}, false
}
