package rollup

import (
	"slices"

	"milepost/internal/civil"
	"milepost/internal/portfolio"
)

// Add adds a part to f. It changes maps of f but none of p. Faults:
// amount.outOfRange.
func (f *Figures) Add(p Figures) error {
	counts(&f.Awards, p.Awards)
	counts(&f.Milestones, p.Milestones)
	counts(&f.Outcomes, p.Outcomes)
	counts(&f.Tranches, p.Tranches)
	counts(&f.Paused, p.Paused)
	counts(&f.Slips, p.Slips)
	f.Opening += p.Opening
	f.Baselined += p.Baselined
	f.OnTime += p.OnTime
	for role, dates := range p.Owed {
		if f.Owed == nil {
			f.Owed = map[portfolio.Role]Dates{}
		}
		has := map[civil.Date]int(f.Owed[role])
		counts(&has, dates)
		f.Owed[role] = has
	}
	return f.addMoney(p)
}

func (f *Figures) addMoney(p Figures) error {
	for _, pair := range []struct {
		to   *Money
		from Money
	}{{&f.Awarded, p.Awarded}, {&f.Approved, p.Approved}, {&f.Paid, p.Paid}, {&f.Returned, p.Returned}} {
		if err := pair.to.add(pair.from); err != nil {
			return err
		}
	}
	for date, amounts := range p.Risk {
		if f.Risk == nil {
			f.Risk = map[civil.Date]Money{}
		}
		has := f.Risk[date]
		if err := has.add(amounts); err != nil {
			return err
		}
		f.Risk[date] = has
	}
	for month, m := range p.Months {
		if f.Months == nil {
			f.Months = map[string]Month{}
		}
		has := f.Months[month]
		if err := has.add(m); err != nil {
			return err
		}
		f.Months[month] = has
	}
	return nil
}

func (m *Month) add(p Month) error {
	m.Decided += p.Decided
	m.Met += p.Met
	m.OnTime += p.OnTime
	if err := m.Paid.add(p.Paid); err != nil {
		return err
	}
	return m.Returned.add(p.Returned)
}

func (m *Money) add(p Money) error {
	if *m == nil {
		*m = slices.Clone(p)
		return nil
	}
	for _, a := range p {
		sum, err := m.with(a)
		if err != nil {
			return err
		}
		*m = sum
	}
	return nil
}

func counts[K comparable](to *map[K]int, from map[K]int) {
	if *to == nil && len(from) > 0 {
		*to = make(map[K]int, len(from))
	}
	for k, n := range from {
		(*to)[k] += n
	}
}
