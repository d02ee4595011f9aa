package console

import (
	"cmp"
	"slices"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// scopeHome is a scope with what the reader sees of it.
type scopeHome struct {
	Scope  portfolio.Scope
	Thing  tracker.Named
	Page   string // of the thing
	Grants bool   // the reader may grant and revoke there
}

func (q *request) scopeHome(text string) (*scopeHome, error) {
	s, named, err := q.tracker().ScopeNamed(q.Context(), q.call, text)
	if err != nil {
		return nil, err
	}
	return &scopeHome{Scope: s, Thing: named, Page: q.pageOfKind(string(s.Kind), s.ID), Grants: q.grants()}, nil
}

// grants reports whether the reader grants and revokes roles: administrators
// do, everywhere.
func (q *request) grants() bool { return q.holds(portfolio.Administrator) }

// membersPage lists who has, or had, a role in a scope.
type membersPage struct {
	*scopeHome
	Form    *form
	Scopes  []option
	Members []memberLine
	Past    bool // those that no longer hold are shown too
	All     string
	Now     string
	Export  string
	Grant   string // where a role is granted; empty where the reader may not
	Sees    string // who sees the thing by whatever role; empty for the deployment
}

// memberLine is one membership.
type memberLine struct {
	Person ident.Person
	Name   portfolio.Names
	portfolio.Membership
	State  portfolio.MembershipState // today
	Later  bool                      // it begins later
	Revoke string                    // where it is revoked; empty where the reader may not
}

func (q *request) memberLine(person ident.Person, name portfolio.Names, m portfolio.Membership) memberLine {
	line := memberLine{Person: person, Name: name, Membership: m, State: m.StateOn(q.today)}
	line.Later = line.State == portfolio.MembershipActive && q.today.Before(m.From)
	if line.State == portfolio.MembershipActive && q.grants() {
		line.Revoke = at("admin", "people", person, "memberships", m.ID, "revoke")
	}
	return line
}

func (c *Console) members(q *request) error {
	if !q.may(access.ViewMembers) {
		return q.few(q.text("console.admin.members.title"))
	}
	f := &form{Action: "/admin/members", Values: q.URL.Query()}
	view := membersPage{Form: f, Past: q.URL.Query().Get("show") == "all", All: q.with("show", "all"), Now: q.with("show", ""), Export: q.exportHref()}
	var err error
	if view.Scopes, err = q.scopeOptions(); err != nil {
		return err
	}
	in := cmp.Or(f.Value("award"), f.Value("in"))
	if in == "" && len(view.Scopes) > 0 {
		in = view.Scopes[0].Value
		f.With("in", in)
	}
	if view.scopeHome, err = q.scopeHome(in); err != nil {
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
		q.refused(f, fault.InvalidFields(fault.At("/award", "reference.unknown", "value", brief([]byte(in)))))
		view.scopeHome = &scopeHome{}
		return q.show("admin-members", q.text("console.admin.members.title"), view)
	}
	if view.Scope.Kind != portfolio.InDeployment {
		view.Sees = q.whoSees(view.Scope.ID)
	}
	if view.Grants {
		view.Grant = to("/admin/members/grant", "in", view.Scope.ID)
	}
	members, err := c.Tracker.Members(q.Context(), q.call, view.Scope)
	if err != nil {
		return err
	}
	for _, p := range members {
		for _, m := range p.Memberships {
			line := q.memberLine(p.Person, p.Name, m)
			if view.Past || line.State == portfolio.MembershipActive {
				view.Members = append(view.Members, line)
			}
		}
	}
	slices.SortStableFunc(view.Members, func(a, b memberLine) int {
		return slices.Index(portfolio.Roles(), a.Role) - slices.Index(portfolio.Roles(), b.Role)
	})
	if q.exporting() {
		return q.exportMembers(view.Members)
	}
	return q.show("admin-members", q.text("console.admin.members.title"), view)
}

func (q *request) exportMembers(list []memberLine) error {
	var header []string
	for _, id := range []string{"person", "role", "scope", "from", "to", "state", "grantedOn", "revokedOn", "reason"} {
		header = append(header, q.text("console.admin."+id))
	}
	var rows [][]string
	for _, m := range list {
		l := q.console.Catalogs
		rows = append(rows, []string{
			m.Name.In(string(q.lang)), l.Label(q.lang, "role", string(m.Role)), m.Scope.ID, m.From.String(), m.To.String(),
			l.Label(q.lang, "membershipState", string(m.State)), m.GrantedOn.String(), m.RevokedOn.String(), m.Reason,
		})
	}
	return q.export("members", header, rows)
}

// revokePage ends a membership.
type revokePage struct {
	Form   *form
	Person tracker.PersonView
	Member memberLine
	Thing  *tracker.Named
	Back   string
	Cannot string
}

func (c *Console) revokeRole(q *request) error {
	p, err := c.Tracker.Person(q.Context(), q.call, ident.Person(q.PathValue("person")))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.Memberships, func(m portfolio.Membership) bool { return m.ID == q.PathValue("membership") })
	if i < 0 {
		return fault.New(fault.NotFound, "thing.notFound")
	}
	view := revokePage{Person: p, Member: q.memberLine(p.ID, p.Names, p.Memberships[i]), Back: at("admin", "people", p.ID)}
	if home, err := q.scopeHome(p.Memberships[i].Scope.ID); err == nil {
		view.Thing = &home.Thing
	}
	title := q.text("console.admin.revoke.title")
	if view.Member.Revoke == "" {
		view.Cannot = q.text("console.admin.why.revoke")
		return q.show("admin-revoke", title, view)
	}
	show := func() error { return q.show("admin-revoke", title, view) }
	if !isPost(q) {
		view.Form = q.form(view.Member.Revoke, p.Version)
		return show()
	}
	if view.Form, err = q.sent(); err != nil {
		return err
	}
	r, err := c.Tracker.RevokeMembership(q.Context(), q.command(view.Form), p.ID, q.PathValue("membership"), tracker.Reason{Reason: view.Form.Value("reason")})
	if err != nil {
		return q.again(view.Form, err, subject{r.Aggregate, q.PathValue("membership"), view.Back}, show)
	}
	return q.done(r, view.Back)
}
