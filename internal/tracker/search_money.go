package tracker

import (
	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// moneyFound is the key of the payment or refund that an entry of its
// references stands for: that of its item, or of the payment for which the
// bank's reference is held.
func (f *found) moneyFound() (store.Key, error) {
	kind, err := schema.TypeOf(*f.item)
	if err != nil || kind != schema.TypeUnique {
		return f.item.Key, err
	}
	u, err := schema.Decode[schema.Unique](*f.item, kind)
	return schema.PaymentKey(u.Award, ident.Payment(u.Thing)), err
}

// keysOfMoney are those of the payment or refund that was found, and of its
// award.
func (f *found) keysOfMoney() []store.Key {
	key, err := f.moneyFound()
	if err != nil {
		return nil
	}
	return []store.Key{key, schema.RootKey(key.PK)}
}

// keepsMoney is keepsFound for a payment or refund. One that has the same
// reference twice is kept at its own item.
func (f *found) keepsMoney(q SearchQuery, text string) (verdict, error) {
	key, err := f.moneyFound()
	if err != nil || f.items[key] == nil {
		return hidden, err
	}
	a, ok, err := get[award.Award](f.reading, schema.RootKey(key.PK), schema.TypeAward)
	if err != nil || !ok {
		return hidden, err
	}
	may, err := f.t.may(f.call, access.ViewPayment, resourceOf(a, access.KindPayment, ""))
	if err != nil || !may {
		return hidden, err
	}
	first, _, err := f.moneyResult(text)
	again := f.item.Key != key && f.items[key].Index[store.Work] == f.entry.At
	return seen(true, !again && first == f.entry.At.SK && (q.Programme == "" || q.Programme == a.Document.Programme), err)
}

// moneyResult is searchResult for a payment or refund.
func (f *found) moneyResult(text string) (first string, row SearchResult, err error) {
	key, err := f.moneyFound()
	if err != nil {
		return "", row, err
	}
	a, _, err := get[award.Award](f.reading, schema.RootKey(key.PK), schema.TypeAward)
	if err != nil {
		return "", row, err
	}
	row = SearchResult{Award: a.ID, Programme: a.Document.Programme, Names: a.Document.Title}
	if row.Type = kindOfItem(key); row.Type == access.KindRefund {
		r, _, err := get[award.Refund](f.reading, key, schema.TypeRefund)
		row.ID, row.Code = string(r.ID), r.Reference
		row.Match, row.rank, first, _ = schema.FindRefund(r, text)
		return first, row, err
	}
	p, _, err := get[award.Payment](f.reading, key, schema.TypePayment)
	row.ID, row.Code = string(p.ID), p.Reference
	row.Match, row.rank, first, _ = schema.FindPayment(p, text)
	return first, row, err
}
