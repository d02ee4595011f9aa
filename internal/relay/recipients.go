package relay

import (
	"slices"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// recipient is who is told, and why.
type recipient struct {
	person ident.Person
	why    schema.Why
}

// recipients are those whom an event is told: the owner, or who stands above
// at its level; what was overdue when attention began, the owner and the
// programme's managers. They held their role on the day of the event, and hold it
// still; a responsible person who does not is no owner, and everybody is who
// does and whom no separation keeps from it.
func (t *telling) recipients(e told) ([]recipient, error) {
	programme := string(t.award.Document.Programme)
	switch e.is.Level {
	case attention.ToManager:
		return t.holders(portfolio.ProgrammeManager, programme, e.On, schema.WhyManager)
	case attention.ToHead:
		return t.holders(portfolio.Head, programme, e.On, schema.WhyHead)
	case attention.ToOwner:
	}
	owners, err := t.holders(e.is.Role, t.scopeOf(e.is.Role), e.On, schema.WhyRole)
	if err != nil {
		return nil, err
	}
	owners = slices.DeleteFunc(owners, func(o recipient) bool { return slices.Contains(e.is.Except, o.person) })
	if slices.ContainsFunc(owners, func(o recipient) bool { return o.person == e.is.Person }) {
		owners = []recipient{{e.is.Person, schema.WhyResponsible}}
	}
	if e.is.Kind != attention.Baselined {
		return owners, nil
	}
	managers, err := t.holders(portfolio.ProgrammeManager, programme, e.On, schema.WhyManager)
	for _, m := range managers {
		if !slices.ContainsFunc(owners, func(o recipient) bool { return o.person == m.person }) {
			owners = append(owners, m)
		}
	}
	return owners, err
}

// scopeOf is where the award's members of a role are found.
func (t *telling) scopeOf(role portfolio.Role) string {
	switch role.ScopeKind() {
	case portfolio.InPlatform:
		return string(t.award.Document.Platform)
	case portfolio.InAward:
		return string(t.award.ID)
	case portfolio.InProgramme, portfolio.InDeployment:
	}
	return string(t.award.Document.Programme)
}

// holders lists who holds a role in a scope, in the order of their ids.
func (t *telling) holders(role portfolio.Role, scope string, on civil.Date, why schema.Why) ([]recipient, error) {
	if scope == "" {
		return nil, nil
	}
	members, known := t.members[scope]
	if !known {
		var err error
		if members, err = membersOf(t, scope); err != nil {
			return nil, err
		}
		t.members[scope] = members
	}
	var out []recipient
	for _, m := range members {
		if slices.ContainsFunc(m.Memberships, func(has portfolio.Membership) bool { return has.Role == role && has.Holds(on) }) {
			out = append(out, recipient{m.Person, why})
		}
	}
	return out, nil
}
