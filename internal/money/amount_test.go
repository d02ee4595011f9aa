package money_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/fault"
	"milepost/internal/money"
)

func mustISO(t testing.TB, code string) money.Unit {
	t.Helper()
	u, err := money.ISO(code)
	if err != nil {
		t.Fatalf("ISO(%s): %v", code, err)
	}
	return u
}

func mustAsset(t testing.TB, code string, exponent int) money.Unit {
	t.Helper()
	u, err := money.Asset(code, exponent)
	if err != nil {
		t.Fatalf("Asset(%s, %d): %v", code, exponent, err)
	}
	return u
}

func mustOf(t rapid.TB, minor int64, u money.Unit) money.Amount {
	t.Helper()
	a, err := money.Of(minor, u)
	if err != nil {
		t.Fatalf("Of(%d, %s): %v", minor, u, err)
	}
	return a
}

func TestParse(t *testing.T) {
	jpy, bhd, btc := mustISO(t, "JPY"), mustISO(t, "BHD"), mustAsset(t, "BTC", 8)
	tests := []struct {
		in    string
		unit  money.Unit
		minor int64
		code  string // of the fault, "" where it parses
	}{
		{"0", money.CNY, 0, ""},
		{"-0", money.CNY, 0, ""},
		{"12", money.CNY, 1200, ""},
		{"12.5", money.CNY, 1250, ""},
		{"12.50", money.CNY, 1250, ""},
		{"-0.05", money.CNY, -5, ""},
		{"0007.10", money.CNY, 710, ""},
		{"1234", jpy, 1234, ""},
		{"1.234", bhd, 1234, ""},
		{"0.00000001", btc, 1, ""},
		{"90071992547409.91", money.CNY, money.MaxMinor, ""},
		{"-90071992547409.91", money.CNY, -money.MaxMinor, ""},
		{"90071992547409.92", money.CNY, 0, "amount.outOfRange"},
		{"99999999999999999999", money.CNY, 0, "amount.outOfRange"},
		{"12.345", money.CNY, 0, "amount.tooManyDecimals"},
		{"12.500", money.CNY, 0, "amount.tooManyDecimals"},
		{"12.0", jpy, 0, "amount.tooManyDecimals"},
		{"", money.CNY, 0, "amount.invalid"},
		{"-", money.CNY, 0, "amount.invalid"},
		{".5", money.CNY, 0, "amount.invalid"},
		{"5.", money.CNY, 0, "amount.invalid"},
		{"+5", money.CNY, 0, "amount.invalid"},
		{"--5", money.CNY, 0, "amount.invalid"},
		{" 5", money.CNY, 0, "amount.invalid"},
		{"1,000", money.CNY, 0, "amount.invalid"},
		{"1e3", money.CNY, 0, "amount.invalid"},
		{"1.2.3", money.CNY, 0, "amount.invalid"},
		{"1.-2", money.CNY, 0, "amount.invalid"},
		{"１２", money.CNY, 0, "amount.invalid"}, // full-width digits are the importer's business
		{strings.Repeat("0", 65), money.CNY, 0, "amount.invalid"},
		{"5", money.Unit{}, 0, "currency.missing"},
	}
	for _, tt := range tests {
		got, err := money.Parse(tt.in, tt.unit)
		if code := fault.CodeOf(err); code != tt.code || got.Minor() != tt.minor {
			t.Errorf("Parse(%q, %s) = %d minor units, %q; want %d, %q", tt.in, tt.unit, got.Minor(), code, tt.minor, tt.code)
		}
		if err == nil && got.Unit() != tt.unit {
			t.Errorf("Parse(%q, %s) is in %s", tt.in, tt.unit, got.Unit())
		}
	}
}

func TestDecimalAndString(t *testing.T) {
	tests := []struct {
		amount  money.Amount
		decimal string
		text    string
	}{
		{money.Amount{}, "0", "0"},
		{money.Zero(money.CNY), "0.00", "CNY 0.00"},
		{mustOf(t, 5, money.CNY), "0.05", "CNY 0.05"},
		{mustOf(t, -5, money.CNY), "-0.05", "CNY -0.05"},
		{mustOf(t, 123450, money.CNY), "1234.50", "CNY 1234.50"},
		{mustOf(t, -100, mustISO(t, "JPY")), "-100", "JPY -100"},
		{mustOf(t, 1, mustAsset(t, "BTC", 8)), "0.00000001", "BTC 0.00000001"},
		{mustOf(t, -money.MaxMinor, money.CNY), "-90071992547409.91", "CNY -90071992547409.91"},
	}
	for _, tt := range tests {
		if got := tt.amount.Decimal(); got != tt.decimal {
			t.Errorf("Decimal() = %q, want %q", got, tt.decimal)
		}
		if got := tt.amount.String(); got != tt.text {
			t.Errorf("String() = %q, want %q", got, tt.text)
		}
	}
}

