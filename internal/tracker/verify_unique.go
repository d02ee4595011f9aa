package tracker

import (
	"slices"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// claimsOf lists the values that a root has to itself.
func claimsOf(root any) []schema.Unique {
	switch v := root.(type) {
	case award.Award:
		if v.State != award.Discarded {
			return []schema.Unique{{Kind: uniqueAgreement, Value: v.Document.Number, Thing: string(v.ID)}}
		}
	case portfolio.Programme:
		return []schema.Unique{{Kind: "programmeCode", Value: v.Code, Thing: string(v.ID)}}
	case portfolio.Platform:
		return []schema.Unique{{Kind: "platformCode", Value: v.Code, Thing: string(v.ID)}}
	case portfolio.Project:
		return []schema.Unique{{Kind: uniqueProject, Scope: string(v.Programme), Value: v.Code, Thing: string(v.ID)}}
	case portfolio.Organisation:
		var all []schema.Unique
		for _, code := range v.Identifiers {
			all = append(all, schema.Unique{Kind: kindOrganisationCode, Scope: code.Scheme, Value: code.ID, Thing: string(v.ID)})
		}
		return all
	}
	return nil
}

const (
	kindOrganisationCode = "organisationCode"
	kindBankReference    = "bankReference"
)

// claims: every value that the aggregate has to itself is held for it.
func (c *aggregateCheck) claims() error {
	claims := claimsOf(c.things[c.id].record.Value)
	for _, p := range c.award.payments {
		if p.BankReference != "" {
			claims = append(claims, bankReference(p, c.award.root.Document.Programme))
		}
	}
	for chunk := range slices.Chunk(claims, store.MaxGet) {
		keys := make([]store.Key, len(chunk))
		for i, u := range chunk {
			keys[i] = schema.UniqueKey(u.Kind, u.Scope, u.Value)
		}
		items, err := c.store.Get(c.ctx, keys...)
		if err != nil {
			return storeFault(err)
		}
		for i, want := range chunk {
			if err := c.holds(items[i], want); err != nil {
				return err
			}
			c.report.Unique++
		}
	}
	return nil
}

func (c *aggregateCheck) holds(item *store.Item, want schema.Unique) error {
	if item == nil {
		return fault.New(fault.Internal, "verify.unique", about(c.id, want.Thing, want.Kind+" "+want.Value, "none")...)
	}
	got, err := schema.Decode[schema.Unique](*item, schema.TypeUnique)
	if err != nil {
		return unreadable(c.id, item.Key, err)
	}
	if got != want {
		return fault.New(fault.Internal, "verify.unique", about(c.id, want.Thing, want, got)...)
	}
	return nil
}

// uniqueItem holds a value against the thing that it is held for.
func (v *verifier) uniqueItem(item store.Item) error {
	u, err := schema.Decode[schema.Unique](item, schema.TypeUnique)
	if err != nil {
		return unreadable(item.PK, item.Key, err)
	}
	if want := schema.UniqueRecord(u); want.Key != item.Key || want.Index != item.Index {
		return fault.New(fault.Internal, "verify.index", about(u.Thing, item.PK, want.Key, item.Key)...)
	}
	claims, err := v.claimsFor(u)
	if err != nil {
		return err
	}
	if !slices.Contains(claims, u) {
		return fault.New(fault.Internal, "verify.unique", about(u.Thing, item.PK, "a thing with "+u.Kind+" "+u.Value, "none")...)
	}
	return nil
}

// claimsFor lists what the thing has to itself that a value is held for.
func (v *verifier) claimsFor(u schema.Unique) ([]schema.Unique, error) {
	if u.Kind != kindBankReference {
		root, err := v.root(u.Thing)
		return claimsOf(root), err
	}
	item, err := v.get(schema.PaymentKey(u.Award, ident.Payment(u.Thing)))
	if err != nil || item == nil {
		return nil, err
	}
	p, err := schema.Decode[award.Payment](*item, schema.TypePayment)
	if err != nil {
		return nil, unreadable(string(u.Award), item.Key, err)
	}
	root, err := v.root(string(u.Award))
	a, _ := root.(award.Award)
	return []schema.Unique{bankReference(p, a.Document.Programme)}, err
}

// root reads the root of an aggregate as its value, nil where there is none.
func (v *verifier) root(id string) (any, error) {
	item, err := v.get(schema.RootKey(id))
	if err != nil || item == nil {
		return nil, err
	}
	kind, err := schema.TypeOf(*item)
	if err != nil {
		return nil, unreadable(id, item.Key, err)
	}
	record, err := (&aggregateCheck{verifier: v, id: id}).rebuild(*item, kind)
	if err != nil {
		return nil, unreadable(id, item.Key, err)
	}
	return record.Value, nil
}
