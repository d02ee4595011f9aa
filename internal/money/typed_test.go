package money_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/fault"
	"milepost/internal/money"
)

func TestParseTyped(t *testing.T) {
	yen, err := money.ISO("JPY")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		typed string
		unit  money.Unit
		minor int64
		code  string
	}{
		{"3000000", money.CNY, 300_000_000, ""},
		{"3,000,000", money.CNY, 300_000_000, ""},
		{" 3,000,000.00 ", money.CNY, 300_000_000, ""},
		{"300万", money.CNY, 300_000_000, ""},
		{"300 万", money.CNY, 300_000_000, ""},
		{"300.00万元", money.CNY, 300_000_000, ""},
		{"1,234.56 万 元", money.CNY, 1_234_560_000, ""},
		{"1.5亿", money.CNY, 15_000_000_000, ""},
		{"0.000001万", money.CNY, 1, ""},
		{"0.0000000001亿", money.CNY, 1, ""},
		{"12元", money.CNY, 1200, ""},
		{"３，０００，０００．５０", money.CNY, 300_000_050, ""},
		{"３００\u3000万", money.CNY, 300_000_000, ""},
		{"3\u00a0万", money.CNY, 3_000_000, ""},
		{"-5万", money.CNY, -5_000_000, ""},
		{"-1,000", money.CNY, -100_000, ""},
		{"5万", yen, 50_000, ""},
		{"0.0001万", yen, 1, ""},
		{"0", money.CNY, 0, ""},
		{"", money.CNY, 0, "amount.unreadable"},
		{"万", money.CNY, 0, "amount.unreadable"},
		{"元", money.CNY, 0, "amount.unreadable"},
		{"3m", money.CNY, 300_000_000, ""},
		{"3M", money.CNY, 300_000_000, ""},
		{"1.2m", money.CNY, 120_000_000, ""},
		{"3.5 million", money.CNY, 350_000_000, ""},
		{"0.05 Million", money.CNY, 5_000_000, ""},
		{"1.5bn", money.CNY, 150_000_000_000, ""},
		{"0.2 billion", money.CNY, 20_000_000_000, ""},
		{"0.00000001m", money.CNY, 1, ""},
		{"1,200.5 m", money.CNY, 120_050_000_000, ""},
		{"CNY 3", money.CNY, 300, ""},
		{"CNY 3m", money.CNY, 300_000_000, ""},
		{"CNY 2,200,000.00", money.CNY, 220_000_000, ""},
		{"CNY\u00a0300万元", money.CNY, 300_000_000, ""},
		{"JPY 3m", yen, 3_000_000, ""},
		{"0.000001m", yen, 1, ""},
		{"CNY3", money.CNY, 0, "amount.unreadable"},
		{"CNY", money.CNY, 0, "amount.unreadable"},
		{"CNY CNY 3", money.CNY, 0, "amount.unreadable"},
		{"USD 3", money.CNY, 0, "amount.unreadable"},
		{"m", money.CNY, 0, "amount.unreadable"},
		{"3 m m", money.CNY, 0, "amount.unreadable"},
		{"3mm", money.CNY, 0, "amount.unreadable"},
		{"3mn", money.CNY, 0, "amount.unreadable"},
		{"3b", money.CNY, 0, "amount.unreadable"},
		{"3k", money.CNY, 0, "amount.unreadable"},
		{"3m元", money.CNY, 0, "amount.unreadable"},
		{"3万m", money.CNY, 0, "amount.unreadable"},
		{"3m万", money.CNY, 0, "amount.unreadable"},
		{"3 mıllıon", money.CNY, 0, "amount.unreadable"},
		{"0.000000001m", money.CNY, 0, "amount.notExact"},
		{"90072000m", money.CNY, 0, "amount.outOfRange"},
		{"￥3", money.CNY, 0, "amount.unreadable"},
		{"300万万", money.CNY, 0, "amount.unreadable"},
		{"1亿5000万", money.CNY, 0, "amount.unreadable"},
		{"三百万", money.CNY, 0, "amount.unreadable"},
		{"300萬", money.CNY, 0, "amount.unreadable"},
		{"3e6", money.CNY, 0, "amount.unreadable"},
		{"3,5", money.CNY, 0, "amount.unreadable"},
		{"1,00,000", money.CNY, 0, "amount.unreadable"},
		{"1234,567", money.CNY, 0, "amount.unreadable"},
		{",123", money.CNY, 0, "amount.unreadable"},
		{"1.234,50", money.CNY, 0, "amount.unreadable"},
		{"1.000,000", money.CNY, 0, "amount.unreadable"},
		{"1 000", money.CNY, 0, "amount.unreadable"},
		{"--1", money.CNY, 0, "amount.unreadable"},
		{"1.", money.CNY, 0, "amount.unreadable"},
		{"300万元", yen, 0, "amount.unreadable"},
		{"12.345", money.CNY, 0, "amount.tooManyDecimals"},
		{"1.5", yen, 0, "amount.tooManyDecimals"},
		{"0.0000001万", money.CNY, 0, "amount.notExact"},
		{"0.00001万", yen, 0, "amount.notExact"},
		{"90071992547409.91", money.CNY, money.MaxMinor, ""},
		{"90071992547409.92", money.CNY, 0, "amount.outOfRange"},
		{"900719.9254740992亿", money.CNY, 0, "amount.outOfRange"},
		{"1", money.Unit{}, 0, "currency.missing"},
	}
	for _, tt := range tests {
		got, err := money.ParseTyped(tt.typed, tt.unit)
		if fault.CodeOf(err) != tt.code || got.Minor() != tt.minor {
			t.Errorf("ParseTyped(%q, %s) = %d, %v; want %d, %q", tt.typed, tt.unit, got.Minor(), err, tt.minor, tt.code)
		}
	}
}

