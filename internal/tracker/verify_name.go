package tracker

import (
	"fmt"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/store"
)

// names: an aggregate's root is found by its name, and by words within it.
func (c *aggregateCheck) names() error {
	return c.named(c.id, c.things[c.id].record.Value)
}

// named demands the items by which a root is found.
func (v *verifier) named(aggregate string, root any) error {
	wanted := namesOf(root)
	if len(wanted) == 0 {
		return nil
	}
	keys := make([]store.Key, len(wanted))
	for i, want := range wanted {
		keys[i] = want.Key
	}
	items, err := v.store.Get(v.ctx, keys...)
	if err != nil {
		return storeFault(err)
	}
	for i, want := range wanted {
		same, err := sameName(items[i], want)
		switch {
		case err != nil:
			return unreadable(aggregate, want.Key, err)
		case items[i] == nil:
			return fault.New(fault.Internal, "verify.name", about(aggregate, want.Key.SK, want.Value, "none")...)
		case !same:
			return fault.New(fault.Internal, "verify.name", about(aggregate, want.Key.SK, placed(want.Index, want.Value), placed(items[i].Index, string(items[i].Body)))...)
		}
	}
	return nil
}

// placed writes where something stands, and what it is.
func placed(at [store.Indexes]store.Key, what any) string { return fmt.Sprint(at, " ", what) }

// nameItem demands that a name, or words within one, are those of a thing;
// named says whether they are as they should be.
func (v *verifier) nameItem(item store.Item) error {
	id := thingOfName(item.Key)
	if v.lastNamed.of != id {
		root, err := v.root(id)
		if ident.Prefix(id) == ident.PrefixPerson {
			root, err = v.person(id)
		}
		if err != nil {
			return err
		}
		v.lastNamed.of, v.lastNamed.keys = id, map[store.Key]bool{}
		for _, r := range namesOf(root) {
			v.lastNamed.keys[r.Key] = true
		}
	}
	if !v.lastNamed.keys[item.Key] {
		return fault.New(fault.Internal, "verify.name", about(id, item.SK, "none", string(item.Body))...)
	}
	return nil
}
