// Package portfolio provides the parties and places of the portfolio: persons
// and their memberships, organisations, programmes, platforms and projects,
// with the moves that each may make. It is pure: values in, values out.
package portfolio

import (
	"slices"
	"strconv"

	"milepost/internal/civil"
	"milepost/internal/ident"
)

// Role is what a person is in a scope.
type Role string

// The roles. Deputies and the roles of the fund come later.
const (
	ProgrammeManager Role = "programmeManager"
	Finance          Role = "finance"
	Head             Role = "head"
	PlatformOperator Role = "platformOperator"
	ProjectLead      Role = "projectLead"
	Auditor          Role = "auditor"
	Administrator    Role = "administrator"
)

// Roles lists every role.
func Roles() []Role {
	return []Role{ProgrammeManager, Finance, Head, PlatformOperator, ProjectLead, Auditor, Administrator}
}

// Known reports whether r is a role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Money reports whether r decides about or moves money, so that whoever
// granted one as administrator never holds one in that scope.
func (r Role) Money() bool {
	return r == ProgrammeManager || r == Finance || r == Head
}

// ScopeKind is the kind of thing that a membership is for.
type ScopeKind string

// The kinds of scope. A role is granted in one kind only: see Role.ScopeKind.
const (
	InDeployment ScopeKind = "deployment"
	InProgramme  ScopeKind = "programme"
	InPlatform   ScopeKind = "platform"
	InAward      ScopeKind = "award"
)

// ScopeKind returns the kind of scope in which r is granted.
func (r Role) ScopeKind() ScopeKind {
	switch r {
	case Administrator:
		return InDeployment
	case PlatformOperator:
		return InPlatform
	case ProjectLead:
		return InAward
	}
	return InProgramme
}

// Deployment is the id of the one deployment scope.
const Deployment = "dep"

// Scope is where a role holds: a kind and the id of the thing, Deployment for
// the deployment.
type Scope struct {
	Kind ScopeKind `json:"kind"`
	ID   string    `json:"id"`
}

// MembershipState is where a membership stands.
type MembershipState string

// The states of a membership. Expired is derived: see
// Membership.Holds.
const (
	MembershipActive  MembershipState = "active"
	MembershipRevoked MembershipState = "revoked"
	MembershipExpired MembershipState = "expired"
)

// Membership gives a person a role in a scope from a date to a date, both
// included; no To means without end. Memberships are never removed.
type Membership struct {
	ID        string          `json:"id"` // mem_…
	Role      Role            `json:"role"`
	Scope     Scope           `json:"scope"`
	From      civil.Date      `json:"from"`
	To        civil.Date      `json:"to,omitzero"`
	State     MembershipState `json:"state"`
	GrantedBy ident.Person    `json:"grantedBy,omitempty"` // empty for the first administrator
	GrantedOn civil.Date      `json:"grantedOn"`
	RevokedBy ident.Person    `json:"revokedBy,omitempty"`
	RevokedOn civil.Date      `json:"revokedOn,omitzero"`
	Reason    string          `json:"reason,omitempty"` // why it was revoked
}

// Holds reports whether the membership gives its role on a business date.
func (m Membership) Holds(on civil.Date) bool {
	return m.State == MembershipActive && !on.Before(m.From) && (m.To.IsZero() || !on.After(m.To))
}

// StateOn returns the state on a business date: an active membership whose
// last day has passed is expired.
func (m Membership) StateOn(on civil.Date) MembershipState {
	if m.State == MembershipActive && !m.To.IsZero() && on.After(m.To) {
		return MembershipExpired
	}
	return m.State
}

// Login is how an OIDC issuer knows a person. A login belongs to one person.
type Login struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// Names are the names of a thing in Chinese and English; one may be empty.
type Names struct {
	ZH string `json:"zh,omitempty"`
	EN string `json:"en,omitempty"`
}

// In returns the name in a language ("zh…" or other), the other one where it
// is missing.
func (n Names) In(language string) string {
	if (len(language) >= 2 && language[:2] == "zh" && n.ZH != "") || n.EN == "" {
		return n.ZH
	}
	return n.EN
}

// Person is a natural person, on whom the separations hold.
type Person struct {
	ID           ident.Person       `json:"id"`
	Names        Names              `json:"names"`
	Organisation ident.Organisation `json:"organisation,omitempty"`
	Logins       []Login            `json:"logins"`
	Memberships  []Membership       `json:"memberships"` // all of them, past ones too
}

// Names reports whether id has the form of an id of the scope's kind.
func (s Scope) Names(id string) bool {
	switch s.Kind {
	case InProgramme:
		return ident.Valid(ident.PrefixProgramme, id)
	case InPlatform:
		return ident.Valid(ident.PrefixPlatform, id)
	case InAward:
		return ident.Valid(ident.PrefixAward, id)
	}
	return s.Kind == InDeployment && id == Deployment
}

// Check returns all fields at fault of a person: a name, and logins with
// issuer and subject, each once.
func (p Person) Check() error {
	var f Findings
	f.Names("/names", p.Names)
	if len(p.Logins) == 0 || len(p.Logins) > MaxLogins {
		f.Add("/logins", "field.outOfRange", "min", 1, "max", MaxLogins)
	}
	seen := map[Login]bool{}
	for i, l := range p.Logins {
		at := "/logins/" + strconv.Itoa(i)
		f.Required(at+"/issuer", l.Issuer, MaxTitle)
		f.Required(at+"/subject", l.Subject, MaxTitle)
		if seen[l] {
			f.Add(at, "field.notUnique", "value", l.Subject)
		}
		seen[l] = true
	}
	return f.Err()
}

// MaxLogins bounds a person's logins.
const MaxLogins = 10
