package console

import (
	"context"
	"strings"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

func (c *Console) organisationRoutes(m routes) {
	m.page("GET /organisations", c.organisations)
	m.page("GET /organisations/new", c.newOrganisation)
	m.page("POST /organisations/new", c.createOrganisation)
	m.page("GET /organisations/{organisation}", c.organisation)
	m.page("GET /organisations/{organisation}/edit", c.organisationForm)
	m.page("POST /organisations/{organisation}/edit", c.editOrganisation)
}

// organisationsPage is the register of legal persons.
type organisationsPage struct {
	Rows   []tracker.OrganisationView
	Name   string
	Chips  []chip
	Pager  pager
	Export string
	New    bool
}

func (c *Console) organisations(q *request) error {
	name := q.URL.Query().Get("name")
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.OrganisationView], error) {
		return c.Tracker.Organisations(ctx, q.call, name, p)
	}
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return q.exportOrganisations(rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	v := organisationsPage{Rows: page.Items, Name: name, Pager: q.pager(len(page.Items), page.Next), Export: q.exportHref(), New: q.inRole(portfolio.ProgrammeManager)}
	v.Chips = q.chip(nil, "name", q.text("console.organisation.begins"), name)
	return q.show("organisations", q.text("console.nav.organisations"), v)
}

func (q *request) exportOrganisations(rows []tracker.OrganisationView) error {
	header := []string{}
	for _, id := range []string{"place.name.chinese", "place.name.english", "place.kind", "place.region", "organisation.codes"} {
		header = append(header, q.text("console."+id))
	}
	var lines [][]string
	for _, r := range rows {
		var codes []string
		for _, code := range r.Identifiers {
			codes = append(codes, code.Scheme+" "+code.ID)
		}
		lines = append(lines, []string{r.Names.ZH, r.Names.EN, q.console.Catalogs.Label(q.lang, "organisationKind", string(r.Kind)), r.Region, strings.Join(codes, "; ")})
	}
	return q.export("organisations", header, lines)
}

// organisationPage is a legal person with the awards in which it has a part.
type organisationPage struct {
	tracker.OrganisationView
	Trail  []link
	Awards placeAwards
	Money  payeeMoney
	People []tracker.PersonView
	Some   bool // not everybody whom the reader may see was looked at
	Edit   bool
}

func (c *Console) organisation(q *request) error {
	o, err := c.Tracker.Organisation(q.Context(), q.call, ident.Organisation(q.PathValue("organisation")))
	if err != nil {
		return err
	}
	v := organisationPage{
		OrganisationView: o, Trail: q.trail("organisations", link{Text: q.in(o.Names)}), Edit: q.inRole(portfolio.ProgrammeManager),
	}
	if v.Awards, err = q.awardsOf(tracker.AwardsQuery{Organisation: o.ID}, to("/awards", "organisation", o.ID)); err != nil {
		return err
	}
	if v.Money, err = q.payeeMoney(o.ID); err != nil {
		return err
	}
	if v.People, v.Some, err = q.peopleOf(o.ID); err != nil {
		return err
	}
	return q.show("organisation", q.in(o.Names), v)
}

// mostPeople bounds the people who are looked at for those of an organisation.
const mostPeople = 200

// peopleOf are the people of an organisation among those whom the reader may
// see; some says that not all of these were looked at.
func (q *request) peopleOf(id ident.Organisation) (list []tracker.PersonView, some bool, err error) {
	p := tracker.PageRequest{Limit: 100}
	for seen := 0; seen < mostPeople; {
		page, err := q.tracker().Persons(q.Context(), q.call, "", p)
		if err != nil {
			return nil, false, err
		}
		for _, person := range page.Items {
			if person.Organisation == id {
				list = append(list, person)
			}
		}
		if page.Next == "" {
			return list, false, nil
		}
		p.Cursor, seen = page.Next, seen+max(len(page.Items), 20)
	}
	return list, true, nil
}

// organisationFormPage registers a legal person or changes what is known of it.
type organisationFormPage struct {
	Form  *form
	Trail []link
	Name  portfolio.Names
	Kinds []option
	Kept  []portfolio.Identifier // codes that it has, which stay
	Rows  []int                  // of codes to add
	Back  string
	Known bool
}

func organisationKinds() []portfolio.OrganisationKind {
	return []portfolio.OrganisationKind{
		portfolio.University, portfolio.Institute, portfolio.Hospital, portfolio.Company, portfolio.Government, portfolio.NonProfit, portfolio.OtherKind,
	}
}

