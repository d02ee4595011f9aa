package console

import (
	"context"
	"slices"
	"strconv"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// mostPaid bounds the payments and the awards that are added up for a payee.
const mostPaid = 500

// paidYear is what was paid to an organisation in a year, in one currency, with
// where these payments are listed.
type paidYear struct {
	Year int
	Paid money.Amount
	Href string
}

// payeeMoney is what was paid to an organisation and what is left of its
// awards.
type payeeMoney struct {
	Years []paidYear     // the latest first
	Left  []money.Amount // of active awards: awarded and not paid, by currency
	Some  bool           // there is more than is added up, so nothing is
}

// payeeMoney adds up what the reader may see of the payments to an organisation.
func (q *request) payeeMoney(id ident.Organisation) (payeeMoney, error) {
	payments, all, err := filed(q.Context(), mostPaid, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.PaymentView]], error) {
		return q.tracker().Payments(ctx, q.call, tracker.ThingsQuery{Payee: id, State: string(award.Paid)}, p)
	})
	if err != nil || !all {
		return payeeMoney{Some: !all}, err
	}
	awards, all, err := filed(q.Context(), mostPaid, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.AwardRow], error) {
		return q.tracker().Awards(ctx, q.call, tracker.AwardsQuery{Organisation: id, State: award.Active}, p)
	})
	if err != nil || !all {
		return payeeMoney{Some: !all}, err
	}
	var m payeeMoney
	for _, r := range payments {
		if err := m.pay(id, r.Thing); err != nil {
			return m, err
		}
	}
	slices.SortStableFunc(m.Years, func(a, b paidYear) int { return b.Year - a.Year })
	for _, r := range awards {
		if r.Payee == nil || r.Payee.ID != string(id) || r.Totals == nil {
			continue
		}
		left, err := r.Totals.Awarded.Sub(r.Totals.Paid)
		if err != nil {
			return m, err
		}
		if m.Left, err = added(m.Left, left); err != nil {
			return m, err
		}
	}
	return m, nil
}

func (m *payeeMoney) pay(id ident.Organisation, p tracker.PaymentView) (err error) {
	year := p.PaidOn.Year()
	i := slices.IndexFunc(m.Years, func(y paidYear) bool { return y.Year == year && y.Paid.Unit() == p.Amount.Unit() })
	if i < 0 {
		i = len(m.Years)
		m.Years = append(m.Years, paidYear{Year: year, Paid: money.Zero(p.Amount.Unit()),
			Href: to("/payments", "queue", award.Paid, "payee", id, "month", strconv.Itoa(year))})
	}
	m.Years[i].Paid, err = m.Years[i].Paid.Add(p.Amount)
	return err
}

// added are sums by currency with one more amount in them.
func added(sums []money.Amount, a money.Amount) (out []money.Amount, err error) {
	i := slices.IndexFunc(sums, func(s money.Amount) bool { return s.Unit() == a.Unit() })
	if i < 0 {
		return append(sums, a), nil
	}
	sums[i], err = sums[i].Add(a)
	return sums, err
}
