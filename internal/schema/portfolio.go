package schema

import (
	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store"
)

// ProgrammeRecord places a programme.
func ProgrammeRecord(p portfolio.Programme) Record {
	r := Record{Type: TypeProgramme, Key: RootKey(string(p.ID)), Value: p, Index: [store.Indexes]store.Key{
		store.Program: {PK: Programmes, SK: Normalise(p.Code) + "#" + string(p.ID)},
	}}
	if p.Pending != nil {
		r.Index[store.Work] = proposed(p.ID, p.Pending.On, string(p.ID))
	}
	return r
}

// Programmes is the partition of all programmes.
const Programmes = "G"

// LadderRecord places a version of a ladder.
func LadderRecord(p ident.Programme, l attention.Ladder) Record {
	return Record{Type: TypeLadder, Key: LadderKey(p, string(l.Kind), l.Version), Value: l}
}

// OrganisationRecord places an organisation.
func OrganisationRecord(o portfolio.Organisation) Record {
	return Record{Type: TypeOrganisation, Key: RootKey(string(o.ID)), Value: o}
}

// PlatformRecord places a platform.
func PlatformRecord(p portfolio.Platform) Record {
	return Record{Type: TypePlatform, Key: RootKey(string(p.ID)), Value: p, Index: [store.Indexes]store.Key{
		store.Scope: {PK: PlatformsOf(string(p.Operator)), SK: string(p.ID)},
	}}
}

// PlatformsOf is the partition of the platforms that an organisation operates.
func PlatformsOf(operator string) string { return "L#" + operator }

// EnrolmentRecord places an enrolment.
func EnrolmentRecord(e portfolio.Enrolment) Record {
	return Record{Type: TypeEnrolment, Key: EnrolmentKey(e.Platform, e.Programme), Value: e, Index: [store.Indexes]store.Key{
		store.Program: {PK: PlatformsIn(e.Programme), SK: string(e.Platform)},
	}}
}

// PlatformsIn is the partition of a programme's platforms.
func PlatformsIn(p ident.Programme) string { return "P#" + string(p) }

// ProjectRecord places a project.
func ProjectRecord(p portfolio.Project) Record {
	code := Normalise(p.Code) + "#" + string(p.ID)
	r := Record{Type: TypeProject, Key: RootKey(string(p.ID)), Value: p}
	r.Index[store.Program] = store.Key{PK: ProjectsOf(string(p.Programme)), SK: code}
	if p.Host != "" {
		r.Index[store.Scope] = store.Key{PK: ProjectsOf(string(p.Host)), SK: code}
	}
	return r
}

// ProjectsOf is the partition of the projects of a programme or platform.
func ProjectsOf(scope string) string { return "J#" + scope }

// Link puts a project on a platform that is not its host.
type Link struct {
	Project  ident.Project  `json:"project"`
	Platform ident.Platform `json:"platform"`
	Code     string         `json:"code"`
}

// LinkRecord places a link.
func LinkRecord(l Link) Record {
	return Record{Type: TypeLink, Key: LinkKey(l.Project, l.Platform), Value: l, Index: [store.Indexes]store.Key{
		store.Scope: {PK: ProjectsOf(string(l.Platform)), SK: Normalise(l.Code) + "#" + string(l.Project)},
	}}
}

// PersonRecord places a person.
func PersonRecord(p portfolio.Person) Record {
	return Record{Type: TypePerson, Key: PersonKey(p.ID), Value: p}
}

// Member is a person's memberships in one scope, as its member list shows them.
type Member struct {
	Person      ident.Person           `json:"person"`
	Scope       portfolio.Scope        `json:"scope"`
	Memberships []portfolio.Membership `json:"memberships"`
}

// MemberRecord places a member.
func MemberRecord(m Member) Record {
	return Record{Type: TypeMember, Key: MemberKey(m.Scope.ID, m.Person), Value: m}
}

// Login leads from an OIDC login to its person.
type Login struct {
	Person ident.Person `json:"person"`
}

// LoginRecord places a login.
func LoginRecord(l portfolio.Login, p ident.Person) Record {
	return Record{Type: TypeLogin, Key: LoginKey(l.Issuer, l.Subject), Value: Login{Person: p}}
}

// Unique says which thing has a value that only one may have.
type Unique struct {
	Kind  string `json:"kind"`
	Scope string `json:"scope,omitempty"`
	Value string `json:"value"`
	Thing string `json:"thing"`
	// Award and Programme are those of a payment, which is found by the bank's
	// reference that it has.
	Award     ident.Award     `json:"award,omitempty"`
	Programme ident.Programme `json:"programme,omitempty"`
}

// UniqueRecord places a unique value.
func UniqueRecord(u Unique) Record {
	r := Record{Type: TypeUnique, Key: UniqueKey(u.Kind, u.Scope, u.Value), Value: u}
	if u.Award != "" {
		r.Index[store.Work] = moneyFoundAt(u.Programme, u.Value, u.Thing)
	}
	return r
}

// DeploymentRoot is what the deployment has once.
type DeploymentRoot struct {
	InitialisedBy ident.Person `json:"initialisedBy,omitempty"` // the first administrator
	InitialisedOn civil.Date   `json:"initialisedOn,omitzero"`
	Calendar      string       `json:"calendar"` // version of the set of years
	// Years holds the version of the item of each imported year, so that a reader
	// of both can tell that what it read stood together.
	Years map[string]int64 `json:"years,omitempty"`
}

// DeploymentRecord places the deployment's root.
func DeploymentRecord(d DeploymentRoot) Record {
	return Record{Type: TypeDeployment, Key: RootKey(Deployment), Value: d}
}

// CalendarRecord places a working-day year.
func CalendarRecord(y civil.Year) Record {
	return Record{Type: TypeCalendar, Key: CalendarKey(y.Year), Value: y}
}
