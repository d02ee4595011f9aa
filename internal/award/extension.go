package award

import (
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
)

// ExtensionState is where an extension stands.
type ExtensionState string

// The states of an extension.
const (
	ExtensionRequested ExtensionState = "requested"
	ExtensionGranted   ExtensionState = "granted"
	ExtensionRefused   ExtensionState = "refused"
	ExtensionWithdrawn ExtensionState = "withdrawn"
	ExtensionLapsed    ExtensionState = "lapsed"
)

// Cause is the coded cause of a slip.
type Cause string

// The causes of a slip.
const (
	CauseCost        Cause = "cost"
	CauseProcurement Cause = "procurement"
	CausePartner     Cause = "partner"
	CauseDelivery    Cause = "delivery"
	CausePermission  Cause = "permission"
	CauseStakeholder Cause = "stakeholder"
	CauseTechnical   Cause = "technical"
	CauseOther       Cause = "other"
)

// Extension asks for a later due date of one milestone.
type Extension struct {
	ID             ident.Extension    `json:"id"`
	Award          ident.Award        `json:"award"`
	Milestone      ident.Milestone    `json:"milestone"`
	State          ExtensionState     `json:"state"`
	Cause          Cause              `json:"cause"`
	Reason         string             `json:"reason"`
	DueOn          civil.Date         `json:"dueOn"`      // the milestone's when asked
	AskedDueOn     civil.Date         `json:"askedDueOn"` // what is asked for
	NewDueOn       civil.Date         `json:"newDueOn,omitzero"`
	Evidence       []ident.Evidence   `json:"evidence,omitempty"` // required where asked after the due date
	RequestedBy    ident.Person       `json:"requestedBy"`
	RequestedByOrg ident.Organisation `json:"requestedByOrg,omitempty"`
	RequestedOn    civil.Date         `json:"requestedOn"`
	StopsClock     bool               `json:"stopsClock"`
	DecidedBy      ident.Person       `json:"decidedBy,omitempty"` // or withdrew
	DecidedOn      civil.Date         `json:"decidedOn,omitzero"`  // the day it ended, however
	DecidedFor     string             `json:"decidedFor,omitempty"`
	Paper          *DecisionPaper     `json:"paper,omitempty"`
	Watch          attention.Watch    `json:"watch"`
}

// EvidenceKind is what a file is.
type EvidenceKind string

// The kinds of evidence.
const (
	StampedScan EvidenceKind = "stampedScan"
	ESignedPDF  EvidenceKind = "eSignedPdf"
	OFD         EvidenceKind = "ofd"
	Invoice     EvidenceKind = "invoice"
	Photo       EvidenceKind = "photo"
	Minutes     EvidenceKind = "minutes"
	Opinion     EvidenceKind = "opinion"
	Data        EvidenceKind = "data"
	OtherFile   EvidenceKind = "other"
)

// EvidenceState is where evidence stands. Expired is derived: announced and
// unconfirmed for a day.
type EvidenceState string

// The states of evidence.
const (
	Announced  EvidenceState = "announced"
	Confirmed  EvidenceState = "confirmed"
	Superseded EvidenceState = "superseded"
	Erased     EvidenceState = "erased"
	Expired    EvidenceState = "expired"
)

// Evidence is a file that a milestone rests on. Hash and size are fixed when
// it is announced; what is sent must match.
type Evidence struct {
	ID           ident.Evidence  `json:"id"`
	Award        ident.Award     `json:"award"`
	Milestone    ident.Milestone `json:"milestone"`
	Kind         EvidenceKind    `json:"kind"`
	State        EvidenceState   `json:"state"`
	FileName     string          `json:"fileName"`
	MediaType    string          `json:"mediaType"`
	Size         int64           `json:"size"`   // bytes
	SHA256       string          `json:"sha256"` // lower-case hexadecimal
	UploadedBy   ident.Person    `json:"uploadedBy"`
	AnnouncedAt  string          `json:"announcedAt"` // RFC 3339, UTC
	ConfirmedAt  string          `json:"confirmedAt,omitempty"`
	Supersedes   ident.Evidence  `json:"supersedes,omitempty"`
	SupersededBy ident.Evidence  `json:"supersededBy,omitempty"`
	ErasedBy     []ident.Person  `json:"erasedBy,omitempty"` // asked, then confirmed by another
	ErasedFor    string          `json:"erasedFor,omitempty"`
}
