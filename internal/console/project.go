package console

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

func (c *Console) projectRoutes(m routes) {
	m.page("GET /projects", c.projects)
	m.page("GET /projects/new", c.newProject)
	m.page("POST /projects/new", c.createProject)
	m.page("GET /projects/{project}", c.project)
	m.page("GET /projects/{project}/edit", c.projectForm)
	m.page("POST /projects/{project}/edit", c.editProject)
	for _, command := range moveCommands(portfolio.ProjectMoves()) {
		m.page("GET /projects/{project}/"+string(command), c.projectMove(command))
		m.page("POST /projects/{project}/"+string(command), c.moveProject(command))
	}
}

// projectsPage is the list of projects.
type projectsPage struct {
	Rows       []tracker.ProjectView
	Query      tracker.ProjectsQuery
	Programmes []option
	Platforms  []option
	States     []option
	Chips      []chip
	Pager      pager
	Export     string
	New        bool
	Beyond     bool // there are pages of platforms for the reader
}

func projectStates() []portfolio.ProjectState {
	return []portfolio.ProjectState{
		portfolio.ProjectProposed, portfolio.ProjectApproved, portfolio.ProjectUnderway, portfolio.ProjectAcceptance, portfolio.ProjectCompleted, portfolio.ProjectTerminated,
	}
}

func (c *Console) projects(q *request) error {
	values := q.URL.Query()
	query := tracker.ProjectsQuery{
		Programme: ident.Programme(values.Get("programme")), Platform: ident.Platform(values.Get("platform")),
		State: known(q, "state", projectStates()...), Sector: values.Get("sector"),
	}
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ProjectView], error) {
		return c.Tracker.Projects(ctx, q.call, query, p)
	}
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return q.exportProjects(rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	programmes, err := q.programmesSeen()
	if err != nil {
		return err
	}
	platforms, err := q.platformChoices(query.Programme)
	if err != nil {
		return err
	}
	v := projectsPage{
		Rows: page.Items, Query: query, Programmes: q.programmesAsOptions(programmes), Platforms: platforms.Options, States: options(q, "projectState", projectStates()...),
		Pager: q.pager(len(page.Items), page.Next), Export: q.exportHref(), New: q.inRole(portfolio.ProgrammeManager), Beyond: q.beyondAwards(),
	}
	v.Chips = q.chip(v.Chips, "programme", q.text("console.place.programme"), optionText(v.Programmes, string(query.Programme)))
	v.Chips = q.chip(v.Chips, "platform", q.text("console.place.platform"), optionText(v.Platforms, string(query.Platform)))
	if query.State != "" {
		v.Chips = q.chip(v.Chips, "state", q.text("console.place.state"), optionText(v.States, string(query.State)))
	}
	v.Chips = q.chip(v.Chips, "sector", q.text("console.place.sector"), query.Sector)
	return q.show("projects", q.text("console.nav.projects"), v)
}

func (q *request) exportProjects(rows []tracker.ProjectView) error {
	c, header := q.console.Catalogs, []string{}
	for _, id := range []string{"place.code", "place.title", "place.state", "place.since", "project.lead", "project.host", "place.sector", "project.source", "project.trl.start", "project.trl.current", "project.trl.target"} {
		header = append(header, q.text("console."+id))
	}
	level := func(n int) string {
		if n == 0 {
			return ""
		}
		return textOf(n)
	}
	var lines [][]string
	for _, r := range rows {
		lines = append(lines, []string{
			r.Code, q.in(r.Title), c.Label(q.lang, "projectState", string(r.State)), r.StateChanged.String(), q.in(namesOf(r.LeadName)), q.in(namesOf(r.HostName)),
			r.Sector, c.Label(q.lang, "projectSource", string(r.Source)), level(r.TRL.Start), level(r.TRL.Current), level(r.TRL.Target),
		})
	}
	return q.export("projects", header, lines)
}

// projectPage is a project with its awards and the platforms that it is on.
type projectPage struct {
	tracker.ProjectView
	Trail     []link
	Moves     movable
	Programme tracker.Named
	Platforms []placePlatform
	Awards    placeAwards
	History   string
	Who       string // where one sees who can see it; empty where the reader may not
}

// placePlatform is a platform that something is on; State is empty where the
// reader may not see it.
type placePlatform struct {
	tracker.Named
	State portfolio.PlatformState
	Host  bool
}

