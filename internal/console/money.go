package console

import (
	"html/template"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// moneyAward is an award as the pages of its tranches, payments and refunds
// need it: read once, with the names of everybody in it.
type moneyAward struct {
	tracker.AwardView
}

func (q *request) moneyAward() (moneyAward, error) {
	v, err := q.tracker().Award(q.Context(), q.call, ident.Award(q.PathValue("award")))
	return moneyAward{v}, err
}

// Who is a person of the award, nil for nobody.
func (a moneyAward) Who(id ident.Person) *tracker.Named { return a.named(string(id)) }

// Organisation is one that the award names, nil for none.
func (a moneyAward) Organisation(id ident.Organisation) *tracker.Named { return a.named(string(id)) }

func (a moneyAward) named(id string) *tracker.Named {
	n, ok := a.Names[id]
	if !ok || n.Names.ZH == "" && n.Names.EN == "" {
		return nil
	}
	return &n
}

// Href is the award's page.
func (a moneyAward) Href() string { return at("awards", a.ID) }

func (a moneyAward) tranche(id ident.Tranche) (tracker.TrancheView, bool) {
	for _, t := range a.Tranches {
		if t.ID == id {
			return t, true
		}
	}
	return tracker.TrancheView{}, false
}

// Number is that of a tranche of the award, 0 where there is none.
func (a moneyAward) Number(id ident.Tranche) int {
	t, _ := a.tranche(id)
	return t.Number
}

// TrancheHref is the page of a tranche of the award.
func (a moneyAward) TrancheHref(id ident.Tranche) string {
	return at("awards", a.ID, "tranches", id)
}

// PaymentHref is the page of a payment of the award.
func (a moneyAward) PaymentHref(id ident.Payment) string {
	return at("awards", a.ID, "payments", id)
}

func (a moneyAward) payment(id ident.Payment) (tracker.PaymentView, bool) {
	for _, p := range a.Payments {
		if p.ID == id {
			return p, true
		}
	}
	return tracker.PaymentView{}, false
}

func (a moneyAward) refund(id ident.Refund) (tracker.RefundView, bool) {
	for _, r := range a.Refunds {
		if r.ID == id {
			return r, true
		}
	}
	return tracker.RefundView{}, false
}

// errNothingHere is the fault of an address that names nothing.
func errNothingHere() error { return fault.New(fault.NotFound, "thing.notFound") }

// moneyCrumbs lead from the list to a page of the award.
func (q *request) moneyCrumbs(a moneyAward, list string, more ...link) []link {
	text := "console.nav." + list
	if list == "refunds" {
		text = "console.refund.queue"
	}
	return append([]link{
		{Href: "/" + list, Text: q.text(text)},
		{Href: a.Href(), Text: a.Document.Number},
	}, more...)
}

// functions are what templates may call, for what is put together here.
func (q *request) functions() functions {
	return functions{q.console.Catalogs, q.console.assets, q.lang}
}

func (q *request) exact(a money.Amount) string { return q.console.Catalogs.AmountExact(q.lang, a) }

func (q *request) label(group, code string) string {
	return q.console.Catalogs.Label(q.lang, group, code)
}

func (q *request) nameOf(n *tracker.Named) string { return namesOf(n).In(string(q.lang)) }

// blockedBy is why a command would be refused, in words, where its reader
// cannot mend that in the form: the state, a gate, a separation. What is for
// the page of the error is returned.
func (q *request) blockedBy(err error) ([]string, error) {
	var blocked []string
	f, ok := asFault(err)
	switch {
	case err == nil:
		return nil, nil
	case !ok || f.Kind != fault.Conflict && f.Kind != fault.Forbidden && f.Kind != fault.Invalid || f.Code == "access.forbidden":
		return nil, err
	}
	text := q.console.Catalogs.Fault(q.lang, f)
	if len(text.Fields) == 0 || f.Code != "request.invalid" {
		blocked = append(blocked, text.Title)
	}
	for _, x := range text.Fields {
		blocked = append(blocked, x.Text)
	}
	return blocked, nil
}

// effectsOn is what a command does to tranches, in words: their states, what
// ends, and what is owed then, by whom, until when.
func (q *request) effectsOn(a moneyAward, tranches []tracker.Foresight[award.Tranche]) []string {
	var out []string
	for _, t := range tranches {
		var was award.Tranche
		if t.Was != nil {
			was = *t.Was
		}
		number := t.Is.Number
		if was.State != t.Is.State {
			out = append(out, q.text("console.money.effect.state", "number", number,
				"from", q.label("trancheState", string(was.State)), "to", q.label("trancheState", string(t.Is.State))))
		}
		before, after := was.Watch.Current, t.Is.Watch.Current
		switch {
		case before != nil && (after == nil || after.Kind != before.Kind):
			out = append(out, q.text("console.money.effect.ends", "number", number, "what", q.label("obligation", string(before.Kind))))
		case before != nil && after != nil && before.Revision == after.Revision:
			out = append(out, q.text("console.money.effect.stays", "number", number, "what", q.label("obligation", string(after.Kind)),
				"who", q.owner(a, after), "due", after.EffectiveOn.String()))
		}
		if after != nil && (before == nil || before.Kind != after.Kind || before.Revision != after.Revision) {
			out = append(out, q.text("console.money.effect.owes", "number", number, "what", q.label("obligation", string(after.Kind)),
				"who", q.owner(a, after), "due", after.EffectiveOn.String()))
		}
	}
	return out
}

// owner is who owes an obligation: the person where one is named, else the
// role.
func (q *request) owner(a moneyAward, o *attention.Obligation) string {
	role := q.label("role", string(o.Role))
	if n := a.Who(o.Person); n != nil {
		return q.text("console.money.ownerOf", "name", q.nameOf(n), "role", role)
	}
	return role
}

// amountLeft is what of a tranche is approved and neither paid nor on its way;
// nothing where nothing is approved.
func amountLeft(t award.Tranche) money.Amount {
	left, err := t.Payable()
	if err != nil || left.Sign() < 0 {
		return money.Zero(t.Amount.Unit())
	}
	return left
}

// moneyFact is a line of a summary.
type moneyFact struct {
	Label string
	Value template.HTML
}

// fact makes a line of a summary of a text, which is escaped.
func (q *request) fact(id string, value any) moneyFact {
	var shown template.HTML
	f := q.functions()
	switch x := value.(type) {
	case template.HTML:
		shown = x
	case money.Amount:
		shown = template.HTML(`<span class="money">` + template.HTMLEscapeString(q.exact(x)) + `</span>`) //nolint:gosec // escaped
	case *tracker.Named:
		if x != nil {
			shown = f.name(x)
		}
	default:
		if text := textOf(value); text != "" {
			shown = template.HTML(`<bdi class="pre">` + template.HTMLEscapeString(text) + `</bdi>`) //nolint:gosec // escaped
		}
	}
	if shown == "" {
		shown = template.HTML(`<span class="none">` + template.HTMLEscapeString(q.text("console.none")) + `</span>`) //nolint:gosec // escaped
	}
	return moneyFact{Label: q.text(id), Value: shown}
}

// linked is a text that leads to an address.
func linked(href, text string) template.HTML {
	return template.HTML(`<a href="` + template.HTMLEscapeString(href) + `"><bdi>` + template.HTMLEscapeString(text) + `</bdi></a>`) //nolint:gosec // escaped
}
