package tracker

import (
	"context"
	"strings"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// OrganisationView is a legal person with its version.
type OrganisationView struct {
	portfolio.Organisation
	Version int64 `json:"version"`
}

// PersonView is a person with their version.
type PersonView struct {
	portfolio.Person
	Version int64 `json:"version"`
}

// called are the places of the names of a type that is in no one programme: the
// list of all, or, of those in whose names a text is found as a search finds it,
// each place of it.
func called(kind, text string) (sources []source, within store.Range) {
	indexes := []store.Index{store.Program}
	if text = schema.Normalise(text); text != "" {
		indexes, within = []store.Index{store.Program, store.Scope, store.Work}, store.Prefix(text)
	}
	for _, i := range indexes {
		sources = append(sources, source{index: i, partition: schema.NamesOf(kind, schema.NoProgramme)})
	}
	return sources, within
}

// calledOnce reports whether an entry is the one for which its thing is listed:
// of the places at which a text is found the first.
func (f *found) calledOnce(text string) (bool, error) {
	if text = schema.Normalise(text); text == "" {
		return true, nil
	}
	first, _, err := f.searchResult(text)
	return first == f.entry.At.SK, err
}

// thingOfName is what a name's item stands for.
func thingOfName(item store.Key) string {
	thing, _, _ := strings.Cut(item.SK, "#")
	return thing
}

// Organisations lists legal persons by name, or those in whose names a text
// begins a word.
func (t *Tracker) Organisations(ctx context.Context, c Call, name string, p PageRequest) (Page[OrganisationView], error) {
	key := func(item store.Key) store.Key { return schema.RootKey(thingOfName(item)) }
	sources, within := called(schema.TypeOrganisation, name)
	return listing[OrganisationView]{
		name: "organisations", query: name, sources: sources, within: within,
		also: func(item store.Key) []store.Key { return []store.Key{key(item)} },
		keep: func(f *found) (verdict, error) {
			may, err := t.may(c, access.ViewOrganisation, organisationResource(thingOfName(f.item.Key)))
			if err != nil || !may || f.items[key(f.item.Key)] == nil {
				return hidden, err
			}
			once, err := f.calledOnce(name)
			return seen(true, once, err)
		},
		row: func(f *found) (OrganisationView, error) {
			o, _, err := get[portfolio.Organisation](f.reading, key(f.item.Key), schema.TypeOrganisation)
			return OrganisationView{Organisation: o, Version: f.version(key(f.item.Key))}, err
		},
	}.page(ctx, t, c, p)
}

func organisationResource(id string) access.Resource {
	return access.Resource{Kind: access.KindOrganisation, ID: id}
}

// Organisation returns a legal person.
func (t *Tracker) Organisation(ctx context.Context, c Call, id ident.Organisation) (OrganisationView, error) {
	r := newReading(ctx, t, c)
	if !ident.Valid(ident.PrefixOrganisation, string(id)) {
		return OrganisationView{}, errNotFound()
	}
	if err := t.authority.Require(c.Principal, access.ViewOrganisation, organisationResource(string(id))); err != nil {
		return OrganisationView{}, err
	}
	key := schema.RootKey(string(id))
	o, err := need[portfolio.Organisation](r, key, schema.TypeOrganisation)
	return OrganisationView{Organisation: o, Version: r.version(key)}, err
}

// Persons lists persons by name, or those in whose names a text begins a word,
// as far as the caller may view them.
func (t *Tracker) Persons(ctx context.Context, c Call, name string, p PageRequest) (Page[PersonView], error) {
	key := func(item store.Key) store.Key { return schema.PersonKey(ident.Person(thingOfName(item))) }
	person := func(f *found) (portfolio.Person, bool, error) {
		return get[portfolio.Person](f.reading, key(f.item.Key), schema.TypePerson)
	}
	sources, within := called(schema.TypePerson, name)
	return listing[PersonView]{
		name: "persons", query: name, sources: sources, within: within,
		also: func(item store.Key) []store.Key { return []store.Key{key(item)} },
		rests: func(f *found) []store.Key {
			p, _, err := person(f)
			if err != nil {
				return nil
			}
			return f.keysOfPerson(p)
		},
		keep: func(f *found) (verdict, error) {
			p, ok, err := person(f)
			if err != nil || !ok {
				return hidden, err
			}
			may, err := f.viewsPerson(p)
			if err != nil || !may {
				return hidden, err
			}
			once, err := f.calledOnce(name)
			return seen(true, once, err)
		},
		row: func(f *found) (PersonView, error) {
			p, _, err := person(f)
			return PersonView{Person: p, Version: f.version(key(f.item.Key))}, err
		},
	}.page(ctx, t, c, p)
}

// keysOfPerson are what tells in which of the caller's programmes a person has
// a part: the enrolments of their platforms, and their awards.
func (r *reading) keysOfPerson(p portfolio.Person) []store.Key {
	var keys []store.Key
	for _, m := range p.Memberships {
		switch m.Scope.Kind {
		case portfolio.InPlatform:
			keys = append(keys, r.enrolmentKeys(ident.Platform(m.Scope.ID))...)
		case portfolio.InAward:
			keys = append(keys, schema.RootKey(m.Scope.ID))
		case portfolio.InDeployment, portfolio.InProgramme:
		}
	}
	return keys
}

// viewsPerson reports whether the caller may view a person; keysOfPerson are
// loaded.
func (r *reading) viewsPerson(p portfolio.Person) (bool, error) {
	resource := access.Resource{Kind: access.KindPerson, ID: string(p.ID)}
	for _, m := range p.Memberships {
		switch m.Scope.Kind {
		case portfolio.InProgramme:
			resource.Programmes = append(resource.Programmes, ident.Programme(m.Scope.ID))
		case portfolio.InPlatform:
			on, err := r.platform(ident.Platform(m.Scope.ID))
			if err != nil {
				return false, err
			}
			resource.Programmes = append(resource.Programmes, on.Programmes...)
		case portfolio.InAward:
			item := r.items[schema.RootKey(m.Scope.ID)]
			if item == nil {
				continue
			}
			a, err := decodeAward(*item)
			if err != nil {
				return false, err
			}
			resource.Programmes = append(resource.Programmes, a.Document.Programme)
		case portfolio.InDeployment:
		}
	}
	return r.t.may(r.call, access.ViewPerson, resource)
}

// Person returns a person with all memberships.
func (t *Tracker) Person(ctx context.Context, c Call, id ident.Person) (PersonView, error) {
	r := newReading(ctx, t, c)
	if !ident.Valid(ident.PrefixPerson, string(id)) {
		return PersonView{}, errNotFound()
	}
	p, err := need[portfolio.Person](r, schema.PersonKey(id), schema.TypePerson)
	if err != nil {
		return PersonView{}, err
	}
	if err := r.load(r.keysOfPerson(p)...); err != nil {
		return PersonView{}, err
	}
	may, err := r.viewsPerson(p)
	if err != nil || !may {
		return PersonView{}, orNotFound(err)
	}
	return PersonView{Person: p, Version: r.version(schema.PersonKey(id))}, nil
}

// MemberView is a person's memberships in one scope.
type MemberView struct {
	schema.Member
	Name    portfolio.Names `json:"name"`
	Version int64           `json:"version"` // of the person: what revoking takes as If-Match
	Roles   []string        `json:"roles"`   // that hold today
}

// Members lists who has, or had, a role in a scope.
func (t *Tracker) Members(ctx context.Context, c Call, s portfolio.Scope) ([]MemberView, error) {
	if !s.Names(s.ID) {
		return nil, errNotFound()
	}
	w := &work{ctx: ctx, t: t}
	if err := w.load(schema.RootKey(s.ID)); err != nil {
		return nil, err
	}
	if w.items[schema.RootKey(s.ID)] == nil {
		return nil, errNotFound()
	}
	resource, err := w.scopeResource(s)
	if err != nil {
		return nil, err
	}
	if err := t.authority.Require(c.Principal, access.ViewMembers, resource); err != nil {
		return nil, err
	}
	members, err := readAll[schema.Member](ctx, t.store, s.ID, schema.MemberRange(), schema.TypeMember)
	if err != nil {
		return nil, err
	}
	r := newReading(ctx, t, c)
	var keys []store.Key
	for _, m := range members {
		keys = append(keys, schema.PersonKey(m.Person))
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	out := []MemberView{}
	for _, m := range members {
		v := MemberView{Member: m, Name: r.named(string(m.Person)).Names, Version: r.version(schema.PersonKey(m.Person)), Roles: []string{}}
		for _, has := range m.Memberships {
			if has.Holds(t.Today()) {
				v.Roles = append(v.Roles, string(has.Role))
			}
		}
		out = append(out, v)
	}
	return out, nil
}
