package console

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// newPayment instructs a payment of approved tranches of an award.
func (c *Console) newPayment(q *request) error {
	a, err := q.moneyAward()
	if err != nil {
		return err
	}
	if p, ok := onItsWay(a, ident.Tranche(q.URL.Query().Get("tranche"))); ok && q.Method == http.MethodGet {
		return q.redirect(a.PaymentHref(p.ID)) // what the reader came to pay waits for the bank
	}
	return q.instructStep(a).answer(q, a)
}

// onItsWay is the payment of a tranche that waits for the bank's answer, where
// nothing of the tranche is left to instruct beside it.
func onItsWay(a moneyAward, wanted ident.Tranche) (tracker.PaymentView, bool) {
	t, ok := a.tranche(wanted)
	if !ok || t.State != award.Approved || amountLeft(t.Tranche).Sign() > 0 {
		return tracker.PaymentView{}, false
	}
	for _, p := range a.Payments {
		if p.State == award.Instructed && slices.ContainsFunc(p.Lines, func(l award.PaymentLine) bool { return l.Tranche == wanted }) {
			return p, true
		}
	}
	return tracker.PaymentView{}, false
}

// instructAgain offers to pay again what did not reach the payee: the first
// tranche of a payment of which something is left to instruct.
func (q *request) instructAgain(of paymentOf) ([]moneyOffer, error) {
	if of.P.State == award.Instructed || of.P.State == award.Paid {
		return nil, nil
	}
	for _, l := range of.P.Lines {
		t, ok := of.Award.tranche(l.Tranche)
		if !ok || !hasAction(t.Actions, tracker.ActionInstruct) || amountLeft(t.Tranche).IsZero() {
			continue
		}
		_, refused := q.tracker().Foresee(q.Context(), q.call, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return q.tracker().InstructPayment(ctx, c, of.Award.ID, instructionOf(trancheOf{of.Award, t}))
		})
		blocked, err := q.blockedBy(refused)
		return []moneyOffer{{Href: to(at("awards", of.Award.ID, "payments", "new"), "tranche", t.ID), Text: q.text("console.payment.again"), Blocked: blocked}}, err
	}
	return nil, nil
}

func (q *request) instructStep(a moneyAward) moneyStep {
	page := at("awards", a.ID)
	in := &award.Instruction{}
	wanted := ident.Tranche(q.URL.Query().Get("tranche"))
	s := moneyStep{
		Form: q.form(at("awards", a.ID, "payments", "new"), a.Version), Title: q.text("console.payment.new.title"),
		Crumbs: q.moneyCrumbs(a, "payments", link{Text: q.text("console.payment.new.title")}),
		Undo:   q.text("console.payment.new.undo"), Do: q.text("console.payment.new.do"), Check: true, Page: page,
		about: subject{Aggregate: string(a.ID), Page: page},
	}
	if _, ok := a.tranche(wanted); ok {
		s.Page = a.TrancheHref(wanted)
	}
	rows := payableOf(a)
	s.Facts = []moneyFact{q.fact("console.money.award", template.HTML(string(linked(a.Href(), a.Document.Number))+" ")+q.functions().name(a.Document.Title)), //nolint:gosec // escaped
		q.fact("console.money.payee", a.Organisation(a.Document.Payee))}
	for _, p := range a.Payments {
		if p.State == award.Instructed {
			s.Facts = append(s.Facts, q.fact("console.payment.onItsWay", linked(a.PaymentHref(p.ID), q.paymentName(p)+" · "+q.exact(p.Amount))))
		}
	}
	s.Fields = q.instructFields(rows)
	q.prefill(s.Form, a, rows, wanted)
	s.sample = func() {
		*in = award.Instruction{Payee: a.Document.Payee, PayerAccount: "-", Reference: "-"}
		for _, t := range rows {
			line := award.PaymentLine{Tranche: t.ID, Kind: award.Release, Amount: amountLeft(t.Tranche)}
			if t.ID == wanted || len(in.Lines) == 0 {
				in.Lines = []award.PaymentLine{line}
			}
		}
	}
	s.read = func(f *fields) {
		*in = award.Instruction{Payee: a.Document.Payee, PayerAccount: f.Value("payerAccount"), Reference: f.Value("reference")}
		f.need("payerAccount")
		f.need("reference")
		for _, t := range rows {
			if name := "amount/" + string(t.ID); f.Value(name) != "" {
				in.Lines = append(in.Lines, award.PaymentLine{Tranche: t.ID, Kind: award.Release, Amount: f.amount(name, t.Amount.Unit())})
			}
		}
		if len(in.Lines) == 0 && len(rows) > 0 {
			f.need("amount/" + string(rows[0].ID))
		}
	}
	s.run = func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return q.tracker().InstructPayment(ctx, c, a.ID, *in)
	}
	total := func() string { return q.exact(totalOf(a, in.Lines)) }
	s.typed = func(s *moneyStep) {
		s.Do = q.text("console.payment.new.doAmount", "amount", total())
		for _, p := range sameReference(a, in.Reference) {
			s.Warnings = append(s.Warnings, q.text("console.payment.new.twice", "reference", p.Reference, "amount", q.exact(p.Amount),
				"on", p.InstructedOn.String(), "state", q.label("paymentState", string(p.State))))
		}
	}
	s.foretel = func(tracker.Foreseen) []string {
		return append([]string{q.text("console.money.ledger.instruct", "amount", total()), q.text("console.payment.new.next")}, q.remains(a, in.Lines)...)
	}
	s.mend = func(err error) error { return ontoAmounts(err, in.Lines) }
	s.explain = func(_ error, blocked []string) ([]string, error) {
		if len(rows) == 0 {
			return []string{q.text("console.payment.new.nothing")}, nil
		}
		return blocked, nil
	}
	s.to = func(r tracker.Receipt) string {
		if id := madeBy(r, "payment.instructed"); id != "" {
			return at("awards", a.ID, "payments", id)
		}
		return page
	}
	return s
}

