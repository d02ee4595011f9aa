package console

import (
	"strconv"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// programmeNewPage creates a programme.
type programmeNewPage struct {
	Form  *form
	Trail []link
}

func (c *Console) newProgramme(q *request) error {
	if !q.inRole(portfolio.Administrator) {
		return fault.New(fault.Forbidden, "access.forbidden", "action", string(access.CreateProgramme))
	}
	return q.showNewProgramme(q.form("/programmes/new", 0).With("goLiveOn", q.today.String()))
}

func (q *request) showNewProgramme(f *form) error {
	return q.show("programme-new", q.text("console.programme.new"), programmeNewPage{Form: f, Trail: q.trail("programmes", link{Text: q.text("console.programme.new")})})
}

func (c *Console) createProgramme(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	in := f.fields()
	sent := tracker.NewProgramme{Code: f.Value("code"), Names: f.namesAt("names"), GoLiveOn: in.date("goLiveOn"), AttentionFrom: in.date("attentionFrom")}
	r, err := tracker.Receipt{}, in.err()
	if err == nil {
		r, err = c.Tracker.CreateProgramme(q.Context(), q.command(f), sent)
	}
	if err != nil {
		return q.again(f, err, subject{}, func() error { return q.showNewProgramme(f) })
	}
	return q.done(r, at("programmes", r.Aggregate))
}

// programmeFormPage changes a programme's terms; its summary tells what is in
// force at once from what waits for another person.
type programmeFormPage struct {
	programmeHead
	Form       *form
	Rows       []int // of thresholds
	Currencies []option
	AtOnce     []changeRow
	Later      []changeRow
	Effects    []string
	Back       string
}

// mostThresholds is how many currencies a form offers a threshold for.
const mostThresholds = 8

func thresholdField(i int, name string) string {
	return "separationAbove/" + strconv.Itoa(i) + "/" + name
}

// changeableProgramme is the programme of the address whose terms the reader
// may change.
func (q *request) changeableProgramme() (programmeFormPage, error) {
	h, err := q.openProgramme("")
	if err != nil {
		return programmeFormPage{}, err
	}
	if !h.Terms {
		return programmeFormPage{}, fault.New(fault.Forbidden, "access.forbidden", "action", string(access.EditProgramme))
	}
	page := at("programmes", h.ID)
	h.Trail = q.trail("programmes", link{Href: page, Text: q.in(h.Names)}, link{Text: q.console.Catalogs.Label(q.lang, "command", "edit")})
	return programmeFormPage{programmeHead: h, Back: page}, nil
}

func (c *Console) programmeForm(q *request) error {
	v, err := q.changeableProgramme()
	if err != nil {
		return err
	}
	f := q.form(q.URL.Path, v.Version).withNames("names", v.Names).With("foundingDocument", v.FoundingDocument).
		With("goLiveOn", v.GoLiveOn.String()).With("attentionFrom", v.AttentionFrom.String()).
		With("extensions/count", v.Extensions.Count).With("extensions/totalDays", v.Extensions.TotalDays).With("extensions/daysBeforeDue", v.Extensions.DaysBeforeDue)
	if v.RollRestDays {
		f.With("rollRestDays", "yes")
	}
	for i, a := range v.SeparationAbove {
		f.With(thresholdField(i, "amount"), a.Decimal()).With(thresholdField(i, "currency"), a.Unit().Code())
	}
	v.Form = f
	return q.showProgrammeForm(v)
}

func (q *request) showProgrammeForm(v programmeFormPage) error {
	v.Currencies = q.currencyChoices()
	filled := 0
	for i := range mostThresholds {
		if v.Form.Value(thresholdField(i, "amount")) != "" {
			filled = i + 1
		}
		v.Currencies = q.withCurrency(v.Currencies, v.Form.Value(thresholdField(i, "currency")))
	}
	for i := range min(filled+1, mostThresholds) {
		v.Rows = append(v.Rows, i)
	}
	return q.show("programme-form", q.text("console.place.edit.title", "name", q.in(v.Names)), v)
}

// termsIn reads a programme's terms from a form; thresholds without an amount
// close up, so that a fault finds its field.
func termsIn(f *fields) tracker.ProgrammeTerms {
	in := tracker.ProgrammeTerms{
		Names: f.namesAt("names"), FoundingDocument: f.Value("foundingDocument"), GoLiveOn: f.date("goLiveOn"), AttentionFrom: f.date("attentionFrom"),
		Extensions: portfolio.ExtensionLimits{
			Count: f.number("extensions/count", 1000), TotalDays: f.number("extensions/totalDays", 36500), DaysBeforeDue: f.number("extensions/daysBeforeDue", 36500),
		},
		RollRestDays: f.Has("rollRestDays", "yes"), Reason: f.Value("reason"), SeparationAbove: []money.Amount{},
	}
	type row struct{ amount, currency string }
	var rows []row
	for i := range mostThresholds {
		if amount := f.Value(thresholdField(i, "amount")); amount != "" {
			rows = append(rows, row{amount, f.Value(thresholdField(i, "currency"))})
		}
	}
	f.drop("separationAbove/")
	for i, r := range rows {
		f.With(thresholdField(i, "amount"), r.amount).With(thresholdField(i, "currency"), r.currency)
		in.SeparationAbove = append(in.SeparationAbove, f.amount(thresholdField(i, "amount"), f.unit(thresholdField(i, "currency"))))
	}
	return in
}

func (c *Console) editProgramme(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	v, err := q.changeableProgramme()
	if err != nil {
		return err
	}
	v.Form = f
	in := f.fields()
	terms := termsIn(in)
	next := v.With(thresholdsOf(terms))
	next.Names, next.FoundingDocument = terms.Names, terms.FoundingDocument
	if err = in.err(); err == nil {
		err = next.Check()
	}
	r := tracker.Receipt{}
	switch {
	case err == nil && q.step() == "edit":
		return q.showProgrammeForm(v)
	case err == nil && q.step() == "check":
		return q.showProgrammeCheck(v, next)
	case err == nil:
		r, err = c.Tracker.EditProgramme(q.Context(), q.command(f), v.ID, terms)
	}
	if err != nil {
		return q.again(f, err, subject{Aggregate: string(v.ID), Thing: string(v.ID), Page: v.Back}, func() error { return q.showProgrammeForm(v) })
	}
	if next.Thresholds().Equal(v.Thresholds()) {
		return q.done(r, v.Back)
	}
	return q.proposed(r, at("programmes", v.ID, "change"))
}

// thresholdsOf are those that terms propose.
func thresholdsOf(in tracker.ProgrammeTerms) portfolio.Thresholds {
	t := portfolio.Thresholds{
		GoLiveOn: in.GoLiveOn, AttentionFrom: in.AttentionFrom, SeparationAbove: in.SeparationAbove, Extensions: in.Extensions, RollRestDays: in.RollRestDays,
	}
	if t.AttentionFrom.IsZero() {
		t.AttentionFrom = t.GoLiveOn
	}
	return t
}

// showProgrammeCheck shows what is in force at once, what waits, and what that
// would do.
func (q *request) showProgrammeCheck(v programmeFormPage, next portfolio.Programme) error {
	row := func(list []changeRow, id, was, is string) []changeRow {
		if was == is {
			return list
		}
		return append(list, changeRow{Label: q.text("console." + id), Was: was, Is: is})
	}
	v.AtOnce = row(v.AtOnce, "place.name.chinese", v.Names.ZH, next.Names.ZH)
	v.AtOnce = row(v.AtOnce, "place.name.english", v.Names.EN, next.Names.EN)
	v.AtOnce = row(v.AtOnce, "programme.foundingDocument", v.FoundingDocument, next.FoundingDocument)
	v.Later, v.Effects = q.termRows(v.Thresholds(), next.Thresholds())
	return q.show("programme-check", q.text("console.form.check"), v)
}
