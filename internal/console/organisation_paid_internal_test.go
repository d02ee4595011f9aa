package console

import (
	"testing"

	"milepost/internal/money"
)

// What was given back counts in its own year, and years of one currency add up.
func TestPaidYearsAddUp(t *testing.T) {
	var m payeeMoney
	cny := money.MustParse("100")
	usd, err := money.Parse("7", unitOf("USD"))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		year           int
		paid, refunded money.Amount
	}{{2025, cny, money.Zero(money.CNY)}, {2026, cny, money.Zero(money.CNY)}, {2026, money.Zero(money.CNY), money.MustParse("130")}, {2026, usd, money.Zero(usd.Unit())}} {
		if err := m.add("org_x", x.year, x.paid, x.refunded); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	all, err := allYears(m.Years)
	if err != nil {
		t.Fatal(err)
	}
	for _, y := range append(m.Years, all...) {
		got = append(got, textOf(y.Year)+" "+y.Paid.Decimal()+" "+y.Refunded.Decimal()+" "+y.Kept.Decimal())
	}
	want := []string{"2025 100.00 0.00 100.00", "2026 100.00 130.00 -30.00", "2026 7.00 0.00 7.00", "0 200.00 130.00 70.00"}
	if textOf(got) != textOf(want) {
		t.Errorf("years are %q, want %q", got, want)
	}
}