// mostNewCodes is how many codes a form adds at a time.
const mostNewCodes = 3

// organisationIn reads a legal person from a form, after the codes that it
// has. Rows of codes that were left empty close up, so that a fault finds its
// field.
func organisationIn(f *form, kept []portfolio.Identifier) portfolio.Organisation {
	o := portfolio.Organisation{Names: f.namesAt("names"), Kind: portfolio.OrganisationKind(f.Value("kind")), Region: f.Value("region"), Identifiers: kept}
	var added []portfolio.Identifier
	for i := range portfolio.MaxIdentifiers {
		code := portfolio.Identifier{Scheme: f.Value(identifierField(i, "scheme")), ID: f.Value(identifierField(i, "id"))}
		if code.ID != "" {
			added = append(added, code)
		}
	}
	f.drop("identifiers/")
	for i, code := range added {
		f.With(identifierField(len(kept)+i, "scheme"), code.Scheme).With(identifierField(len(kept)+i, "id"), code.ID)
	}
	o.Identifiers = append(append([]portfolio.Identifier{}, kept...), added...)
	return o
}

func identifierField(i int, name string) string { return "identifiers/" + textOf(i) + "/" + name }

func (q *request) showOrganisationForm(v organisationFormPage, title string) error {
	v.Kinds = options(q, "organisationKind", organisationKinds()...)
	n := len(v.Kept)
	for i := n; i < portfolio.MaxIdentifiers && len(v.Rows) < mostNewCodes; i++ {
		if v.Form.Value(identifierField(i, "id")) == "" {
			v.Form.With(identifierField(i, "scheme"), portfolio.USCC)
		}
		v.Rows = append(v.Rows, i)
	}
	return q.show("organisation-form", title, v)
}

func (c *Console) newOrganisation(q *request) error {
	if q.managed() == "" {
		return fault.New(fault.Forbidden, "access.forbidden", "action", string(access.CreateOrganisation))
	}
	return q.showNewOrganisation(q.form("/organisations/new", 0).With("kind", string(portfolio.Company)))
}

func (q *request) showNewOrganisation(f *form) error {
	return q.showOrganisationForm(organisationFormPage{
		Form: f, Trail: q.trail("organisations", link{Text: q.text("console.organisation.new")}), Back: "/organisations",
	}, q.text("console.organisation.new"))
}

func (c *Console) createOrganisation(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	in := organisationIn(f, nil)
	r, err := c.Tracker.CreateOrganisation(q.Context(), q.command(f), in, q.managed())
	if err != nil {
		return q.again(f, err, subject{}, func() error { return q.showNewOrganisation(f) })
	}
	return q.done(r, at("organisations", r.Aggregate))
}

// changeableOrganisation is a legal person of whom the reader keeps the
// register.
func (q *request) changeableOrganisation() (tracker.OrganisationView, error) {
	o, err := q.tracker().Organisation(q.Context(), q.call, ident.Organisation(q.PathValue("organisation")))
	if err == nil && q.managed() == "" {
		err = fault.New(fault.Forbidden, "access.forbidden", "action", string(access.EditOrganisation))
	}
	return o, err
}

func (c *Console) organisationForm(q *request) error {
	o, err := q.changeableOrganisation()
	if err != nil {
		return err
	}
	f := q.form(q.URL.Path, o.Version).withNames("names", o.Names).With("kind", string(o.Kind)).With("region", o.Region)
	return q.showOrganisationEdit(o, f)
}

func (q *request) showOrganisationEdit(o tracker.OrganisationView, f *form) error {
	page := at("organisations", o.ID)
	return q.showOrganisationForm(organisationFormPage{
		Form: f, Name: o.Names, Kept: o.Identifiers, Back: page, Known: true,
		Trail: q.trail("organisations", link{Href: page, Text: q.in(o.Names)}, link{Text: q.console.Catalogs.Label(q.lang, "command", "edit")}),
	}, q.text("console.place.edit.title", "name", q.in(o.Names)))
}

func (c *Console) editOrganisation(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	o, err := q.changeableOrganisation()
	if err != nil {
		return err
	}
	r, err := c.Tracker.EditOrganisation(q.Context(), q.command(f), o.ID, organisationIn(f, o.Identifiers), q.managed())
	if err != nil {
		return q.again(f, err, subject{Aggregate: string(o.ID), Thing: string(o.ID), Page: at("organisations", o.ID)}, func() error { return q.showOrganisationEdit(o, f) })
	}
	return q.done(r, at("organisations", o.ID))
}
