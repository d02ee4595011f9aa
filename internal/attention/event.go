package attention

import (
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// EventKind names what happened to an obligation.
type EventKind string

// The events of obligations.
const (
	Flagged   EventKind = "obligation.flagged"   // a rung was reached
	Cleared   EventKind = "obligation.cleared"   // a flagged or baselined obligation ended or moved
	Baselined EventKind = "obligation.baselined" // it was overdue when attention began
)

// Notice says whether somebody is told of a flag.
type Notice string

// The notices.
const (
	Tell       Notice = "tell"
	Superseded Notice = "superseded" // a higher rung was reached at the same time
	Stale      Notice = "stale"      // reached more than StaleDays before it was seen
)

// StaleDays is how many calendar days old a rung may be and still be told.
const StaleDays = 7

// Event is what the journal keeps. Kind is the journal's kind of event, the
// other fields are its payload; what does not apply is empty.
type Event struct {
	Kind     EventKind      `json:"-"`
	Of       Kind           `json:"kind"` // of the obligation
	Revision int            `json:"revision"`
	Role     portfolio.Role `json:"role"` // who owes it
	Person   ident.Person   `json:"person,omitempty"`
	Except   []ident.Person `json:"except,omitempty"` // not told as owners; see Need
	Ladder   int            `json:"ladder"`           // version
	Rung     string         `json:"rung,omitempty"`
	Level    Level          `json:"level,omitempty"` // of the rung; of a clearing the highest that was reached
	Asks     string         `json:"asks,omitempty"`
	// DueOn is the due date, EffectiveDueOn what the rungs count from.
	DueOn          civil.Date `json:"dueOn"`
	EffectiveDueOn civil.Date `json:"effectiveDueOn"`
	// ReachedOn is the rung's date by rule, ObservedOn the business date on
	// which it was seen, or on which the obligation was cleared.
	ReachedOn  civil.Date `json:"reachedOn,omitzero"`
	ObservedOn civil.Date `json:"observedOn"`
	// DaysLate are the calendar days from EffectiveDueOn to ReachedOn, of a
	// clearing to ObservedOn; 0 where not late.
	DaysLate int `json:"daysLate"`
	// DaysPastDue are a baseline's calendar days to the programme's
	// attentionFrom.
	DaysPastDue int    `json:"daysPastDue,omitzero"`
	Notice      Notice `json:"notice,omitempty"`
	// NoticeOn is the first working day not before ObservedOn, of a Tell only.
	NoticeOn        civil.Date `json:"noticeOn,omitzero"`
	CalendarVersion string     `json:"calendarVersion"`
	// Provisional says that one of the dates rests on an unpublished year.
	Provisional bool `json:"provisional,omitzero"`
}

// event starts an event about o as it stands on a business date.
func (o Obligation) event(kind EventKind, on civil.Date, r Rules) Event {
	return Event{
		Kind: kind, Of: o.Kind, Revision: o.Revision, Role: o.Role, Person: o.Person, Except: o.Except, Ladder: o.Ladder,
		DueOn: o.DueOn, EffectiveDueOn: o.EffectiveOn, ObservedOn: on,
		CalendarVersion: r.CalendarVersion, Provisional: o.Provisional,
	}
}
