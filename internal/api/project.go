package api

import (
	"context"

	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// ProjectTerms are what can be changed of a project.
type ProjectTerms struct {
	Title     portfolio.Names         `json:"title"`
	Lead      ident.Organisation      `json:"lead" doc:"The leading organisation"`
	Host      ident.Platform          `json:"host,omitempty" doc:"One of its platforms"`
	Platforms []ident.Platform        `json:"platforms,omitempty" doc:"All it is on, the host among them"`
	Sector    string                  `json:"sector,omitempty"`
	Source    portfolio.ProjectSource `json:"source"`
	TRL       readiness               `json:"trl,omitzero"`
}

// readiness is a project's technology readiness level, 1 to 9; 0 or absent is
// not stated.
type readiness struct {
	Start   int `json:"start,omitempty" minimum:"0" maximum:"9"`
	Current int `json:"current,omitempty" minimum:"0" maximum:"9"`
	Target  int `json:"target,omitempty" minimum:"0" maximum:"9"`
}

func (t ProjectTerms) project() portfolio.Project {
	return portfolio.Project{
		Title: t.Title, Lead: t.Lead, Host: t.Host, Platforms: t.Platforms, Sector: t.Sector, Source: t.Source, TRL: portfolio.TRL(t.TRL),
	}
}

// newProjectBody is ProjectTerms with what never changes.
type newProjectBody struct {
	Programme ident.Programme `json:"programme"`
	Code      string          `json:"code" doc:"Unique in the programme"`
	ProjectTerms
}

type newProjectInput struct {
	Body newProjectBody
}

type projectInput struct {
	ProjectPath
	Body ProjectTerms
}

type projectNoteInput struct {
	ProjectPath
	Body *noteBody
}

func (a *API) projects() {
	terms := example("title", example("en", "Silicon photonics interposer"), "lead", "org_01K5A7Q2M9X4T8R6W3B1C0D2E5", "source", "clinic",
		"host", "plt_01K5A7Q2M9X4T8R6W3B1C0D2E5", "platforms", []any{"plt_01K5A7Q2M9X4T8R6W3B1C0D2E5"}, "trl", example("start", 3, "target", 6))
	with := example("programme", "prg_01K5A7Q2M9X4T8R6W3B1C0D2E5", "code", "PRJ-001")
	for name, value := range terms {
		with[name] = value
	}
	act(a, operation{
		id: "createProject", method: "POST", path: "/projects", tag: tagProjects, result: creates("/projects/"),
		summary: "Propose a project",
		does:    "Proposes a project in a programme, on no platform, one, or several of which one may be host.",
		who:     "programmeManager of the programme",
		codes:   []string{"422 project.codeTaken"}, example: with,
	}, func(ctx context.Context, c tracker.Call, in *newProjectInput) (tracker.Receipt, error) {
		p := in.Body.project()
		p.Programme, p.Code = in.Body.Programme, in.Body.Code
		return a.options.Tracker.CreateProject(ctx, c, p)
	})
	act(a, operation{
		id: "editProject", method: "PUT", path: "/projects/{project}", tag: tagProjects, match: matchThing, result: changes("project"),
		summary: "Replace what is known of a project",
		does:    "Replaces everything but programme, code and state.",
		who:     "programmeManager of its programme", example: terms,
	}, func(ctx context.Context, c tracker.Call, in *projectInput) (tracker.Receipt, error) {
		return a.options.Tracker.EditProject(ctx, c, in.Project, in.Body.project())
	})
	a.moveProject(portfolio.CommandApprove, "Approves a proposed project: awards for it can be activated.")
	a.moveProject(portfolio.CommandStart, "Says that the work is underway.")
	a.moveProject(portfolio.CommandAccept, "Begins the acceptance.")
	a.moveProject(portfolio.CommandComplete, "Completes the project.")
	a.moveProject(portfolio.CommandTerminate, "Ends the project early. Needs a reason.")
}

func (a *API) moveProject(command portfolio.Command, does string) {
	act(a, operation{
		id: string(command) + "Project", method: "POST", path: "/projects/{project}/" + string(command), tag: tagProjects,
		match: matchThing, result: changes("project"), summary: title(string(command)) + " (project)", does: does,
		who: "programmeManager of its programme",
	}, func(ctx context.Context, c tracker.Call, in *projectNoteInput) (tracker.Receipt, error) {
		return a.options.Tracker.MoveProject(ctx, c, in.Project, command, in.Body.reason())
	})
}
