package console

import (
	"maps"
	"slices"
	"strings"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// placesRoutes are platforms, projects and organisations.
func (c *Console) placesRoutes(m routes) {
	c.platformRoutes(m)
	c.projectRoutes(m)
	c.organisationRoutes(m)
}

// trail is the way to a page beneath a list and perhaps a thing of it.
func (q *request) trail(list string, steps ...link) []link {
	return append([]link{{Href: "/" + list, Text: q.text("console.nav." + list)}}, steps...)
}

// inRole reports whether the reader holds a role today, wherever.
func (q *request) inRole(roles ...portfolio.Role) bool {
	return slices.ContainsFunc(q.roles(), func(r portfolio.Role) bool { return slices.Contains(roles, r) })
}

// beyondAwards reports whether the reader holds a role in more than single
// awards, so that platforms and programmes have pages for them.
func (q *request) beyondAwards() bool {
	return slices.ContainsFunc(q.roles(), func(r portfolio.Role) bool { return r.ScopeKind() != portfolio.InAward })
}

// managed is a programme of which the reader is a manager today, "" for none.
func (q *request) managed() ident.Programme {
	for _, m := range q.call.Person.Memberships {
		if m.Role == portfolio.ProgrammeManager && m.Holds(q.today) {
			return ident.Programme(m.Scope.ID)
		}
	}
	return ""
}

// historyOf is the address of a thing's journal, "" where the reader may not
// read one.
func (q *request) historyOf(id string) string {
	if !q.inRole(portfolio.ProgrammeManager, portfolio.Finance, portfolio.Head, portfolio.Auditor) {
		return ""
	}
	return at("audit", id)
}

// mostOffered is the most that a list of choices offers; of more, one looks
// for the beginning of a name.
const mostOffered = 200

// lookup is a list of choices, or its beginning.
type lookup struct {
	Options []option
	More    bool
}

// lookUp reads a list as choices, as far as one goes.
func lookUp[R any](read func(tracker.PageRequest) (tracker.Page[R], error), choice func(R) option) (lookup, error) {
	var out lookup
	p := tracker.PageRequest{Limit: 100}
	for {
		page, err := read(p)
		if err != nil {
			return lookup{}, err
		}
		for _, r := range page.Items {
			if len(out.Options) == mostOffered {
				out.More = true
				return out, nil
			}
			out.Options = append(out.Options, choice(r))
		}
		if page.Next == "" {
			return out, nil
		}
		p.Cursor = page.Next
	}
}

// keep puts what is chosen among the choices, where it is not there.
func (l *lookup) keep(value string, text func() (string, error)) error {
	if value == "" || slices.ContainsFunc(l.Options, func(o option) bool { return o.Value == value }) {
		return nil
	}
	shown, err := text()
	if k := fault.KindOf(err); err != nil && k != fault.NotFound && k != fault.Forbidden {
		return err
	}
	if err != nil {
		shown = value // what was typed by hand, or is no longer the reader's to see
	}
	l.Options = append(l.Options, option{Value: value, Text: shown})
	return nil
}

// in is a name in the reader's language.
func (q *request) in(n portfolio.Names) string { return n.In(string(q.lang)) }

// organisationChoices are organisations for a field of a form, those that
// begin with what the form looks for.
func (q *request) organisationChoices(f *form, field string) (lookup, error) {
	l, err := lookUp(func(p tracker.PageRequest) (tracker.Page[tracker.OrganisationView], error) {
		return q.tracker().Organisations(q.Context(), q.call, f.Value("find/organisation"), p)
	}, func(o tracker.OrganisationView) option { return option{Value: string(o.ID), Text: q.in(o.Names)} })
	if err != nil {
		return l, err
	}
	l.More = l.More || f.Value("find/organisation") != ""
	return l, l.keep(f.Value(field), func() (string, error) {
		o, err := q.tracker().Organisation(q.Context(), q.call, ident.Organisation(f.Value(field)))
		return q.in(o.Names), err
	})
}

// personChoices are people for a field of a form.
func (q *request) personChoices(f *form, field string) (lookup, error) {
	l, err := lookUp(func(p tracker.PageRequest) (tracker.Page[tracker.PersonView], error) {
		return q.tracker().Persons(q.Context(), q.call, f.Value("find/person"), p)
	}, func(p tracker.PersonView) option { return option{Value: string(p.ID), Text: q.in(p.Names)} })
	if err != nil {
		return l, err
	}
	l.More = l.More || f.Value("find/person") != ""
	return l, l.keep(f.Value(field), func() (string, error) {
		p, err := q.tracker().Person(q.Context(), q.call, ident.Person(f.Value(field)))
		return q.in(p.Names), err
	})
}

// platformChoices are the platforms of a programme, or all that the reader may
// see.
func (q *request) platformChoices(in ident.Programme) (lookup, error) {
	return lookUp(func(p tracker.PageRequest) (tracker.Page[tracker.PlatformView], error) {
		return q.tracker().Platforms(q.Context(), q.call, in, p)
	}, func(p tracker.PlatformView) option {
		return option{Value: string(p.ID), Text: q.in(p.Names), Hint: p.Code}
	})
}

// programmesSeen are the programmes that the reader may see.
func (q *request) programmesSeen() ([]tracker.ProgrammeView, error) {
	page, err := q.tracker().Programmes(q.Context(), q.call, tracker.PageRequest{Limit: 100})
	return page.Items, err
}

// programmeOptions are programmes as choices.
func (q *request) programmesAsOptions(list []tracker.ProgrammeView) []option {
	var out []option
	for _, p := range list {
		out = append(out, option{Value: string(p.ID), Text: q.in(p.Names)})
	}
	return out
}

// currencyChoices are the currencies that forms offer, the office's first.
func (q *request) currencyChoices() []option {
	list := options(q, "currency", "CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "CHF")
	for i := range list {
		list[i] = q.currencyChoice(list[i].Value)
	}
	return list
}

// currencyChoice is one of them.
func (q *request) currencyChoice(code string) option {
	return option{Value: code, Text: q.label("currency", code), Attr: q.functions().unitData(unitOf(code))}
}

// withCurrency adds a currency that is used and not among the choices.
func (q *request) withCurrency(list []option, code string) []option {
	if code == "" || slices.ContainsFunc(list, func(o option) bool { return o.Value == code }) {
		return list
	}
	return append(list, q.currencyChoice(code))
}

// unit reads the currency of an amount beside it, CNY where none was chosen.
func (f *fields) unit(name string) money.Unit {
	code := f.Value(name)
	if code == "" {
		return money.CNY
	}
	u, err := money.ISO(code)
	if err != nil {
		f.miss(name, err)
		return money.CNY
	}
	return u
}

// namesAt reads the names in both languages at a pointer.
func (f *form) namesAt(name string) portfolio.Names {
	return portfolio.Names{ZH: f.Value(name + "/zh"), EN: f.Value(name + "/en")}
}

// withNames puts names in.
func (f *form) withNames(name string, n portfolio.Names) *form {
	return f.With(name+"/zh", n.ZH).With(name+"/en", n.EN)
}

// drop takes the fields out whose names begin with a prefix.
func (f *form) drop(prefix string) {
	maps.DeleteFunc(f.Values, func(name string, _ []string) bool { return strings.HasPrefix(name, prefix) })
}

// placeAwards are the first awards of a place, and where all of them are.
type placeAwards struct {
	Rows []tracker.AwardRow
	More bool
	All  string             // address of the list
	Of   ident.Organisation // whose part in them is shown; empty for none
}

// mostShown is how many rows of another list a page shows.
const mostShown = 10

// awardsOf are the first awards that a query finds; what is filtered is the
// list's address.
func (q *request) awardsOf(query tracker.AwardsQuery, all string) (placeAwards, error) {
	query.Half = tracker.AllHalves
	page, err := q.tracker().Awards(q.Context(), q.call, query, tracker.PageRequest{Limit: mostShown})
	return placeAwards{Rows: page.Items, More: page.Next != "", All: all + "&half=all", Of: query.Organisation}, err
}

// Part is what the organisation is in an award: the id of a text.
func (p placeAwards) Part(r tracker.AwardRow) string {
	if r.Payee != nil && r.Payee.ID == string(p.Of) {
		return "console.place.payee"
	}
	return "console.place.party"
}

// placeMember is somebody with their roles in a place today.
type placeMember struct {
	Person tracker.Named
	Roles  []portfolio.Role
}

// members are those who hold a role in a scope today; hidden says that the
// reader may not see them.
func (q *request) members(s portfolio.Scope) (list []placeMember, hidden bool, err error) {
	all, err := q.tracker().Members(q.Context(), q.call, s)
	if k := fault.KindOf(err); err != nil && (k == fault.Forbidden || k == fault.NotFound) {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	for _, m := range all {
		member := placeMember{Person: tracker.Named{ID: string(m.Person), Names: m.Name}}
		for _, r := range m.Roles {
			member.Roles = append(member.Roles, portfolio.Role(r))
		}
		if len(member.Roles) > 0 {
			list = append(list, member)
		}
	}
	slices.SortStableFunc(list, func(a, b placeMember) int {
		rank := func(m placeMember) int { return slices.Index(portfolio.Roles(), m.Roles[0]) }
		return rank(a) - rank(b)
	})
	return list, false, nil
}

// personSeen is a person whom the reader may see, nil where not.
func (q *request) personSeen(id ident.Person) (*tracker.Named, error) {
	if id == "" {
		return nil, nil
	}
	p, err := q.tracker().Person(q.Context(), q.call, id)
	if k := fault.KindOf(err); err != nil && (k == fault.Forbidden || k == fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &tracker.Named{ID: string(p.ID), Names: p.Names}, nil
}

// active is how many of the shown awards are active.
func (p placeAwards) active() int {
	n := 0
	for _, r := range p.Rows {
		if r.State == award.Active {
			n++
		}
	}
	return n
}
