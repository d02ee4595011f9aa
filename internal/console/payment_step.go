package console

import (
	"context"
	"html/template"

	"milepost/internal/award"
	"milepost/internal/ledger"
	"milepost/internal/tracker"
)

// paymentStep is what the steps on a payment share; name is the last part of
// the address.
func (q *request) paymentStep(of paymentOf, name string) moneyStep {
	id := "console.payment.step." + name
	reference := q.paymentName(of.P)
	return moneyStep{
		Form:   q.form(of.page()+"/"+name, of.P.Version),
		Title:  q.text(id + ".title"),
		Crumbs: q.moneyCrumbs(of.Award, "payments", link{Href: of.page(), Text: reference}, link{Text: q.text(id + ".crumb")}),
		Facts:  q.paymentFacts(of),
		Undo:   q.text(id + ".undo"),
		Do:     q.text(id+".do", "amount", q.exact(of.P.Amount)),
		Page:   of.page(),
		about:  of.about(),
		sample: func() {},
		read:   func(*fields) {},
		to:     func(tracker.Receipt) string { return of.page() },
	}
}

func (q *request) paymentFacts(of paymentOf) []moneyFact {
	facts := []moneyFact{
		q.fact("console.money.award", template.HTML(string(linked(of.Award.Href(), of.Award.Document.Number))+" ")+q.functions().name(of.Award.Document.Title)), //nolint:gosec // escaped
		q.fact("console.money.amount", of.P.Amount),
	}
	if p := of.Award.Organisation(of.P.Payee); p != nil {
		facts = append(facts, q.fact("console.money.payee", p))
	}
	for _, l := range of.P.Lines {
		text := q.text("console.tranche", "number", of.Award.Number(l.Tranche))
		if len(of.P.Lines) > 1 {
			text += " · " + q.exact(l.Amount)
		}
		facts = append(facts, q.fact("console.payment.pays", linked(of.Award.TrancheHref(l.Tranche), text)))
	}
	if of.P.PayerAccount != "" {
		facts = append(facts, q.fact("console.payment.payerAccount", of.P.PayerAccount))
	}
	if n := of.Award.Who(of.P.InstructedBy); n != nil {
		facts = append(facts, q.fact("console.payment.column.instructed", q.byAndOn(n, of.P.InstructedOn.String())))
	}
	if !of.P.PaidOn.IsZero() {
		facts = append(facts, q.fact("console.payment.paidOn", of.P.PaidOn.String()+" "+of.P.BankReference))
	}
	if of.P.Refunded.Sign() > 0 {
		facts = append(facts, q.fact("console.payment.refunded", of.P.Refunded))
	}
	return facts
}

func (q *request) paidStep(of paymentOf) moneyStep {
	s := q.paymentStep(of, "paid")
	in := &tracker.PaidEntry{}
	s.Check = true
	s.Fields = []moneyField{
		{Name: "paidOn", Type: "date", Label: q.text("console.payment.paidOn"), Hint: q.text("console.payment.paidOn.hint", "from", of.P.InstructedOn.String())},
		{Name: "bankReference", Label: q.text("console.payment.bankReference"), Hint: q.text("console.payment.bankReference.hint")},
	}
	s.sample = func() { *in = tracker.PaidEntry{BankReference: "-", PaidOn: q.today} }
	s.read = func(f *fields) {
		f.need("bankReference")
		f.need("paidOn")
		*in = tracker.PaidEntry{BankReference: f.Value("bankReference"), PaidOn: f.date("paidOn")}
	}
	s.run = func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return q.tracker().MarkPaymentPaid(ctx, c, of.ref(), *in)
	}
	s.foretel = func(tracker.Foreseen) []string {
		return []string{q.text("console.money.ledger.payment", "amount", q.exact(of.P.Amount), "debit", q.account(ledger.Payable), "credit", q.account(ledger.Bank))}
	}
	return s
}

