// Package rollup provides the figures of a portfolio: what one award counts
// for, the sum of any number of awards, and what a sum says on a business
// date. Everything that moves with the calendar is kept by date, so that a sum
// is true on every later day without counting anything again.
package rollup

import (
	"cmp"
	"slices"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// Figures are what some awards count for. The figures of a whole are the sum
// of those of its parts, in whatever order they are added; the zero Figures
// are those of nothing.
type Figures struct {
	Awards map[award.State]int `json:"awards,omitempty"`

	Awarded  Money `json:"awarded,omitempty"`
	Approved Money `json:"approved,omitempty"` // gross
	Paid     Money `json:"paid,omitempty"`
	Returned Money `json:"returned,omitempty"` // refunded

	Milestones map[award.MilestoneState]int `json:"milestones,omitempty"`
	Outcomes   map[award.Outcome]int        `json:"outcomes,omitempty"` // of the decided ones
	Opening    int                          `json:"opening,omitzero"`   // milestones that history from before the go-live decided
	Tranches   map[award.TrancheState]int   `json:"tranches,omitempty"`

	// Owed counts the obligations whose clock runs, by who owes them and the
	// effective due date.
	Owed      map[portfolio.Role]Dates `json:"owed,omitempty"`
	Paused    map[portfolio.Role]int   `json:"paused,omitempty"`   // obligations whose clock stands
	Baselined int                      `json:"baselined,omitzero"` // of Owed: overdue when attention began
	Risk      map[civil.Date]Money     `json:"risk,omitempty"`     // what tranches still owe, by the first date after which they are late
	OnTime    int                      `json:"onTime,omitzero"`    // of Outcomes[met]: submitted by the effective due date
	Slips     map[int]int              `json:"slips,omitempty"`    // milestones met, by calendar days from baseline to dateMet
	Months    map[string]Month         `json:"months,omitempty"`   // by month (2026-05)
}

// Dates counts things by date.
type Dates map[civil.Date]int

// Month is what happened in a calendar month.
type Month struct {
	Decided  int   `json:"decided,omitzero"` // milestones, by the decision that stands
	Met      int   `json:"met,omitzero"`     // of Decided
	OnTime   int   `json:"onTime,omitzero"`  // of Met
	Paid     Money `json:"paid,omitempty"`   // by value date
	Returned Money `json:"returned,omitempty"`
}

// Money holds one amount of each currency, none of them zero, by code.
type Money []money.Amount

// MoneyOf returns amounts as Money. Faults: amount.outOfRange.
func MoneyOf(amounts ...money.Amount) (Money, error) {
	var m Money
	for _, a := range amounts {
		var err error
		if m, err = m.with(a); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// with returns m with an amount added.
func (m Money) with(a money.Amount) (Money, error) {
	if a.IsZero() {
		return m, nil
	}
	i, found := slices.BinarySearchFunc(m, a.Unit(), func(has money.Amount, u money.Unit) int { return compareUnits(has.Unit(), u) })
	if !found {
		return slices.Insert(slices.Clone(m), i, a), nil
	}
	sum, err := m[i].Add(a)
	if err != nil {
		return nil, err
	}
	m = slices.Clone(m)
	if m[i] = sum; sum.IsZero() {
		m = slices.Delete(m, i, i+1)
	}
	return m, nil
}

// Of returns the amount of a currency, zero where there is none.
func (m Money) Of(u money.Unit) money.Amount {
	for _, a := range m {
		if a.Unit() == u {
			return a
		}
	}
	return money.Zero(u)
}

func compareUnits(a, b money.Unit) int {
	return cmp.Or(cmp.Compare(a.Code(), b.Code()), cmp.Compare(a.Exponent(), b.Exponent()))
}
