package access

import (
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
)

// Principal is a person who asks, with what they hold on the day they ask.
type Principal struct {
	Person       ident.Person
	Organisation ident.Organisation // empty for none; no decision of this package rests on it
	Grants       []Grant
}

// Grant is one active membership.
type Grant struct {
	Role       portfolio.Role  `json:"role"`
	Scope      portfolio.Scope `json:"scope"`
	Membership string          `json:"membership"` // mem_…
}

// PrincipalOf returns p with the memberships that hold on a business date:
// revoked, expired and future ones give nothing.
func PrincipalOf(p portfolio.Person, on civil.Date) Principal {
	out := Principal{Person: p.ID, Organisation: p.Organisation}
	for _, m := range p.Memberships {
		if m.Holds(on) {
			out.Grants = append(out.Grants, Grant{Role: m.Role, Scope: m.Scope, Membership: m.ID})
		}
	}
	return out
}

// sound reports whether the grant is one that can be given: a known role, in
// the kind of scope that belongs to it, of a named thing. Any other gives nothing.
func (g Grant) sound() bool {
	return g.Role.Known() && g.Scope.Kind == g.Role.ScopeKind() && g.Scope.ID != ""
}

// over reports whether the grant's role is held over r.
func (g Grant) over(r Resource) bool { return g.sound() && r.In(g.Scope) }
