package api

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// registerEnum makes huma see T as an enumeration: the document names its
// values, and a request with another one is refused before it reaches a
// command. It goes by a type of ours for each T, since the domain knows no
// wire.
func registerEnum[T ~string, S any](r huma.Registry) {
	r.RegisterTypeAlias(reflect.TypeFor[T](), reflect.TypeFor[S]())
}

func oneOf[T ~string](values ...T) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

func registerEnums(r huma.Registry) {
	registerEnum[portfolio.Role, roleCode](r)
	registerEnum[portfolio.ScopeKind, scopeCode](r)
	registerEnum[portfolio.OrganisationKind, organisationCode](r)
	registerEnum[portfolio.PlatformKind, platformCode](r)
	registerEnum[portfolio.Origin, enrolmentCode](r)
	registerEnum[portfolio.ProjectSource, sourceCode](r)
	registerEnum[award.MilestoneType, milestoneTypeCode](r)
	registerEnum[award.Outcome, outcomeCode](r)
	registerEnum[award.Settlement, settlementCode](r)
	registerEnum[award.Cause, causeCode](r)
	registerEnum[award.EvidenceKind, evidenceCode](r)
	registerEnum[award.FundingSource, fundingCode](r)
	registerEnum[award.TrancheKind, trancheCode](r)
	registerEnum[award.LineKind, lineCode](r)
	registerEnum[award.Destination, destinationCode](r)
	registerEnum[attention.Kind, obligationCode](r)
	registerEnum[attention.Level, levelCode](r)
	registerEnum[attention.Unit, unitCode](r)
	registerEnum[schema.Why, whyCode](r)
}

type (
	roleCode          string
	scopeCode         string
	organisationCode  string
	platformCode      string
	enrolmentCode     string
	sourceCode        string
	milestoneTypeCode string
	outcomeCode       string
	settlementCode    string
	causeCode         string
	evidenceCode      string
	fundingCode       string
	trancheCode       string
	lineCode          string
	destinationCode   string
	obligationCode    string
	levelCode         string
	unitCode          string
	whyCode           string
)

// Schema lists the roles.
func (roleCode) Schema(huma.Registry) *huma.Schema { return oneOf(portfolio.Roles()...) }

// Schema lists the kinds of scope.
func (scopeCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(portfolio.InDeployment, portfolio.InProgramme, portfolio.InPlatform, portfolio.InAward)
}

// Schema lists the kinds of organisation.
func (organisationCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(portfolio.University, portfolio.Institute, portfolio.Hospital, portfolio.Company, portfolio.Government,
		portfolio.NonProfit, portfolio.OtherKind)
}

// Schema lists the kinds of platform.
func (platformCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(portfolio.ProofOfConcept, portfolio.PilotBase, portfolio.OpenInnovationCentre, portfolio.TechTransferOrganisation)
}

// Schema lists the origins of an enrolment.
func (enrolmentCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(portfolio.Commissioned, portfolio.SelfInitiated)
}

// Schema lists the sources of a project.
func (sourceCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(portfolio.OpenChallenge, portfolio.Clinic, portfolio.Matching, portfolio.SelfProposed)
}

// Schema lists the types of milestone.
func (milestoneTypeCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(award.Delivery, award.Assessment, award.Approval, award.Reporting, award.Financing, award.PaymentMilestone)
}

// Schema lists the outcomes.
func (outcomeCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(award.Met, award.PartiallyMet, award.NotMet)
}

// Schema lists the settlements.
func (settlementCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(award.Remainder, award.Retry, award.Reduce, award.Terminate, award.Accept)
}

// Schema lists the causes of a slip.
func (causeCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(award.CauseCost, award.CauseProcurement, award.CausePartner, award.CauseDelivery, award.CausePermission,
		award.CauseStakeholder, award.CauseTechnical, award.CauseOther)
}

// Schema lists the kinds of evidence.
func (evidenceCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(award.StampedScan, award.ESignedPDF, award.OFD, award.Invoice, award.Photo, award.Minutes, award.Opinion,
		award.Data, award.OtherFile)
}

// Schema lists the sources of a funding line.
func (fundingCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(award.Fiscal, award.Donation, award.Social)
}

// Schema lists the kinds of tranche.
func (trancheCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(award.Initial, award.Interim, award.Final)
}

// Schema lists the kinds of payment line.
func (lineCode) Schema(huma.Registry) *huma.Schema { return oneOf(award.Release) }

// Schema lists the destinations of a refund.
func (destinationCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(award.Treasury, award.BudgetLine)
}

// Schema lists the kinds of obligation.
func (obligationCode) Schema(huma.Registry) *huma.Schema { return oneOf(attention.Kinds()...) }

// Schema lists the levels of a rung.
func (levelCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(attention.ToOwner, attention.ToManager, attention.ToHead)
}

// Schema lists the units of a rung's offset.
func (unitCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(attention.CalendarDays, attention.WorkingDays)
}

// Schema lists the reasons of a notice.
func (whyCode) Schema(huma.Registry) *huma.Schema {
	return oneOf(schema.WhyResponsible, schema.WhyRole, schema.WhyManager, schema.WhyHead)
}
