package portfolio

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
)

// Grant asks for a role in a scope, from a date to a date.
type Grant struct {
	ID    string // of the new membership: mem_…
	Role  Role
	Scope Scope
	From  civil.Date // zero: the business date
	To    civil.Date // zero: without end
}

// MembershipMoves is the state table of a membership; expiry is derived.
func MembershipMoves() []Move[MembershipState] {
	return []Move[MembershipState]{{MembershipActive, CommandRevoke, MembershipRevoked}}
}

// Legal lists the commands that a membership in state s takes.
func (s MembershipState) Legal() []Command { return LegalIn(MembershipMoves(), s) }

// Next returns the state to which command leads, or move.illegal.
func (s MembershipState) Next(command Command) (MembershipState, error) {
	return Next("membership", MembershipMoves(), s, command)
}

// Grant gives p a role on behalf of grantor, who may be none (the zero Person)
// for the first administrator only. Inside holds every membership of every
// person in the scope, past ones too: whoever granted a money role there never
// holds one there.
func (p Person) Grant(grantor Person, g Grant, inside []Membership, on civil.Date) (Person, Membership, error) {
	if g.From.IsZero() {
		g.From = on
	}
	if err := g.check(on); err != nil {
		return p, Membership{}, err
	}
	if err := p.mayReceive(grantor, g, inside, on); err != nil {
		return p, Membership{}, err
	}
	m := Membership{ID: g.ID, Role: g.Role, Scope: g.Scope, From: g.From, To: g.To,
		State: MembershipActive, GrantedBy: grantor.ID, GrantedOn: on}
	p.Memberships = append(slices.Clone(p.Memberships), m)
	return p, m, nil
}

func (g Grant) check(on civil.Date) error {
	var f Findings
	OneOf(&f, "/role", g.Role, Roles()...)
	if g.Role.Known() && g.Scope.Kind != g.Role.ScopeKind() {
		f.Add("/scope/kind", "membership.scopeKind", "role", string(g.Role), "kind", string(g.Role.ScopeKind()))
	}
	f.Required("/scope/id", g.Scope.ID, MaxCode)
	if g.Scope.Kind == InDeployment && g.Scope.ID != "" && g.Scope.ID != Deployment {
		f.Add("/scope/id", "field.badValue", "value", clip(g.Scope.ID), "allowed", []string{Deployment})
	}
	if !g.To.IsZero() && g.To.Before(civil.Max(g.From, on)) {
		f.Add("/to", "date.before", "earliest", civil.Max(g.From, on).String())
	}
	return f.Err()
}

func (p Person) mayReceive(grantor Person, g Grant, inside []Membership, on civil.Date) error {
	switch {
	case grantor.ID == "" && g.Role != Administrator:
		return fault.New(fault.Forbidden, "membership.noGrantor")
	case grantor.ID == p.ID:
		return fault.New(fault.Forbidden, "membership.self")
	case g.Role.ScopeKind() == InProgramme && grantor.holdsMoney(on):
		return fault.New(fault.Forbidden, "membership.grantorHoldsMoney")
	case g.Role.Money() && grantedMoney(p.ID, g.Scope, inside):
		return fault.New(fault.Forbidden, "membership.receiverGrantedMoney", "role", string(g.Role))
	case p.has(g, on):
		return fault.New(fault.Conflict, "membership.already", "role", string(g.Role))
	}
	return nil
}

// holdsMoney reports whether p has a money role anywhere that has not ended,
// one that begins later included.
func (p Person) holdsMoney(on civil.Date) bool {
	return slices.ContainsFunc(p.Memberships, func(m Membership) bool {
		return m.Role.Money() && m.StateOn(on) == MembershipActive
	})
}

func grantedMoney(person ident.Person, scope Scope, inside []Membership) bool {
	return slices.ContainsFunc(inside, func(m Membership) bool {
		return m.Scope == scope && m.Role.Money() && m.GrantedBy == person
	})
}

// has reports whether p already has the role for some of the time asked for.
func (p Person) has(g Grant, on civil.Date) bool {
	return slices.ContainsFunc(p.Memberships, func(m Membership) bool {
		return m.Role == g.Role && m.Scope == g.Scope && m.StateOn(on) == MembershipActive &&
			(m.To.IsZero() || !g.From.After(m.To)) && (g.To.IsZero() || !m.From.After(g.To))
	})
}

// Revoke ends a membership of p at once, with a reason.
func (p Person) Revoke(by ident.Person, id, reason string, on civil.Date) (Person, Membership, error) {
	i := slices.IndexFunc(p.Memberships, func(m Membership) bool { return m.ID == id })
	if i < 0 {
		return p, Membership{}, fault.New(fault.NotFound, "membership.unknown")
	}
	m := p.Memberships[i]
	next, err := m.StateOn(on).Next(CommandRevoke)
	if err != nil {
		return p, Membership{}, err
	}
	if err := NeedReason(reason); err != nil {
		return p, Membership{}, err
	}
	m.State, m.RevokedBy, m.RevokedOn, m.Reason = next, by, on, reason
	p.Memberships = slices.Clone(p.Memberships)
	p.Memberships[i] = m
	return p, m, nil
}

// RolesIn lists the roles that p holds on a business date in any of the
// scopes, each once.
func (p Person) RolesIn(on civil.Date, scopes ...Scope) []Role {
	roles := []Role{}
	for _, m := range p.Memberships {
		if m.Holds(on) && slices.Contains(scopes, m.Scope) && !slices.Contains(roles, m.Role) {
			roles = append(roles, m.Role)
		}
	}
	return roles
}
