package console

import (
	"cmp"
	"context"
	"html/template"
	"strconv"
	"strings"

	"milepost/internal/award"
	"milepost/internal/console/chart"
	"milepost/internal/ident"
	"milepost/internal/ledger"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// awardMoneyPage is the money of an award: from awarded to paid, its payments
// and refunds, and its book.
type awardMoneyPage struct {
	awardHead
	Steps    template.HTML // drawn
	Payments []awardPayment
	Refunds  []awardRefund
	Balances []awardBalance
	Debit    money.Amount // that the balances add up to
	Credit   money.Amount
	Postings []awardPosting
	Debits   money.Amount // that the postings of a whole book add up to
	Credits  money.Amount
	Pager    pager
	Whole    whole
	Export   string
}

func (c *Console) awardMoney(q *request) error {
	h, err := q.openAward("money")
	if err != nil {
		return err
	}
	if q.exporting() {
		return q.exportLedger(h)
	}
	v := awardMoneyPage{awardHead: h, Export: q.exportHref()}
	book, err := q.fillLedger(&v)
	if err != nil {
		return err
	}
	if book.Totals != nil {
		if v.Steps, err = q.waterfall(h, *book.Totals); err != nil {
			return err
		}
	}
	for _, a := range ledger.Accounts() {
		if sum, ok := book.Balances[a]; ok {
			v.Balances = append(v.Balances, awardBalance{accountID(a), debit(sum), credit(sum)})
		}
	}
	if v.Debit, v.Credit, err = sums(v.Balances, awardBalance.sides); err != nil {
		return err
	}
	for _, p := range h.Payments {
		row := awardPayment{PaymentView: p, Href: at("awards", h.ID, "payments", p.ID)}
		for _, l := range p.Lines {
			row.For = append(row.For, awardLink{strconv.Itoa(h.tranche(l.Tranche).Number), at("awards", h.ID, "tranches", l.Tranche)})
		}
		v.Payments = append(v.Payments, row)
	}
	for _, r := range h.Refunds {
		v.Refunds = append(v.Refunds, awardRefund{RefundView: r, Href: at("awards", h.ID, "refunds", r.ID)})
	}
	return q.show("award-money", plainTitle(q, h), v)
}

// fillLedger puts in what a page shows of the book: all of it where the address
// asks for that and it is not too long, else a page. It returns that with the
// balances, which are always of all of it.
func (q *request) fillLedger(v *awardMoneyPage) (tracker.LedgerView, error) {
	v.Whole = q.whole()
	var book tracker.LedgerView
	read := func(ctx context.Context, p tracker.PageRequest) (tracker.Page[ledger.Entry], error) {
		var err error
		book, err = q.tracker().Ledger(ctx, q.call, v.ID, p)
		return book.Page, err
	}
	if v.Whole.Shown {
		entries, ok, err := filed(q.Context(), mostFiled, read)
		if err != nil {
			return book, err
		}
		if v.Postings = q.postings(v.awardHead, entries); ok && len(v.Postings) <= mostFiledLines {
			v.Whole.Text = q.text("console.award.whole.ledger", "count", len(entries))
			v.Debits, v.Credits, err = sums(v.Postings, awardPosting.sides)
			return book, err
		}
		v.Whole = q.inPages(mostFiled)
	}
	page, err := read(q.Context(), q.paging())
	v.Pager, v.Postings = q.pager(len(page.Items), page.Next), q.postings(v.awardHead, page.Items)
	return book, err
}

// awardPayment is a payment in its award's table.
type awardPayment struct {
	tracker.PaymentView
	Href string
	For  []awardLink // tranches by number
}

// awardRefund is a refund in its award's table.
type awardRefund struct {
	tracker.RefundView
	Href string
}

func (h awardHead) tranche(id ident.Tranche) tracker.TrancheView {
	for _, t := range h.Tranches {
		if t.ID == id {
			return t
		}
	}
	return tracker.TrancheView{}
}

// waterfall draws the way from awarded to what the payee keeps: each level is
// the one before less the steps between.
func (q *request) waterfall(h awardHead, t award.Totals) (template.HTML, error) {
	var first error
	less := func(a money.Amount, parts ...money.Amount) money.Amount {
		for _, p := range parts {
			var err error
			a, err = a.Sub(p)
			first = cmp.Or(first, err)
		}
		return a
	}
	none := money.Zero(t.Awarded.Unit())
	tranches, payments := h.Page+"#tranches", h.Page+"/money#payments"
	var steps []chart.Step
	for _, r := range []struct {
		key    string
		amount money.Amount
		level  bool
		href   string
	}{
		{"awarded", t.Awarded, true, h.Page},
		{"notApproved", less(none, less(t.Awarded, t.Approved)), false, tranches},
		{"approved", t.Approved, true, tranches},
		{"waiting", less(none, less(t.Approved, t.Instructed, t.Paid)), false, tranches},
		{"instructed", less(none, t.Instructed), false, payments},
		{"paid", t.Paid, true, payments},
		{"refunded", less(none, t.Refunded), false, h.Page + "/money#refunds"},
		{"kept", less(t.Paid, t.Refunded), true, ""},
	} {
		steps = append(steps, chart.Step{Label: q.text("console.award.step." + r.key), Amount: chart.Money(r.amount), Level: r.level, Href: r.href})
	}
	if first != nil {
		return "", first
	}
	c, err := q.painter().Waterfall(chart.Waterfall{
		Head:  chart.Head{Title: q.text("console.award.steps"), Summary: q.text("console.award.steps.summary")},
		Steps: steps, LevelName: q.text("console.award.step.level"), AddedName: q.text("console.award.step.added"), TakenName: q.text("console.award.step.taken"),
	})
	return c.Figure(), err
}

// awardBalance is what stands on an account.
type awardBalance struct {
	Account       string // id of its text
	Debit, Credit money.Amount
}

func (b awardBalance) sides() (debit, credit money.Amount) { return b.Debit, b.Credit }

// accountID is the id of an account's text.
func accountID(a ledger.Account) string {
	return "console.award.account." + strings.ReplaceAll(string(a), ":", ".")
}

// account is the name of an account.
func (q *request) account(a ledger.Account) string { return q.text(accountID(a)) }

// debit is an amount on the debit side, of no currency where it is a credit.
func debit(a money.Amount) money.Amount {
	if a.Sign() < 0 {
		return money.Amount{}
	}
	return a
}

func credit(a money.Amount) money.Amount {
	if a.Sign() >= 0 {
		return money.Amount{}
	}
	return a.Neg()
}

// awardPosting is one line of the book.
type awardPosting struct {
	ledger.Entry
	First         bool // of its entry
	Subject, Href string
	Account       string // id of its text
	Debit, Credit money.Amount
}

func (p awardPosting) sides() (debit, credit money.Amount) { return p.Debit, p.Credit }

func (q *request) postings(h awardHead, entries []ledger.Entry) []awardPosting {
	var out []awardPosting
	for _, e := range entries {
		subject, href := q.subjectOf(h, e.Thing)
		for i, p := range e.Postings {
			out = append(out, awardPosting{Entry: e, First: i == 0, Subject: subject, Href: href, Account: accountID(p.Account), Debit: debit(p.Amount), Credit: credit(p.Amount)})
		}
	}
	return out
}

// subjectOf is a thing of an award in words, with the address of its page.
func (q *request) subjectOf(h awardHead, thing string) (text, href string) {
	kind := func(k string) string { return q.console.Catalogs.Label(q.lang, "thing", k) }
	switch ident.Prefix(thing) {
	case ident.PrefixAward:
		return kind("award"), h.Page
	case ident.PrefixMilestone:
		m := h.milestone(ident.Milestone(thing))
		return strings.TrimSpace(m.Code + " " + m.Title), at("awards", h.ID, "milestones", thing)
	case ident.PrefixTranche:
		return q.text("console.tranche", "number", h.tranche(ident.Tranche(thing)).Number), at("awards", h.ID, "tranches", thing)
	case ident.PrefixExtension:
		return kind("extension"), at("awards", h.ID, "extensions", thing)
	case ident.PrefixPayment:
		for _, p := range h.Payments {
			if string(p.ID) == thing {
				return kind("payment") + " " + p.Reference, at("awards", h.ID, "payments", thing)
			}
		}
		return kind("payment"), at("awards", h.ID, "payments", thing)
	case ident.PrefixRefund:
		return kind("refund"), at("awards", h.ID, "refunds", thing)
	case ident.PrefixEvidence:
		return kind("evidence"), ""
	}
	return "", ""
}

// exportLedger answers with the whole book, one line for each posting.
func (q *request) exportLedger(h awardHead) error {
	entries, err := everything(q.Context(), func(ctx context.Context, p tracker.PageRequest) (tracker.Page[ledger.Entry], error) {
		v, err := q.tracker().Ledger(ctx, q.call, h.ID, p)
		return v.Page, err
	})
	if err != nil {
		return err
	}
	header := []string{}
	for _, id := range []string{"entry", "on", "recorded", "kind", "subject", "account", "debit", "credit", "currency", "reverses"} {
		header = append(header, q.text("console.award.column."+id))
	}
	var lines [][]string
	for _, p := range q.postings(h, entries) {
		unit, reverses := cmp.Or(p.Debit.Unit().Code(), p.Credit.Unit().Code()), ""
		if p.Reverses > 0 {
			reverses = strconv.FormatInt(p.Reverses, 10)
		}
		lines = append(lines, []string{
			strconv.FormatInt(p.Seq, 10), p.On.String(), p.At, q.text("console.award.entry." + string(p.Kind)), p.Subject, q.text(p.Account),
			decimalOf(p.Debit), decimalOf(p.Credit), unit, reverses,
		})
	}
	return q.export("ledger-"+string(h.ID), header, lines)
}

// decimalOf is an amount with all its decimals, empty for none.
func decimalOf(a money.Amount) string {
	if a.Unit().IsZero() {
		return ""
	}
	return a.Decimal()
}