// payableOf are the tranches of an award of which something can be instructed.
func payableOf(a moneyAward) []tracker.TrancheView {
	var out []tracker.TrancheView
	for _, t := range a.Tranches {
		if t.State == award.Approved && !t.Locked && amountLeft(t.Tranche).Sign() > 0 {
			out = append(out, t)
		}
	}
	return out
}

func (q *request) instructFields(rows []tracker.TrancheView) []moneyField {
	var out []moneyField
	for i, t := range rows {
		f := q.ofAmount(t.Amount.Unit(), moneyField{Name: "amount/" + string(t.ID), Optional: len(rows) > 1,
			Label: q.text("console.tranche", "number", t.Number), Hint: q.text("console.payment.new.left", "amount", q.exact(amountLeft(t.Tranche)))})
		if len(rows) > 1 {
			f.Hint += " " + q.text("console.payment.new.leaveEmpty")
		}
		if i == 0 {
			f.Heading = q.text("console.payment.new.lines")
		}
		out = append(out, f)
	}
	return append(out,
		moneyField{Name: "payerAccount", Label: q.text("console.payment.payerAccount"), Hint: q.text("console.payment.payerAccount.hint"), Heading: q.text("console.payment.new.instruction")},
		moneyField{Name: "reference", Label: q.text("console.payment.reference"), Hint: q.text("console.payment.reference.hint")})
}

// prefill puts what is most likely into a new form: all that is left of the
// tranche that the reader came from, and the account of the payment before.
func (q *request) prefill(f *form, a moneyAward, rows []tracker.TrancheView, wanted ident.Tranche) {
	for _, t := range rows {
		if t.ID == wanted || wanted == "" && len(rows) == 1 {
			f.With("amount/"+string(t.ID), grouped(amountLeft(t.Tranche).Decimal()))
			f.With("reference", nextReference(a))
		}
	}
	for _, p := range a.Payments {
		if p.PayerAccount != "" {
			f.With("payerAccount", p.PayerAccount)
		}
	}
}

// nextReference is one after the payments of the award that none of them has.
func nextReference(a moneyAward) string {
	for n := len(a.Payments) + 1; ; n++ {
		reference := fmt.Sprintf("%s-P%02d", a.Document.Number, n)
		if len(sameReference(a, reference)) == 0 {
			return reference
		}
	}
}

// sameReference are the payments of an award whose instruction has a reference.
// It may be given again, as for what the bank sent back: only the bank's own
// reference is unique.
func sameReference(a moneyAward, reference string) (out []tracker.PaymentView) {
	for _, p := range a.Payments {
		if p.Reference == reference {
			out = append(out, p)
		}
	}
	return out
}

// remains says of every tranche that a payment does not exhaust what is left.
func (q *request) remains(a moneyAward, lines []award.PaymentLine) (out []string) {
	for _, l := range lines {
		t, _ := a.tranche(l.Tranche)
		if left, err := amountLeft(t.Tranche).Sub(l.Amount); err == nil && left.Sign() > 0 {
			out = append(out, q.text("console.payment.new.remains", "number", t.Number, "amount", q.exact(left)))
		}
	}
	return out
}

func totalOf(a moneyAward, lines []award.PaymentLine) money.Amount {
	sum := money.Zero(a.Document.Amount.Unit())
	for _, l := range lines {
		if next, err := sum.Add(l.Amount); err == nil {
			sum = next
		}
	}
	return sum
}

// ontoAmounts puts faults of lines where the form has their amounts.
func ontoAmounts(err error, lines []award.PaymentLine) error {
	e, ok := asFault(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	moved := *e
	moved.Fields = nil
	for _, f := range e.Fields {
		for i, l := range lines {
			if strings.HasPrefix(f.Pointer, "/lines/"+textOf(i)+"/") {
				f.Pointer = "/amount/" + string(l.Tranche)
			}
		}
		moved.Fields = append(moved.Fields, f)
	}
	return &moved
}

// grouped puts commas between the thousands of a number, as fields of amounts
// take them.
func grouped(decimal string) string {
	whole, cents, _ := strings.Cut(decimal, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if cents != "" {
		whole += "." + cents
	}
	return whole
}
