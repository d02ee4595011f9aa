package console

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// grantPage gives a person a role: in one scope, where the page was opened for
// that, else in one that is chosen with the role.
type grantPage struct {
	*scopeHome
	Form   *form
	People []option
	Roles  []option
	Free   bool          // the scope is chosen here
	Places []optionGroup // to choose from
	Back   string
	Check  bool
	Shown  [][2]string
	Money  bool   // the role decides about money
	Paid   string // the person's organisation, where the programme pays it and the role is the funder's
	Does   string // then what the role does with its awards: decides or pays
	Held   []membershipLine
	Apart  []apartLine
	Cannot string
}

// apartLine is a separation that a role held beside the one granted brings.
type apartLine struct {
	Code   string // of portfolio.Apart
	Beside portfolio.Role
}

func (c *Console) grantRole(q *request) error {
	in := q.URL.Query().Get("in")
	var f *form
	var err error
	if isPost(q) {
		if f, err = q.sent(); err != nil {
			return err
		}
		in = f.Value("scope/id")
	}
	view, err := q.grantPage(in, cmp.Or(q.URL.Query().Get("person"), q.PostFormValue("person")))
	if err != nil {
		return err
	}
	show := func() error { return q.show("admin-grant", q.text("console.admin.grant.title"), view) }
	if view.Cannot != "" {
		return show()
	}
	if f == nil {
		view.Form = q.form("/admin/members/grant", 0).With("scope/id", view.Scope.ID).With("from", q.today).With("person", q.URL.Query().Get("person"))
		return show()
	}
	view.Form = f
	person, grant, err := q.granted(f, view.scopeHome)
	if err != nil {
		return q.again(f, err, subject{}, show)
	}
	switch q.step() {
	case "edit":
		return show()
	case "check":
		if err := view.check(q, person, grant); err != nil {
			return q.again(f, err, subject{}, show)
		}
		return show()
	}
	r, err := c.Tracker.GrantMembership(q.Context(), q.command(f), person, grant)
	if err != nil {
		return q.again(f, err, subject{}, show)
	}
	return q.done(r, view.Back)
}

// grantPage begins a page for a scope, or for one that is yet to be chosen, and
// for a person, where one is known.
func (q *request) grantPage(in, person string) (*grantPage, error) {
	view := &grantPage{scopeHome: &scopeHome{Grants: q.grants()}, Free: in == "", Back: "/admin/people"}
	if ident.Valid(ident.PrefixPerson, person) {
		view.Back = at("admin", "people", person)
	}
	if !view.Free {
		home, err := q.scopeHome(in)
		if err != nil {
			return nil, err
		}
		view.scopeHome, view.Back = home, to("/admin/members", "in", home.Scope.ID)
	}
	if !view.Grants {
		view.Cannot = q.text("console.admin.why.grant")
		return view, nil
	}
	label := func(group, code string) string { return q.console.Catalogs.Label(q.lang, group, code) }
	for _, r := range portfolio.Roles() {
		o := option{Value: string(r), Text: label("role", string(r)), Hint: label("roleDoes", string(r))}
		if view.Free {
			o.Hint = q.text("console.admin.grant.where."+string(r.ScopeKind()), "does", o.Hint)
		}
		if view.Free || r.ScopeKind() == view.Scope.Kind {
			view.Roles = append(view.Roles, o)
		}
	}
	var err error
	if view.Free {
		if view.Places, err = q.placesToGrant(); err != nil {
			return nil, err
		}
	}
	if view.People, err = q.peopleOptions(); err != nil {
		return nil, err
	}
	me := string(q.call.Principal.Person)
	view.People = slices.DeleteFunc(view.People, func(o option) bool { return o.Value == me })
	if ident.Valid(ident.PrefixPerson, person) && person != me && !slices.ContainsFunc(view.People, func(o option) bool { return o.Value == person }) {
		view.People = append(view.People, option{Value: person, Text: q.in(*q.personNames()(ident.Person(person)))})
	}
	return view, nil
}

// placesToGrant are the programmes and platforms in which a role can be
// granted, by name.
func (q *request) placesToGrant() ([]optionGroup, error) {
	programmes, err := q.programmeOptions()
	if err != nil {
		return nil, err
	}
	platforms, err := q.memberPlatforms()
	if err != nil {
		return nil, err
	}
	var groups []optionGroup
	for _, g := range []optionGroup{
		{q.console.Catalogs.Label(q.lang, "scopeKind", string(portfolio.InProgramme)), programmes},
		{q.console.Catalogs.Label(q.lang, "scopeKind", string(portfolio.InPlatform)), platforms},
	} {
		if len(g.Options) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// memberPlatforms are the platforms whose members the reader may see, as far as
// a list of choices goes.
func (q *request) memberPlatforms() ([]option, error) {
	out, _, err := choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.Named], error) {
		return q.tracker().MemberPlatforms(ctx, q.call, p)
	}, func(n tracker.Named) option {
		return option{Value: n.ID, Text: q.fullName(n)}
	})
	return out, err
}

