package money_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/fault"
	"milepost/internal/money"
)

func TestJSON(t *testing.T) {
	tests := []struct {
		amount money.Amount
		want   string
	}{
		{mustOf(t, 1200, money.CNY), `{"amount":"12.00","currency":"CNY"}`},
		{mustOf(t, -5, money.CNY), `{"amount":"-0.05","currency":"CNY"}`},
		{mustOf(t, 7, mustISO(t, "JPY")), `{"amount":"7","currency":"JPY"}`},
		{mustOf(t, 450_000_000, mustAsset(t, "BTC", 8)), `{"amount":"4.50000000","currency":"BTC","exponent":8}`},
		{mustOf(t, 7, mustAsset(t, "TOKEN", 0)), `{"amount":"7","currency":"TOKEN","exponent":0}`},
		{money.Amount{}, `{"amount":"0","currency":""}`},
	}
	for _, tt := range tests {
		got, err := json.Marshal(tt.amount)
		if err != nil || string(got) != tt.want {
			t.Errorf("Marshal(%v) = %s, %v; want %s", tt.amount, got, err, tt.want)
		}
		var back money.Amount
		if err := json.Unmarshal(got, &back); err != nil || back != tt.amount {
			t.Errorf("Unmarshal(%s) = %v, %v; want %v", got, back, err, tt.amount)
		}
	}
}

func TestJSONReads(t *testing.T) {
	tests := []struct {
		in   string
		want string // String of the amount, or the fault's code
	}{
		{`{"amount":"12","currency":"CNY"}`, "CNY 12.00"},
		{`{"amount":"12.5","currency":"CNY"}`, "CNY 12.50"},
		{`{"amount":"4.5","currency":"BTC","exponent":8}`, "BTC 4.50000000"},
		{`{"amount":"12.345","currency":"CNY"}`, "amount.tooManyDecimals"},
		{`{"amount":"4.123","currency":"BTC","exponent":2}`, "amount.tooManyDecimals"},
		{`{"amount":"4.5","currency":"BTC"}`, "currency.unknown"},
		{`{"amount":"4.5","currency":"BTC","exponent":11}`, "currency.badAsset"},
		{`{"amount":"4.5","currency":"CNY","exponent":2}`, "currency.isISO"},
		{`{"amount":"4.5"}`, "currency.missing"},
		{`{"currency":"CNY"}`, "amount.invalid"},
		{`{"amount":"","currency":"CNY"}`, "amount.invalid"},
		{`{"amount":12,"currency":"CNY"}`, "amount.invalid"},
		{`"12.00"`, "amount.invalid"},
		{`12`, "amount.invalid"},
	}
	for _, tt := range tests {
		var a money.Amount
		err := json.Unmarshal([]byte(tt.in), &a)
		got := a.String()
		if err != nil {
			got = fault.CodeOf(err)
		}
		if got != tt.want {
			t.Errorf("Unmarshal(%s) = %s (%v), want %s", tt.in, got, err, tt.want)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	us := units(t)
	rapid.Check(t, func(t *rapid.T) {
		a := mustOf(t, minors().Draw(t, "minor"), us.Draw(t, "unit"))
		data, err := json.Marshal(a)
		if err != nil {
			t.Fatalf("Marshal(%v): %v", a, err)
		}
		var back money.Amount
		if err := json.Unmarshal(data, &back); err != nil || back != a {
			t.Fatalf("Unmarshal(%s) = %v, %v; want %v", data, back, err, a)
		}
	})
}

func FuzzUnmarshal(f *testing.F) {
	for _, s := range []string{`{"amount":"12.00","currency":"CNY"}`, `{"amount":"1","currency":"BTC","exponent":8}`, `{}`, `null`, `[]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var a money.Amount
		if json.Unmarshal(data, &a) != nil {
			return
		}
		out, err := json.Marshal(a)
		if err != nil {
			t.Fatalf("Marshal(%v): %v", a, err)
		}
		var again money.Amount
		if err := json.Unmarshal(out, &again); err != nil || again != a {
			t.Errorf("%s reads as %v, written as %s, reads as %v, %v", data, a, out, again, err)
		}
	})
}
