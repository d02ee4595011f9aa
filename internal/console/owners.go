package console

import (
	"slices"

	"milepost/internal/attention"
	"milepost/internal/fault"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// owners are who owe what an award waits for: the responsible person where that
// one holds the role today, else everybody who does and whom no separation
// keeps from it. They are known to readers who may see who holds which role.
type owners struct {
	People []tracker.Named
	Known  bool
}

func (q *request) ownersOf(a tracker.AwardView, o attention.Obligation) (owners, error) {
	s := portfolio.Scope{Kind: o.Role.ScopeKind()}
	switch s.Kind {
	case portfolio.InPlatform:
		s.ID = string(a.Document.Platform)
	case portfolio.InAward:
		s.ID = string(a.ID)
	case portfolio.InProgramme, portfolio.InDeployment:
		s.Kind, s.ID = portfolio.InProgramme, string(a.Document.Programme)
	}
	if s.ID == "" {
		return owners{}, nil
	}
	members, err := q.tracker().Members(q.Context(), q.call, s)
	if k := fault.KindOf(err); k == fault.Forbidden || k == fault.NotFound {
		return owners{}, nil
	}
	all := owners{Known: true}
	for _, m := range members {
		if slices.Contains(o.Except, m.Person) || !slices.ContainsFunc(m.Memberships, func(has portfolio.Membership) bool { return has.Role == o.Role && has.Holds(q.today) }) {
			continue
		}
		n := tracker.Named{ID: string(m.Person), Names: m.Name}
		if m.Person == o.Person {
			return owners{[]tracker.Named{n}, true}, err
		}
		all.People = append(all.People, n)
	}
	return all, err
}

// namedOwners are the owners with their role, in a sentence; the role alone where
// they are not known or there is nobody.
func (q *request) namedOwners(who owners, role portfolio.Role) string {
	text := q.label("role", string(role))
	for i, p := range who.People {
		separator := q.text("list.separator")
		if i == 0 {
			separator = " "
		}
		text += separator + q.in(p.Names)
	}
	return text
}
