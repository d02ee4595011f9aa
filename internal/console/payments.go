package console

import (
	"context"
	"slices"
	"strings"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// paymentRow is a payment in a list.
type paymentRow struct {
	tracker.ThingRow[tracker.PaymentView]
	Href, Name string
	Do, DoText string
	Reason     string // shortened
}

type paymentsPage struct {
	moneyList
	Sums []money.Amount // of a list of one state that is on one page
	Rows []paymentRow
}

// queues are the states of payments that have a list of their own.
func queues() []award.PaymentState {
	return []award.PaymentState{award.Instructed, award.Paid, award.ReturnedByBank, award.PaymentReversed}
}

// paymentTabs lead between lists of payments, and to the refunds.
func (q *request) paymentTabs(current string) []link {
	var out []link
	for _, x := range queues() {
		out = append(out, link{Href: to("/payments", "queue", x), Text: q.label("paymentState", string(x)), Current: string(x) == current})
	}
	return append(out, link{Href: to("/payments", "queue", "all"), Text: q.text("console.payment.queue.all"), Current: current == "all"},
		link{Href: "/refunds", Text: q.text("console.refund.queue"), Current: current == "refunds"})
}

func (c *Console) payments(q *request) error {
	queue := known(q, "queue", append(texts(queues()), "all")...)
	if queue == "" && q.inRole(portfolio.Finance) {
		queue = string(award.Instructed)
	} else if queue == "" {
		queue = "all" // what waits for the bank waits for finance
	}
	var states []option
	if queue == "all" {
		states = options(q, "paymentState", award.Instructed, award.Paid, award.ReturnedByBank, award.Stopped, award.PaymentReversed)
	}
	query, filters, err := q.moneyQuery(states)
	if err != nil {
		return err
	}
	filters.Dates, query.Half = "console.payment.filter.dates", tracker.AllHalves
	if err := q.filterPayee(&query, &filters); err != nil {
		return err
	}
	if queue != "all" {
		query.State = queue
	}
	query.NewestFirst = queue != string(award.Instructed)
	query.Since, query.Until, _ = q.asksMonth() // of the bank's date
	if filters.MonthOf, filters.ByBank = "console.money.filter.bank", queue != string(award.Instructed); filters.ByBank {
		if since, until := datesOf(q.URL.Query(), "since", "until", &filters.Since, &filters.Until); filters.Since+filters.Until != "" {
			query.Since, query.Until, filters.Month = since, until, ""
		}
	}
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.PaymentView]], error) {
		return c.Tracker.Payments(ctx, q.call, query, p)
	}
	shown := layoutOf(q, "payments", q.paymentColumns())
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return exportShown(q, "payments", q.paymentColumns(), shown, rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	view := paymentsPage{moneyList: moneyList{Layout: shown, Tabs: q.paymentTabs(queue), Queue: queue, Filters: filters, Chips: q.moneyChips(filters), Title: q.text("console.nav.payments"),
		Pager: q.pager(len(page.Items), page.Next), Export: q.exportHref()}}
	if view.Sums, err = totalPaid(page, query.State != "" && q.URL.Query().Get("cursor") == ""); err != nil {
		return err
	}
	for _, r := range page.Items {
		row := paymentRow{ThingRow: r, Href: at("awards", r.Thing.Award, "payments", r.Thing.ID), Name: q.paymentName(r.Thing), Reason: shortened(r.Thing.Reason)}
		if hasAction(r.Thing.Actions, "markPaid") {
			row.Do, row.DoText = row.Href+"/paid", q.text("console.payment.step.paid.crumb")
		}
		view.Rows = append(view.Rows, row)
	}
	return q.show("payments", view.Title, view)
}

