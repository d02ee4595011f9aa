package console

import (
	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// platformFormPage registers a platform or changes what is known of it.
type platformFormPage struct {
	Form       *form
	Trail      []link
	Code       string // of one that is there; empty for a new one
	Name       portfolio.Names
	Kinds      []option
	Operators  lookup
	People     lookup
	Enrolment  enrolmentFields
	Back       string
	Registered bool
}

// enrolmentFields are what the fields of an enrolment offer.
type enrolmentFields struct {
	Form       *form
	Prefix     string // of the fields' names
	Programmes []option
	Origins    []option
	Currencies []option
}

func platformKinds() []portfolio.PlatformKind {
	return []portfolio.PlatformKind{portfolio.ProofOfConcept, portfolio.PilotBase, portfolio.OpenInnovationCentre, portfolio.TechTransferOrganisation}
}

// enrolmentFields are those of the programmes into which the reader may enrol.
func (q *request) enrolmentFields(f *form, prefix string) (enrolmentFields, error) {
	e := enrolmentFields{Form: f, Prefix: prefix, Origins: options(q, "origin", portfolio.Commissioned, portfolio.SelfInitiated), Currencies: q.currencyChoices()}
	programmes, err := q.programmesSeen()
	for _, p := range programmes {
		if hasPermission(p.Permissions, access.EnrolPlatform) {
			e.Programmes = append(e.Programmes, option{Value: string(p.ID), Text: q.in(p.Names)})
		}
	}
	return e, err
}

// enrolmentIn reads an enrolment from fields of a form.
func enrolmentIn(f *fields, prefix string) portfolio.Enrolment {
	e := portfolio.Enrolment{
		Programme: ident.Programme(f.Value(prefix + "programme")), Origin: portfolio.Origin(f.Value(prefix + "origin")),
		From: f.date(prefix + "from"), To: f.date(prefix + "to"),
	}
	if f.Value(prefix+"ceiling/amount") == "" {
		return e
	}
	if a := f.amount(prefix+"ceiling/amount", f.unit(prefix+"ceiling/currency")); a != (money.Amount{}) {
		e.Ceiling = &a
	}
	return e
}

func platformIn(f *form) portfolio.Platform {
	return portfolio.Platform{
		Code: f.Value("platform/code"), Kind: portfolio.PlatformKind(f.Value("platform/kind")), Names: f.namesAt("platform/names"),
		Sector: f.Value("platform/sector"), Operator: ident.Organisation(f.Value("platform/operator")), Region: f.Value("platform/region"),
		Responsible: ident.Person(f.Value("platform/responsible")),
	}
}

func (c *Console) newPlatform(q *request) error {
	if !q.inRole(portfolio.ProgrammeManager) {
		return fault.New(fault.Forbidden, "access.forbidden", "action", string(access.CreatePlatform))
	}
	f := q.form("/platforms/new", 0).With("enrolment/from", q.today.String()).With("enrolment/ceiling/currency", "CNY").
		With("platform/kind", string(portfolio.ProofOfConcept)).With("enrolment/origin", string(portfolio.Commissioned)).
		With("enrolment/programme", q.URL.Query().Get("programme"))
	return q.showNewPlatform(f)
}

func (q *request) showNewPlatform(f *form) error {
	v := platformFormPage{Form: f, Trail: q.trail("platforms", link{Text: q.text("console.platform.new")}), Back: "/platforms"}
	var err error
	if v.Enrolment, err = q.enrolmentFields(f, "enrolment/"); err != nil {
		return err
	}
	if only := v.Enrolment.Programmes; len(only) == 1 && f.Value("enrolment/programme") == "" {
		f.With("enrolment/programme", only[0].Value)
	}
	return q.showPlatformForm(v, q.text("console.platform.new"))
}

func (q *request) showPlatformForm(v platformFormPage, title string) error {
	var err error
	v.Kinds = options(q, "platformKind", platformKinds()...)
	if v.Operators, err = q.organisationChoices(v.Form, "platform/operator"); err != nil {
		return err
	}
	if v.People, err = q.personChoices(v.Form, "platform/responsible"); err != nil {
		return err
	}
	return q.show("platform-form", title, v)
}

func (c *Console) createPlatform(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	if q.step() == "find" {
		return q.showNewPlatform(f)
	}
	in := f.fields()
	sent := tracker.NewPlatform{Platform: platformIn(f), Enrolment: enrolmentIn(in, "enrolment/")}
	r, err := tracker.Receipt{}, in.err()
	if err == nil {
		r, err = c.Tracker.CreatePlatform(q.Context(), q.command(f), sent)
	}
	if err != nil {
		return q.again(f, err, subject{}, func() error { return q.showNewPlatform(f) })
	}
	return q.done(r, at("platforms", r.Aggregate))
}

// changeablePlatform is a platform whose fields the reader may change.
func (q *request) changeablePlatform() (tracker.PlatformView, error) {
	p, err := q.tracker().Platform(q.Context(), q.call, ident.Platform(q.PathValue("platform")))
	if err == nil && !hasAction(p.Actions, "edit") {
		err = fault.New(fault.Forbidden, "access.forbidden", "action", string(access.EditPlatform))
	}
	return p, err
}

func (c *Console) platformForm(q *request) error {
	p, err := q.changeablePlatform()
	if err != nil {
		return err
	}
	f := q.form(q.URL.Path, p.Version).withNames("platform/names", p.Names).With("platform/kind", string(p.Kind)).With("platform/sector", p.Sector).
		With("platform/operator", string(p.Operator)).With("platform/region", p.Region).With("platform/responsible", string(p.Responsible))
	return q.showPlatformEdit(p, f)
}

func (q *request) showPlatformEdit(p tracker.PlatformView, f *form) error {
	page := at("platforms", p.ID)
	v := platformFormPage{
		Form: f, Code: p.Code, Name: p.Names, Back: page, Registered: true,
		Trail: q.trail("platforms", link{Href: page, Text: q.in(p.Names)}, link{Text: q.console.Catalogs.Label(q.lang, "command", "edit")}),
	}
	return q.showPlatformForm(v, q.text("console.place.edit.title", "name", q.in(p.Names)))
}

func (c *Console) editPlatform(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	p, err := q.changeablePlatform()
	if err != nil {
		return err
	}
	if q.step() == "find" {
		return q.showPlatformEdit(p, f)
	}
	in := platformIn(f)
	in.Code = p.Code // is never changed
	r, err := c.Tracker.EditPlatform(q.Context(), q.command(f), p.ID, in)
	if err != nil {
		return q.again(f, err, subject{Aggregate: string(p.ID), Thing: string(p.ID), Page: at("platforms", p.ID)}, func() error { return q.showPlatformEdit(p, f) })
	}
	return q.done(r, at("platforms", p.ID))
}

// enrolmentPage puts a platform into a programme, or changes on which terms it
// is there.
type enrolmentPage struct {
	Form   *form
	Trail  []link
	Name   portfolio.Names
	Fields enrolmentFields
	Back   string
	Was    *portfolio.Enrolment // in force in that programme, nil for none
	Is     portfolio.Enrolment  // of the summary
	In     string               // the programme's name
}

// enrollable is a platform, and what of it is enrolled in the form's programme.
func (q *request) enrollable(f *form) (enrolmentPage, error) {
	p, err := q.tracker().Platform(q.Context(), q.call, ident.Platform(q.PathValue("platform")))
	if err != nil {
		return enrolmentPage{}, err
	}
	page := at("platforms", p.ID)
	v := enrolmentPage{Form: f, Name: p.Names, Back: page, Trail: q.trail("platforms", link{Href: page, Text: q.in(p.Names)}, link{Text: q.text("console.platform.enrol")})}
	if v.Fields, err = q.enrolmentFields(f, ""); err != nil {
		return v, err
	}
	if len(v.Fields.Programmes) == 0 {
		return v, fault.New(fault.Forbidden, "access.forbidden", "action", string(access.EnrolPlatform))
	}
	for _, e := range p.Enrolments {
		if string(e.Programme) == f.Value("programme") {
			v.Was = &e
		}
	}
	v.In = optionText(v.Fields.Programmes, f.Value("programme"))
	return v, nil
}

func (c *Console) enrolmentForm(q *request) error {
	f := q.form(q.URL.Path, 0).With("programme", q.URL.Query().Get("programme"))
	v, err := q.enrollable(f)
	if err != nil {
		return err
	}
	f.With("origin", string(portfolio.Commissioned)).With("from", q.today.String()).With("ceiling/currency", "CNY")
	if e := v.Was; e != nil {
		f.With("origin", string(e.Origin)).With("from", e.From.String()).With("to", e.To.String())
		if e.Ceiling != nil {
			f.With("ceiling/amount", e.Ceiling.Decimal()).With("ceiling/currency", e.Ceiling.Unit().Code())
		}
	}
	return q.showEnrolment(v, "platform-enrol")
}

func (q *request) showEnrolment(v enrolmentPage, name string) error {
	return q.show(name, q.text("console.platform.enrol.title", "name", q.in(v.Name)), v)
}

func (c *Console) enrolPlatform(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	v, err := q.enrollable(f)
	if err != nil {
		return err
	}
	in := f.fields()
	v.Is = enrolmentIn(in, "")
	id := ident.Platform(q.PathValue("platform"))
	r := tracker.Receipt{}
	if err = in.err(); err == nil {
		checked := v.Is
		checked.Platform = id
		err = checked.Check()
	}
	switch {
	case err == nil && q.step() == "check":
		return q.showEnrolment(v, "platform-enrol-check")
	case err == nil && q.step() == "edit":
		return q.showEnrolment(v, "platform-enrol")
	case err == nil:
		r, err = c.Tracker.EnrolPlatform(q.Context(), q.command(f), id, v.Is)
	}
	if err != nil {
		return q.again(f, err, subject{Aggregate: string(id), Thing: string(id), Page: v.Back}, func() error { return q.showEnrolment(v, "platform-enrol") })
	}
	return q.done(r, at("platforms", id))
}
