package tracker

import (
	"cmp"
	"context"
	"slices"
	"unicode/utf8"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// SearchQuery asks for what has a text in its number, code, reference, name or title.
type SearchQuery struct {
	Text      string          `json:"text"`
	Type      string          `json:"type,omitempty"` // award, programme, platform, project, organisation, person, or payment for refunds, too
	Programme ident.Programme `json:"programme,omitempty"`
}

// SearchResult is a thing that was found, and by what.
type SearchResult struct {
	Type      string          `json:"type"`
	ID        string          `json:"id"`
	Programme ident.Programme `json:"programme,omitempty"` // of an award, what belongs to one, a project or a programme
	Award     ident.Award     `json:"award,omitempty"`     // of a payment or refund
	Code      string          `json:"code,omitempty"`      // its number, code or reference; organisations and persons have none
	Names     portfolio.Names `json:"names"`               // its names or titles; the award's for a payment or refund
	Match     schema.Match    `json:"match"`

	rank schema.Rank
}

// searched are the types of things that a search finds.
func searched() []string {
	return []string{schema.TypeAward, schema.TypeProgramme, schema.TypePlatform, schema.TypeProject, schema.TypeOrganisation, schema.TypePerson, schema.TypePayment}
}

// Search lists things that the caller may view and whose number, code, name or
// title, Chinese or English, begins with a text of at least two characters, or
// has a word, or a Chinese character, that begins with it (schema.MaxInside
// places at most); payments and refunds by their references and the bank's.
// Each stands once. Within a page those come first that are
// called just so, then those whose number or code begins with it, then names.
func (t *Tracker) Search(ctx context.Context, c Call, q SearchQuery, p PageRequest) (Page[SearchResult], error) {
	text := schema.Normalise(q.Text)
	if n := utf8.RuneCountInString(text); n < schema.MinSearch || n > schema.MaxSearch {
		return Page[SearchResult]{}, fault.InvalidFields(fault.At("/text", "search.length", "min", schema.MinSearch, "max", schema.MaxSearch))
	}
	types := searched()
	if q.Type != "" {
		if !slices.Contains(types, q.Type) {
			return Page[SearchResult]{}, badValue("type", q.Type, types...)
		}
		types = []string{q.Type}
	}
	r := newReading(ctx, t, c)
	sources, err := r.searchSources(q, types)
	if err != nil {
		return Page[SearchResult]{}, err
	}
	page, err := listing[SearchResult]{
		name: "search", query: q, sources: sources, narrow: "programme, type", within: store.Prefix(text),
		also: func(item store.Key) []store.Key {
			if !schema.IsNamed(item) {
				return nil // a payment, which its item leads to
			}
			return []store.Key{foundThing(item)}
		},
		rests: func(f *found) []store.Key { return f.keysOfFound(q) },
		keep:  func(f *found) (verdict, error) { return f.keepsFound(q, text) },
		row: func(f *found) (SearchResult, error) {
			result := f.searchResult
			if !schema.IsNamed(f.item.Key) {
				result = f.moneyResult
			}
			_, row, err := result(text)
			return row, err
		},
	}.page(ctx, t, c, p)
	slices.SortStableFunc(page.Items, func(a, b SearchResult) int { return cmp.Compare(a.rank, b.rank) })
	return page, err
}

// searchSources are the names in the programmes that the caller has a part in,
// and those of what belongs to none or several: a partition for each type, in
// each index.
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
	add := func(kind, programme string) {
		for _, index := range []store.Index{store.Program, store.Scope, store.Work} {
			out = append(out, source{index: index, partition: schema.NamesOf(kind, programme)})
		}
	}
	for _, kind := range types {
		if kind != schema.TypeAward && kind != schema.TypeProject && kind != schema.TypePayment {
			add(kind, schema.NoProgramme)
			continue
		}
		for _, p := range around {
			switch {
			case q.Programme != "" && q.Programme != p:
			case kind == schema.TypePayment:
				out = append(out, source{index: store.Work, partition: schema.MoneyNamed(p)})
			default:
				add(kind, string(p))
			}
		}
	}
	return out, nil
}

