package console

import (
	"context"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/rollup"
	"milepost/internal/tracker"
)

// programmeRoutes are programmes: platforms, awards, ladders, changes.
func (c *Console) programmeRoutes(m routes) {
	m.page("GET /programmes", c.programmes)
	m.page("GET /programmes/new", c.newProgramme)
	m.page("POST /programmes/new", c.createProgramme)
	m.page("GET /programmes/{programme}", c.programme)
	m.page("GET /programmes/{programme}/edit", c.programmeForm)
	m.page("POST /programmes/{programme}/edit", c.editProgramme)
	m.page("GET /programmes/{programme}/ladders", c.ladders)
	m.page("GET /programmes/{programme}/ladders/{kind}", c.ladderForm)
	m.page("POST /programmes/{programme}/ladders/{kind}", c.setLadder)
	m.page("GET /programmes/{programme}/change", c.programmeChange)
	m.page("POST /programmes/{programme}/change/confirm", c.confirmChange)
	m.page("GET /programmes/{programme}/change/drop", c.dropChangeForm)
	m.page("POST /programmes/{programme}/change/drop", c.dropChange)
	for _, command := range moveCommands(portfolio.ProgrammeMoves()) {
		m.page("GET /programmes/{programme}/"+string(command), c.programmeMove(command))
		m.page("POST /programmes/{programme}/"+string(command), c.moveProgramme(command))
	}
}

// programmesPage is the list of programmes.
type programmesPage struct {
	Rows   []tracker.ProgrammeView
	Pager  pager
	Export string
	New    bool
}

func (c *Console) programmes(q *request) error {
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ProgrammeView], error) {
		return c.Tracker.Programmes(ctx, q.call, p)
	}
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return q.exportProgrammes(rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	return q.show("programmes", q.text("console.nav.programmes"), programmesPage{
		Rows: page.Items, Pager: q.pager(len(page.Items), page.Next), Export: q.exportHref(), New: q.inRole(portfolio.Administrator),
	})
}

func (q *request) exportProgrammes(rows []tracker.ProgrammeView) error {
	header := []string{}
	for _, id := range []string{"place.code", "place.name", "place.state", "programme.goLiveOn", "programme.attentionFrom", "programme.foundingDocument"} {
		header = append(header, q.text("console."+id))
	}
	var lines [][]string
	for _, r := range rows {
		lines = append(lines, []string{
			r.Code, q.in(r.Names), q.console.Catalogs.Label(q.lang, "programmeState", string(r.State)), r.GoLiveOn.String(), r.AttentionFrom.String(), r.FoundingDocument,
		})
	}
	return q.export("programmes", header, lines)
}

// programmeHead is what every page of a programme shows of it.
type programmeHead struct {
	tracker.ProgrammeView
	Trail   []link
	Tabs    []link
	Moves   movable
	Change  *changeShown // that waits; nil where none does
	History string
	Who     string // where one sees who can see it; empty where the reader may not
	Terms   bool   // the reader may change its terms
	Ladder  bool   // the reader may change its ladders
	Members string // where its members are; empty where the reader does not administer them
	Blind   bool   // the reader sees the programme, and nothing that it funds
}

// openProgramme reads the programme of the address for one of its pages.
func (q *request) openProgramme(current string) (programmeHead, error) {
	p, err := q.tracker().Programme(q.Context(), q.call, ident.Programme(q.PathValue("programme")))
	if err != nil {
		return programmeHead{}, err
	}
	page := at("programmes", p.ID)
	h := programmeHead{
		ProgrammeView: p, Trail: q.trail("programmes", link{Text: q.in(p.Names)}), History: q.historyOf(string(p.ID)), Who: q.whoSees(string(p.ID)),
		Moves: movableOf("programme", page, p.State, p.State.Legal(), p.Actions),
		Terms: hasPermission(p.Permissions, access.EditProgramme), Ladder: hasPermission(p.Permissions, access.EditLadder),
	}
	if q.holds(portfolio.Administrator) {
		h.Members = to("/admin/members", "in", p.ID)
		h.Blind = !hasPermission(p.Permissions, access.ViewAward)
	}
	if current != "" {
		h.Trail = q.trail("programmes", link{Href: page, Text: q.in(p.Names)}, link{Text: q.text("console.programme.tab." + current)})
	}
	h.Tabs = []link{
		{Href: page, Text: q.text("console.programme.tab.overview"), Current: current == ""},
		{Href: page + "/ladders", Text: q.text("console.programme.tab.ladders"), Current: current == "ladders"},
	}
	if p.Pending != nil {
		h.Tabs = append(h.Tabs, link{Href: page + "/change", Text: q.text("console.programme.tab.change"), Current: current == "change", Count: 1})
		h.Change, err = q.changeOf(p, current == "change")
	}
	return h, err
}

// programmePage is a programme with its platforms, awards and figures.
type programmePage struct {
	programmeHead
	Figures   placeFigures
	Platforms []programmePlatform
	More      string // address of all platforms, empty where there are no more
	Awards    placeAwards
	New       bool // the reader may add platforms and projects
}

// programmePlatform is a platform with what it adds to the programme. What lies
// on none stands last, so that the lines add up.
type programmePlatform struct {
	tracker.PlatformView
	In              ident.Programme
	Shown           bool // the reader may see its figures
	Active, Overdue int
	Money           []rollup.Line
}

