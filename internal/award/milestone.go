package award

import (
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// MilestoneType is the OCDS type of a milestone.
type MilestoneType string

// The types (OCDS milestoneType codelist, with the product's own meanings).
const (
	Delivery         MilestoneType = "delivery"
	Assessment       MilestoneType = "assessment"
	Approval         MilestoneType = "approval"
	Reporting        MilestoneType = "reporting"
	Financing        MilestoneType = "financing"
	PaymentMilestone MilestoneType = "payment"
)

// MilestoneState is where a milestone stands.
type MilestoneState string

// The states of a milestone.
const (
	Planned            MilestoneState = "planned"
	InProgress         MilestoneState = "inProgress"
	MilestoneSubmitted MilestoneState = "submitted"
	Returned           MilestoneState = "returned"
	Decided            MilestoneState = "decided"
	Cancelled          MilestoneState = "cancelled"
)

// Outcome is what was decided of a milestone.
type Outcome string

// The outcomes. A gate holds iff its milestone is decided met.
const (
	Met          Outcome = "met"
	PartiallyMet Outcome = "partiallyMet"
	NotMet       Outcome = "notMet"
)

// Settlement is the choice that follows a partial or failed milestone. What
// carries it out is a command of its own.
type Settlement string

// The settlements.
const (
	Remainder Settlement = "remainder"
	Retry     Settlement = "retry"
	Reduce    Settlement = "reduce"
	Terminate Settlement = "terminate"
	Accept    Settlement = "accept"
)

// Criterion is an acceptance criterion.
type Criterion struct {
	ID   string `json:"id"` // C1, C2 …: unique in the milestone
	Text string `json:"text"`
}

// Answer is what the submitter says to a criterion.
type Answer struct {
	Criterion string           `json:"criterion"`
	Text      string           `json:"text"`
	Evidence  []ident.Evidence `json:"evidence,omitempty"`
}

// Reason is why a criterion was not accepted; an empty Criterion means the
// submission as a whole.
type Reason struct {
	Criterion string `json:"criterion,omitempty"`
	Text      string `json:"text"`
}

// Round is one submission and what became of it.
type Round struct {
	From           MilestoneState     `json:"from"` // the state before, to which withdrawing goes back
	SubmittedBy    ident.Person       `json:"submittedBy"`
	SubmittedByOrg ident.Organisation `json:"submittedByOrg,omitempty"`
	SubmittedOn    civil.Date         `json:"submittedOn"` // business date
	// DueOn is what lateness counted from when it was submitted: the date owed,
	// moved to a working day. It is zero for history.
	DueOn     civil.Date       `json:"dueOn,omitzero"`
	Answers   []Answer         `json:"answers"`
	Evidence  []ident.Evidence `json:"evidence,omitempty"` // at most MaxFiles
	Statement string           `json:"statement,omitempty"`
	// End is how the round ended; empty while undecided.
	End       RoundEnd       `json:"end,omitempty"`
	EndedBy   ident.Person   `json:"endedBy,omitempty"`
	EndedOn   civil.Date     `json:"endedOn,omitzero"`
	Outcome   Outcome        `json:"outcome,omitempty"`
	Percent   string         `json:"percent,omitempty"` // of partiallyMet: a decimal between 0 and 100
	Reasons   []Reason       `json:"reasons,omitempty"`
	ReworkDue civil.Date     `json:"reworkDueOn,omitzero"`
	Paper     *DecisionPaper `json:"paper,omitempty"`
	// Reopened keeps the decision that a reopening took back.
	Reopened []Reopening `json:"reopened,omitempty"`
}

// DaysLate are the calendar days by which the round was submitted late; 0 where it
// was in time, or nothing was owed.
func (r Round) DaysLate() int {
	if r.DueOn.IsZero() {
		return 0
	}
	return max(0, r.SubmittedOn.Sub(r.DueOn))
}

// RoundEnd is how a round ended.
type RoundEnd string

// The ends of a round.
const (
	RoundDecided   RoundEnd = "decided"
	RoundReturned  RoundEnd = "returned"
	RoundWithdrawn RoundEnd = "withdrawn"
)

// Reopening is a decision taken back by another person than its decider.
type Reopening struct {
	By         ident.Person   `json:"by"`
	On         civil.Date     `json:"on"`
	Reason     string         `json:"reason"`
	Paper      *DecisionPaper `json:"paper,omitempty"`
	Was        Outcome        `json:"was"`
	WasBy      ident.Person   `json:"wasBy"`
	WasOn      civil.Date     `json:"wasOn"`
	Settlement Settlement     `json:"settlement,omitempty"`
	// Acceptance says that what was paid on the decision stays paid.
	Acceptance *DecisionPaper `json:"acceptance,omitempty"`
}

// MaxFiles is how many files a round may rest on.
const MaxFiles = 40

// MaxExtensions and MaxEvidence bound what the payee's side may hang on one
// milestone over its life: extensions that are asked for, and files that are
// announced, whatever becomes of them.
const (
	MaxExtensions = 20
	MaxEvidence   = 200
)

// Milestone is something that must be reached, by a date.
type Milestone struct {
	ID           ident.Milestone `json:"id"`
	Award        ident.Award     `json:"award"`
	Code         string          `json:"code"`
	Title        string          `json:"title"`
	Type         MilestoneType   `json:"type"`
	Description  string          `json:"description,omitempty"`
	Deliverable  string          `json:"deliverable,omitempty"`
	Criteria     []Criterion     `json:"criteria"`
	NeedEvidence bool            `json:"needEvidence"`
	State        MilestoneState  `json:"state"`
	DueOn        civil.Date      `json:"dueOn"`
	BaselineOn   civil.Date      `json:"baselineDueOn"`
	ForecastOn   civil.Date      `json:"forecastOn,omitzero"`
	StartedOn    civil.Date      `json:"startedOn,omitzero"`
	ReworkDueOn  civil.Date      `json:"reworkDueOn,omitzero"`
	MetOn        civil.Date      `json:"metOn,omitzero"` // submittedOn of the accepted round (OCDS dateMet)
	Rounds       []Round         `json:"rounds,omitempty"`
	Settlement   Settlement      `json:"settlement,omitempty"`
	SettledBy    ident.Person    `json:"settledBy,omitempty"`
	SettledOn    civil.Date      `json:"settledOn,omitzero"`
	SettledFor   string          `json:"settledFor,omitempty"` // the reason
	SettledPaper *DecisionPaper  `json:"settledPaper,omitempty"`
	// OpenedOn is the business date on which the present obligation opened:
	// activation, or the last submit, withdraw, return, decision or reopening.
	OpenedOn civil.Date `json:"openedOn"`
	// Extension state that the clock rests on; see Extension.
	Extension   ident.Extension `json:"extension,omitempty"`   // the undecided one
	ExtensionOn civil.Date      `json:"extensionOn,omitzero"`  // the day it was asked for
	ClockPaused bool            `json:"clockPaused,omitzero"`  // asked by the due date: stops the clock
	Paused      bool            `json:"pausedBefore,omitzero"` // a request has stopped it before: later ones do not
	NotLateOn   civil.Date      `json:"notLateOn,omitzero"`    // effective due after a refused, withdrawn or lapsed one
	Asked       int             `json:"asked,omitzero"`        // extensions asked for, whatever became of them: at most MaxExtensions
	Granted     int             `json:"granted,omitzero"`      // extensions granted
	GrantedDays int             `json:"grantedDays,omitzero"`  // calendar days they added
	GatedAmount money.Amount    `json:"gatedAmount,omitzero"`  // of the tranches that name it
	Gates       []ident.Tranche `json:"gates,omitempty"`       // the tranches that name it
	Watch       attention.Watch `json:"watch"`
	Opening     *OpeningSource  `json:"opening,omitempty"`
}
