package tracker

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// Named is a thing as others show it: its id, its number or code where it has
// one, and its names.
type Named struct {
	ID    string          `json:"id"`
	Code  string          `json:"code,omitempty"`
	Names portfolio.Names `json:"names"`
}

// nameKeys are the keys of what an award names: programme, platform, project,
// payee, and the persons responsible.
func nameKeys(d award.Document) []store.Key {
	keys := []store.Key{schema.RootKey(string(d.Programme)), schema.RootKey(string(d.Platform)), schema.RootKey(string(d.Project)), schema.RootKey(string(d.Payee))}
	keys = append(keys, personKeys(d.Responsible.Funder, d.Responsible.Payee)...)
	return present(keys)
}

func personKeys(ids ...ident.Person) []store.Key {
	var keys []store.Key
	for _, id := range ids {
		if id != "" {
			keys = append(keys, schema.PersonKey(id))
		}
	}
	return keys
}

// present leaves the keys out that name nothing.
func present(keys []store.Key) []store.Key {
	var out []store.Key
	for _, k := range keys {
		if k.PK != "" {
			out = append(out, k)
		}
	}
	return out
}

// named returns what is loaded of a thing's names; an unknown one shows its id
// alone.
func (r *reading) named(id string) *Named {
	if id == "" {
		return nil
	}
	n := &Named{ID: id}
	var err error
	switch ident.Prefix(id) {
	case ident.PrefixProgramme:
		p, _, e := get[portfolio.Programme](r, schema.RootKey(id), schema.TypeProgramme)
		n.Code, n.Names, err = p.Code, p.Names, e
	case ident.PrefixPlatform:
		p, _, e := get[portfolio.Platform](r, schema.RootKey(id), schema.TypePlatform)
		n.Code, n.Names, err = p.Code, p.Names, e
	case ident.PrefixProject:
		p, _, e := get[portfolio.Project](r, schema.RootKey(id), schema.TypeProject)
		n.Code, n.Names, err = p.Code, p.Title, e
	case ident.PrefixOrganisation:
		p, _, e := get[portfolio.Organisation](r, schema.RootKey(id), schema.TypeOrganisation)
		n.Names, err = p.Names, e
	case ident.PrefixAward:
		a, _, e := get[award.Award](r, schema.RootKey(id), schema.TypeAward)
		n.Code, n.Names, err = a.Document.Number, a.Document.Title, e
	case ident.PrefixImport:
		i, _, e := get[schema.Import](r, schema.RootKey(id), schema.TypeImport)
		n.Names.ZH, err = strings.Join(i.Files, ", "), e // it has no number; people know it by its files
	case ident.PrefixPerson:
		p, _, e := get[portfolio.Person](r, schema.PersonKey(ident.Person(id)), schema.TypePerson)
		n.Names, err = p.Names, e
	}
	if err != nil { // a name is no reason to refuse what it stands beside
		return &Named{ID: id}
	}
	return n
}

// idInText finds the ids of what has a name.
var idInText = regexp.MustCompile(`(?:per|org|prg|plt|prj|awd|imp)_[0-9A-Z]{26}`)

// namesInEvents are the names of what events tell of by id. Who may read them
// reads who did what, and for whom; anything else is named to who may view it,
// since an id may stand in what somebody wrote.
func (r *reading) namesInEvents(events []JournalEvent) (map[string]Named, error) {
	ids := map[string]store.Key{}
	for _, ev := range events {
		texts := []string{ev.Thing, string(ev.Data)}
		for _, c := range ev.Changes {
			texts = append(texts, string(c.From), string(c.To))
		}
		for _, id := range idInText.FindAllString(strings.Join(texts, " "), -1) {
			ids[id] = schema.RootKey(id)
			if ident.Prefix(id) == ident.PrefixPerson {
				ids[id] = schema.PersonKey(ident.Person(id))
			}
		}
	}
	if err := r.load(slices.Collect(maps.Values(ids))...); err != nil {
		return nil, err
	}
	out := map[string]Named{}
	for id := range ids {
		if may, err := r.mayName(id); err != nil {
			return nil, err
		} else if may {
			out[id] = *r.named(id)
		}
	}
	return out, nil
}

// mayName reports whether the reader of a journal may read the name of what an
// id in it is of.
func (r *reading) mayName(id string) (bool, error) {
	views := map[string]access.Action{
		ident.PrefixAward: access.ViewAward, ident.PrefixProgramme: access.ViewProgramme, ident.PrefixProject: access.ViewProject, ident.PrefixImport: access.ViewImport,
	}
	switch prefix := ident.Prefix(id); prefix {
	case ident.PrefixPerson, ident.PrefixOrganisation:
		return true, nil
	case ident.PrefixPlatform:
		return r.viewsPlatform(ident.Platform(id))
	default:
		resource, ok, err := r.aggregateResource(id)
		if err != nil || !ok {
			return false, err
		}
		return r.t.may(r.call, views[prefix], resource)
	}
}
