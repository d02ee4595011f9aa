package console

import (
	"context"
	"slices"

	"milepost/internal/access"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// adminRoutes are members, who can see what, calendars, sweeps.
func (c *Console) adminRoutes(m routes) {
	m.page("GET /admin", c.admin)
	m.page("GET /admin/members", c.members)
	m.page("GET /admin/members/grant", c.grantRole)
	m.page("POST /admin/members/grant", c.grantRole)
	m.page("GET /admin/people", c.people)
	m.page("GET /admin/people/new", c.newPerson)
	m.page("POST /admin/people/new", c.newPerson)
	m.page("GET /admin/people/{person}", c.person)
	m.page("GET /admin/people/{person}/memberships/{membership}/revoke", c.revokeRole)
	m.page("POST /admin/people/{person}/memberships/{membership}/revoke", c.revokeRole)
	m.page("GET /admin/access", c.whoMay)
	m.page("GET /admin/calendars", c.calendars)
	m.page("GET /admin/calendars/new", c.newCalendar)
	m.page("POST /admin/calendars/new", c.newCalendar)
	m.page("GET /admin/sweeps", c.sweeps)
	m.page("POST /admin/sweeps", c.runSweep)
}

// holds reports whether the reader holds one of the roles anywhere today.
func (q *request) holds(roles ...portfolio.Role) bool {
	return slices.ContainsFunc(q.roles(), func(r portfolio.Role) bool { return slices.Contains(roles, r) })
}

// adminPage is where administration begins.
type adminPage struct {
	Cards []adminCard
}

// adminCard leads to a part of administration.
type adminCard struct {
	ID, Href string // of its texts: console.admin.card.<id>
}

func (c *Console) admin(q *request) error {
	var view adminPage
	add := func(id, href string, roles ...portfolio.Role) {
		if len(roles) == 0 || q.holds(roles...) {
			view.Cards = append(view.Cards, adminCard{id, href})
		}
	}
	readers := []portfolio.Role{portfolio.Administrator, portfolio.ProgrammeManager, portfolio.Finance, portfolio.Head, portfolio.Auditor}
	add("members", "/admin/members", readers...)
	add("people", "/admin/people", readers...)
	add("access", "/admin/access", readers...)
	add("ladders", "/programmes")
	add("calendars", "/admin/calendars")
	add("sweeps", "/admin/sweeps", portfolio.Administrator)
	add("imports", "/imports", portfolio.ProgrammeManager, portfolio.Auditor)
	return q.show("admin", q.text("console.admin.title"), view)
}

// peopleOptions are the persons that the reader may see, for a list of choices;
// none where they are too many for one.
func (q *request) peopleOptions() ([]option, error) {
	list, more, err := choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.PersonView], error) {
		return q.tracker().Persons(ctx, q.call, "", p)
	}, func(p tracker.PersonView) option {
		return option{Value: string(p.ID), Text: p.Names.In(string(q.lang))}
	})
	if more {
		return nil, err
	}
	return list, err
}

// scopeOptions are the deployment, programmes and platforms that the reader may
// see, as choices.
func (q *request) scopeOptions() ([]option, error) {
	var out []option
	label := func(kind portfolio.ScopeKind, name string) string {
		return q.text("console.admin.scope.of", "kind", q.console.Catalogs.Label(q.lang, "scopeKind", string(kind)), "name", name)
	}
	if q.holds(portfolio.Administrator) {
		out = append(out, option{Value: portfolio.Deployment, Text: q.console.Catalogs.Label(q.lang, "scopeKind", string(portfolio.InDeployment))})
	}
	programmes, err := q.programmeOptions()
	if err != nil {
		return nil, err
	}
	for _, p := range programmes {
		out = append(out, option{Value: p.Value, Text: label(portfolio.InProgramme, p.Text)})
	}
	platforms, err := q.platformOptions("")
	for _, p := range platforms {
		out = append(out, option{Value: p.Value, Text: label(portfolio.InPlatform, p.Text)})
	}
	return out, err
}

// accessPage says who may do what on a thing, and why.
type accessPage struct {
	Form    *form // what was asked, with what is wrong with it
	People  []option
	Scopes  []option
	Found   *tracker.Explained
	Reasons []accessReason
	Page    string // of the thing
}

// accessReason is something that is allowed, with the roles that give it.
type accessReason struct {
	Action access.Action
	Grants []access.Grant
}

func (c *Console) whoMay(q *request) error {
	f := &form{Action: "/admin/access", Values: q.URL.Query()}
	view := accessPage{Form: f}
	var err error
	if view.People, err = q.peopleOptions(); err != nil {
		return err
	}
	if view.Scopes, err = q.scopeOptions(); err != nil {
		return err
	}
	if person, thing := f.Value("person"), f.Value("thing"); person != "" || thing != "" {
		found, err := c.Tracker.Explain(q.Context(), q.call, ident.Person(person), thing)
		if err != nil && !q.refused(f, err) {
			return err
		}
		if err == nil {
			view.Found, view.Page = &found, scopePage(found.Scope)
			for _, a := range found.Actions {
				r := accessReason{Action: a.Action}
				for _, b := range a.Because {
					if !slices.Contains(r.Grants, b.Grant) {
						r.Grants = append(r.Grants, b.Grant)
					}
				}
				view.Reasons = append(view.Reasons, r)
			}
		} else {
			q.status = 0 // a question, not a form that was refused
		}
	}
	return q.show("admin-access", q.text("console.admin.access.title"), view)
}

// scopePage is the page of a scope, "" for the deployment.
func scopePage(s portfolio.Scope) string {
	switch s.Kind {
	case portfolio.InProgramme:
		return at("programmes", s.ID)
	case portfolio.InPlatform:
		return at("platforms", s.ID)
	case portfolio.InAward:
		return at("awards", s.ID)
	case portfolio.InDeployment:
	}
	return ""
}
