package api

import (
	"context"

	"milepost/internal/attention"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

type (
	namePageInput struct {
		PageQuery
		Name string `query:"name" doc:"Names in which a word begins with this"`
	}
	platformsInput struct {
		PageQuery
		Programme ident.Programme `query:"programme"`
	}
	projectsInput struct {
		PageQuery
		Programme ident.Programme `query:"programme"`
		Platform  ident.Platform  `query:"platform" doc:"A platform's id, or none for what is on no platform"`
		State     string          `query:"state" enum:"proposed,approved,underway,acceptance,completed,terminated"`
		Sector    string          `query:"sector"`
	}
)

// portfolioQueries registers the reads of programmes, organisations, platforms
// and projects.
func (a *API) portfolioQueries() {
	t := a.options.Tracker
	list(a, operation{id: "listProgrammes", path: "/programmes", tag: tagProgrammes, summary: "List programmes", who: "everybody",
		does: "The programmes that you may see, by code."},
		func(ctx context.Context, c tracker.Call, in *PageQuery) (tracker.Page[tracker.ProgrammeView], error) {
			return t.Programmes(ctx, c, in.page())
		})
	show(a, operation{id: "getProgramme", path: "/programmes/{programme}", tag: tagProgrammes, summary: "Get a programme", who: whoSees,
		does: "A programme with its terms and the ladders in force."},
		func(v tracker.ProgrammeView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *ProgrammePath) (tracker.ProgrammeView, error) {
			return t.Programme(ctx, c, in.Programme)
		})
	view(a, operation{id: "listLadders", path: "/programmes/{programme}/ladders", tag: tagProgrammes, summary: "List a programme's ladders", who: whoSees,
		does: "All versions of all ladders: an obligation keeps the version it opened with."},
		func(ctx context.Context, c tracker.Call, in *ProgrammePath) (itemsBody[attention.Ladder], int64, error) {
			ladders, err := t.Ladders(ctx, c, in.Programme)
			return itemsBody[attention.Ladder]{ladders}, unversioned, err
		})
	list(a, operation{id: "listOrganisations", path: "/organisations", tag: tagOrganisations, summary: "List organisations", who: "everybody with a role",
		does: "Organisations by name."},
		func(ctx context.Context, c tracker.Call, in *namePageInput) (tracker.Page[tracker.OrganisationView], error) {
			return t.Organisations(ctx, c, in.Name, in.page())
		})
	show(a, operation{id: "getOrganisation", path: "/organisations/{organisation}", tag: tagOrganisations, summary: "Get an organisation",
		who: "everybody with a role", does: "An organisation with its codes."},
		func(v tracker.OrganisationView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *OrganisationPath) (tracker.OrganisationView, error) {
			return t.Organisation(ctx, c, in.Organisation)
		})
	a.placeQueries()
}

func (a *API) placeQueries() {
	t := a.options.Tracker
	list(a, operation{id: "listPlatforms", path: "/platforms", tag: tagPlatforms, summary: "List platforms", who: "everybody",
		does: "Platforms of a programme, or of all that you may see."},
		func(ctx context.Context, c tracker.Call, in *platformsInput) (tracker.Page[tracker.PlatformView], error) {
			return t.Platforms(ctx, c, in.Programme, in.page())
		})
	show(a, operation{id: "getPlatform", path: "/platforms/{platform}", tag: tagPlatforms, summary: "Get a platform", who: whoSees,
		does: "A platform with its enrolments."},
		func(v tracker.PlatformView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *PlatformPath) (tracker.PlatformView, error) {
			return t.Platform(ctx, c, in.Platform)
		})
	list(a, operation{id: "listProjects", path: "/projects", tag: tagProjects, summary: "List projects", who: "everybody",
		does: "Projects that you may see, by code."},
		func(ctx context.Context, c tracker.Call, in *projectsInput) (tracker.Page[tracker.ProjectView], error) {
			return t.Projects(ctx, c, tracker.ProjectsQuery{
				Programme: in.Programme, Platform: in.Platform, State: portfolio.ProjectState(in.State), Sector: in.Sector,
			}, in.page())
		})
	show(a, operation{id: "getProject", path: "/projects/{project}", tag: tagProjects, summary: "Get a project", who: whoSees,
		does: "A project with its platforms and readiness."},
		func(v tracker.ProjectView) int64 { return v.Version },
		func(ctx context.Context, c tracker.Call, in *ProjectPath) (tracker.ProjectView, error) {
			return t.Project(ctx, c, in.Project)
		})
}
