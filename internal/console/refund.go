package console

import (
	"context"
	"html/template"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

func (c *Console) refundRoutes(m routes) {
	m.page("GET /awards/{award}/refunds/{refund}", c.refund)
	h := func(q *request) error {
		of, err := q.refundOf()
		if err != nil {
			return err
		}
		return q.reverseRefundStep(of).answer(q, of.Award)
	}
	m.page("GET /awards/{award}/refunds/{refund}/reverse", h)
	m.page("POST /awards/{award}/refunds/{refund}/reverse", h)
}

// refundOf is a refund within its award, with the payment that it came back of.
type refundOf struct {
	Award moneyAward
	R     tracker.RefundView
	P     tracker.PaymentView
}

func (q *request) refundOf() (refundOf, error) {
	a, err := q.moneyAward()
	if err != nil {
		return refundOf{}, err
	}
	r, ok := a.refund(ident.Refund(q.PathValue("refund")))
	if !ok {
		return refundOf{}, errNothingHere()
	}
	p, _ := a.payment(r.Payment)
	return refundOf{a, r, p}, nil
}

func (o refundOf) page() string { return at("awards", o.Award.ID, "refunds", o.R.ID) }

// refundPage is a refund and what is next.
type refundPage struct {
	refundOf
	Payment string // its name
	Crumbs  []link
	Steps   []moneyOffer
	Notes   []string
	Journal []tracker.JournalEntryView
	Whole   string
}

// Ready are the steps that nothing stands in the way of.
func (p refundPage) Ready() []moneyOffer { return ready(p.Steps) }

func (c *Console) refund(q *request) error {
	of, err := q.refundOf()
	if err != nil {
		return err
	}
	p := refundPage{refundOf: of, Payment: q.paymentName(of.P)}
	p.Crumbs = q.moneyCrumbs(of.Award, "refunds", link{Text: of.R.Reference})
	if hasAction(of.R.Actions, "reverse") {
		_, refused := q.tracker().Foresee(q.Context(), q.call, func(ctx context.Context, c tracker.Call) (tracker.Receipt, error) {
			return q.tracker().ReverseRefund(ctx, c, tracker.RefundRef{Award: of.Award.ID, Refund: of.R.ID}, tracker.Reason{Reason: "-"})
		})
		blocked, err := q.blockedBy(refused)
		if err != nil {
			return err
		}
		p.Steps = []moneyOffer{{Href: of.page() + "/reverse", Text: q.label("command", string(award.CommandReverse)), Second: true, Blocked: blocked}}
	}
	if p.Journal, p.Whole, err = q.shortJournal(of.Award, string(of.R.ID)); err != nil {
		return err
	}
	return q.show("refund", q.text("console.refund.title", "reference", of.R.Reference), p)
}

func (q *request) reverseRefundStep(of refundOf) moneyStep {
	s := moneyStep{
		Form: q.form(of.page()+"/reverse", of.R.Version), Title: q.text("console.refund.reverse.title"),
		Crumbs: q.moneyCrumbs(of.Award, "refunds", link{Href: of.page(), Text: of.R.Reference}, link{Text: q.label("command", "reverse")}),
		Facts: []moneyFact{
			q.fact("console.money.award", template.HTML(string(linked(of.Award.Href(), of.Award.Document.Number))+" ")+q.functions().name(of.Award.Document.Title)), //nolint:gosec // escaped
			q.fact("console.refund.amount", of.R.Amount),
			q.fact("console.refund.destination", q.label("refundDestination", string(of.R.Destination))),
			q.fact("console.refund.of", linked(of.Award.PaymentHref(of.R.Payment), q.paymentName(of.P))),
			q.fact("console.refund.reason", of.R.Reason),
		},
		Undo: q.text("console.refund.reverse.undo"), Do: q.text("console.refund.reverse.do", "amount", q.exact(of.R.Amount)),
		Page: of.page(), Danger: true, Check: true,
		about: subject{string(of.Award.ID), string(of.R.ID), of.page()},
		to:    func(tracker.Receipt) string { return of.page() },
		foretel: func(tracker.Foreseen) []string {
			return []string{q.text("console.money.ledger.refundReversal", "amount", q.exact(of.R.Amount), "entry", of.R.Posted)}
		},
	}
	return s.withReason(q, "console.refund.reverse.hint", func(ctx context.Context, c tracker.Call, r tracker.Reason) (tracker.Receipt, error) {
		return q.tracker().ReverseRefund(ctx, c, tracker.RefundRef{Award: of.Award.ID, Refund: of.R.ID}, r)
	})
}
