package console

import (
	"context"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// peoplePage lists persons by name.
type peoplePage struct {
	Name   string
	People []personLine
	Pager  pager
	Export string
	New    bool
}

// personLine is a person with the roles that they hold today.
type personLine struct {
	tracker.PersonView
	Roles []portfolio.Role
	Href  string
}

func (q *request) personLine(p tracker.PersonView) personLine {
	line := personLine{PersonView: p, Href: at("admin", "people", p.ID)}
	for _, m := range p.Memberships {
		if m.Holds(q.today) && !slices.Contains(line.Roles, m.Role) {
			line.Roles = append(line.Roles, m.Role)
		}
	}
	return line
}

func (c *Console) people(q *request) error {
	if !q.may(access.ViewMembers) {
		return q.few(q.text("console.admin.people.title"))
	}
	view := peoplePage{Name: strings.TrimSpace(q.URL.Query().Get("name")), Export: q.exportHref(), New: q.grants()}
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.PersonView], error) {
		return c.Tracker.Persons(ctx, q.call, view.Name, p)
	}
	if q.exporting() {
		all, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, p := range all {
			var roles []string
			for _, r := range q.personLine(p).Roles {
				roles = append(roles, c.Catalogs.Label(q.lang, "role", string(r)))
			}
			rows = append(rows, []string{string(p.ID), p.Names.ZH, p.Names.EN, string(p.Organisation), q.words(roles)})
		}
		return q.export("people", []string{q.text("console.admin.id"), q.text("console.admin.nameZH"), q.text("console.admin.nameEN"), q.text("console.admin.organisation"), q.text("console.admin.roles")}, rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	for _, p := range page.Items {
		view.People = append(view.People, q.personLine(p))
	}
	view.Pager = q.pager(len(page.Items), page.Next)
	return q.show("admin-people", q.text("console.admin.people.title"), view)
}

// personPage is a person with everything that they held, and hold.
type personPage struct {
	personLine
	Organisation *tracker.OrganisationView
	Now, Past    []membershipLine
	Me           bool
	Grant        string            // where they are given a role; empty where the reader may not
	Logins       []portfolio.Login // shown to administrators
}

// membershipLine is a membership with the name of its scope.
type membershipLine struct {
	memberLine
	Thing   *tracker.Named // nil where the reader may not see it
	Page    string
	Explain string
}

// mostNamed is how many scopes of a person are named; each is read by itself.
const mostNamed = 20

func (c *Console) person(q *request) error {
	p, err := c.Tracker.Person(q.Context(), q.call, ident.Person(q.PathValue("person")))
	if err != nil {
		return err
	}
	view := personPage{personLine: q.personLine(p), Me: p.ID == q.call.Principal.Person}
	if q.holds(portfolio.Administrator) {
		view.Logins = p.Logins
	}
	if q.grants() && !view.Me {
		view.Grant = to("/admin/members/grant", "person", p.ID)
	}
	if p.Organisation != "" {
		o, err := c.Tracker.Organisation(q.Context(), q.call, p.Organisation)
		if err == nil {
			view.Organisation = &o
		}
	}
	for _, line := range q.membershipLines(p) {
		if line.State == portfolio.MembershipActive {
			view.Now = append(view.Now, line)
		} else {
			view.Past = append(view.Past, line)
		}
	}
	return q.show("admin-person", p.Names.In(string(q.lang)), view)
}

// membershipLines are all memberships of a person with the names of their
// scopes, as far as the reader sees them.
func (q *request) membershipLines(p tracker.PersonView) []membershipLine {
	var out []membershipLine
	named := map[string]*tracker.Named{}
	for _, m := range p.Memberships {
		thing, seen := named[m.Scope.ID]
		if !seen && len(named) < mostNamed {
			if home, err := q.scopeHome(m.Scope.ID); err == nil {
				thing = &home.Thing
			}
			named[m.Scope.ID] = thing
		}
		line := membershipLine{memberLine: q.memberLine(p.ID, p.Names, m), Thing: thing, Page: q.pageOfKind(string(m.Scope.Kind), m.Scope.ID)}
		line.Explain = to("/admin/access", "person", p.ID, "thing", m.Scope.ID)
		out = append(out, line)
	}
	return out
}

// newPersonPage records a person.
type newPersonPage struct {
	Form          *form
	Organisations []option
	Cannot        bool
}

func (c *Console) newPerson(q *request) error {
	title := q.text("console.admin.person.new")
	if !q.grants() {
		return q.show("admin-person-new", title, newPersonPage{Cannot: true})
	}
	organisations, more, err := choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.OrganisationView], error) {
		return c.Tracker.Organisations(ctx, q.call, "", p)
	}, func(o tracker.OrganisationView) option {
		return option{Value: string(o.ID), Text: o.Names.In(string(q.lang))}
	})
	if err != nil {
		return err
	}
	view := newPersonPage{Organisations: organisations}
	if more {
		view.Organisations = nil
	}
	if !isPost(q) {
		view.Form = q.form("/admin/people/new", 0).With("logins/0/issuer", issuerOf(q.call.Person))
		return q.show("admin-person-new", title, view)
	}
	if view.Form, err = q.sent(); err != nil {
		return err
	}
	f := view.Form
	r, err := c.Tracker.CreatePerson(q.Context(), q.command(f), portfolio.Person{
		Names: portfolio.Names{ZH: f.Value("names/zh"), EN: f.Value("names/en")}, Organisation: ident.Organisation(f.Value("organisation")),
		Logins: []portfolio.Login{{Issuer: f.Value("logins/0/issuer"), Subject: f.Value("logins/0/subject")}},
	})
	if err != nil {
		return q.again(f, err, subject{}, func() error { return q.show("admin-person-new", title, view) })
	}
	next := "/admin/people"
	for _, t := range r.Things {
		if t.Event == "person.created" {
			next = at("admin", "people", t.ID)
		}
	}
	return q.done(r, next)
}

// issuerOf is who signs a person in, as a suggestion for the next one.
func issuerOf(p portfolio.Person) string {
	if len(p.Logins) == 0 {
		return ""
	}
	return p.Logins[0].Issuer
}
