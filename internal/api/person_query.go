package api

import (
	"context"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

type (
	membersInput struct {
		Scope portfolio.ScopeKind `query:"scope" required:"true" doc:"The kind of scope"`
		ID    string              `query:"id" doc:"The scope's id; not for the deployment"`
	}
	readersInput struct {
		PageQuery
		Thing string `query:"thing" required:"true" maxLength:"200" doc:"dep for the deployment, the id or code of a programme or platform, the id or agreement number of an award, the id of a project"`
	}
	accessInput struct {
		Person ident.Person `query:"person" required:"true"`
		Thing  string       `query:"thing" required:"true" maxLength:"200" doc:"As of the readers of a thing"`
	}
	searchInput struct {
		PageQuery
		Text      string          `query:"q" required:"true" minLength:"2" maxLength:"100" doc:"What a number, code, name or title begins with, or a word in one"`
		Type      string          `query:"type" enum:"award,programme,platform,project,organisation,person,payment" doc:"payment is for refunds, too"`
		Programme ident.Programme `query:"programme"`
	}
)

// peopleQueries registers the reads of persons and memberships, and search.
func (a *API) peopleQueries() {
	t := a.options.Tracker
	view(a, operation{id: "getMe", path: "/me", tag: tagPeople, summary: "Who you are here", who: "everybody",
		does: "Yourself with the memberships that hold today, the business date, and how much waits for you."},
		func(ctx context.Context, c tracker.Call, _ *struct{}) (tracker.MeView, int64, error) {
			me, err := t.Me(ctx, c)
			return me, unversioned, err
		})
	list(a, operation{id: "listPersons", path: "/persons", tag: tagPeople, summary: "List persons", who: "whoever may see them",
		does: "Persons by name."},
		func(ctx context.Context, c tracker.Call, in *namePageInput) (tracker.Page[tracker.PersonView], error) {
			return t.Persons(ctx, c, in.Name, in.page())
		})
	show(a, operation{id: "getPerson", path: "/persons/{person}", tag: tagPeople, summary: "Get a person", who: "whoever may see them",
		does: "A person with all memberships, past ones too. The ETag is what revoking takes."},
		func(v tracker.PersonView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *PersonPath) (tracker.PersonView, error) {
			return t.Person(ctx, c, in.Person)
		})
	view(a, operation{id: "listMembers", path: "/members", tag: tagPeople, summary: "List the members of a scope", who: whoSees,
		does: "Who has, or had, a role in a scope."},
		func(ctx context.Context, c tracker.Call, in *membersInput) (itemsBody[tracker.MemberView], int64, error) {
			id := in.ID
			if in.Scope == portfolio.InDeployment {
				id = portfolio.Deployment
			}
			if id == "" {
				return itemsBody[tracker.MemberView]{}, unversioned, fault.InvalidFields(fault.At("/id", "field.required"))
			}
			members, err := t.Members(ctx, c, portfolio.Scope{Kind: in.Scope, ID: id})
			return itemsBody[tracker.MemberView]{members}, unversioned, err
		})
	view(a, operation{id: "listReaders", path: "/access/readers", tag: tagPeople, summary: "Who may see a thing", who: "whoever sees the thing's members",
		does: "Every membership by which somebody may see a thing today, with what it allows there, and the steps that a separation keeps them from now " +
			"(of an award, for who sees the award). withheld names kinds of scope in which others may have such a role, whom you do not see. " +
			"A page may be short, even empty: only a missing next ends the list.",
		codes: []string{"422 cursor.invalid", "422 reference.unknown"}},
		func(ctx context.Context, c tracker.Call, in *readersInput) (tracker.ReadersView, int64, error) {
			v, err := t.Readers(ctx, c, in.Thing, in.page())
			return v, unversioned, err
		})
	view(a, operation{id: "explainAccess", path: "/access", tag: tagPeople, summary: "What a person may do on a thing, and why", who: "whoever sees the person and the thing's members",
		does:  "What the roles of a person allow today on a thing or on what lies in it, each with the policies and memberships that give it. States, separations and amounts may still refuse it.",
		codes: []string{"422 reference.unknown"}},
		func(ctx context.Context, c tracker.Call, in *accessInput) (tracker.Explained, int64, error) {
			v, err := t.Explain(ctx, c, in.Person, in.Thing)
			return v, unversioned, err
		})
	list(a, operation{id: "search", path: "/search", tag: tagDeployment, summary: "Search", who: "everybody",
		does: "Things that you may see whose number, code, name or title, Chinese or English, begins with a text, " +
			"or has a word or a Chinese character from which on it reads so, and payments and refunds whose reference or bank's reference begins with it. Letters in either case and of either width are the same. " +
			"match says where the text stands. Within a page what is called just so comes first, then numbers and codes, names, and words within."},
		func(ctx context.Context, c tracker.Call, in *searchInput) (tracker.Page[tracker.SearchResult], error) {
			return t.Search(ctx, c, tracker.SearchQuery{Text: in.Text, Type: in.Type, Programme: in.Programme}, in.page())
		})
}
