package console

import (
	"context"
	"slices"

	"milepost/internal/access"
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
	m.page("GET /admin/sweeps/{run}", c.swept)
	m.page("POST /admin/sweeps", c.runSweep)
}

// holds reports whether the reader holds one of the roles anywhere today.
func (q *request) holds(roles ...portfolio.Role) bool {
	return slices.ContainsFunc(q.roles(), func(r portfolio.Role) bool { return slices.Contains(roles, r) })
}

// may reports whether the reader may do something anywhere today, as far as
// roles tell.
func (q *request) may(a access.Action) bool { return q.tracker().MayAnywhere(q.call, a) }

// adminPage is where administration begins.
type adminPage struct {
	Cards []adminCard
	Few   bool // the reader sees no members, and so little of administration
}

// adminCard leads to a part of administration.
type adminCard struct {
	ID, Href string // of its texts: console.admin.card.<id>
}

func (c *Console) admin(q *request) error {
	view := adminPage{Few: !q.may(access.ViewMembers)}
	for _, card := range []struct {
		id, href string
		reads    access.Action
	}{
		{"members", "/admin/members", access.ViewMembers},
		{"people", "/admin/people", access.ViewMembers},
		{"access", "/admin/access", access.ViewMembers},
		{"ladders", "/programmes", access.ViewProgramme},
		{"calendars", "/admin/calendars", access.ViewCalendar},
		{"sweeps", "/admin/sweeps", access.ViewSweep},
		{"imports", "/imports", access.ViewImport},
	} {
		if q.may(card.reads) {
			view.Cards = append(view.Cards, adminCard{card.id, card.href})
		}
	}
	return q.show("admin", q.text("console.admin.title"), view)
}

// few is a part of administration for who sees nobody's roles: why there is
// nothing.
func (q *request) few(title string) error { return q.show("admin-few", title, title) }

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

// scopeOptions are the deployment, programmes and platforms whose members the
// reader may see, as choices.
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
	platforms, err := q.memberPlatforms()
	for _, p := range platforms {
		out = append(out, option{Value: p.Value, Text: label(portfolio.InPlatform, p.Text)})
	}
	return out, err
}
