package rollup

import (
	"slices"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// Things is an award with everything in it.
type Things struct {
	Award      award.Award
	Totals     *award.Totals // nil before activation
	Milestones []award.Milestone
	Tranches   []award.Tranche
	Extensions []award.Extension
	Payments   []award.Payment
	Refunds    []award.Refund
}

// Rolled moves the due date of an obligation of a kind off a rest day where
// the programme says so.
type Rolled func(attention.Kind, civil.Date) (civil.Date, error)

// Of returns what one award counts for. A draft counts as a draft and for
// nothing else. Rolled is asked only about milestones that would be late by
// their bare due date. Faults: amount.outOfRange, and those of rolled.
func Of(t Things, rolled Rolled) (Figures, error) {
	f := Figures{Awards: map[award.State]int{t.Award.State: 1}}
	if t.Totals == nil {
		return f, nil
	}
	w := folding{f: &f, rolled: rolled, late: map[ident.Milestone]civil.Date{}}
	for _, step := range []func(Things) error{w.totals, w.milestones, w.tranches, w.extensions, w.payments, w.refunds} {
		if err := step(t); err != nil {
			return Figures{}, err
		}
	}
	return f, nil
}

// folding is one award on its way into figures.
type folding struct {
	f      *Figures
	rolled Rolled
	late   map[ident.Milestone]civil.Date // what is owed on a milestone, by effective due date
}

func (w *folding) totals(t Things) error {
	var err error
	for _, pair := range []struct {
		to *Money
		is money.Amount
	}{
		{&w.f.Awarded, t.Totals.Awarded}, {&w.f.Approved, t.Totals.Approved},
		{&w.f.Paid, t.Totals.Paid}, {&w.f.Returned, t.Totals.Refunded},
	} {
		if *pair.to, err = MoneyOf(pair.is); err != nil {
			return err
		}
	}
	return nil
}

func (w *folding) milestones(t Things) error {
	for _, m := range t.Milestones {
		count(&w.f.Milestones, m.State)
		if on, runs := w.owes(m.Watch); runs {
			w.late[m.ID] = on
		}
		if m.State != award.Decided {
			continue
		}
		count(&w.f.Outcomes, m.Outcome())
		if m.Decider() == "" {
			w.f.Opening++
		}
		if err := w.decided(m); err != nil {
			return err
		}
	}
	return nil
}

// decided counts a decision in its month, and whether what was met was on
// time and how far from its baseline.
func (w *folding) decided(m award.Milestone) error {
	month := Month{Decided: 1}
	if m.Holds() {
		month.Met = 1
		onTime, err := OnTime(m, w.rolled)
		if err != nil {
			return err
		}
		if onTime {
			month.OnTime = 1
			w.f.OnTime++
		}
		count(&w.f.Slips, m.MetOn.Sub(m.BaselineOn))
	}
	return w.inMonth(m.DecidedOn(), month)
}

// tranches counts what is at risk once for each tranche, from the first date
// after which one of its gates, or the tranche itself, is late.
func (w *folding) tranches(t Things) error {
	for _, tr := range t.Tranches {
		count(&w.f.Tranches, tr.State)
		first, late := w.owes(tr.Watch)
		for _, gate := range tr.Gates {
			if on, owed := w.late[gate]; owed && (!late || on.Before(first)) {
				first, late = on, true
			}
		}
		if !late || tr.State == award.Settled || tr.State == award.TrancheCancelled {
			continue
		}
		left, err := tr.Amount.Sub(tr.Paid)
		if err != nil {
			return err
		}
		risk, err := w.f.Risk[first].with(left)
		if err != nil {
			return err
		}
		if w.f.Risk == nil {
			w.f.Risk = map[civil.Date]Money{}
		}
		w.f.Risk[first] = risk
	}
	return nil
}

func (w *folding) extensions(t Things) error {
	for _, e := range t.Extensions {
		w.owes(e.Watch)
	}
	return nil
}

func (w *folding) payments(t Things) error {
	for _, p := range t.Payments {
		if p.State != award.Paid {
			continue
		}
		paid, err := MoneyOf(p.Amount)
		if err != nil {
			return err
		}
		if err := w.inMonth(p.PaidOn, Month{Paid: paid}); err != nil {
			return err
		}
	}
	return nil
}

func (w *folding) refunds(t Things) error {
	for _, r := range t.Refunds {
		if r.State != award.Recorded {
			continue
		}
		returned, err := MoneyOf(r.Amount)
		if err != nil {
			return err
		}
		if err := w.inMonth(r.ReceivedOn, Month{Returned: returned}); err != nil {
			return err
		}
	}
	return nil
}

// owes counts an obligation, and tells its effective due date where its clock
// runs.
func (w *folding) owes(watch attention.Watch) (civil.Date, bool) {
	o := watch.Current
	switch {
	case o == nil:
		return civil.Date{}, false
	case o.Paused:
		count(&w.f.Paused, o.Role)
		return civil.Date{}, false
	}
	if w.f.Owed == nil {
		w.f.Owed = map[portfolio.Role]Dates{}
	}
	if w.f.Owed[o.Role] == nil {
		w.f.Owed[o.Role] = Dates{}
	}
	w.f.Owed[o.Role][o.EffectiveOn]++
	if o.Baseline != nil {
		w.f.Baselined++
	}
	return o.EffectiveOn, true
}

func (w *folding) inMonth(on civil.Date, m Month) error {
	if w.f.Months == nil {
		w.f.Months = map[string]Month{}
	}
	month := MonthOf(on)
	has := w.f.Months[month]
	if err := has.add(m); err != nil {
		return err
	}
	w.f.Months[month] = has
	return nil
}

// MonthOf names the month of a date: 2026-05.
func MonthOf(on civil.Date) string {
	s := on.String()
	return s[:min(len(s), 7)]
}

func count[K comparable](to *map[K]int, k K) { counts(to, map[K]int{k: 1}) }

// Currencies lists the currencies in which anything was awarded, paid or is
// at risk.
func (f Figures) Currencies() []money.Unit {
	var units []money.Unit
	for _, m := range []Money{f.Awarded, f.Approved, f.Paid, f.Returned} {
		for _, a := range m {
			if !slices.Contains(units, a.Unit()) {
				units = append(units, a.Unit())
			}
		}
	}
	slices.SortFunc(units, compareUnits)
	return units
}