// foundThing is the key of the thing whose name, or words of it, was found.
func foundThing(item store.Key) store.Key {
	id := thingOfName(item)
	if ident.Prefix(id) == ident.PrefixPerson {
		return schema.PersonKey(ident.Person(id))
	}
	return schema.RootKey(id)
}

// keysOfFound are what tells whether the caller may view what was found, and
// whether it lies where the search is.
func (f *found) keysOfFound(q SearchQuery) []store.Key {
	if !schema.IsNamed(f.item.Key) {
		return f.keysOfMoney()
	}
	thing := foundThing(f.item.Key)
	switch ident.Prefix(thing.PK) {
	case ident.PrefixPlatform:
		keys := f.enrolmentKeys(ident.Platform(thing.PK))
		if q.Programme != "" {
			keys = append(keys, schema.EnrolmentKey(ident.Platform(thing.PK), q.Programme))
		}
		return keys
	case ident.PrefixPerson:
		p, ok, err := get[portfolio.Person](f.reading, thing, schema.TypePerson)
		if err != nil || !ok {
			return nil
		}
		return f.keysOfPerson(p)
	}
	return nil
}

// keepsFound keeps what the caller may view, at the first of the places at
// which it is found, where it lies in the programme that is searched.
func (f *found) keepsFound(q SearchQuery, text string) (verdict, error) {
	if !schema.IsNamed(f.item.Key) {
		return f.keepsMoney(q, text)
	}
	thing := foundThing(f.item.Key)
	if f.items[thing] == nil {
		return hidden, nil
	}
	may, err := f.viewsFound(thing)
	if err != nil || !may {
		return hidden, err
	}
	first, row, err := f.searchResult(text)
	within := true
	switch {
	case q.Programme == "":
	case row.Type == schema.TypePlatform:
		within = f.items[schema.EnrolmentKey(ident.Platform(row.ID), q.Programme)] != nil
	case row.Type == schema.TypeProgramme:
		within = row.Programme == q.Programme
	}
	return seen(true, within && first == f.entry.At.SK, err)
}

func (f *found) viewsFound(thing store.Key) (bool, error) {
	switch ident.Prefix(thing.PK) {
	case ident.PrefixPerson:
		p, _, err := get[portfolio.Person](f.reading, thing, schema.TypePerson)
		if err != nil {
			return false, err
		}
		return f.viewsPerson(p)
	case ident.PrefixPlatform:
		return f.viewsPlatform(ident.Platform(thing.PK))
	}
	resource, ok, err := f.aggregateResource(thing.PK)
	if err != nil || !ok {
		return false, err
	}
	views := map[string]access.Action{
		ident.PrefixAward: access.ViewAward, ident.PrefixProgramme: access.ViewProgramme,
		ident.PrefixProject: access.ViewProject, ident.PrefixOrganisation: access.ViewOrganisation,
	}
	return f.t.may(f.call, views[ident.Prefix(thing.PK)], resource)
}

// searchResult is what was found as a result, and the sort key of the first
// entry by which the search finds it: "" where it is found no more.
func (f *found) searchResult(text string) (first string, row SearchResult, err error) {
	root, err := rootOf(f.items[foundThing(f.item.Key)])
	if err != nil {
		return "", row, err
	}
	n, ok := nameOf(root)
	if !ok {
		return "", row, nil
	}
	row = SearchResult{Type: n.Type, ID: n.Thing, Names: n.Names}
	if n.Type != schema.TypeOrganisation && n.Type != schema.TypePerson {
		row.Code = n.Text
	}
	if n.Programme != schema.NoProgramme {
		row.Programme = ident.Programme(n.Programme)
	} else if n.Type == schema.TypeProgramme {
		row.Programme = ident.Programme(n.Thing)
	}
	row.Match, row.rank, first, _ = n.Find(text)
	return first, row, nil
}
