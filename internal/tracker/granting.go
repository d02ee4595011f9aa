package tracker

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// maxPartyAwards is how many awards of an organisation PaidIn looks into.
const maxPartyAwards = 100

// MemberPlatforms lists by name the platforms whose members the caller may see:
// those in which they can ask who has a role, or grant one.
func (t *Tracker) MemberPlatforms(ctx context.Context, c Call, p PageRequest) (Page[Named], error) {
	sources, within := called(schema.TypePlatform, "")
	id := func(f *found) ident.Platform { return ident.Platform(thingOfName(f.item.Key)) }
	return listing[Named]{
		name: "memberPlatforms", sources: sources, within: within,
		also:  func(item store.Key) []store.Key { return []store.Key{schema.RootKey(thingOfName(item))} },
		rests: func(f *found) []store.Key { return f.enrolmentKeys(id(f)) },
		keep: func(f *found) (verdict, error) {
			resource, err := f.platform(id(f))
			if err != nil || f.items[schema.RootKey(string(id(f)))] == nil {
				return hidden, err
			}
			resource.Kind = access.KindMembership
			may, err := t.may(c, access.ViewMembers, resource)
			return seen(may, true, err)
		},
		row: func(f *found) (Named, error) { return *f.named(string(id(f))), nil },
	}.page(ctx, t, c, p)
}

// PaidIn reports whether an organisation is the payee of an award of a
// programme, of the first 100 awards that it takes part in. It is for whoever
// grants roles there: nobody of the payee's organisation decides about an award.
func (t *Tracker) PaidIn(ctx context.Context, c Call, o ident.Organisation, in ident.Programme) (bool, error) {
	if !ident.Valid(ident.PrefixOrganisation, string(o)) {
		return false, nil
	}
	resource := access.Resource{Kind: access.KindMembership, ID: string(in), Programmes: []ident.Programme{in}}
	if err := t.authority.Require(c.Principal, access.GrantMembership, resource); err != nil {
		return false, err
	}
	page, err := t.store.QueryIndex(ctx, store.IndexQuery{Index: store.Scope, Partition: schema.PartiesOf(o), Limit: maxPartyAwards})
	if err != nil {
		return false, storeFault(err)
	}
	r := newReading(ctx, t, c)
	var keys, roots []store.Key
	for _, e := range page.Entries {
		keys = append(keys, e.Item)
	}
	if err := r.load(keys...); err != nil {
		return false, err
	}
	for _, key := range keys {
		if p, ok, err := get[schema.Party](r, key, schema.TypeParty); err != nil {
			return false, err
		} else if ok && slices.Contains(p.Roles, award.PayeeParty) {
			roots = append(roots, schema.RootKey(key.PK))
		}
	}
	if err := r.load(roots...); err != nil {
		return false, err
	}
	for _, key := range roots {
		if a, ok, err := get[award.Award](r, key, schema.TypeAward); err != nil || ok && a.Document.Programme == in {
			return err == nil, err
		}
	}
	return false, nil
}
