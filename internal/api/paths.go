package api

import (
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// The paths of things are inputs of operations. They are exported because huma
// passes over embedded structs that are not. Ids have their form checked before
// an operation runs (nameThings).

// ProgrammePath names a programme.
type ProgrammePath struct {
	Programme ident.Programme `path:"programme" doc:"The programme's id"`
}

// OrganisationPath names an organisation.
type OrganisationPath struct {
	Organisation ident.Organisation `path:"organisation" doc:"The organisation's id"`
}

// PlatformPath names a platform.
type PlatformPath struct {
	Platform ident.Platform `path:"platform" doc:"The platform's id"`
}

// ProjectPath names a project.
type ProjectPath struct {
	Project ident.Project `path:"project" doc:"The project's id"`
}

// PersonPath names a person.
type PersonPath struct {
	Person ident.Person `path:"person" doc:"The person's id"`
}

// AwardPath names an award.
type AwardPath struct {
	Award ident.Award `path:"award" doc:"The award's id"`
}

// MilestonePath names a milestone of an award.
type MilestonePath struct {
	Award     ident.Award     `path:"award" doc:"The award's id"`
	Milestone ident.Milestone `path:"milestone" doc:"The milestone's id"`
}

func (p MilestonePath) ref() tracker.MilestoneRef {
	return tracker.MilestoneRef{Award: p.Award, Milestone: p.Milestone}
}

// EvidencePath names evidence of a milestone.
type EvidencePath struct {
	Award     ident.Award     `path:"award" doc:"The award's id"`
	Milestone ident.Milestone `path:"milestone" doc:"The milestone's id"`
	Evidence  ident.Evidence  `path:"evidence" doc:"The evidence's id"`
}

func (p EvidencePath) ref() tracker.EvidenceRef {
	return tracker.EvidenceRef{Award: p.Award, Milestone: p.Milestone, Evidence: p.Evidence}
}

// ExtensionPath names an extension of an award.
type ExtensionPath struct {
	Award     ident.Award     `path:"award" doc:"The award's id"`
	Extension ident.Extension `path:"extension" doc:"The extension's id"`
}

func (p ExtensionPath) ref() tracker.ExtensionRef {
	return tracker.ExtensionRef{Award: p.Award, Extension: p.Extension}
}

// TranchePath names a tranche of an award.
type TranchePath struct {
	Award   ident.Award   `path:"award" doc:"The award's id"`
	Tranche ident.Tranche `path:"tranche" doc:"The tranche's id"`
}

func (p TranchePath) ref() tracker.TrancheRef {
	return tracker.TrancheRef{Award: p.Award, Tranche: p.Tranche}
}

// PaymentPath names a payment of an award.
type PaymentPath struct {
	Award   ident.Award   `path:"award" doc:"The award's id"`
	Payment ident.Payment `path:"payment" doc:"The payment's id"`
}

func (p PaymentPath) ref() tracker.PaymentRef {
	return tracker.PaymentRef{Award: p.Award, Payment: p.Payment}
}

// RefundPath names a refund of an award.
type RefundPath struct {
	Award  ident.Award  `path:"award" doc:"The award's id"`
	Refund ident.Refund `path:"refund" doc:"The refund's id"`
}

func (p RefundPath) ref() tracker.RefundRef {
	return tracker.RefundRef{Award: p.Award, Refund: p.Refund}
}

// reasonBody is the body of commands that want nothing but a reason.
type reasonBody struct {
	Reason string `json:"reason" doc:"Why; people read it" maxLength:"8000"`
}

func (b reasonBody) reason() tracker.Reason { return tracker.Reason{Reason: b.Reason} }

// noteBody is reasonBody where the reason may be missing.
type noteBody struct {
	Reason string `json:"reason,omitempty" doc:"Why; people read it" maxLength:"8000"`
}

func example(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			m[name] = pairs[i+1]
		}
	}
	return m
}
