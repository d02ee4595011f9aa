package tracker

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

const (
	minSearch   = 2
	maxSearch   = 100
	searchLimit = 20
)

// SearchQuery asks for what begins with a text: numbers of awards, codes of
// programmes, platforms and projects, names of organisations and persons.
type SearchQuery struct {
	Text      string          `json:"text"`
	Type      string          `json:"type,omitempty"` // award, programme, platform, project, organisation or person
	Programme ident.Programme `json:"programme,omitempty"`
}

// SearchResult is a thing that was found.
type SearchResult struct {
	Type      string          `json:"type"`
	ID        string          `json:"id"`
	Programme ident.Programme `json:"programme,omitempty"`
	Text      string          `json:"text"` // by which it was found, as written
}

// Search lists at most 20 things whose number, code or name begins with a
// text of at least two characters, each of which the caller may view.
func (t *Tracker) Search(ctx context.Context, c Call, q SearchQuery) ([]SearchResult, error) {
	text := schema.Normalise(q.Text)
	if n := utf8.RuneCountInString(text); n < minSearch || n > maxSearch {
		return nil, fault.InvalidFields(fault.At("/text", "search.length", "min", minSearch, "max", maxSearch))
	}
	types := []string{schema.TypeAward, schema.TypeProgramme, schema.TypePlatform, schema.TypeProject, schema.TypeOrganisation, schema.TypePerson}
	if q.Type != "" {
		if !slices.Contains(types, q.Type) {
			return nil, badValue("type", q.Type, types...)
		}
		types = []string{q.Type}
	}
	r := newReading(ctx, t, c)
	sources, err := r.searchSources(q, types)
	if err != nil {
		return nil, err
	}
	page, err := listing[SearchResult]{
		name: "search", query: q, sources: sources, narrow: "programme, type", within: store.Prefix(text), whole: false,
		also:  func(item store.Key) []store.Key { return []store.Key{foundThing(item).key} },
		rests: func(f *found) []store.Key { return f.keysOfFound() },
		keep: func(f *found) (verdict, error) {
			may, err := f.viewsFound()
			return seen(may, true, err)
		},
		row: func(f *found) (SearchResult, error) { return f.searchResult() },
	}.rows(ctx, t, c, searchLimit, "")
	return page.Items, err
}

// searchSources are the names in the programmes that the caller has a part in,
// and those of what belongs to none.
func (r *reading) searchSources(q SearchQuery, types []string) ([]source, error) {
	around, err := r.programmesAround()
	if err != nil {
		return nil, err
	}
	for _, id := range r.awardsHeld() {
		resource, ok, err := r.aggregateResource(string(id))
		if err != nil {
			return nil, err
		}
		if ok && !slices.Contains(around, resource.Programmes[0]) {
			around = append(around, resource.Programmes[0])
		}
	}
	var out []source
	for _, kind := range types {
		switch kind {
		case schema.TypeProgramme:
			sources, err := r.programmeSources()
			if err != nil {
				return nil, err
			}
			out = append(out, sources...)
		case schema.TypeOrganisation, schema.TypePerson:
			out = append(out, source{index: store.Program, partition: schema.NamesOf(kind, schema.NoProgramme)})
		default:
			for _, p := range around {
				if q.Programme == "" || q.Programme == p {
					out = append(out, source{index: store.Program, partition: schema.NamesOf(kind, string(p))})
				}
			}
		}
	}
	return out, nil
}

// foundName is what a name's item, or a programme's root, stands for.
type foundName struct {
	kind, id string
	key      store.Key // of the thing
}

func foundThing(item store.Key) foundName {
	kind, ok := strings.CutPrefix(item.PK, "n#")
	if !ok {
		return foundName{schema.TypeProgramme, item.PK, schema.RootKey(item.PK)}
	}
	id := thingOfName(item)
	if kind == schema.TypePerson {
		return foundName{kind, id, schema.PersonKey(ident.Person(id))}
	}
	return foundName{kind, id, schema.RootKey(id)}
}

// keysOfFound are what tells whether the caller may view what was found.
func (f *found) keysOfFound() []store.Key {
	thing := foundThing(f.item.Key)
	switch thing.kind {
	case schema.TypePlatform:
		return f.enrolmentKeys(ident.Platform(thing.id))
	case schema.TypePerson:
		p, ok, err := get[portfolio.Person](f.reading, thing.key, schema.TypePerson)
		if err != nil || !ok {
			return nil
		}
		return f.keysOfPerson(p)
	}
	return nil
}

func (f *found) viewsFound() (bool, error) {
	thing := foundThing(f.item.Key)
	if f.items[thing.key] == nil {
		return false, nil
	}
	if thing.kind == schema.TypePerson {
		p, _, err := get[portfolio.Person](f.reading, thing.key, schema.TypePerson)
		if err != nil {
			return false, err
		}
		return f.viewsPerson(p)
	}
	if thing.kind == schema.TypePlatform {
		return f.viewsPlatform(ident.Platform(thing.id))
	}
	resource, ok, err := f.aggregateResource(thing.id)
	if err != nil || !ok {
		return false, err
	}
	views := map[string]access.Action{
		schema.TypeAward: access.ViewAward, schema.TypeProgramme: access.ViewProgramme,
		schema.TypeProject: access.ViewProject, schema.TypeOrganisation: access.ViewOrganisation,
	}
	return f.t.may(f.call, views[thing.kind], resource)
}

func (f *found) searchResult() (SearchResult, error) {
	thing := foundThing(f.item.Key)
	if thing.kind == schema.TypeProgramme {
		p, err := schema.Decode[portfolio.Programme](*f.item, schema.TypeProgramme)
		return SearchResult{Type: thing.kind, ID: thing.id, Programme: p.ID, Text: p.Code}, err
	}
	n, err := schema.Decode[schema.Name](*f.item, schema.TypeName)
	out := SearchResult{Type: n.Type, ID: n.Thing, Text: n.Text}
	if n.Programme != schema.NoProgramme {
		out.Programme = ident.Programme(n.Programme)
	}
	return out, err
}