// payees are the organisations that a list of payments may be narrowed to: the
// first of the register for who has a role in a programme, else the payees of
// the awards that the reader sees, which are few.
func (q *request) payees() (out []option, err error) {
	if q.inProgramme() {
		page, err := q.tracker().Organisations(q.Context(), q.call, "", tracker.PageRequest{Limit: 100})
		for _, o := range page.Items {
			out = append(out, option{Value: string(o.ID), Text: q.in(o.Names)})
		}
		return out, err
	}
	all, _, err := choices(q, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.AwardRow], error) {
		return q.tracker().Awards(ctx, q.call, tracker.AwardsQuery{}, p)
	}, func(r tracker.AwardRow) option {
		if r.Payee == nil {
			return option{}
		}
		return option{Value: r.Payee.ID, Text: q.in(r.Payee.Names)}
	})
	for _, o := range all {
		if o.Value != "" && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b option) int { return strings.Compare(a.Text, b.Text) })
	return out, err
}

// filterPayee narrows a list to what is paid to an organisation, and offers
// those that the reader may choose, and the one that is chosen.
func (q *request) filterPayee(query *tracker.ThingsQuery, f *moneyFilters) (err error) {
	if f.Payees, err = q.payees(); err != nil {
		return err
	}
	id := q.URL.Query().Get("payee")
	if id == "" {
		return nil
	}
	if !slices.ContainsFunc(f.Payees, func(o option) bool { return o.Value == id }) {
		o, err := q.tracker().Organisation(q.Context(), q.call, ident.Organisation(id))
		switch fault.KindOf(err) {
		case fault.NotFound, fault.Forbidden, fault.Invalid:
			return nil
		}
		if err != nil {
			return err
		}
		f.Payees = append(f.Payees, option{Value: id, Text: q.in(o.Names)})
	}
	f.Payee, query.Payee = id, ident.Organisation(id)
	return nil
}

// totalPaid are the sums of a list of one state that is on one page, by
// currency; nil for any other.
func totalPaid(page tracker.Page[tracker.ThingRow[tracker.PaymentView]], whole bool) (out []money.Amount, err error) {
	if !whole || page.Next != "" || len(page.Items) < 2 {
		return nil, nil
	}
	for _, r := range page.Items {
		if out, err = added(out, r.Thing.Amount); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// paymentColumns are those of the list of payments. Amounts name their
// currency.
func (q *request) paymentColumns() []column[tracker.ThingRow[tracker.PaymentView]] {
	type row = tracker.ThingRow[tracker.PaymentView]
	return []column[row]{
		{id: "reference", heading: "console.payment.column.reference", always: true, fields: []cellOf[row]{
			{"console.payment.reference", func(r row) string { return r.Thing.Reference }}, {"console.export.currency", func(r row) string { return r.Thing.Amount.Unit().Code() }}}},
		{id: "state", heading: "console.money.state", fields: []cellOf[row]{
			{"console.money.state", func(r row) string { return q.word("paymentState", string(r.Thing.State)) }}, {"console.money.reason", func(r row) string { return r.Thing.Reason }}}},
		{id: "award", heading: "console.column.award", fields: []cellOf[row]{
			{"console.export.number", func(r row) string { return r.Number }}, {"console.export.award", func(r row) string { return q.in(r.AwardTitle) }},
			{"console.export.platform", func(r row) string { return q.in(namesOf(r.Platform)) }}}},
		{id: "payee", heading: "console.money.payee", fields: []cellOf[row]{{"console.money.payee", func(r row) string { return q.in(namesOf(r.Payee)) }}}},
		{id: "account", heading: "console.payment.payerAccount", off: true, fields: []cellOf[row]{{"console.payment.payerAccount", func(r row) string { return r.Thing.PayerAccount }}}},
		{id: "instructed", heading: "console.payment.column.instructed", fields: []cellOf[row]{{"console.payment.column.instructed", func(r row) string { return r.Thing.InstructedOn.String() }}}},
		{id: "paid", heading: "console.payment.column.paid", fields: []cellOf[row]{
			{"console.payment.paidOn", func(r row) string { return r.Thing.PaidOn.String() }}, {"console.payment.bankReference", func(r row) string { return r.Thing.BankReference }}}},
		{id: "amount", heading: "console.money.amount", fields: []cellOf[row]{
			{"console.money.amount", func(r row) string { return r.Thing.Amount.Decimal() }}, {"console.payment.refunded", func(r row) string { return r.Thing.Refunded.Decimal() }}}},
	}
}

// refundRow is a refund in a list.
type refundRow struct {
	tracker.ThingRow[tracker.RefundView]
	Href, Payment string
	Reason        string // shortened
}

type refundsPage struct {
	moneyList
	Rows []refundRow
}

func (c *Console) refunds(q *request) error {
	query, filters, err := q.moneyQuery(options(q, "refundState", award.Recorded, award.RefundReversed))
	if err != nil {
		return err
	}
	filters.Dates, query.NewestFirst = "console.refund.receivedOn", true
	if err := q.filterPayee(&query, &filters); err != nil {
		return err
	}
	if from, to, err := q.asksMonth(); err == nil && !from.IsZero() {
		query.From, query.To = from, to
	}
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.RefundView]], error) {
		return c.Tracker.Refunds(ctx, q.call, query, p)
	}
	shown := layoutOf(q, "refunds", q.refundColumns())
	if q.exporting() {
		rows, err := everything(q.Context(), read)
		if err != nil {
			return err
		}
		return exportShown(q, "refunds", q.refundColumns(), shown, rows)
	}
	page, err := read(q.Context(), q.paging())
	if err != nil {
		return err
	}
	view := refundsPage{moneyList: moneyList{Layout: shown, Tabs: q.paymentTabs("refunds"), Filters: filters, Chips: q.moneyChips(filters), Title: q.text("console.refund.queue"),
		Pager: q.pager(len(page.Items), page.Next), Export: q.exportHref()}}
	for _, r := range page.Items {
		view.Rows = append(view.Rows, refundRow{r, at("awards", r.Thing.Award, "refunds", r.Thing.ID), at("awards", r.Thing.Award, "payments", r.Thing.Payment), shortened(r.Thing.Reason)})
	}
	return q.show("refunds", view.Title, view)
}