func (c *Console) project(q *request) error {
	p, err := c.Tracker.Project(q.Context(), q.call, ident.Project(q.PathValue("project")))
	if err != nil {
		return err
	}
	v := projectPage{
		ProjectView: p, Trail: q.trail("projects", link{Text: q.in(p.Title)}), History: q.historyOf(string(p.ID)), Who: q.whoSees(string(p.ID)),
		Moves: movableOf("project", at("projects", p.ID), p.State, p.State.Legal(), p.Actions), Programme: tracker.Named{ID: string(p.Programme)},
	}
	programmes, err := q.programmesSeen()
	if err != nil {
		return err
	}
	for _, x := range programmes {
		if x.ID == p.Programme {
			v.Programme.Code, v.Programme.Names = x.Code, x.Names
		}
	}
	if v.Platforms, err = q.platformsOf(p); err != nil {
		return err
	}
	if v.Awards, err = q.awardsOf(tracker.AwardsQuery{Project: p.ID}, to("/awards", "project", p.ID)); err != nil {
		return err
	}
	return q.show("project", q.in(p.Title), v)
}

// platformsOf are the platforms that a project is on, its host first, as far
// as the reader may see them.
func (q *request) platformsOf(p tracker.ProjectView) ([]placePlatform, error) {
	var out []placePlatform
	for _, id := range p.Platforms {
		found, err := q.tracker().Platform(q.Context(), q.call, id)
		row := placePlatform{Named: tracker.Named{ID: string(id)}, Host: id == p.Host}
		switch k := fault.KindOf(err); {
		case err == nil:
			row.Code, row.Names, row.State = found.Code, found.Names, found.State
		case k != fault.NotFound && k != fault.Forbidden:
			return nil, err
		case row.Host && p.HostName != nil:
			row.Code, row.Names = p.HostName.Code, p.HostName.Names
		default:
			continue
		}
		if row.Host {
			out = append([]placePlatform{row}, out...)
		} else {
			out = append(out, row)
		}
	}
	return out, nil
}

// movableProject is a project that the reader may take through a command, if
// its state has it.
func (q *request) movableProject(command portfolio.Command) (tracker.ProjectView, error) {
	p, err := q.tracker().Project(q.Context(), q.call, ident.Project(q.PathValue("project")))
	if err != nil {
		return p, err
	}
	if _, err := p.State.Next(command); err != nil {
		return p, err
	}
	if !hasAction(p.Actions, command) {
		return p, fault.New(fault.Forbidden, "access.forbidden", "action", string(access.MoveProject))
	}
	return p, nil
}

// projectMove is the page before a step of a project.
func (c *Console) projectMove(command portfolio.Command) func(*request) error {
	return func(q *request) error {
		p, err := q.movableProject(command)
		if err != nil {
			return err
		}
		return q.showProjectMove(p, command, q.form(q.URL.Path, p.Version))
	}
}

func (q *request) showProjectMove(p tracker.ProjectView, command portfolio.Command, f *form) error {
	m, err := stepOf("project", portfolio.ProjectMoves(), p.State, command)
	if err != nil {
		return err
	}
	word := q.console.Catalogs.Label(q.lang, "command", string(command))
	m.Form, m.Name, m.Code, m.Page, m.Effects = f, p.Title, p.Code, at("projects", p.ID), q.effects("project", command)
	m.Trail = q.trail("projects", link{Href: m.Page, Text: q.in(p.Title)}, link{Text: word})
	if m.To == string(portfolio.ProjectCompleted) || m.To == string(portfolio.ProjectTerminated) {
		awards, err := q.awardsOf(tracker.AwardsQuery{Project: p.ID}, to("/awards", "project", p.ID))
		if err != nil {
			return err
		}
		if n := awards.active(); n > 0 {
			m.Waits = append(m.Waits, placeWait{Text: q.text("console.place.waits.active", "count", n), Href: to("/awards", "project", p.ID, "state", "active")})
		}
	}
	return q.show("place-move", q.text("console.place.move.title", "command", word, "name", q.in(p.Title)), m)
}

// moveProject takes the step.
func (c *Console) moveProject(command portfolio.Command) func(*request) error {
	return func(q *request) error {
		f, err := q.sent()
		if err != nil {
			return err
		}
		id := ident.Project(q.PathValue("project"))
		r, err := c.Tracker.MoveProject(q.Context(), q.command(f), id, command, tracker.Reason{Reason: f.Value("reason")})
		if err != nil {
			return q.again(f, err, subject{Aggregate: string(id), Thing: string(id), Page: at("projects", id)}, func() error {
				p, gone := q.movableProject(command)
				if gone != nil {
					return err
				}
				return q.showProjectMove(p, command, f)
			})
		}
		return q.done(r, at("projects", id))
	}
}
