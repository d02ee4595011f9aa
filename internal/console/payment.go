package console

import (
	"context"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// paymentRoutes are payments and refunds.
func (c *Console) paymentRoutes(m routes) {
	m.page("GET /payments", c.payments)
	m.page("GET /refunds", c.refunds)
	m.page("GET /awards/{award}/payments/new", c.newPayment)
	m.page("POST /awards/{award}/payments/new", c.newPayment)
	m.page("GET /awards/{award}/payments/{payment}", c.payment)
	for name, step := range map[string]func(*request, paymentOf) moneyStep{
		"paid": (*request).paidStep, "returned": (*request).returnedStep, "stop": (*request).stopStep,
		"reverse": (*request).reverseStep, "refund": (*request).refundStep,
	} {
		h := func(q *request) error {
			of, err := q.paymentOf()
			if err != nil {
				return err
			}
			return step(q, of).answer(q, of.Award)
		}
		m.page("GET /awards/{award}/payments/{payment}/"+name, h)
		m.page("POST /awards/{award}/payments/{payment}/"+name, h)
	}
	c.refundRoutes(m)
}

// paymentOf is a payment within its award.
type paymentOf struct {
	Award moneyAward
	P     tracker.PaymentView
}

func (q *request) paymentOf() (paymentOf, error) {
	a, err := q.moneyAward()
	if err != nil {
		return paymentOf{}, err
	}
	p, ok := a.payment(ident.Payment(q.PathValue("payment")))
	if !ok {
		return paymentOf{}, errNothingHere()
	}
	return paymentOf{a, p}, nil
}

func (o paymentOf) ref() tracker.PaymentRef {
	return tracker.PaymentRef{Award: o.Award.ID, Payment: o.P.ID}
}

func (o paymentOf) page() string { return o.Award.PaymentHref(o.P.ID) }

func (o paymentOf) about() subject { return subject{string(o.Award.ID), string(o.P.ID), o.page()} }

// refundable is what of the payment has not come back.
func (o paymentOf) refundable() money.Amount {
	left, err := o.P.Amount.Sub(o.P.Refunded)
	if err != nil {
		return o.P.Amount
	}
	return left
}

// paymentPage is a payment with its tranches, what came back, and what is next.
type paymentPage struct {
	paymentOf
	Crumbs  []link
	Left    money.Amount // of what is paid: not refunded
	Lines   []paidLine
	Refunds []tracker.RefundView
	Steps   []moneyOffer
	Notes   []string
	Journal []tracker.JournalEntryView
	Whole   string
}

// paidLine is what a payment pays of a tranche, with who approved that and what
// is left of it to instruct.
type paidLine struct {
	award.PaymentLine
	Approver   *tracker.Named
	ApprovedOn civil.Date
	Left       money.Amount
}

func (o paymentOf) lines() (out []paidLine) {
	for _, l := range o.P.Lines {
		t, _ := o.Award.tranche(l.Tranche)
		out = append(out, paidLine{l, o.Award.Who(t.ApprovedBy), t.ApprovedOn, amountLeft(t.Tranche)})
	}
	return out
}

// Ready are the steps that nothing stands in the way of.
func (p paymentPage) Ready() []moneyOffer { return ready(p.Steps) }

func (c *Console) payment(q *request) error {
	of, err := q.paymentOf()
	if err != nil {
		return err
	}
	p := paymentPage{paymentOf: of, Left: of.refundable(), Lines: of.lines()}
	p.Crumbs = q.moneyCrumbs(of.Award, "payments", link{Text: q.paymentName(of.P)})
	for _, r := range of.Award.Refunds {
		if r.Payment == of.P.ID {
			p.Refunds = append(p.Refunds, r)
		}
	}
	if p.Steps, err = q.paymentSteps(of); err != nil {
		return err
	}
	offer, err := q.instructAgain(of)
	if err != nil {
		return err
	}
	p.Steps = append(offer, p.Steps...)
	if of.P.State == award.Instructed && hasAction(of.P.Actions, "markPaid") && of.P.InstructedBy == q.call.Principal.Person {
		p.Notes = append(p.Notes, q.text("console.payment.note.reverse"))
	}
	if p.Journal, p.Whole, err = q.shortJournal(of.Award, string(of.P.ID)); err != nil {
		return err
	}
	return q.show("payment", q.text("console.payment.title", "reference", q.paymentName(of.P)), p)
}

// paymentName is how people call a payment: its reference, which imported ones
// do not have.
func (q *request) paymentName(p tracker.PaymentView) string {
	if p.Reference != "" {
		return p.Reference
	}
	return q.text("console.payment.opening")
}

// paymentSteps are what the reader's roles may do with the payment in its
// state; what would be refused says why.
func (q *request) paymentSteps(of paymentOf) ([]moneyOffer, error) {
	reason := func(do func(context.Context, tracker.Call, tracker.PaymentRef, tracker.Reason) (tracker.Receipt, error)) func(context.Context, tracker.Call) (tracker.Receipt, error) {
		return func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return do(ctx, c, of.ref(), tracker.Reason{Reason: "-"})
		}
	}
	t := q.tracker()
	var out []moneyOffer
	for _, s := range []struct {
		action tracker.Action
		href   string
		second bool
		try    func(context.Context, tracker.Call) (tracker.Receipt, error)
	}{
		{"markPaid", "/paid", false, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return t.MarkPaymentPaid(ctx, c, of.ref(), tracker.PaidEntry{BankReference: "-", PaidOn: q.today})
		}},
		{"markReturned", "/returned", true, reason(t.MarkPaymentReturned)},
		{"stop", "/stop", true, reason(t.StopPayment)},
		{tracker.ActionRecordRefund, "/refund", true, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return t.RecordRefund(ctx, c, of.ref(), refundEntry(q, of))
		}},
		{"reverse", "/reverse", true, reason(t.ReversePayment)},
	} {
		if !hasAction(of.P.Actions, s.action) || s.action == tracker.ActionRecordRefund && of.refundable().IsZero() {
			continue
		}
		_, refused := t.Foresee(q.Context(), q.call, s.try)
		blocked, err := q.blockedBy(refused)
		if err != nil {
			return nil, err
		}
		out = append(out, moneyOffer{Href: of.page() + s.href, Text: q.text("console.payment.step" + slashToDot(s.href) + ".crumb"), Second: s.second, Blocked: blocked})
	}
	return out, nil
}

// slashToDot makes the part of an id out of a part of an address.
func slashToDot(part string) string { return "." + part[1:] }

// refundEntry takes back all that is left of a payment, to see whether that
// can be done.
func refundEntry(q *request, of paymentOf) award.RefundEntry {
	return award.RefundEntry{Amount: of.refundable(), Reason: "-", Destination: award.Treasury, Reference: "-", ReceivedOn: q.today}
}
