package console

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

func (c *Console) platformRoutes(m routes) {
	m.page("GET /platforms", c.platforms)
	m.page("GET /platforms/new", c.newPlatform)
	m.page("POST /platforms/new", c.createPlatform)
	m.page("GET /platforms/{platform}", c.platform)
	m.page("GET /platforms/{platform}/edit", c.platformForm)
	m.page("POST /platforms/{platform}/edit", c.editPlatform)
	m.page("GET /platforms/{platform}/enrol", c.enrolmentForm)
	m.page("POST /platforms/{platform}/enrol", c.enrolPlatform)
	for _, command := range moveCommands(portfolio.PlatformMoves()) {
		m.page("GET /platforms/{platform}/"+string(command), c.platformMove(command))
		m.page("POST /platforms/{platform}/"+string(command), c.movePlatform(command))
	}
}

// platformsPage is the list of platforms.
type platformsPage struct {
	Rows       []tracker.PlatformView
	Programmes []option
	Programme  string
	Chips      []chip
	Pager      pager
	Export     string
	New        bool
}

func (c *Console) platforms(q *request) error {
	in := ident.Programme(q.URL.Query().Get("programme"))
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.PlatformView], error) {
		return c.Tracker.Platforms(ctx, q.call, in, p)
	}
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return q.exportPlatforms(rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	programmes, err := q.programmesSeen()
	if err != nil {
		return err
	}
	v := platformsPage{
		Rows: page.Items, Programmes: q.programmesAsOptions(programmes), Programme: string(in), Pager: q.pager(len(page.Items), page.Next),
		Export: q.exportHref(), New: q.inRole(portfolio.ProgrammeManager),
	}
	v.Chips = q.chip(nil, "programme", q.text("console.place.programme"), optionText(v.Programmes, v.Programme))
	return q.show("platforms", q.text("console.nav.platforms"), v)
}

func (q *request) exportPlatforms(rows []tracker.PlatformView) error {
	c, header := q.console.Catalogs, []string{}
	for _, id := range []string{"place.code", "place.name", "place.kind", "place.sector", "place.region", "platform.operator", "place.state", "place.since"} {
		header = append(header, q.text("console."+id))
	}
	var lines [][]string
	for _, r := range rows {
		lines = append(lines, []string{
			r.Code, q.in(r.Names), c.Label(q.lang, "platformKind", string(r.Kind)), r.Sector, r.Region, q.in(namesOf(r.OperatorName)),
			c.Label(q.lang, "platformState", string(r.State)), r.StateChanged.String(),
		})
	}
	return q.export("platforms", header, lines)
}

// platformPage is a platform's scorecard.
type platformPage struct {
	tracker.PlatformView
	Trail       []link
	Moves       movable
	Enrolments  []enrolmentRow
	Enrol       bool // the reader may enrol it somewhere
	Figures     placeFigures
	Awards      placeAwards
	Projects    []tracker.ProjectView
	AllProjects string // address, empty where there are no more
	Overdue     []attentionLine
	Members     []placeMember
	Hidden      bool // the reader may not see who holds a role
	Responsible *tracker.Named
	History     string
	Who         string // where one sees who can see it; empty where the reader may not
}

// enrolmentRow is an enrolment with its programme's names.
type enrolmentRow struct {
	portfolio.Enrolment
	Name portfolio.Names
	Now  bool
	Href string // of the form that changes it; empty where the reader may not
}

func (c *Console) platform(q *request) error {
	id := ident.Platform(q.PathValue("platform"))
	p, err := c.Tracker.Platform(q.Context(), q.call, id)
	if err != nil {
		return err
	}
	of := place{Platform: id}
	v := platformPage{
		PlatformView: p, Trail: q.trail("platforms", link{Text: q.in(p.Names)}), History: q.historyOf(string(id)), Who: q.whoSees(string(id)),
		Moves: movableOf("platform", at("platforms", id), p.State, p.State.Legal(), p.Actions),
	}
	if err := q.enrolments(&v); err != nil {
		return err
	}
	if v.Figures, err = q.figures(tracker.PortfolioQuery{Platform: id}, of); err != nil {
		return err
	}
	if v.Awards, err = q.awardsOf(tracker.AwardsQuery{Platform: id}, of.href("/awards")); err != nil {
		return err
	}
	projects, err := c.Tracker.Projects(q.Context(), q.call, tracker.ProjectsQuery{Platform: id}, tracker.PageRequest{Limit: mostShown})
	if err != nil {
		return err
	}
	if v.Projects = projects.Items; projects.Next != "" {
		v.AllProjects = of.href("/projects")
	}
	if v.Overdue, err = q.overdueAt(tracker.AttentionQuery{Platform: id}); err != nil {
		return err
	}
	if v.Members, v.Hidden, err = q.members(portfolio.Scope{Kind: portfolio.InPlatform, ID: string(id)}); err != nil {
		return err
	}
	if v.Responsible, err = q.personSeen(p.Responsible); err != nil {
		return err
	}
	return q.show("platform", q.in(p.Names), v)
}