// refundColumns are those of the list of refunds. Amounts name their currency.
func (q *request) refundColumns() []column[tracker.ThingRow[tracker.RefundView]] {
	type row = tracker.ThingRow[tracker.RefundView]
	return []column[row]{
		{id: "reference", heading: "console.payment.bankReference", always: true, fields: []cellOf[row]{{"console.payment.bankReference", func(r row) string { return r.Thing.Reference }}}},
		{id: "state", heading: "console.money.state", fields: []cellOf[row]{{"console.money.state", func(r row) string { return q.word("refundState", string(r.Thing.State)) }}}},
		{id: "award", heading: "console.column.award", fields: []cellOf[row]{
			{"console.export.number", func(r row) string { return r.Number }}, {"console.export.award", func(r row) string { return q.in(r.AwardTitle) }},
			{"console.export.platform", func(r row) string { return q.in(namesOf(r.Platform)) }}}},
		{id: "programme", heading: "console.filter.programme", off: true, fields: []cellOf[row]{{"console.filter.programme", func(r row) string { return q.in(r.Programme.Names) }}}},
		{id: "received", heading: "console.refund.receivedOn", fields: []cellOf[row]{{"console.refund.receivedOn", func(r row) string { return r.Thing.ReceivedOn.String() }}}},
		{id: "destination", heading: "console.refund.destination", fields: []cellOf[row]{{"console.refund.destination", func(r row) string { return q.word("refundDestination", string(r.Thing.Destination)) }}}},
		{id: "amount", heading: "console.refund.amount", fields: []cellOf[row]{
			{"console.refund.amount", func(r row) string { return r.Thing.Amount.Decimal() }}, {"console.export.currency", func(r row) string { return r.Thing.Amount.Unit().Code() }}}},
		{id: "reason", heading: "console.money.reason", fields: []cellOf[row]{{"console.money.reason", func(r row) string { return r.Thing.Reason }}}},
	}
}

// mostShortened bounds a text in a row, in characters.
const mostShortened = 120

func shortened(text string) string {
	if runes := []rune(text); len(runes) > mostShortened {
		return string(runes[:mostShortened]) + "…"
	}
	return text
}
