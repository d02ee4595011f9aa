package award

import (
	"strconv"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
)

// name names the tranche in a fault.
func (t Tranche) name() string { return strconv.Itoa(t.Number) }

// Payable returns what of the tranche can still be instructed: approved less
// instructed and paid.
func (t Tranche) Payable() (money.Amount, error) {
	left, err := t.Approved.Sub(t.Instructed)
	if err != nil {
		return money.Amount{}, err
	}
	return left.Sub(t.Paid)
}

// AtBank reports whether all that is left to pay of the tranche is instructed
// and waits for the bank's answer.
func (t Tranche) AtBank() bool {
	left, err := t.Payable()
	return err == nil && t.State == Approved && t.Instructed.Sign() > 0 && left.IsZero()
}

// PartlyPaid reports whether something, but not all, of the tranche is paid.
func (t Tranche) PartlyPaid() bool { return t.State == Approved && t.Paid.Sign() > 0 }

// instruct books amount as on its way to the bank.
func (t Tranche) instruct(amount money.Amount) (Tranche, error) {
	next, err := t.State.Next(CommandInstruct)
	if err != nil {
		return t, err
	}
	t.State = next
	t.Instructed, err = t.Instructed.Add(amount)
	return t, first(err, t.balanced())
}

// pay books amount, instructed before, as paid; the tranche is settled when
// nothing approved is left.
func (t Tranche) pay(amount money.Amount, on civil.Date) (Tranche, error) {
	var err1, err2 error
	t.Instructed, err1 = t.Instructed.Sub(amount)
	t.Paid, err2 = t.Paid.Add(amount)
	if err := first(err1, err2, t.balanced()); err != nil {
		return t, err
	}
	if t.Paid != t.Approved {
		return t, nil
	}
	next, err := t.State.Next(CommandPay)
	if err != nil {
		return t, err
	}
	t.State, t.SettledOn = next, on
	return t, nil
}

// release books amount, instructed before, as never paid.
func (t Tranche) release(amount money.Amount, _ civil.Date) (Tranche, error) {
	var err error
	t.Instructed, err = t.Instructed.Sub(amount)
	return t, first(err, t.balanced())
}

// reverse books amount, paid before, as not paid; a settled tranche is
// approved again.
func (t Tranche) reverse(amount money.Amount, on civil.Date) (Tranche, error) {
	var err error
	if t.Paid, err = t.Paid.Sub(amount); err != nil {
		return t, err
	}
	if t.State == Settled {
		if t.State, err = t.State.Next(CommandReverse); err != nil {
			return t, err
		}
		t.SettledOn, t.OpenedOn = civil.Date{}, on
	}
	return t, t.balanced()
}

// balanced holds the invariant 0 ≤ instructed + paid ≤ approved ≤ amount.
func (t Tranche) balanced() error {
	left, err1 := t.Payable()
	over, err2 := t.Approved.Sub(t.Amount)
	if err := first(err1, err2); err != nil {
		return err
	}
	if t.Instructed.Sign() < 0 || t.Paid.Sign() < 0 || left.Sign() < 0 || over.Sign() > 0 {
		return fault.New(fault.Conflict, "tranche.overdrawn", "tranche", t.Number, "approved", t.Approved.String(),
			"instructed", t.Instructed.String(), "paid", t.Paid.String())
	}
	return nil
}
