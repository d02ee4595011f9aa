package award

import "milepost/internal/money"

// TotalsOf folds an award's amount and tranches into its sums; nothing is
// refunded.
func TotalsOf(awarded money.Amount, tranches []Tranche) (Totals, error) {
	none := money.Zero(awarded.Unit())
	t := Totals{Awarded: awarded, Approved: none, Instructed: none, Paid: none, Refunded: none}
	for _, tranche := range tranches {
		var err error
		if t, err = t.add(tranche, money.Amount.Add); err != nil {
			return Totals{}, err
		}
	}
	return t, nil
}

// Move returns the totals after tranche before became after.
func (t Totals) Move(before, after Tranche) (Totals, error) {
	less, err := t.add(before, money.Amount.Sub)
	if err != nil {
		return t, err
	}
	return less.add(after, money.Amount.Add)
}

func (t Totals) add(tranche Tranche, op func(a, b money.Amount) (money.Amount, error)) (Totals, error) {
	var err1, err2, err3 error
	t.Approved, err1 = op(t.Approved, tranche.Approved)
	t.Instructed, err2 = op(t.Instructed, tranche.Instructed)
	t.Paid, err3 = op(t.Paid, tranche.Paid)
	return t, first(err1, err2, err3)
}

// Refund returns the totals after amount was refunded; a reversed refund is a
// negative amount.
func (t Totals) Refund(amount money.Amount) (Totals, error) {
	var err error
	t.Refunded, err = t.Refunded.Add(amount)
	return t, err
}
