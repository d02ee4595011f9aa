package console

import (
	"context"
	"errors"
	"html/template"
	"net/http"

	"milepost/internal/fault"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// moneyStep is one command on money: what it is about, what it asks, what
// happens then, and a summary before anything moves. Its closures share the
// command's input.
type moneyStep struct {
	Form     *form
	Crumbs   []link
	Title    string
	Facts    []moneyFact
	Fields   []moneyField
	Effects  []string // what happens then, in words
	Notes    []string // what the reader should know beforehand
	Warnings []string // what is odd about what was typed, on the summary
	Undo     string   // what takes it back
	Do       string   // on the button
	Page     string   // of what it is about
	Danger   bool
	Check    bool     // a summary page comes before it is done
	Blocked  []string // why it cannot be done; then there is no form

	about   subject
	sample  func()                                                       // an input that shows whether it can be done at all
	read    func(*fields)                                                // the input that was typed
	run     func(context.Context, tracker.Call) (tracker.Receipt, error) // gives the command with that input
	foretel func(tracker.Foreseen) []string                              // beside what every step tells of tranches
	to      func(tracker.Receipt) string                                 // the page that follows
	explain func(refused error, blocked []string) ([]string, error)      // says more of why it cannot be done; may be nil
	typed   func(*moneyStep)                                             // says more once the input is read; may be nil
	mend    func(error) error                                            // puts faults where the form has their fields; may be nil
}

// moneyField is a field of a step.
type moneyField struct {
	Form     *form
	Name     string
	Label    string
	Hint     string
	Kind     string // field, amount, area or radios
	Type     string // of an input
	Unit     string
	None     string
	List     string
	Rows     int
	Money    money.Unit // of an amount
	Decimal  bool
	Optional bool
	Options  []option
	Heading  string                    // stands before it
	shown    func(typed string) string // what a summary shows, nil for what was typed
}

// ofAmount is a field in which an amount of a currency is typed.
func (q *request) ofAmount(unit money.Unit, f moneyField) moneyField {
	f.Kind, f.Money = "amount", unit
	f.shown = func(typed string) string { return q.typedAmount(typed, unit) }
	return f
}

// typedAmount is an amount that somebody typed, as people read it; what is none
// stays as it is.
func (q *request) typedAmount(typed string, unit money.Unit) string {
	a, err := money.ParseTyped(typed, unit)
	if err != nil {
		return typed
	}
	return q.console.Catalogs.AmountRead(q.lang, a)
}

// Shown is what was typed, as a summary shows it.
func (f moneyField) Shown() string {
	value := f.Form.Value(f.Name)
	for _, o := range f.Options {
		if o.Value == value {
			return o.Text
		}
	}
	if f.shown != nil {
		return f.shown(value)
	}
	return value
}

// answer shows the step's form, or takes it.
func (s moneyStep) answer(q *request, a moneyAward) error {
	if q.Method == http.MethodPost {
		return s.post(q, a)
	}
	return s.page(q, a)
}

// page answers a request for the step's form.
func (s moneyStep) page(q *request, a moneyAward) error {
	s.sample()
	seen, refused := q.tracker().Foresee(q.Context(), q.call, s.run)
	var err error
	if s.Blocked, err = q.blockedBy(refused); err != nil {
		return err
	}
	if s.explain != nil && refused != nil {
		if s.Blocked, err = s.explain(refused, s.Blocked); err != nil {
			return err
		}
	}
	s.tell(q, a, seen)
	return q.show("money-step", s.Title, s.ready())
}

func (s *moneyStep) tell(q *request, a moneyAward, seen tracker.Foreseen) {
	if len(s.Blocked) > 0 {
		s.Effects = nil
		return
	}
	s.Effects = q.effectsOn(a, seen.Tranches)
	if s.foretel != nil {
		s.Effects = append(s.foretel(seen), s.Effects...)
	}
}

// ready puts the form into its fields.
func (s moneyStep) ready() moneyStep {
	fields := make([]moneyField, len(s.Fields))
	for i, f := range s.Fields {
		f.Form = s.Form
		fields[i] = f
	}
	s.Fields = fields
	return s
}

// Typed are the fields as the summary page shows them, without empty ones.
func (s moneyStep) Typed() []moneyFact {
	var out []moneyFact
	for _, f := range s.ready().Fields {
		if shown := f.Shown(); shown != "" {
			out = append(out, moneyFact{Label: f.Label, Value: template.HTML(`<bdi class="pre">` + template.HTMLEscapeString(shown) + `</bdi>`)}) //nolint:gosec // escaped
		}
	}
	return out
}

// post answers the step's form: shows its summary, goes back to the fields, or
// does it.
func (s moneyStep) post(q *request, a moneyAward) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	s.Form = f
	again := func(err error) error {
		if s.mend != nil {
			err = s.mend(err)
		}
		return q.again(f, err, s.about, func() error { return s.page(q, a) })
	}
	if q.step() == "edit" {
		return s.page(q, a)
	}
	typed := f.fields()
	s.read(typed)
	if err := typed.err(); err != nil {
		return again(err)
	}
	if s.typed != nil {
		s.typed(&s)
	}
	if s.Check && q.step() == "check" {
		call := q.call
		if f.Version > 0 {
			call.IfMatch = &f.Version
		}
		seen, err := q.tracker().Foresee(q.Context(), call, s.run)
		if err != nil {
			return again(err)
		}
		s.tell(q, a, seen)
		return q.show("money-check", s.Title, s.ready())
	}
	receipt, err := s.run(q.Context(), q.command(f))
	if err != nil {
		return again(err)
	}
	return q.done(receipt, s.to(receipt))
}

func asFault(err error) (*fault.Error, bool) { return errors.AsType[*fault.Error](err) }

// reasonField asks for a reason.
func (q *request) reasonField(hint string) moneyField {
	return moneyField{Name: "reason", Kind: "area", Rows: 3, Label: q.text("console.money.reason"), Hint: q.text(hint)}
}

// need notes a field that was left empty, where the command would not say so
// itself.
func (f *fields) need(name string) {
	if f.Value(name) == "" {
		f.miss(name, fault.New(fault.Invalid, "field.required"))
	}
}