func TestOf(t *testing.T) {
	tests := []struct {
		minor int64
		unit  money.Unit
		code  string
	}{
		{money.MaxMinor, money.CNY, ""},
		{-money.MaxMinor, money.CNY, ""},
		{money.MaxMinor + 1, money.CNY, "amount.outOfRange"},
		{-money.MaxMinor - 1, money.CNY, "amount.outOfRange"},
		{-1 << 63, money.CNY, "amount.outOfRange"},
		{0, money.Unit{}, ""},
		{5, money.Unit{}, "currency.missing"}, // it could be written as JSON and never read back
	}
	for _, tt := range tests {
		if _, err := money.Of(tt.minor, tt.unit); fault.CodeOf(err) != tt.code {
			t.Errorf("Of(%d, %s): %v, want code %q", tt.minor, tt.unit, err, tt.code)
		}
	}
}

func TestSums(t *testing.T) {
	most, one := mustOf(t, money.MaxMinor, money.CNY), mustOf(t, 1, money.CNY)
	yen := mustOf(t, 1, mustISO(t, "JPY"))
	tests := []struct {
		name    string
		amounts []money.Amount
		minor   int64
		code    string
	}{
		{"none", nil, 0, ""},
		{"some", []money.Amount{one, one, one.Neg()}, 1, ""},
		{"to the limit", []money.Amount{most, one, one.Neg()}, 0, "amount.outOfRange"},
		{"within the limit", []money.Amount{most, one.Neg(), one}, money.MaxMinor, ""},
		{"two currencies", []money.Amount{one, yen}, 0, "currency.mixed"},
		{"an amount of no currency", []money.Amount{one, {}}, 0, "currency.mixed"},
	}
	for _, tt := range tests {
		got, err := money.Sum(money.CNY, tt.amounts...)
		if fault.CodeOf(err) != tt.code || got.Minor() != tt.minor {
			t.Errorf("%s: Sum = %v, %v; want %d, %q", tt.name, got, err, tt.minor, tt.code)
		}
	}
}

func TestCmp(t *testing.T) {
	most, zero := mustOf(t, money.MaxMinor, money.CNY), money.Zero(money.CNY)
	tests := []struct {
		a, b money.Amount
		want int
	}{
		{most, most.Neg(), 1}, {most.Neg(), most, -1}, {zero, most, -1}, {zero, most.Neg(), 1}, {most, most, 0},
	}
	for _, tt := range tests {
		if got, err := tt.a.Cmp(tt.b); got != tt.want || err != nil {
			t.Errorf("%v.Cmp(%v) = %d, %v; want %d", tt.a, tt.b, got, err, tt.want)
		}
	}
	if _, err := zero.Cmp(money.Zero(mustISO(t, "USD"))); fault.CodeOf(err) != "currency.mixed" {
		t.Errorf("Cmp across currencies: %v, want currency.mixed, even between zeros", err)
	}
}

func minors() *rapid.Generator[int64] { return rapid.Int64Range(-money.MaxMinor, money.MaxMinor) }

func units(t testing.TB) *rapid.Generator[money.Unit] {
	all := []money.Unit{money.CNY, mustISO(t, "JPY"), mustISO(t, "BHD"), mustISO(t, "CLF"), mustISO(t, "IDR")}
	for e := range money.MaxExponent + 1 {
		all = append(all, mustAsset(t, "TOKEN", e))
	}
	return rapid.SampledFrom(all)
}

func TestParseReadsWhatDecimalWrites(t *testing.T) {
	us := units(t)
	rapid.Check(t, func(t *rapid.T) {
		a := mustOf(t, minors().Draw(t, "minor"), us.Draw(t, "unit"))
		got, err := money.Parse(a.Decimal(), a.Unit())
		if err != nil || got != a {
			t.Fatalf("Parse(%q) = %v, %v; want %v", a.Decimal(), got, err, a)
		}
	})
}

func TestAddAgreesWithIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := minors().Draw(t, "x"), minors().Draw(t, "y")
		a, b := mustOf(t, x, money.CNY), mustOf(t, y, money.CNY)
		fits := x+y <= money.MaxMinor && x+y >= -money.MaxMinor
		sum, err := a.Add(b)
		if (err == nil) != fits || fits && sum.Minor() != x+y {
			t.Fatalf("%d + %d = %v, %v", x, y, sum, err)
		}
		back, err := a.Sub(b.Neg())
		if (err == nil) != fits || back != sum {
			t.Fatalf("a - (-b) = %v, %v; a + b = %v", back, err, sum)
		}
		order, err := a.Cmp(b)
		if err != nil || order != compare(x, y) {
			t.Fatalf("Cmp(%d, %d) = %d, %v", x, y, order, err)
		}
	})
}

func compare(x, y int64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func TestUnits(t *testing.T) {
	type row struct {
		exponent int
		code     string
	}
	got, want := map[string]row{}, map[string]row{
		"CNY": {2, ""}, "USD": {2, ""}, "EUR": {2, ""}, "HKD": {2, ""},
		"JPY": {0, ""}, "KRW": {0, ""}, "VND": {0, ""}, "ISK": {0, ""}, "XOF": {0, ""}, "UYI": {0, ""},
		"BHD": {3, ""}, "KWD": {3, ""}, "TND": {3, ""}, "IQD": {3, ""},
		"CLF": {4, ""}, "UYW": {4, ""},
		// CLDR, and so x/text, knows fewer decimals than ISO 4217 for these.
		"IDR": {2, ""}, "COP": {2, ""}, "PKR": {2, ""}, "IRR": {2, ""}, "MUR": {2, ""}, "AMD": {2, ""}, "TZS": {2, ""},
		// In ISO 4217 but newer than x/text's table.
		"SLE": {2, ""}, "VED": {2, ""}, "VES": {2, ""}, "MRU": {2, ""}, "XCG": {2, ""}, "ZWG": {2, ""},
		// No currency, or one without a minor unit, which has to be declared.
		"XXX": {0, "currency.unknown"}, "XTS": {0, "currency.unknown"}, "XAU": {0, "currency.unknown"},
		"BTC": {0, "currency.unknown"}, "cny": {0, "currency.unknown"}, "": {0, "currency.unknown"},
		"RMB": {0, "currency.unknown"}, "CNYY": {0, "currency.unknown"},
	}
	for code := range want {
		u, err := money.ISO(code)
		got[code] = row{u.Exponent(), fault.CodeOf(err)}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("ISO differs (-want +got):\n%s", diff)
	}
}

func TestAsset(t *testing.T) {
	tests := []struct {
		code     string
		exponent int
		want     string
	}{
		{"BTC", 8, ""}, {"ADA", 6, ""}, {"TOKEN", 0, ""}, {"T10", money.MaxExponent, ""}, {"XAU", 4, ""},
		{"CNY", 2, "currency.isISO"}, {"SLE", 2, "currency.isISO"},
		{"BT", 8, "currency.badAsset"}, {"ABCDEFGHIJK", 8, "currency.badAsset"}, {"1AB", 8, "currency.badAsset"},
		{"btc", 8, "currency.badAsset"}, {"BT-C", 8, "currency.badAsset"}, {"ＢＴＣ", 8, "currency.badAsset"},
		{"BTC", -1, "currency.badAsset"}, {"BTC", money.MaxExponent + 1, "currency.badAsset"},
	}
	for _, tt := range tests {
		u, err := money.Asset(tt.code, tt.exponent)
		if fault.CodeOf(err) != tt.want {
			t.Errorf("Asset(%q, %d): %v, want code %q", tt.code, tt.exponent, err, tt.want)
		}
		if err == nil && (!u.IsAsset() || u.Code() != tt.code || u.Exponent() != tt.exponent) {
			t.Errorf("Asset(%q, %d) = %+v", tt.code, tt.exponent, u)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "-0.05", "12.5", "1e3", "90071992547409.92", "１２", "--1", "."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := money.Parse(s, money.CNY)
		if err != nil {
			return
		}
		again, err := money.Parse(a.Decimal(), money.CNY)
		if err != nil || again != a {
			t.Errorf("Parse(%q) = %v, and read back %v, %v", s, a, again, err)
		}
		if strings.Trim(s, "-.0123456789") != "" {
			t.Errorf("Parse(%q) accepts something else than digits, point and sign", s)
		}
	})
}
