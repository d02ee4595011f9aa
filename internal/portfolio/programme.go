package portfolio

import (
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
)

// ProgrammeState is where a programme stands.
type ProgrammeState string

// The states of a programme: open ⇄ suspended → closed.
const (
	ProgrammeOpen      ProgrammeState = "open"
	ProgrammeSuspended ProgrammeState = "suspended"
	ProgrammeClosed    ProgrammeState = "closed"
)

// Programme funds awards by its own rules, which are versioned data.
type Programme struct {
	ID               ident.Programme `json:"id"`
	Code             string          `json:"code"` // unique in the deployment, as written
	Names            Names           `json:"names"`
	FoundingDocument string          `json:"foundingDocument,omitempty"` // 文号
	GoLiveOn         civil.Date      `json:"goLiveOn"`                   // what was decided before is opening history
	AttentionFrom    civil.Date      `json:"attentionFrom"`              // rungs before are baselined, not told
	State            ProgrammeState  `json:"state"`
	// Ladders holds the current version of the ladder of each obligation kind.
	Ladders map[string]int `json:"ladders"`
	// SeparationAbove is the amount, per currency, above which the decider of a
	// gate may not approve its tranche; a currency without one counts as above.
	SeparationAbove []money.Amount  `json:"separationAbove"`
	Extensions      ExtensionLimits `json:"extensions"`
	// RollRestDays moves a due date on a rest day to the next working day.
	RollRestDays bool `json:"rollRestDays"`
	// Pending is the one change that waits for a second person; nil where none does.
	Pending      *PendingChange `json:"pending,omitempty"`
	CreatedBy    ident.Person   `json:"createdBy"`
	StateReason  string         `json:"stateReason,omitempty"`
	StateChanged civil.Date     `json:"stateChanged,omitzero"`
}

// ExtensionLimits bound what an operator may ask for; 0 means no limit.
type ExtensionLimits struct {
	Count         int `json:"count"`         // granted extensions of one milestone
	TotalDays     int `json:"totalDays"`     // calendar days that all of them together may add
	DaysBeforeDue int `json:"daysBeforeDue"` // ask no later than so many calendar days before the due date
}

// DefaultExtensionLimits are in force until a programme sets its own.
func DefaultExtensionLimits() ExtensionLimits { return ExtensionLimits{Count: 3, TotalDays: 365} }

// Organisation is a legal person.
type Organisation struct {
	ID          ident.Organisation `json:"id"`
	Names       Names              `json:"names"`
	Kind        OrganisationKind   `json:"kind"`
	Region      string             `json:"region,omitempty"` // GB/T 2260 code or a name
	Identifiers []Identifier       `json:"identifiers"`
}

// OrganisationKind is what an organisation is.
type OrganisationKind string

// The kinds of organisation.
const (
	University OrganisationKind = "university"
	Institute  OrganisationKind = "institute"
	Hospital   OrganisationKind = "hospital"
	Company    OrganisationKind = "company"
	Government OrganisationKind = "government"
	NonProfit  OrganisationKind = "nonProfit"
	OtherKind  OrganisationKind = "other"
)

// Identifier is an organisation's code in a scheme such as CN-USCC.
type Identifier struct {
	Scheme string `json:"scheme"`
	ID     string `json:"id"`
}

// PlatformKind is what a platform is for.
type PlatformKind string

// The kinds of platform.
const (
	ProofOfConcept           PlatformKind = "proofOfConcept"
	PilotBase                PlatformKind = "pilotBase"
	OpenInnovationCentre     PlatformKind = "openInnovationCentre"
	TechTransferOrganisation PlatformKind = "techTransferOrganisation"
)

// PlatformState is where a platform stands.
type PlatformState string

// The states of a platform.
const (
	PlatformCandidate          PlatformState = "candidate"
	PlatformApproved           PlatformState = "approved"
	PlatformOperating          PlatformState = "operating"
	PlatformSuspended          PlatformState = "suspended"
	PlatformUnderRectification PlatformState = "underRectification"
	PlatformClosed             PlatformState = "closed"
)

// Platform is a place where proofs of concept are made.
type Platform struct {
	ID           ident.Platform     `json:"id"`
	Code         string             `json:"code"`
	Kind         PlatformKind       `json:"kind"`
	Names        Names              `json:"names"`
	Sector       string             `json:"sector,omitempty"`
	Operator     ident.Organisation `json:"operator"`
	Region       string             `json:"region,omitempty"`
	Responsible  ident.Person       `json:"responsible,omitempty"`
	State        PlatformState      `json:"state"`
	CreatedBy    ident.Person       `json:"createdBy"`
	StateReason  string             `json:"stateReason,omitempty"`
	StateChanged civil.Date         `json:"stateChanged"`
}

// Origin is how a platform came into a programme.
type Origin string

// The origins of an enrolment.
const (
	Commissioned  Origin = "commissioned"  // 自上而下
	SelfInitiated Origin = "selfInitiated" // 自下而上
)

// Enrolment puts a platform into a programme from a date to a date.
type Enrolment struct {
	Programme ident.Programme `json:"programme"`
	Platform  ident.Platform  `json:"platform"`
	Origin    Origin          `json:"origin"`
	From      civil.Date      `json:"from"`
	To        civil.Date      `json:"to,omitzero"`
	Ceiling   *money.Amount   `json:"ceiling,omitempty"` // of support; nil for none
}

// ProjectState is where a project stands.
type ProjectState string

// The states of a project.
const (
	ProjectProposed   ProjectState = "proposed"
	ProjectApproved   ProjectState = "approved"
	ProjectUnderway   ProjectState = "underway"
	ProjectAcceptance ProjectState = "acceptance"
	ProjectCompleted  ProjectState = "completed"
	ProjectTerminated ProjectState = "terminated"
)

// ProjectSource is how a project was found.
type ProjectSource string

// The sources of a project.
const (
	OpenChallenge ProjectSource = "openChallenge" // 揭榜挂帅
	Clinic        ProjectSource = "clinic"        // 转化门诊
	Matching      ProjectSource = "matching"      // 供需对接
	SelfProposed  ProjectSource = "selfProposed"
)

// Project is a piece of work on its way to the market, on no platform, one, or
// several of which one is host.
type Project struct {
	ID        ident.Project      `json:"id"`
	Programme ident.Programme    `json:"programme"`
	Code      string             `json:"code"` // 项目编号, unique in the programme
	Title     Names              `json:"title"`
	Lead      ident.Organisation `json:"lead"` // the leading organisation
	Host      ident.Platform     `json:"host,omitempty"`
	Platforms []ident.Platform   `json:"platforms"` // all it is on, the host among them
	Sector    string             `json:"sector,omitempty"`
	Source    ProjectSource      `json:"source"`
	TRL       TRL                `json:"trl"`
	State     ProjectState       `json:"state"`
	CreatedBy ident.Person       `json:"createdBy"`
	// StateReason and StateChanged say why and when it came into its state.
	StateReason  string     `json:"stateReason,omitempty"`
	StateChanged civil.Date `json:"stateChanged,omitzero"`
}

// TRL is a project's technology readiness, 1 to 9; 0 means not stated.
type TRL struct {
	Start   int `json:"start"`
	Current int `json:"current"`
	Target  int `json:"target"`
}
