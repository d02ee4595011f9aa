package award

import (
	"testing"

	"milepost/internal/fault"
	"milepost/internal/money"
)

func TestTotals(t *testing.T) {
	a, tr := approved(t)
	got := must[Totals](t)(a.Totals.Move(opened(t).Tranches[1], tr))
	got = must[Totals](t)(got.Refund(cny("3")))
	got = must[Totals](t)(got.Refund(cny("-1")))
	none := money.Zero(money.CNY)
	if want := (Totals{cny("100"), cny("30"), none, none, cny("2")}); got != want {
		t.Errorf("totals = %v, want %v", got, want)
	}
	other := Tranche{Approved: must[money.Amount](t)(money.Parse("1", must[money.Unit](t)(money.ISO("USD"))))}
	_, err := got.Move(tr, other)
	wantCode(t, err, fault.Invalid, "currency.mixed")
}
