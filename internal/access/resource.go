package access

import (
	"slices"

	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// The kinds of thing that a Resource can be.
const (
	KindProgramme    = "programme"
	KindOrganisation = "organisation"
	KindPlatform     = "platform"
	KindEnrolment    = "enrolment"
	KindProject      = "project"
	KindAward        = "award" // its journal and ledger too
	KindMilestone    = "milestone"
	KindExtension    = "extension"
	KindEvidence     = "evidence"
	KindTranche      = "tranche"
	KindPayment      = "payment"
	KindRefund       = "refund"
	KindMembership   = "membership"
	KindPerson       = "person"
	KindCalendar     = "calendar"
	KindImport       = "import"
	KindSweep        = "sweep"
)

// Resource is a thing that somebody wants to do something on, and the scopes
// in which it lies. To create a thing, ask about the thing it is created in:
// a project's programme, an extension's milestone, or the deployment.
type Resource struct {
	Kind string // one of the Kind constants
	ID   string // empty where the thing is the deployment

	Programmes []ident.Programme // an award's own; all that a platform is enrolled in
	Platforms  []ident.Platform  // an award's own; all that a programme enrols or a project is on
	Award      ident.Award       // of the award and of everything in it; else empty
	Awards     []ident.Award     // of a project: those for it, as far as they matter to the caller

	// Deployment says that the thing belongs to the deployment as a whole: a
	// calendar, the sweep, what is created in no programme. It is no secret
	// that these exist, so a refusal is 403 rather than 404.
	Deployment bool
}

// In reports whether r lies in scope s. Everything lies in the deployment.
func (r Resource) In(s portfolio.Scope) bool {
	switch s.Kind {
	case portfolio.InDeployment:
		return s.ID == portfolio.Deployment
	case portfolio.InProgramme:
		return slices.Contains(r.Programmes, ident.Programme(s.ID))
	case portfolio.InPlatform:
		return slices.Contains(r.Platforms, ident.Platform(s.ID))
	case portfolio.InAward:
		return s.ID != "" && (string(r.Award) == s.ID || slices.Contains(r.Awards, ident.Award(s.ID)))
	}
	return false
}

// hasPlatform reports whether somebody endorses what a project lead prepares.
func (r Resource) hasPlatform() bool { return len(r.Platforms) > 0 }

// ViewOf returns the action by which a thing of a kind is seen at all, or
// false for a kind that nobody may see.
func ViewOf(kind string) (Action, bool) {
	switch kind {
	case KindProgramme:
		return ViewProgramme, true
	case KindOrganisation:
		return ViewOrganisation, true
	case KindPlatform, KindEnrolment:
		return ViewPlatform, true
	case KindProject:
		return ViewProject, true
	case KindAward:
		return ViewAward, true
	case KindMilestone, KindExtension:
		return ViewMilestone, true
	case KindEvidence:
		return ViewEvidence, true
	case KindTranche:
		return ViewTranche, true
	case KindPayment, KindRefund:
		return ViewPayment, true
	case KindMembership:
		return ViewMembers, true
	case KindPerson:
		return ViewPerson, true
	case KindCalendar:
		return ViewCalendar, true
	case KindImport:
		return ViewImport, true
	case KindSweep:
		return ViewSweep, true
	}
	return "", false
}
