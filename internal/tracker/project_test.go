package tracker_test

import (
	"slices"
	"strings"
	"testing"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

func projectOf(o *trackertest.Office, code string, platforms ...ident.Platform) portfolio.Project {
	p := portfolio.Project{Programme: o.Programme, Code: code, Title: portfolio.Names{ZH: "项目 " + code}, Lead: o.Payee,
		Platforms: platforms, Source: portfolio.Clinic}
	if len(platforms) > 0 {
		p.Host = platforms[0]
	}
	return p
}

// projectsOn lists the projects that stand with a platform.
func projectsOn(t *testing.T, o *trackertest.Office, p ident.Platform) []string {
	t.Helper()
	page, err := o.Store.QueryIndex(t.Context(), store.IndexQuery{Index: store.Scope, Partition: schema.ProjectsOf(string(p))})
	if err != nil {
		t.Fatal(err)
	}
	projects := []string{}
	for _, e := range page.Entries {
		projects = append(projects, e.Item.PK)
	}
	return projects
}

// A project names a lead and platforms of its programme, one of them its host.
func TestCreateProject(t *testing.T) {
	o := trackertest.New(t, nil)
	elsewhere := o.NewProgramme("ELSE", nil, trackertest.Manager2)
	r, err := o.Tracker.CreatePlatform(o.Ctx, o.Call(trackertest.Manager2), tracker.NewPlatform{Platform: platformOf("P-ELSE", o.Payee), Enrolment: enrolled(elsewhere)})
	foreign := ident.Platform(expectDone(t, "platform elsewhere", r, err).Aggregate)
	manager := o.Call(trackertest.Manager)
	change := func(f func(*portfolio.Project)) portfolio.Project {
		p := projectOf(o, "NEW", o.Platform)
		f(&p)
		return p
	}
	for _, test := range []struct {
		name   string
		in     portfolio.Project
		fields []string
	}{
		{"host not among the platforms", change(func(p *portfolio.Project) { p.Host = o.OtherPlatform }), []string{"/host project.hostNotListed"}},
		{"platform not enrolled", projectOf(o, "NEW", foreign), []string{"/platforms/0 platform.notEnrolled"}},
		{"unknown platform", projectOf(o, "NEW", o.Platform, "plt_01K3ZZZZZZ0000000000000000"), []string{"/platforms/1 platform.notEnrolled"}},
		{"empty platform", projectOf(o, "NEW", o.Platform, ""), []string{"/platforms/1 platform.notEnrolled"}},
		{"platform that is no id", projectOf(o, "NEW", ident.Platform(strings.Repeat("p", 3000))), []string{"/platforms/0 platform.notEnrolled"}},
		{"platform twice", projectOf(o, "NEW", o.Platform, o.Platform), []string{"/platforms/1 field.notUnique"}},
		{"unknown lead", change(func(p *portfolio.Project) { p.Lead = "org_01K3ZZZZZZ0000000000000000" }), []string{"/lead reference.unknown"}},
		{"lead that is a programme", change(func(p *portfolio.Project) { p.Lead = ident.Organisation(o.Programme) }), []string{"/lead reference.unknown"}},
		{"code taken", projectOf(o, "prj-1"), []string{"/code project.codeTaken"}},
		{"readiness falls", change(func(p *portfolio.Project) { p.TRL = portfolio.TRL{Start: 5, Target: 4} }), []string{"/trl/target project.trlTargetBelowStart"}},
		{"nothing said", portfolio.Project{Programme: o.Programme}, []string{"/code field.required", "/title field.required", "/lead field.required", "/source field.required"}},
	} {
		_, err := o.Tracker.CreateProject(o.Ctx, manager, test.in)
		expectInvalid(t, test.name, err, test.fields...)
	}
	in := projectOf(o, "PRJ-1")
	in.Programme = elsewhere
	r, err = o.Tracker.CreateProject(o.Ctx, o.Call(trackertest.Manager2), in)
	expectDone(t, "the same code in another programme", r, err)
	for name, programme := range map[string]ident.Programme{"another's programme": elsewhere, "no programme": "", "unknown programme": "prg_01K3ZZZZZZ0000000000000000"} {
		in.Programme = programme
		_, err = o.Tracker.CreateProject(o.Ctx, manager, in)
		expectFault(t, name, err, fault.NotFound, "thing.notFound")
	}
}

// A project stands with its host and with every platform that it is linked to,
// and leaves those that it leaves.
func TestEditProjectLinks(t *testing.T) {
	o := trackertest.New(t, nil)
	manager := o.Call(trackertest.Manager)
	r, err := o.Tracker.CreateProject(o.Ctx, manager, projectOf(o, "L", o.Platform))
	id := ident.Project(expectDone(t, "create", r, err).Aggregate)
	for _, step := range []struct {
		name      string
		host      ident.Platform
		platforms []ident.Platform
	}{
		{"linked", o.Platform, []ident.Platform{o.Platform, o.OtherPlatform}},
		{"the other is host", o.OtherPlatform, []ident.Platform{o.Platform, o.OtherPlatform}},
		{"no host", "", []ident.Platform{o.Platform, o.OtherPlatform}},
		{"one again", o.Platform, []ident.Platform{o.Platform}},
		{"none", "", nil},
		{"both", o.OtherPlatform, []ident.Platform{o.OtherPlatform, o.Platform}},
	} {
		in := projectOf(o, "ignored", step.platforms...)
		in.Host, in.State, in.Title = step.host, portfolio.ProjectCompleted, portfolio.Names{ZH: step.name}
		r, err := o.Tracker.EditProject(o.Ctx, manager, id, in)
		expectDone(t, step.name, r, err)
		for _, p := range []ident.Platform{o.Platform, o.OtherPlatform} {
			n := 0
			for _, found := range projectsOn(t, o, p) {
				if found == string(id) {
					n++
				}
			}
			if want := slices.Contains(step.platforms, p); want && n != 1 || !want && n != 0 {
				t.Errorf("%s: stands %d times with %s", step.name, n, p)
			}
		}
		got := storedThing[portfolio.Project](t, o, schema.RootKey(string(id)), schema.TypeProject)
		if got.Code != "L" || got.State != portfolio.ProjectProposed || got.Programme != o.Programme {
			t.Errorf("%s: edited to %+v", step.name, got)
		}
		if got := finds(t, o, trackertest.Manager, tracker.SearchQuery{Text: step.name, Type: schema.TypeProject}); !slices.Equal(got, []string{"project L"}) {
			t.Errorf("%s finds %q", step.name, got)
		}
	}
	_, err = o.Tracker.EditProject(o.Ctx, o.Call(trackertest.Operator), id, projectOf(o, "L"))
	expectFault(t, "by an operator of one of its platforms", err, fault.Forbidden, "access.forbidden")
	_, err = o.Tracker.EditProject(o.Ctx, o.Call(trackertest.Operator), o.LoneProject, projectOf(o, "L"))
	expectFault(t, "by who does not see it", err, fault.NotFound, "thing.notFound")
}

// A project takes the moves of its table; terminating needs a reason, and what
// has ended activates nothing.
func TestMoveProject(t *testing.T) {
	o := trackertest.New(t, nil)
	manager := o.Call(trackertest.Manager)
	draft := o.Draft(o.Document(oneDue("2026-06-01")))
	r, err := o.Tracker.SubmitAward(o.Ctx, manager, draft)
	expectDone(t, "submit", r, err)
	_, err = o.Tracker.MoveProject(o.Ctx, manager, o.Project, portfolio.CommandStart, tracker.Reason{})
	expectFault(t, "start what is underway", err, fault.Conflict, "move.illegal")
	_, err = o.Tracker.MoveProject(o.Ctx, manager, o.Project, portfolio.CommandTerminate, tracker.Reason{})
	expectInvalid(t, "terminate without reason", err, "/reason field.required")
	r, err = o.Tracker.MoveProject(o.Ctx, manager, o.Project, portfolio.CommandAccept, tracker.Reason{})
	expectDone(t, "accept", r, err)
	_, err = o.Tracker.ActivateAward(o.Ctx, o.Call(trackertest.Manager2), draft, tracker.Activation{Paper: trackertest.Paper()})
	expectFault(t, "activate on a project in acceptance", err, fault.Conflict, "project.notUnderway")
	r, err = o.Tracker.MoveProject(o.Ctx, manager, o.Project, portfolio.CommandTerminate, tracker.Reason{Reason: "no market"})
	expectDone(t, "terminate", r, err)
	if !tells(journalOf(t, o, r), "no market") || o.HeadNow(string(o.Project)).State != "terminated" {
		t.Error("the journal or the head does not tell that it was terminated, and why")
	}
}
