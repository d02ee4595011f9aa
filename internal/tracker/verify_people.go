package tracker

import (
	"fmt"
	"slices"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// tellPerson holds a person of whom the deployment's journal tells. Their
// memberships are journaled where they hold, as members; see personItem.
func (c *aggregateCheck) tellPerson(id string) error {
	body, _ := c.replay.Thing(id)
	item, err := c.get(schema.PersonKey(ident.Person(id)))
	if err != nil {
		return err
	}
	if item == nil {
		return fault.New(fault.Internal, "verify.thingMissing", about(c.id, id, "a person", "none")...)
	}
	p, err := schema.Decode[portfolio.Person](*item, schema.TypePerson)
	if err != nil {
		return unreadable(c.id, item.Key, err)
	}
	told, err := schema.Decode[portfolio.Person](store.Item{Key: item.Key, Body: fmt.Appendf(nil, `{"type":"person","v":1,"is":%s}`, body)}, schema.TypePerson)
	if err != nil {
		return unreadable(c.id, item.Key, err)
	}
	told.Memberships = p.Memberships
	want, err1 := schema.Canonical(told)
	got, err2 := schema.Canonical(p)
	if err1 != nil || err2 != nil {
		return fault.New(fault.Internal, "verify.thingDiffers", about(c.id, id, err1, err2)...)
	}
	c.told[p.ID] = true
	return sameBody(c.id, id, want, got)
}

// personItem holds a person against the members of each scope, their logins
// and their name.
func (v *verifier) personItem(item store.Item) error {
	p, err := schema.Decode[portfolio.Person](item, schema.TypePerson)
	if err != nil {
		return unreadable(item.PK, item.Key, err)
	}
	if want := schema.PersonRecord(p); want.Key != item.Key || want.Index != item.Index {
		return fault.New(fault.Internal, "verify.index", about(item.PK, item.SK, want.Index, item.Index)...)
	}
	var scopes []portfolio.Scope
	for _, m := range p.Memberships {
		if slices.Contains(scopes, m.Scope) {
			continue
		}
		scopes = append(scopes, m.Scope)
		if err := v.sameMember(p, m.Scope); err != nil {
			return err
		}
	}
	for _, l := range p.Logins {
		if err := v.leadsTo(l, p.ID); err != nil {
			return err
		}
	}
	v.seen[p.ID] = true
	return v.named(item.PK, p)
}

// sameMember holds a person's memberships in a scope against its member list.
func (v *verifier) sameMember(p portfolio.Person, s portfolio.Scope) error {
	item, err := v.get(schema.MemberKey(s.ID, p.ID))
	if err != nil {
		return err
	}
	if item == nil {
		return fault.New(fault.Internal, "verify.member", about(s.ID, string(p.ID), "a member", "none")...)
	}
	m, err := schema.Decode[schema.Member](*item, schema.TypeMember)
	if err != nil {
		return unreadable(s.ID, item.Key, err)
	}
	if want := membershipsIn(p, s); !slices.Equal(want, m.Memberships) || m.Scope != s || m.Person != p.ID {
		return fault.New(fault.Internal, "verify.member", about(s.ID, string(p.ID), want, m.Memberships)...)
	}
	return nil
}

func membershipsIn(p portfolio.Person, s portfolio.Scope) []portfolio.Membership {
	var in []portfolio.Membership
	for _, m := range p.Memberships {
		if m.Scope == s {
			in = append(in, m)
		}
	}
	return in
}

// members: every member of the aggregate's list is a person with these
// memberships.
func (c *aggregateCheck) members() error {
	for _, s := range c.things {
		m, ok := s.record.Value.(schema.Member)
		if !ok {
			continue
		}
		item, err := c.get(schema.PersonKey(m.Person))
		if err != nil {
			return err
		}
		if item == nil {
			return fault.New(fault.Internal, "verify.member", about(c.id, string(m.Person), "a person", "none")...)
		}
		p, err := schema.Decode[portfolio.Person](*item, schema.TypePerson)
		if err != nil {
			return unreadable(c.id, item.Key, err)
		}
		if want := membershipsIn(p, m.Scope); !slices.Equal(want, m.Memberships) {
			return fault.New(fault.Internal, "verify.member", about(c.id, string(m.Person), want, m.Memberships)...)
		}
		if slices.ContainsFunc(m.Memberships, func(g portfolio.Membership) bool { return g.GrantedBy == m.Person }) {
			return fault.New(fault.Internal, "verify.separation", about(c.id, "member/"+string(m.Person), "another person than the grantor", m.Person)...)
		}
	}
	return nil
}

// person reads a person as a root, nil where there is none.
func (v *verifier) person(id string) (any, error) {
	item, err := v.get(schema.PersonKey(ident.Person(id)))
	if err != nil || item == nil {
		return nil, err
	}
	p, err := schema.Decode[portfolio.Person](*item, schema.TypePerson)
	if err != nil {
		return nil, unreadable(id, item.Key, err)
	}
	return p, nil
}

func (v *verifier) leadsTo(l portfolio.Login, p ident.Person) error {
	item, err := v.get(schema.LoginKey(l.Issuer, l.Subject))
	if err != nil {
		return err
	}
	if item == nil {
		return fault.New(fault.Internal, "verify.login", about(string(p), l.Subject, p, "none")...)
	}
	login, err := schema.Decode[schema.Login](*item, schema.TypeLogin)
	if err != nil {
		return unreadable(string(p), item.Key, err)
	}
	if login.Person != p {
		return fault.New(fault.Internal, "verify.login", about(string(p), l.Subject, p, login.Person)...)
	}
	v.report.Unique++
	return nil
}

// loginItem demands that the person a login leads to has it.
func (v *verifier) loginItem(item store.Item) error {
	login, err := schema.Decode[schema.Login](item, schema.TypeLogin)
	if err != nil {
		return unreadable(item.PK, item.Key, err)
	}
	found, err := v.person(string(login.Person))
	if err != nil {
		return err
	}
	p, _ := found.(portfolio.Person)
	if !slices.ContainsFunc(p.Logins, func(l portfolio.Login) bool { return schema.LoginKey(l.Issuer, l.Subject) == item.Key }) {
		return fault.New(fault.Internal, "verify.login", about(string(login.Person), item.PK, "a person with this login", "none")...)
	}
	return nil
}