// released is what returning and stopping have in common.
func (q *request) released(of paymentOf, name string, run func(context.Context, tracker.Call, tracker.PaymentRef, tracker.Reason) (tracker.Receipt, error)) moneyStep {
	s := q.paymentStep(of, name).withReason(q, "console.payment.step."+name+".hint", func(ctx context.Context, c tracker.Call, r tracker.Reason) (tracker.Receipt, error) {
		return run(ctx, c, of.ref(), r)
	})
	s.Danger, s.Check = true, true
	s.foretel = func(tracker.Foreseen) []string {
		return []string{q.text("console.money.ledger.released", "amount", q.exact(of.P.Amount))}
	}
	return s
}

func (q *request) returnedStep(of paymentOf) moneyStep {
	return q.released(of, "returned", q.tracker().MarkPaymentReturned)
}

func (q *request) stopStep(of paymentOf) moneyStep {
	return q.released(of, "stop", q.tracker().StopPayment)
}

func (q *request) reverseStep(of paymentOf) moneyStep {
	s := q.paymentStep(of, "reverse").withReason(q, "console.payment.step.reverse.hint", func(ctx context.Context, c tracker.Call, r tracker.Reason) (tracker.Receipt, error) {
		return q.tracker().ReversePayment(ctx, c, of.ref(), r)
	})
	s.Danger, s.Check = true, true
	s.foretel = func(tracker.Foreseen) []string {
		return []string{q.text("console.money.ledger.reversal", "amount", q.exact(of.P.Amount), "entry", of.P.Posted)}
	}
	return s
}

func (q *request) refundStep(of paymentOf) moneyStep {
	s := q.paymentStep(of, "refund")
	in := &award.RefundEntry{}
	unit, known := of.P.Amount.Unit(), false
	s.Check = true
	s.Facts = append(s.Facts, q.fact("console.payment.refundable", of.refundable()))
	s.Fields = []moneyField{
		q.ofAmount(unit, moneyField{Name: "amount/amount", Label: q.text("console.refund.amount"), Hint: q.text("console.refund.amount.hint", "most", q.exact(of.refundable()))}),
		{Name: "receivedOn", Type: "date", Label: q.text("console.refund.receivedOn")},
		{Name: "reference", Label: q.text("console.payment.bankReference"), Hint: q.text("console.refund.reference.hint")},
		{Name: "destination", Kind: "radios", Label: q.text("console.refund.destination"), Options: q.destinations()},
		q.reasonField("console.refund.reason.hint"),
	}
	s.sample = func() { *in, known = refundEntry(q, of), false }
	s.read = func(f *fields) {
		known = true
		for _, name := range []string{"amount/amount", "receivedOn", "reference", "destination", "reason"} {
			f.need(name)
		}
		*in = award.RefundEntry{Amount: f.amount("amount/amount", unit), Reason: f.Value("reason"), Destination: award.Destination(f.Value("destination")),
			Reference: f.Value("reference"), ReceivedOn: f.date("receivedOn")}
	}
	s.run = func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
		return q.tracker().RecordRefund(ctx, c, of.ref(), *in)
	}
	s.typed = func(s *moneyStep) { s.Do = q.text("console.payment.step.refund.do", "amount", q.exact(in.Amount)) }
	s.foretel = func(tracker.Foreseen) []string {
		amount, debit := q.text("console.refund.whatever"), q.text("console.refund.anywhere")
		if known {
			amount = q.exact(in.Amount)
			if to, ok := ledger.RefundTo(string(in.Destination)); ok {
				debit = q.account(to)
			}
		}
		return []string{q.text("console.money.ledger.refund", "amount", amount, "debit", debit, "credit", q.account(ledger.Refunds)), q.text("console.refund.neverReopens")}
	}
	s.to = func(r tracker.Receipt) string {
		if id := madeBy(r, "refund.recorded"); id != "" {
			return at("awards", of.Award.ID, "refunds", id)
		}
		return of.page()
	}
	return s
}

func (q *request) destinations() []option {
	all := options(q, "refundDestination", award.Treasury, award.BudgetLine)
	for i := range all {
		all[i].Hint = q.text("console.refund.destination." + all[i].Value)
	}
	return all
}

// madeBy is the id of the thing of an event of a receipt.
func madeBy(r tracker.Receipt, event string) string {
	for _, t := range r.Things {
		if t.Event == event {
			return t.ID
		}
	}
	return ""
}
