package tracker

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
)

// Initialise makes the first administrator: once, by whoever runs the
// deployment, with the login by which the issuer knows them. Items: person,
// login, member, deployment root, head, journal.
func (t *Tracker) Initialise(ctx context.Context, names portfolio.Names, l portfolio.Login) (Receipt, error) {
	return t.commit(ctx, Call{System: "init"}, "initialise", func(w *work) error {
		if err := w.begin(schema.Deployment, schema.RootKey(schema.Deployment)); err != nil {
			return err
		}
		d, err := w.deployment()
		if err != nil {
			return err
		}
		if d.InitialisedBy != "" {
			return fault.New(fault.Conflict, "deployment.initialised", "on", d.InitialisedOn.String())
		}
		p, err := w.newPerson(portfolio.Person{Names: names, Logins: []portfolio.Login{l}})
		if err != nil {
			return err
		}
		d.InitialisedBy, d.InitialisedOn = p.ID, w.on
		if err := w.put("deployment", schema.DeploymentRecord(d), "deployment.initialised", nil); err != nil {
			return err
		}
		grant := portfolio.Grant{Role: portfolio.Administrator, Scope: portfolio.Scope{Kind: portfolio.InDeployment, ID: portfolio.Deployment}}
		return w.grant(portfolio.Person{}, p, grant, true)
	})
}

// CreatePerson records a natural person with their logins. Items: person, one
// per login, name, the deployment's head and journal.
func (t *Tracker) CreatePerson(ctx context.Context, c Call, in portfolio.Person) (Receipt, error) {
	return t.commit(ctx, c, "createPerson", func(w *work) error {
		if err := w.begin(schema.Deployment); err != nil {
			return err
		}
		if err := w.require(access.CreatePerson, deploymentResource()); err != nil {
			return err
		}
		p, err := w.newPerson(in)
		if err != nil {
			return err
		}
		return w.put(string(p.ID), schema.PersonRecord(p), "person.created", nil)
	})
}

// newPerson checks a person and takes the logins; it does not write the person.
func (w *work) newPerson(in portfolio.Person) (portfolio.Person, error) {
	id, err := w.id(ident.PrefixPerson)
	if err != nil {
		return in, err
	}
	in.ID, in.Memberships = ident.Person(id), []portfolio.Membership{}
	if err := in.Check(); err != nil {
		return in, err
	}
	if in.Organisation != "" {
		if err := w.refer(rootReference("/organisation", ident.PrefixOrganisation, in.Organisation)); err != nil {
			return in, err
		}
	}
	for i, l := range in.Logins {
		key := schema.LoginKey(l.Issuer, l.Subject)
		if err := w.load(key); err != nil {
			return in, err
		}
		if w.items[key] != nil {
			return in, fault.InvalidFields(fault.At(pointer("/logins/%d", i), "person.loginTaken"))
		}
		if err := w.place(schema.LoginRecord(l, in.ID)); err != nil {
			return in, err
		}
	}
	return in, w.rename(nil, in)
}

// GrantMembership gives a person a role in a scope. Items: person, member,
// the scope's head and journal.
func (t *Tracker) GrantMembership(ctx context.Context, c Call, person ident.Person, g portfolio.Grant) (Receipt, error) {
	return t.commit(ctx, c, "grantMembership", func(w *work) error {
		if err := w.beginGrant(g.Scope); err != nil {
			return err
		}
		if err := w.refer(personReference("/person", person)); err != nil {
			return err
		}
		p, err := must[portfolio.Person](w, schema.PersonKey(person), schema.TypePerson)
		if err != nil {
			return err
		}
		grantor, err := must[portfolio.Person](w, schema.PersonKey(c.Principal.Person), schema.TypePerson)
		if err != nil {
			return err
		}
		if err := w.grant(grantor, p, g, false); err != nil {
			return err
		}
		w.check(schema.PersonKey(grantor.ID))
		return nil
	})
}

// beginGrant begins a grant in a scope. That there is no such scope is told to
// those alone who may grant everywhere: to others it is as one that they do not
// see.
func (w *work) beginGrant(s portfolio.Scope) error {
	known := s.Names(s.ID)
	if known {
		root := schema.RootKey(s.ID)
		if err := w.begin(s.ID, root); err != nil {
			return err
		}
		known = w.items[root] != nil || s.Kind == portfolio.InDeployment
	}
	if !known {
		if err := w.require(access.GrantMembership, access.Resource{Kind: access.KindMembership, ID: s.ID}); err != nil {
			return err
		}
		return fault.InvalidFields(fault.At("/scope/id", "reference.unknown", "value", clipped(s.ID)))
	}
	r, err := w.scopeResource(s)
	if err != nil {
		return err
	}
	return w.require(access.GrantMembership, r)
}

