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

// paidYear is what was paid to an organisation in a year by the bank's dates,
// what it gave back in that year, and the difference, in one currency; with
// where these payments and refunds are listed. Year 0 is all years.
type paidYear struct {
	Year                 int
	Paid, Refunded, Kept money.Amount
	Payments, Refunds    string // addresses
}

// payeeMoney is what was paid to an organisation and what is left of its
// awards.
type payeeMoney struct {
	Years []paidYear     // the latest first
	All   []paidYear     // by currency, where there are several years of it
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
	refunds, all, err := filed(q.Context(), mostPaid, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.ThingRow[tracker.RefundView]], error) {
		return q.tracker().Refunds(ctx, q.call, tracker.ThingsQuery{Payee: id, State: string(award.Recorded)}, p)
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
		if err := m.add(id, r.Thing.PaidOn.Year(), r.Thing.Amount, money.Zero(r.Thing.Amount.Unit())); err != nil {
			return m, err
		}
	}
	for _, r := range refunds {
		if err := m.add(id, r.Thing.ReceivedOn.Year(), money.Zero(r.Thing.Amount.Unit()), r.Thing.Amount); err != nil {
			return m, err
		}
	}
	slices.SortStableFunc(m.Years, func(a, b paidYear) int { return b.Year - a.Year })
	if m.All, err = allYears(m.Years); err != nil {
		return m, err
	}
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

// add puts what was paid and refunded into a year.
func (m *payeeMoney) add(id ident.Organisation, year int, paid, refunded money.Amount) error {
	i := slices.IndexFunc(m.Years, func(y paidYear) bool { return y.Year == year && y.Paid.Unit() == paid.Unit() })
	if i < 0 {
		none := money.Zero(paid.Unit())
		i = len(m.Years)
		m.Years = append(m.Years, paidYear{Year: year, Paid: none, Refunded: none, Kept: none,
			Payments: to("/payments", "queue", award.Paid, "payee", id, "month", strconv.Itoa(year)),
			Refunds:  to("/refunds", "state", award.Recorded, "payee", id, "month", strconv.Itoa(year))})
	}
	return m.Years[i].add(paid, refunded)
}

func (y *paidYear) add(paid, refunded money.Amount) (err error) {
	if y.Paid, err = y.Paid.Add(paid); err != nil {
		return err
	}
	if y.Refunded, err = y.Refunded.Add(refunded); err != nil {
		return err
	}
	y.Kept, err = y.Paid.Sub(y.Refunded)
	return err
}

// allYears adds up the years of each currency that has several.
func allYears(years []paidYear) (out []paidYear, err error) {
	n := map[money.Unit]int{}
	for _, y := range years {
		i := slices.IndexFunc(out, func(s paidYear) bool { return s.Paid.Unit() == y.Paid.Unit() })
		if i < 0 {
			i = len(out)
			none := money.Zero(y.Paid.Unit())
			out = append(out, paidYear{Paid: none, Refunded: none})
		}
		if err := out[i].add(y.Paid, y.Refunded); err != nil {
			return nil, err
		}
		n[y.Paid.Unit()]++
	}
	return slices.DeleteFunc(out, func(s paidYear) bool { return n[s.Paid.Unit()] < 2 }), nil
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
