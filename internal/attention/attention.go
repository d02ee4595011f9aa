// Package attention provides what is due, overdue and escalated: ladders of
// rungs, the obligation that a thing has at a time, and which rungs it has
// reached on a business date. Everything here is a pure function of dates;
// docs/decisions/obligations.md gives the reasons.
package attention

import (
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// Kind is what an obligation asks for.
type Kind string

// The kinds, each with its default in DefaultLadders.
const (
	Deliver           Kind = "deliver"
	Rework            Kind = "rework"
	DecideSubmission  Kind = "decideSubmission"
	DecideConsequence Kind = "decideConsequence"
	TryAgain          Kind = "tryAgain" // reopen what is to be tried again
	DecideExtension   Kind = "decideExtension"
	RequestTranche    Kind = "requestTranche"
	ApproveTranche    Kind = "approveTranche"
	PayTranche        Kind = "payTranche"
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{Deliver, Rework, DecideSubmission, DecideConsequence, TryAgain, DecideExtension, RequestTranche, ApproveTranche, PayTranche}
}

// Level is who is told at a rung.
type Level string

// The levels, in the order of escalation.
const (
	ToOwner   Level = "owner"
	ToManager Level = "manager"
	ToHead    Level = "head"
)

// Unit is the kind of days that a rung's offset counts.
type Unit string

// The units.
const (
	CalendarDays Unit = "calendar"
	WorkingDays  Unit = "working"
)

// Rung is one step of a ladder: on the day that lies Offset days from the
// effective due date (before it where negative), Level is told Asks.
type Rung struct {
	ID     string `json:"id"`
	Offset int    `json:"offset"`
	Unit   Unit   `json:"unit"`
	Level  Level  `json:"level"`
	Asks   string `json:"asks"` // a code such as remind, overdue, escalate; its text is the catalog's
}

// Ladder is a version of the rungs and days of one kind of obligation in a
// programme. Versions are kept for ever: an obligation keeps the one it opened
// with.
type Ladder struct {
	Kind    Kind `json:"kind"`
	Version int  `json:"version"` // from 1
	// AllowedDays are the working days from the business date of recording
	// (not counted) to the due date; 0 where the thing has a due date itself.
	AllowedDays int `json:"allowedDays"`
	// RollRestDays moves an effective due date on a rest day to the next
	// working day.
	RollRestDays bool   `json:"rollRestDays"`
	Rungs        []Rung `json:"rungs"` // by date
}

// Need is what a thing's state asks for: the answer of a pure function of the
// thing, nil where it asks for nothing.
type Need struct {
	Kind   Kind
	Role   portfolio.Role // who owes it
	Person ident.Person   // the responsible person of that side; empty: all members of the role
	// Except are persons whom a separation keeps from it, whatever their role:
	// it is not theirs, and one of them who is responsible leaves it to all
	// other members of the role.
	Except   []ident.Person
	OpenedOn civil.Date // business date of the recording that opened it
	// DueOn is the thing's own due date. Zero: OpenedOn plus the ladder's
	// allowed working days, never before NotBefore.
	DueOn     civil.Date
	NotBefore civil.Date
	// NotLate moves the effective due date, where it is later, without moving
	// DueOn: the days that an undecided extension stopped the clock.
	NotLate civil.Date
	// Paused stops the clock: no rung is reached and the thing leaves the
	// worklist.
	Paused bool
}

// Obligation is a thing's current need with its history of rungs. It is stored
// inside the thing.
type Obligation struct {
	Kind     Kind           `json:"kind"`
	Revision int            `json:"revision"` // of the thing; rises when an obligation opens or its date moves
	Role     portfolio.Role `json:"role"`
	Person   ident.Person   `json:"person,omitempty"`
	Except   []ident.Person `json:"except,omitempty"` // not theirs; see Need
	OpenedOn civil.Date     `json:"openedOn"`
	Since    civil.Date     `json:"since"` // business date on which this revision began
	DueOn    civil.Date     `json:"dueOn"` // as announced; never rolled
	NotLate  civil.Date     `json:"notLate,omitzero"`
	// NotBefore is the need's: a change of it moves the due date.
	NotBefore civil.Date `json:"notBefore,omitzero"`
	// ResumedOn is the business date on which the last pause ended: a rung whose
	// day fell into the pause is reached on it.
	ResumedOn civil.Date `json:"resumedOn,omitzero"`
	Ladder    int        `json:"ladder"`          // version
	Paused    bool       `json:"paused,omitzero"` // see Need
	Rungs     []Mark     `json:"rungs,omitempty"` // reached in this revision
	Baseline  *Baseline  `json:"baseline,omitempty"`
	Ack       *Ack       `json:"ack,omitempty"`
	// EffectiveOn and NextOn are announced dates, stored because the indexes
	// sort by them: the effective due date, and the next date on which there
	// is something to write (zero: none).
	EffectiveOn civil.Date `json:"effectiveOn"`
	NextOn      civil.Date `json:"nextOn,omitzero"`
	// Provisional says that a date was computed from an unpublished year.
	Provisional bool `json:"provisional,omitzero"`
}

// Mark is a rung that was reached: by rule, and seen when, and whether anybody
// was told of it.
type Mark struct {
	Rung       string     `json:"rung"`
	Level      Level      `json:"level"`
	ReachedOn  civil.Date `json:"reachedOn"`
	ObservedOn civil.Date `json:"observedOn"`
	Notice     Notice     `json:"notice,omitempty"`
}

// Baseline says that the obligation was overdue when attention began.
type Baseline struct {
	On          civil.Date `json:"on"` // the programme's attentionFrom
	DaysPastDue int        `json:"daysPastDue"`
}

// Ack says that the owner has seen it. It stops nothing.
type Ack struct {
	By ident.Person `json:"by"`
	On civil.Date   `json:"on"`
}

// Watch is what a thing stores of attention: its current obligation, nil for
// none, and the last revision given out.
type Watch struct {
	Revision int         `json:"revision"`
	Current  *Obligation `json:"current,omitempty"`
}