// check fills in the summary of a grant, or returns why it would be refused.
func (v *grantPage) check(q *request, person ident.Person, g portfolio.Grant) error {
	p, err := q.tracker().Person(q.Context(), q.call, person)
	if fault.KindOf(err) == fault.NotFound {
		return fault.InvalidFields(fault.At("/person", "reference.unknown", "value", brief([]byte(person))))
	}
	if err == nil {
		err = q.grantable(p, g)
	}
	if err != nil {
		return err
	}
	if err := v.paid(q, p, g); err != nil {
		return err
	}
	v.Check, v.Money = true, g.Role.Money()
	v.beside(q, p, g)
	label := func(group, code string) string { return q.console.Catalogs.Label(q.lang, group, code) }
	where := label("scopeKind", string(g.Scope.Kind))
	if g.Scope.Kind != portfolio.InDeployment {
		where = q.text("console.admin.scope.of", "kind", where, "name", q.fullName(v.Thing))
	}
	v.Shown = [][2]string{
		{q.text("console.admin.person"), q.in(p.Names)}, {q.text("console.admin.role"), label("role", string(g.Role))}, {q.text("console.admin.scope"), where},
		{q.text("console.admin.from"), g.From.String()}, {q.text("console.admin.to"), cmp.Or(g.To.String(), q.text("console.admin.noEnd"))},
	}
	return nil
}

// paid notes where a role of the funder goes to somebody of an organisation that
// the programme pays: they decide nothing about its awards.
func (v *grantPage) paid(q *request, p tracker.PersonView, g portfolio.Grant) error {
	if !g.Role.Money() {
		return nil
	}
	paid, err := q.tracker().PaidIn(q.Context(), q.call, p.Organisation, ident.Programme(g.Scope.ID))
	if err != nil || !paid {
		return err
	}
	o, err := q.tracker().Organisation(q.Context(), q.call, p.Organisation)
	if v.Paid, v.Does = q.in(o.Names), "decides"; g.Role == portfolio.Finance {
		v.Does = "pays"
	}
	return err
}

// grantable is what would refuse a grant, before it is sent.
func (q *request) grantable(p tracker.PersonView, g portfolio.Grant) error {
	members, err := q.tracker().Members(q.Context(), q.call, g.Scope)
	if err != nil {
		return err
	}
	var inside []portfolio.Membership
	for _, m := range members {
		inside = append(inside, m.Memberships...)
	}
	_, _, err = p.Grant(q.call.Person, g, inside, q.today)
	return err
}

// beside fills in what the person holds already, now or later, and which
// separations that brings with the role that is granted.
func (v *grantPage) beside(q *request, p tracker.PersonView, g portfolio.Grant) {
	for _, line := range q.membershipLines(p) {
		if line.State != portfolio.MembershipActive {
			continue
		}
		v.Held = append(v.Held, line)
		if !line.Scope.Meet(g.Scope) || !g.To.IsZero() && g.To.Before(line.From) || !line.To.IsZero() && line.To.Before(g.From) {
			continue
		}
		for _, code := range portfolio.Apart(line.Role, g.Role) {
			if a := (apartLine{code, line.Role}); !slices.Contains(v.Apart, a) {
				v.Apart = append(v.Apart, a)
			}
		}
	}
}

// granted reads what a form grants, in the scope of its page or in the one that
// it names; that is filled into the home.
func (q *request) granted(f *form, home *scopeHome) (ident.Person, portfolio.Grant, error) {
	in := f.fields()
	g := portfolio.Grant{Role: portfolio.Role(f.Value("role")), From: in.date("from"), To: in.date("to")}
	if f.Value("person") == "" {
		in.miss("person", fault.New(fault.Invalid, "field.required"))
	}
	if g.Role == "" {
		in.miss("role", fault.New(fault.Invalid, "field.required"))
	}
	if home.Scope.ID == "" && g.Role != "" {
		if err := q.placed(in, g.Role, home); err != nil {
			return "", g, err
		}
	}
	if g.From.IsZero() {
		g.From = q.today
	}
	g.Scope = home.Scope
	return ident.Person(f.Value("person")), g, in.err()
}

// placed finds the place that a form names for a role: typed, or else chosen.
// Administrators need none.
func (q *request) placed(in *fields, role portfolio.Role, home *scopeHome) error {
	field, text := "code", strings.TrimSpace(in.Value("code"))
	if text == "" {
		field, text = "in", in.Value("in")
	}
	if role.ScopeKind() == portfolio.InDeployment {
		text = portfolio.Deployment
	}
	if text == "" {
		in.miss("in", fault.New(fault.Invalid, "field.required"))
		return nil
	}
	found, err := q.scopeHome(text)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		in.miss(field, fault.New(fault.Invalid, "reference.unknown", "value", brief([]byte(text))))
	case err != nil:
		return err
	case found.Scope.Kind != role.ScopeKind():
		in.miss(field, fault.New(fault.Invalid, "membership.scopeKind", "role", string(role), "kind", string(role.ScopeKind())))
	default:
		*home = *found
	}
	return nil
}