// grant writes a new membership of p into p and its scope; fresh says that p
// itself is new and is journaled with it.
func (w *work) grant(grantor, p portfolio.Person, g portfolio.Grant, fresh bool) error {
	id, err := w.id("mem")
	if err != nil {
		return err
	}
	g.ID = id
	members, err := readAll[schema.Member](w.ctx, w.t.store, g.Scope.ID, schema.MemberRange(), schema.TypeMember)
	if err != nil {
		return err
	}
	var inside []portfolio.Membership
	for _, m := range members {
		inside = append(inside, m.Memberships...)
	}
	next, m, err := p.Grant(grantor, g, inside, w.on)
	if err != nil {
		return err
	}
	if fresh {
		err = w.put(string(p.ID), schema.PersonRecord(next), "person.created", nil)
	} else {
		err = w.place(schema.PersonRecord(next))
	}
	if err != nil {
		return err
	}
	return w.putMember(next, g.Scope, "member.granted", m)
}

// putMember writes what a scope's list shows of a person.
func (w *work) putMember(p portfolio.Person, s portfolio.Scope, event string, data any) error {
	m := schema.Member{Person: p.ID, Scope: s, Memberships: []portfolio.Membership{}}
	for _, has := range p.Memberships {
		if has.Scope == s {
			m.Memberships = append(m.Memberships, has)
		}
	}
	return w.put("member/"+string(p.ID), schema.MemberRecord(m), event, data)
}

// RevokeMembership ends a membership from now on. Items as granting.
func (t *Tracker) RevokeMembership(ctx context.Context, c Call, person ident.Person, membership string, in Reason) (Receipt, error) {
	return t.commit(ctx, c, "revokeMembership", func(w *work) error {
		p, err := must[portfolio.Person](w, schema.PersonKey(person), schema.TypePerson)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(p.Memberships, func(m portfolio.Membership) bool { return m.ID == membership })
		if i < 0 {
			return errNotFound()
		}
		scope := p.Memberships[i].Scope
		if err := w.begin(scope.ID, schema.RootKey(scope.ID)); err != nil {
			return err
		}
		r, err := w.scopeResource(scope)
		if err != nil {
			return err
		}
		if err := w.require(access.RevokeMembership, r); err != nil {
			return err
		}
		if err := w.match(schema.PersonKey(person)); err != nil {
			return err
		}
		next, m, err := p.Revoke(c.Principal.Person, membership, in.Reason, w.on)
		if err != nil {
			return err
		}
		if err := w.leavesAdministrator(m, person); err != nil {
			return err
		}
		if err := w.place(schema.PersonRecord(next)); err != nil {
			return err
		}
		return w.putMember(next, scope, "member.revoked", m)
	})
}

// leavesAdministrator refuses to revoke the last administrator's role: nobody
// could grant it again, since the first one is made once.
func (w *work) leavesAdministrator(revoked portfolio.Membership, of ident.Person) error {
	if revoked.Role != portfolio.Administrator {
		return nil
	}
	members, err := readAll[schema.Member](w.ctx, w.t.store, revoked.Scope.ID, schema.MemberRange(), schema.TypeMember)
	if err != nil {
		return err
	}
	for _, other := range members {
		for _, has := range other.Memberships {
			if has.ID != revoked.ID && has.Role == portfolio.Administrator && has.Holds(w.on) {
				return nil
			}
		}
	}
	return fault.New(fault.Conflict, "membership.lastAdministrator", "person", string(of))
}

// scopeResource is the thing in which roles are granted, as access sees it; it
// is there.
func (w *work) scopeResource(s portfolio.Scope) (access.Resource, error) {
	r := access.Resource{Kind: access.KindMembership, ID: s.ID}
	if s.Kind == portfolio.InDeployment {
		r.Deployment = true
		return r, nil
	}
	switch s.Kind {
	case portfolio.InProgramme:
		w.programme = ident.Programme(s.ID)
		r.Programmes = []ident.Programme{w.programme}
	case portfolio.InPlatform:
		platform, err := w.t.platformResource(w.ctx, ident.Platform(s.ID))
		r.Programmes, r.Platforms = platform.Programmes, platform.Platforms
		return r, err
	case portfolio.InAward:
		a, err := must[award.Award](w, schema.RootKey(s.ID), schema.TypeAward)
		if err != nil {
			return r, err
		}
		w.programme = a.Document.Programme
		aw := awardResource(a)
		r.Programmes, r.Platforms, r.Award = aw.Programmes, aw.Platforms, aw.Award
	}
	return r, nil
}