// enrolments gives a platform's enrolments the names of their programmes.
func (q *request) enrolments(v *platformPage) error {
	programmes, err := q.programmesSeen()
	if err != nil {
		return err
	}
	may := map[ident.Programme]bool{}
	names := map[ident.Programme]portfolio.Names{}
	for _, p := range programmes {
		names[p.ID] = p.Names
		may[p.ID] = hasPermission(p.Permissions, access.EnrolPlatform)
		v.Enrol = v.Enrol || may[p.ID]
	}
	for _, e := range v.PlatformView.Enrolments {
		row := enrolmentRow{Enrolment: e, Name: names[e.Programme], Now: e.Holds(q.today)}
		if may[e.Programme] {
			row.Href = to(at("platforms", v.ID, "enrol"), "programme", e.Programme)
		}
		v.Enrolments = append(v.Enrolments, row)
	}
	return nil
}

func hasPermission(list []access.Action, a access.Action) bool {
	for _, x := range list {
		if x == a {
			return true
		}
	}
	return false
}

// overdueAt are the first things overdue in a place; none where the reader may
// not see them.
func (q *request) overdueAt(query tracker.AttentionQuery) ([]attentionLine, error) {
	query.Status = tracker.StatusOverdue
	page, err := q.tracker().Attention(q.Context(), q.call, query, tracker.PageRequest{Limit: mostShown})
	if k := fault.KindOf(err); err != nil && (k == fault.Forbidden || k == fault.NotFound) {
		return nil, nil
	}
	return q.attentionLines(page.Items), err
}

// platformMove is the page before a step of a platform.
func (c *Console) platformMove(command portfolio.Command) func(*request) error {
	return func(q *request) error {
		p, err := q.movablePlatform(command)
		if err != nil {
			return err
		}
		return q.showPlatformMove(p, command, q.form(q.URL.Path, p.Version))
	}
}

// movablePlatform is a platform that the reader may take through a command, if
// its state has it.
func (q *request) movablePlatform(command portfolio.Command) (tracker.PlatformView, error) {
	p, err := q.tracker().Platform(q.Context(), q.call, ident.Platform(q.PathValue("platform")))
	if err != nil {
		return p, err
	}
	if _, err := p.State.Next(command); err != nil {
		return p, err
	}
	if !hasAction(p.Actions, command) {
		return p, fault.New(fault.Forbidden, "access.forbidden", "action", string(access.MovePlatform))
	}
	return p, nil
}

func (q *request) showPlatformMove(p tracker.PlatformView, command portfolio.Command, f *form) error {
	m, err := stepOf("platform", portfolio.PlatformMoves(), p.State, command)
	if err != nil {
		return err
	}
	m.Form, m.Name, m.Code, m.Page = f, p.Names, p.Code, at("platforms", p.ID)
	m.Trail = q.trail("platforms", link{Href: m.Page, Text: q.in(p.Names)}, link{Text: q.console.Catalogs.Label(q.lang, "command", string(command))})
	m.Effects = q.effects("platform", command)
	if command == portfolio.CommandSuspend || command == portfolio.CommandClose {
		figures, err := q.figures(tracker.PortfolioQuery{Platform: p.ID}, place{Platform: p.ID})
		if err != nil {
			return err
		}
		m.Waits = q.waits(figures)
	}
	return q.show("place-move", q.text("console.place.move.title", "command", q.console.Catalogs.Label(q.lang, "command", string(command)), "name", q.in(p.Names)), m)
}

// movePlatform takes the step.
func (c *Console) movePlatform(command portfolio.Command) func(*request) error {
	return func(q *request) error {
		f, err := q.sent()
		if err != nil {
			return err
		}
		id := ident.Platform(q.PathValue("platform"))
		r, err := c.Tracker.MovePlatform(q.Context(), q.command(f), id, command, tracker.Reason{Reason: f.Value("reason")})
		if err != nil {
			return q.again(f, err, subject{Aggregate: string(id), Thing: string(id), Page: at("platforms", id)}, func() error {
				p, gone := q.movablePlatform(command)
				if gone != nil {
					return err
				}
				return q.showPlatformMove(p, command, f)
			})
		}
		return q.done(r, at("platforms", id))
	}
}
