package tracker

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/ledger"
	"milepost/internal/money"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// LedgerView is a page of an award's book, with the balances of all of it and
// the totals that the award's head keeps.
type LedgerView struct {
	Page[ledger.Entry]
	Version  int64                           `json:"version"` // sequence of the award
	Balances map[ledger.Account]money.Amount `json:"balances"`
	Totals   *award.Totals                   `json:"totals,omitempty"`
}

// Ledger returns an award's book in the order of its entries.
func (t *Tracker) Ledger(ctx context.Context, c Call, id ident.Award, p PageRequest) (LedgerView, error) {
	r := newReading(ctx, t, c)
	if !ident.Valid(ident.PrefixAward, string(id)) {
		return LedgerView{}, errNotFound()
	}
	if err := r.load(schema.RootKey(string(id)), schema.HeadKey(string(id))); err != nil {
		return LedgerView{}, err
	}
	a, err := need[award.Award](r, schema.RootKey(string(id)), schema.TypeAward)
	if err != nil {
		return LedgerView{}, err
	}
	if err := t.authority.Require(c.Principal, access.ViewLedger, awardResource(a)); err != nil {
		return LedgerView{}, err
	}
	head, err := need[schema.Head](r, schema.HeadKey(string(id)), schema.TypeHead)
	if err != nil {
		return LedgerView{}, err
	}
	v := LedgerView{Page: Page[ledger.Entry]{Items: []ledger.Entry{}}, Version: head.Seq, Totals: head.Totals}
	all, err := readAll[ledger.Entry](ctx, t.store, string(id), schema.LedgerRange(), schema.TypeLedger)
	if err != nil {
		return v, err
	}
	if v.Balances, err = ledger.Balances(all); err != nil {
		return v, err
	}
	items, next, err := r.strongPage("ledger "+string(id), struct{}{}, store.Query{Partition: string(id), Range: schema.LedgerRange()}, p)
	if err != nil {
		return v, err
	}
	v.Next = next
	for _, item := range items {
		e, err := schema.Decode[ledger.Entry](item, schema.TypeLedger)
		if err != nil {
			return v, err
		}
		v.Items = append(v.Items, e)
	}
	return v, nil
}