// None reports whether the line is of what lies on no platform.
func (p programmePlatform) None() bool { return p.ID == tracker.NoPlatform }

func (p *programmePlatform) adds(part tracker.PortfolioPart) {
	p.Active, p.Money = part.Awards, part.Money
	for _, b := range part.Overdue {
		p.Overdue += b.Obligations
	}
}

// List is the address of a list of what the platform has in the programme.
func (p programmePlatform) List(list string, more ...string) string {
	return place{p.In, p.ID}.href("/"+list, more...)
}

func (c *Console) programme(q *request) error {
	h, err := q.openProgramme("")
	if err != nil {
		return err
	}
	v := programmePage{programmeHead: h, New: hasPermission(h.Permissions, access.CreateProject)}
	of := place{Programme: h.ID}
	if v.Figures, err = q.figures(tracker.PortfolioQuery{Programme: h.ID, Parts: true}, of); err != nil {
		return err
	}
	if err := q.platformsIn(&v); err != nil {
		return err
	}
	if v.Awards, err = q.awardsOf(tracker.AwardsQuery{Programme: h.ID}, of.href("/awards")); err != nil {
		return err
	}
	return q.show("programme", q.in(h.Names), v)
}

// platformsIn gives the programme its platforms, each with its figures.
func (q *request) platformsIn(v *programmePage) error {
	page, err := q.tracker().Platforms(q.Context(), q.call, v.ID, tracker.PageRequest{Limit: perPage})
	if err != nil {
		return err
	}
	if page.Next != "" {
		v.More = to("/platforms", "programme", v.ID)
	}
	for _, p := range page.Items {
		row := programmePlatform{PlatformView: p, In: v.ID, Shown: v.Figures.Shown}
		for _, part := range v.Figures.Parts {
			if part.Platform != nil && part.Platform.ID == string(p.ID) {
				row.adds(part)
			}
		}
		v.Platforms = append(v.Platforms, row)
	}
	for _, part := range v.Figures.Parts {
		if part.Platform == nil && v.More == "" {
			row := programmePlatform{In: v.ID, Shown: v.Figures.Shown}
			row.ID = tracker.NoPlatform
			row.adds(part)
			v.Platforms = append(v.Platforms, row)
		}
	}
	return nil
}

// movableProgramme is a programme that the reader may take through a command,
// if its state has it.
func (q *request) movableProgramme(command portfolio.Command) (tracker.ProgrammeView, error) {
	p, err := q.tracker().Programme(q.Context(), q.call, ident.Programme(q.PathValue("programme")))
	if err != nil {
		return p, err
	}
	if _, err := p.State.Next(command); err != nil {
		return p, err
	}
	if !hasAction(p.Actions, command) {
		return p, fault.New(fault.Forbidden, "access.forbidden", "action", string(access.MoveProgramme))
	}
	return p, nil
}

// programmeMove is the page before a step of a programme.
func (c *Console) programmeMove(command portfolio.Command) func(*request) error {
	return func(q *request) error {
		p, err := q.movableProgramme(command)
		if err != nil {
			return err
		}
		return q.showProgrammeMove(p, command, q.form(q.URL.Path, p.Version))
	}
}

func (q *request) showProgrammeMove(p tracker.ProgrammeView, command portfolio.Command, f *form) error {
	m, err := stepOf("programme", portfolio.ProgrammeMoves(), p.State, command)
	if err != nil {
		return err
	}
	word := q.console.Catalogs.Label(q.lang, "command", string(command))
	m.Form, m.Name, m.Code, m.Page, m.Effects = f, p.Names, p.Code, at("programmes", p.ID), q.effects("programme", command)
	m.Trail = q.trail("programmes", link{Href: m.Page, Text: q.in(p.Names)}, link{Text: word})
	if command != portfolio.CommandResume {
		figures, err := q.figures(tracker.PortfolioQuery{Programme: p.ID}, place{Programme: p.ID})
		if err != nil {
			return err
		}
		m.Waits = q.waits(figures)
	}
	return q.show("place-move", q.text("console.place.move.title", "command", word, "name", q.in(p.Names)), m)
}

// moveProgramme takes the step.
func (c *Console) moveProgramme(command portfolio.Command) func(*request) error {
	move := map[portfolio.Command]func(context.Context, tracker.Call, ident.Programme, tracker.Reason) (tracker.Receipt, error){
		portfolio.CommandSuspend: c.Tracker.SuspendProgramme, portfolio.CommandResume: c.Tracker.ResumeProgramme, portfolio.CommandClose: c.Tracker.CloseProgramme,
	}[command]
	return func(q *request) error {
		f, err := q.sent()
		if err != nil {
			return err
		}
		id := ident.Programme(q.PathValue("programme"))
		r, err := move(q.Context(), q.command(f), id, tracker.Reason{Reason: f.Value("reason")})
		if err != nil {
			return q.again(f, err, subject{Aggregate: string(id), Thing: string(id), Page: at("programmes", id)}, func() error {
				p, gone := q.movableProgramme(command)
				if gone != nil {
					return err
				}
				return q.showProgrammeMove(p, command, f)
			})
		}
		return q.done(r, at("programmes", id))
	}
}
