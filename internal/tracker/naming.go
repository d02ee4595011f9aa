package tracker

import (
	"bytes"

	"milepost/internal/award"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// nameOf is what a root is found by; false where it is not found at all.
func nameOf(root any) (schema.Name, bool) {
	n := schema.Name{Programme: schema.NoProgramme}
	switch v := root.(type) {
	case award.Award:
		n.Type, n.Thing, n.Programme = schema.TypeAward, string(v.ID), string(v.Document.Programme)
		n.Text, n.Names = v.Document.Number, v.Document.Title
		return n, v.State != award.Discarded && v.ID != ""
	case portfolio.Project:
		n.Type, n.Thing, n.Programme = schema.TypeProject, string(v.ID), string(v.Programme)
		n.Text, n.Names = v.Code, v.Title
	case portfolio.Programme:
		n.Type, n.Thing, n.Text, n.Names = schema.TypeProgramme, string(v.ID), v.Code, v.Names
	case portfolio.Platform:
		n.Type, n.Thing, n.Text, n.Names = schema.TypePlatform, string(v.ID), v.Code, v.Names
	case portfolio.Organisation:
		n.Type, n.Thing, n.Text, n.Names = schema.TypeOrganisation, string(v.ID), v.Names.In("zh"), v.Names
	case portfolio.Person:
		n.Type, n.Thing, n.Text, n.Names = schema.TypePerson, string(v.ID), v.Names.In("zh"), v.Names
	}
	return n, n.Thing != ""
}

// rootOf decodes the root of what is found by a name, or a person; nil for what
// is none.
func rootOf(item *store.Item) (any, error) {
	if item == nil {
		return nil, nil
	}
	kind, err := schema.TypeOf(*item)
	if err != nil {
		return nil, err
	}
	switch kind {
	case schema.TypeAward:
		return decodeAward(*item)
	case schema.TypeProject:
		return schema.Decode[portfolio.Project](*item, kind)
	case schema.TypeProgramme:
		return schema.Decode[portfolio.Programme](*item, kind)
	case schema.TypePlatform:
		return schema.Decode[portfolio.Platform](*item, kind)
	case schema.TypeOrganisation:
		return schema.Decode[portfolio.Organisation](*item, kind)
	case schema.TypePerson:
		return schema.Decode[portfolio.Person](*item, kind)
	}
	return nil, nil
}

// namesOf places what a root is found by.
func namesOf(root any) []schema.Record {
	n, ok := nameOf(root)
	if !ok {
		return nil
	}
	return schema.NameRecords(n)
}

// rename makes a thing findable by its name, in place of the one that it had;
// a zero root is none. Items: of those of its name, the ones that change.
func (w *work) rename(was, is any) error {
	before, had := nameOf(was)
	after, has := nameOf(is)
	if had == has && before == after {
		return nil
	}
	wanted, gone := namesOf(is), map[store.Key]bool{}
	var keys []store.Key
	for _, r := range namesOf(was) {
		gone[r.Key] = true
		keys = append(keys, r.Key)
	}
	for _, r := range wanted {
		delete(gone, r.Key)
		keys = append(keys, r.Key)
	}
	if err := w.load(keys...); err != nil {
		return err
	}
	for _, r := range wanted {
		if same, err := sameName(w.items[r.Key], r); same || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		if err := w.place(r); err != nil {
			return err
		}
	}
	for _, key := range keys {
		if gone[key] {
			if err := w.remove(key); err != nil {
				return err
			}
		}
	}
	return nil
}

// sameName reports whether an item is what a record says.
func sameName(item *store.Item, r schema.Record) (bool, error) {
	if item == nil || item.Index != r.Index {
		return false, nil
	}
	is, err := schema.Value(item)
	if err != nil {
		return false, err
	}
	want, err := schema.Canonical(r.Value)
	return err == nil && bytes.Equal(is, want), err
}
