package chart

import (
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/i18n"
	"milepost/internal/money"
)

func TestTicksAreNiceAndCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Int64Range(-maxSum, maxSum).Draw(t, "lo")
		hi := rapid.Int64Range(lo, maxSum).Draw(t, "hi")
		most := rapid.Int64Range(3, 8).Draw(t, "most")
		s := measure{}.scaled(lo, hi, most)
		first, last := s.ticks[0], s.ticks[len(s.ticks)-1]
		if first > min(lo, 0) || last < max(hi, 0) || first == last {
			t.Fatalf("the ticks %v do not cover %d to %d and zero", s.ticks, lo, hi)
		}
		if first+s.step <= min(lo, 0) || last-s.step >= max(hi, 0) && hi > 0 {
			t.Fatalf("the ticks %v have more room than %d to %d need", s.ticks, lo, hi)
		}
		if int64(len(s.ticks)) > most+1 {
			t.Fatalf("%d ticks, want at most %d", len(s.ticks), most+1)
		}
		zero := false
		for i, tick := range s.ticks {
			if i > 0 && tick-s.ticks[i-1] != s.step {
				t.Fatalf("the ticks %v are not even", s.ticks)
			}
			zero = zero || tick == 0
		}
		mantissa := s.step
		for mantissa%10 == 0 {
			mantissa /= 10
		}
		if !zero || mantissa != 1 && mantissa != 2 && mantissa != 5 && mantissa != 25 {
			t.Fatalf("step %d, zero %t", s.step, zero)
		}
		for _, n := range []int64{lo, hi, 0} {
			if at := s.at(n); !(at >= 0 && at <= 100) {
				t.Fatalf("%d is at %v of %v", n, at, s.ticks)
			}
		}
	})
}

func TestNumbersInAUnit(t *testing.T) {
	c, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	yen, err := money.ISO("JPY")
	if err != nil {
		t.Fatal(err)
	}
	inYen, err := money.Of(12_000, yen)
	if err != nil {
		t.Fatal(err)
	}
	cny := func(s string) Value { return Money(money.MustParse(s)) }
	for _, tt := range []struct {
		lang   i18n.Language
		values []Value
		name   string
		shown  []string
	}{
		{i18n.Chinese, []Value{cny("9999.99"), cny("-1.50")}, "元", []string{"9,999.99", "−1.50"}},
		{i18n.Chinese, []Value{cny("10000"), cny("49.99"), cny("50")}, "万元", []string{"1.00", "<0.01", "0.01"}},
		{i18n.Chinese, []Value{cny("123456789012.00"), cny("-0.01")}, "亿元", []string{"1,234.57", ">−0.01"}},
		{i18n.English, []Value{cny("999999.99"), cny("0")}, "CNY", []string{"999,999.99", "0.00"}},
		{i18n.English, []Value{cny("-2500000"), cny("1005000")}, "CNY m", []string{"−2.50", "1.01"}},
		{i18n.English, []Value{Money(inYen)}, "JPY", []string{"12,000"}},
		{i18n.Chinese, []Value{Money(inYen)}, "万日元", []string{"1.20"}},
		{i18n.Chinese, []Value{Count(1234), {}}, "项", []string{"1,234", "0"}},
	} {
		m, err := In(c, tt.lang).measure("项", tt.values)
		if err != nil {
			t.Fatal(err)
		}
		if m.name != tt.name {
			t.Errorf("the unit of %v in %s is %q, want %q", tt.values, tt.lang, m.name, tt.name)
		}
		for i, want := range tt.shown {
			if got := m.shown(tt.values[i].n); got != want {
				t.Errorf("%v in %q is %q, want %q", tt.values[i], m.name, got, want)
			}
		}
	}
}

func TestTickLabelsHaveTheDecimalsOfTheStep(t *testing.T) {
	for _, tt := range []struct {
		hi   int64
		want []string
	}{
		{2_400_000_00_0000, []string{"0", "50", "100", "150", "200", "250"}},
		{10_00_0000, []string{"0", "2", "4", "6", "8", "10"}[:6]},
		{1_20_0000, []string{"0", "0.25", "0.5", "0.75", "1", "1.25"}},
	} {
		m := measure{unit: money.CNY, power: 6}
		if tt.hi > 1_000_000_000_000 {
			m.power = 10
		}
		s := m.scaled(0, tt.hi, 5)
		for i, tick := range s.ticks {
			got := s.label(tick, m)
			if want := tt.want[i]; got != want && got != want+"0" && got != want+".00" {
				t.Errorf("tick %d of %v is %q, want %q", i, s.ticks, got, want)
			}
		}
	}
}
