package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// NamesIn returns the names of persons and organisations that things of an
// award name, which the caller may view. ids come from those things, never from
// the caller; empty ones are passed over.
func (t *Tracker) NamesIn(ctx context.Context, c Call, id ident.Award, ids ...string) (map[string]Named, error) {
	if !ident.Valid(ident.PrefixAward, string(id)) {
		return nil, errNotFound()
	}
	r := newReading(ctx, t, c)
	keys := []store.Key{schema.RootKey(string(id))}
	for _, named := range ids {
		switch ident.Prefix(named) {
		case ident.PrefixPerson:
			keys = append(keys, schema.PersonKey(ident.Person(named)))
		case ident.PrefixOrganisation:
			keys = append(keys, schema.RootKey(named))
		}
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	if r.items[keys[0]] == nil {
		return nil, errNotFound()
	}
	a, err := decodeAward(*r.items[keys[0]])
	if err != nil {
		return nil, err
	}
	if err := t.authority.Require(c.Principal, access.ViewAward, awardResource(a)); err != nil {
		return nil, err
	}
	out := map[string]Named{}
	for _, named := range ids {
		if named != "" {
			out[named] = *r.named(named)
		}
	}
	return out, nil
}
