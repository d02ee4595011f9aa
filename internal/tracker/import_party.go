package tracker

import (
	"context"
	"strings"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ProgrammeNamed finds the programme that somebody who imports means: by its
// id or code; by nothing at all, where there is just one in which they may
// prepare imports. One out of their sight is thing.notFound like one that is
// not there.
func (t *Tracker) ProgrammeNamed(ctx context.Context, c Call, text string) (ident.Programme, error) {
	text = strings.TrimSpace(text)
	id := ident.Programme(text)
	switch {
	case text == "":
		scopes := t.authority.Scopes(c.Principal, access.PrepareImport)
		if len(scopes) != 1 || scopes[0].Kind != portfolio.InProgramme {
			return "", fault.InvalidFields(fault.At("/programme", "field.required"))
		}
		id = ident.Programme(scopes[0].ID)
	case !ident.Valid(ident.PrefixProgramme, text):
		thing, err := t.holderOf(ctx, schema.UniqueKey("programmeCode", "", text))
		if err != nil {
			return "", err
		}
		id = ident.Programme(thing)
	}
	return id, t.authority.Require(c.Principal, access.PrepareImport, programmeResource(id))
}

// MayImport refuses whoever may prepare imports nowhere (access.forbidden). It
// asks nobody, so it can be told before files are read.
func (t *Tracker) MayImport(c Call) error {
	if len(t.authority.Scopes(c.Principal, access.PrepareImport)) == 0 {
		return fault.New(fault.Forbidden, "access.forbidden", "action", string(access.PrepareImport))
	}
	return nil
}

// OrganisationNamed finds an organisation by its id, a code of it
// (SCHEME:CODE, or a CN-USCC alone), or its name. pointer says where it is
// asked for. Faults: reference.unknown, reference.ambiguous.
func (t *Tracker) OrganisationNamed(ctx context.Context, pointer, text string) (ident.Organisation, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fault.InvalidFields(fault.At(pointer, "field.required"))
	}
	if ident.Valid(ident.PrefixOrganisation, text) {
		items, err := t.store.Get(ctx, schema.RootKey(text))
		if err != nil {
			return "", storeFault(err)
		}
		if items[0] != nil {
			return ident.Organisation(text), nil
		}
	}
	scheme, code, found := strings.Cut(text, ":")
	if !found {
		scheme, code = portfolio.USCC, text
	}
	thing, err := t.holderOf(ctx, schema.UniqueKey("organisationCode", strings.TrimSpace(scheme), strings.TrimSpace(code)))
	if err != nil || thing != "" {
		return ident.Organisation(thing), err
	}
	return t.organisationCalled(ctx, pointer, text)
}

// organisationCalled finds the one organisation of a name.
func (t *Tracker) organisationCalled(ctx context.Context, pointer, name string) (ident.Organisation, error) {
	page, err := t.store.QueryIndex(ctx, store.IndexQuery{
		Index: store.Program, Partition: schema.NamesOf(schema.TypeOrganisation, schema.NoProgramme),
		Range: schema.NamedExactly(name), Limit: 2,
	})
	if err != nil {
		return "", storeFault(err)
	}
	switch len(page.Entries) {
	case 0:
		return "", fault.InvalidFields(fault.At(pointer, "reference.unknown", "value", clipped(name)))
	case 1:
		id, _, _ := strings.Cut(page.Entries[0].Item.SK, "#")
		return ident.Organisation(id), nil
	}
	return "", fault.InvalidFields(fault.At(pointer, "reference.ambiguous", "value", clipped(name)))
}

// holderOf is the thing that has a unique value, "" for none.
func (t *Tracker) holderOf(ctx context.Context, key store.Key) (string, error) {
	items, err := t.store.Get(ctx, key)
	if err != nil {
		return "", storeFault(err)
	}
	if items[0] == nil {
		return "", nil
	}
	u, err := schema.Decode[schema.Unique](*items[0], schema.TypeUnique)
	return u.Thing, err
}
