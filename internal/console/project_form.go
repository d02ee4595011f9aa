package console

import (
	"strings"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// projectFormPage proposes a project or changes what is known of it.
type projectFormPage struct {
	Form       *form
	Trail      []link
	Code       string // of one that is there; empty for a new one
	Title      portfolio.Names
	In         string   // the programme's name
	Programmes []option // to choose from first, where there are several
	Leads      lookup
	Platforms  lookup
	Sources    []option
	Levels     []option
	Back       string
}

func projectSources() []portfolio.ProjectSource {
	return []portfolio.ProjectSource{portfolio.OpenChallenge, portfolio.Clinic, portfolio.Matching, portfolio.SelfProposed}
}

// projectIn reads a project from a form.
func projectIn(f *fields) portfolio.Project {
	p := portfolio.Project{
		Programme: ident.Programme(f.Value("programme")), Code: f.Value("code"), Title: f.namesAt("title"), Lead: ident.Organisation(f.Value("lead")),
		Host: ident.Platform(f.Value("host")), Sector: f.Value("sector"), Source: portfolio.ProjectSource(f.Value("source")),
		TRL: portfolio.TRL{Start: f.number("trl/start", 9), Current: f.number("trl/current", 9), Target: f.number("trl/target", 9)},
	}
	for _, id := range f.Values["platforms"] {
		p.Platforms = append(p.Platforms, ident.Platform(id))
	}
	if p.Host != "" && !f.Has("platforms", string(p.Host)) { // who hosts it is a platform that it is on
		p.Platforms = append(p.Platforms, p.Host)
		f.Values.Add("platforms", string(p.Host))
	}
	return p
}

func (c *Console) newProject(q *request) error {
	programmes, err := q.proposable()
	if err != nil {
		return err
	}
	f := q.form("/projects/new", 0).With("source", string(portfolio.SelfProposed))
	chosen := q.URL.Query().Get("programme")
	if chosen == "" && len(programmes) == 1 {
		chosen = programmes[0].Value
	}
	for _, p := range programmes {
		if p.Value == chosen {
			return q.showNewProject(f.With("programme", chosen))
		}
	}
	v := projectFormPage{Form: f, Trail: q.trail("projects", link{Text: q.text("console.project.new")}), Programmes: programmes, Back: "/projects"}
	return q.show("project-programme", q.text("console.project.new"), v)
}

// proposable are the programmes in which the reader may propose a project.
func (q *request) proposable() ([]option, error) {
	programmes, err := q.programmesSeen()
	if err != nil {
		return nil, err
	}
	var out []option
	for _, p := range programmes {
		if hasPermission(p.Permissions, access.CreateProject) {
			out = append(out, option{Value: string(p.ID), Text: q.in(p.Names), Hint: p.Code})
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Forbidden, "access.forbidden", "action", string(access.CreateProject))
	}
	return out, nil
}

func (q *request) showNewProject(f *form) error {
	v := projectFormPage{Form: f, Trail: q.trail("projects", link{Text: q.text("console.project.new")}), Back: "/projects"}
	return q.showProjectForm(v, ident.Programme(f.Value("programme")), q.text("console.project.new"))
}

func (q *request) showProjectForm(v projectFormPage, in ident.Programme, title string) error {
	var err error
	for i, x := range v.Form.Faults { // a fault of one platform is one of their list
		if strings.HasPrefix(x.Field, "platforms/") {
			v.Form.Faults[i].Field = "platforms"
		}
	}
	programmes, err := q.programmesSeen()
	if err != nil {
		return err
	}
	v.In = optionText(q.programmesAsOptions(programmes), string(in))
	v.Sources = options(q, "projectSource", projectSources()...)
	for n := 1; n <= 9; n++ {
		v.Levels = append(v.Levels, option{Value: textOf(n), Text: q.text("console.project.trl.level."+textOf(n), "level", n)})
	}
	if v.Platforms, err = q.platformChoices(in); err != nil {
		return err
	}
	for _, id := range v.Form.Values["platforms"] {
		if err := v.Platforms.keep(id, func() (string, error) {
			p, err := q.tracker().Platform(q.Context(), q.call, ident.Platform(id))
			return q.in(p.Names), err
		}); err != nil {
			return err
		}
	}
	if v.Leads, err = q.organisationChoices(v.Form, "lead"); err != nil {
		return err
	}
	return q.show("project-form", title, v)
}

func (c *Console) createProject(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	if q.step() == "find" {
		return q.showNewProject(f)
	}
	in := f.fields()
	p := projectIn(in)
	r, err := tracker.Receipt{}, in.err()
	if err == nil {
		r, err = c.Tracker.CreateProject(q.Context(), q.command(f), p)
	}
	if err != nil {
		return q.again(f, err, subject{}, func() error { return q.showNewProject(f) })
	}
	return q.done(r, at("projects", r.Aggregate))
}

// changeableProject is a project whose fields the reader may change.
func (q *request) changeableProject() (tracker.ProjectView, error) {
	p, err := q.tracker().Project(q.Context(), q.call, ident.Project(q.PathValue("project")))
	if err == nil && !hasAction(p.Actions, "edit") {
		err = fault.New(fault.Forbidden, "access.forbidden", "action", string(access.EditProject))
	}
	return p, err
}

func (c *Console) projectForm(q *request) error {
	p, err := q.changeableProject()
	if err != nil {
		return err
	}
	f := q.form(q.URL.Path, p.Version).withNames("title", p.Title).With("lead", string(p.Lead)).With("host", string(p.Host)).
		With("sector", p.Sector).With("source", string(p.Source))
	for name, n := range map[string]int{"trl/start": p.TRL.Start, "trl/current": p.TRL.Current, "trl/target": p.TRL.Target} {
		if n > 0 {
			f.With(name, n)
		}
	}
	for _, id := range p.Platforms {
		f.Values.Add("platforms", string(id))
	}
	return q.showProjectEdit(p, f)
}

func (q *request) showProjectEdit(p tracker.ProjectView, f *form) error {
	page := at("projects", p.ID)
	v := projectFormPage{
		Form: f, Code: p.Code, Title: p.Title, Back: page,
		Trail: q.trail("projects", link{Href: page, Text: q.in(p.Title)}, link{Text: q.console.Catalogs.Label(q.lang, "command", "edit")}),
	}
	return q.showProjectForm(v, p.Programme, q.text("console.place.edit.title", "name", q.in(p.Title)))
}

func (c *Console) editProject(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	p, err := q.changeableProject()
	if err != nil {
		return err
	}
	if q.step() == "find" {
		return q.showProjectEdit(p, f)
	}
	in := f.fields()
	sent := projectIn(in)
	sent.Code, sent.Programme = p.Code, p.Programme // are never changed
	r, err := tracker.Receipt{}, in.err()
	if err == nil {
		r, err = c.Tracker.EditProject(q.Context(), q.command(f), p.ID, sent)
	}
	if err != nil {
		return q.again(f, err, subject{Aggregate: string(p.ID), Thing: string(p.ID), Page: at("projects", p.ID)}, func() error { return q.showProjectEdit(p, f) })
	}
	return q.done(r, at("projects", p.ID))
}
