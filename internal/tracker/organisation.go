package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// CreateOrganisation records a legal person. Items: root, name, one per code,
// head, journal.
func (t *Tracker) CreateOrganisation(ctx context.Context, c Call, in portfolio.Organisation, within ident.Programme) (Receipt, error) {
	return t.commit(ctx, c, "createOrganisation", func(w *work) error {
		id, err := w.create(ident.PrefixOrganisation)
		if err != nil {
			return err
		}
		if err := w.require(access.CreateOrganisation, programmeResource(within)); err != nil {
			return err
		}
		in.ID = ident.Organisation(id)
		return w.putOrganisation(portfolio.Organisation{}, in.Normal(), "organisation.created")
	})
}

// EditOrganisation replaces what is known of a legal person. A code is never
// taken away: one that comes later is added.
func (t *Tracker) EditOrganisation(ctx context.Context, c Call, id ident.Organisation, in portfolio.Organisation, within ident.Programme) (Receipt, error) {
	return t.commit(ctx, c, "editOrganisation", func(w *work) error {
		root := schema.RootKey(string(id))
		if err := w.begin(string(id), root); err != nil {
			return err
		}
		was, err := must[portfolio.Organisation](w, root, schema.TypeOrganisation)
		if err != nil {
			return err
		}
		r := programmeResource(within)
		r.Kind, r.ID = access.KindOrganisation, string(id)
		if err := w.require(access.EditOrganisation, r); err != nil {
			return err
		}
		if err := w.match(root); err != nil {
			return err
		}
		in.ID = was.ID
		if err := keepsIdentifiers(was.Normal(), in.Normal()); err != nil {
			return err
		}
		return w.putOrganisation(was, in.Normal(), "organisation.edited")
	})
}

func (w *work) putOrganisation(was, o portfolio.Organisation, event string) error {
	if o.Identifiers == nil {
		o.Identifiers = []portfolio.Identifier{}
	}
	if err := o.Check(); err != nil {
		return err
	}
	if err := w.put(string(o.ID), schema.OrganisationRecord(o), event, nil); err != nil {
		return err
	}
	claimed := map[store.Key]bool{}
	for i, code := range o.Identifiers {
		at := pointer("/identifiers/%d/id", i)
		u := schema.Unique{Kind: "organisationCode", Scope: code.Scheme, Value: code.ID, Thing: string(o.ID)}
		key := schema.UniqueKey(u.Kind, u.Scope, u.Value)
		if claimed[key] {
			return fault.InvalidFields(fault.At(at, "field.notUnique", "value", code.ID))
		}
		claimed[key] = true
		if err := w.claim(u, at, "organisation.codeTaken"); err != nil {
			return err
		}
	}
	return w.rename(was, o)
}