// What is typed with marks, groups and wide digits is what its plain decimal
// says, shifted by the power of its mark.
func TestParseTypedIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := mustOf(t, minors().Draw(t, "minor"), money.CNY)
		mark := rapid.SampledFrom([]string{"", "万", " 亿", "m", " million", "bn", " Billion"}).Draw(t, "mark")
		power := map[string]int{"万": 4, " 亿": 8, "m": 6, " million": 6, "bn": 9, " Billion": 9}[mark]
		chinese := power%4 == 0
		typed := shifted(a.Decimal(), power)
		if rapid.Bool().Draw(t, "grouped") {
			typed = grouped(typed)
		}
		typed += mark
		if chinese && rapid.Bool().Draw(t, "yuan") {
			typed += "元"
		}
		if chinese && rapid.Bool().Draw(t, "wide") {
			typed = strings.Map(func(r rune) rune {
				if r > ' ' && r < 0x7f {
					return r - '!' + '！'
				}
				return r
			}, typed)
		}
		if rapid.Bool().Draw(t, "code") {
			typed = "CNY " + typed
		}
		got, err := money.ParseTyped(typed, money.CNY)
		if err != nil || got != a {
			t.Fatalf("ParseTyped(%q) = %v, %v; want %v", typed, got, err, a)
		}
	})
}

// shifted is a decimal with its point moved to the left.
func shifted(decimal string, power int) string {
	digits, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	whole = strings.Repeat("0", power) + whole
	at := len(whole) - power
	out := strings.TrimLeft(whole[:at], "0")
	if out == "" {
		out = "0"
	}
	out += "." + whole[at:] + fraction
	if negative {
		return "-" + out
	}
	return out
}

// grouped puts commas between the thousands of a decimal.
func grouped(decimal string) string {
	digits, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if negative {
		whole = "-" + whole
	}
	return whole + "." + fraction
}

// Whatever is typed, what is read is within bounds, comes back the same from
// its decimal, and rests on digits that stand in the text.
func FuzzParseTyped(f *testing.F) {
	for _, s := range []string{"3,000,000.00", "300万", "1.5 亿元", "３００万", "3m", "1.2 Million", "CNY 3bn", "3mm", "USD 3", "CNY -1m", "1,00", "-0.05", "0.0000001万", "1亿5000万", "９０，０７１", "元", "万", "\u3000", "1e9", "+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := money.ParseTyped(s, money.CNY)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || !a.IsZero() {
				t.Fatalf("ParseTyped(%q) = %v, %v", s, a, err)
			}
			return
		}
		if back, err := money.ParseTyped(a.Decimal(), money.CNY); err != nil || back != a {
			t.Fatalf("ParseTyped(%q) = %v, which reads back as %v, %v", s, a, back, err)
		}
		if back, err := money.ParseTyped("CNY "+s, money.CNY); (err != nil || back != a) && !strings.Contains(s, "CNY") {
			t.Fatalf("ParseTyped(%q) = %v, after the code %v, %v", s, a, back, err)
		}
		if plain, err := money.Parse(s, money.CNY); err == nil && plain != a {
			t.Fatalf("ParseTyped(%q) = %v, Parse says %v", s, a, plain)
		}
		if !strings.ContainsFunc(s, func(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }) {
			t.Fatalf("ParseTyped(%q) = %v without a digit", s, a)
		}
	})
}
