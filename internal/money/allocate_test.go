package money_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"milepost/internal/fault"
	"milepost/internal/money"
)

func TestAllocate(t *testing.T) {
	tests := []struct {
		name    string
		minor   int64
		weights []int64
		want    []int64
	}{
		{"evenly", 900, []int64{1, 1, 1}, []int64{300, 300, 300}},
		{"one left goes to the first of equals", 1000, []int64{1, 1, 1}, []int64{334, 333, 333}},
		{"two left", 1001, []int64{1, 1, 1}, []int64{334, 334, 333}},
		{"largest remainder, not first", 100, []int64{1, 2, 3}, []int64{17, 33, 50}},
		{"a weight of nothing gets nothing", 5, []int64{0, 3, 0}, []int64{0, 5, 0}},
		{"nothing to split", 0, []int64{1, 2}, []int64{0, 0}},
		{"award 10.00 m as 4/4/2", 1_000_000_000, []int64{4, 4, 2}, []int64{400_000_000, 400_000_000, 200_000_000}},
		{"less than one each", 2, []int64{1, 1, 1}, []int64{1, 1, 0}},
	}
	for _, tt := range tests {
		parts, err := mustOf(t, tt.minor, money.CNY).Allocate(tt.weights...)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got := make([]int64, len(parts))
		for i, p := range parts {
			got[i] = p.Minor()
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: Allocate differs (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestAllocateRefuses(t *testing.T) {
	wrapping := make([]int64, 2049) // 2049 × (2^53 − 1) is beyond 64 bits, and small after wrapping
	for i := range wrapping {
		wrapping[i] = money.MaxMinor
	}
	tests := []struct {
		name    string
		minor   int64
		weights []int64
	}{
		{"no weights", 1, nil},
		{"all zero", 1, []int64{0, 0}},
		{"a negative weight", 1, []int64{2, -1}},
		{"a weight out of range", 1, []int64{money.MaxMinor + 1}},
		{"a negative amount", -1, []int64{1}},
		{"a sum of weights that wraps", 1, wrapping},
	}
	for _, tt := range tests {
		if _, err := mustOf(t, tt.minor, money.CNY).Allocate(tt.weights...); fault.CodeOf(err) != "amount.badWeights" {
			t.Errorf("%s: %v, want amount.badWeights", tt.name, err)
		}
	}
}

func TestAllocateSumsExactlyAndIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := mustOf(t, rapid.Int64Range(0, money.MaxMinor).Draw(t, "minor"), money.CNY)
		weights := rapid.SliceOfN(rapid.Int64Range(0, money.MaxMinor), 1, 30).Draw(t, "weights")
		weights[0]++ // never all zero
		if weights[0] > money.MaxMinor {
			weights[0] = money.MaxMinor
		}
		parts, err := a.Allocate(weights...)
		if err != nil {
			t.Fatalf("Allocate: %v", err)
		}
		total, err := money.Sum(money.CNY, parts...)
		if err != nil || total != a {
			t.Fatalf("parts sum to %v, %v; want %v", total, err, a)
		}
		checkFair(t, a.Minor(), weights, parts)
	})
}

// checkFair holds each part to its exact share, rounded down or up, and no
// part to have been rounded up before one with a larger remainder.
func checkFair(t *rapid.T, minor int64, weights []int64, parts []money.Amount) {
	sum := new(big.Int)
	for _, w := range weights {
		sum.Add(sum, big.NewInt(w))
	}
	var lowestUp, highestDown *big.Int
	for i, w := range weights {
		q, r := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(minor), big.NewInt(w)), sum, new(big.Int))
		switch up := parts[i].Minor() - q.Int64(); {
		case up == 0 && (highestDown == nil || r.Cmp(highestDown) > 0):
			highestDown = r
		case up == 1 && (lowestUp == nil || r.Cmp(lowestUp) < 0):
			lowestUp = r
		case up != 0 && up != 1:
			t.Fatalf("part %d is %d, exact share %v", i, parts[i].Minor(), q)
		}
	}
	if lowestUp != nil && highestDown != nil && lowestUp.Cmp(highestDown) < 0 {
		t.Fatalf("a remainder of %v was rounded up before one of %v", lowestUp, highestDown)
	}
}

func TestPortion(t *testing.T) {
	tests := []struct {
		minor int64
		ratio string
		want  int64
		code  string
	}{
		{1_000_000_000, "0.10", 100_000_000, ""},
		{5, "0.1", 1, ""},   // 0.5 up
		{-5, "0.1", -1, ""}, // away from zero
		{4, "0.1", 0, ""},
		{15, "0.1", 2, ""},
		{25, "0.1", 3, ""}, // half up, not to even
		{7, "1", 7, ""},
		{7, "0", 0, ""},
		{160_000_000, "0.5", 80_000_000, ""},
		{3, "-0.5", -2, ""},
		// A ratio that came from a division has 19 digits.
		{1_000_000_000, "0.6666666666666666667", 666_666_667, ""},
		{money.MaxMinor, "0.3333333333333333333", 3_002_399_751_580_330, ""},
		{money.MaxMinor, "1.0000000000000000001", money.MaxMinor, ""}, // 20 digits are rounded to 19 by the ratio itself
		{money.MaxMinor, "2", 0, "amount.outOfRange"},
		{money.MaxMinor, "9999999999999999999", 0, "amount.outOfRange"},
		{-money.MaxMinor, "1.000000000000001", 0, "amount.outOfRange"},
	}
	for _, tt := range tests {
		ratio, err := decimal.Parse(tt.ratio)
		if err != nil {
			t.Fatalf("decimal.Parse(%q): %v", tt.ratio, err)
		}
		got, err := mustOf(t, tt.minor, money.CNY).Portion(ratio)
		if fault.CodeOf(err) != tt.code || got.Minor() != tt.want {
			t.Errorf("Portion(%d × %s) = %d, %v; want %d, %q", tt.minor, tt.ratio, got.Minor(), err, tt.want, tt.code)
		}
	}
}

func TestPortionRoundsHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := mustOf(t, minors().Draw(t, "minor"), money.CNY)
		scale := rapid.IntRange(0, 19).Draw(t, "scale")
		coefficient := rapid.Int64().Draw(t, "coefficient")
		ratio, err := decimal.New(coefficient, scale)
		if err != nil {
			t.Skip("no such ratio")
		}
		want := roundHalfUp(a.Minor(), coefficient, scale)
		got, err := a.Portion(ratio)
		fits := want.CmpAbs(big.NewInt(money.MaxMinor)) <= 0
		if (err == nil) != fits || fits && got.Minor() != want.Int64() {
			t.Fatalf("Portion(%v × %v) = %v, %v; want %v minor units", a, ratio, got, err, want)
		}
	})
}

func roundHalfUp(minor, coefficient int64, scale int) *big.Int {
	product := new(big.Int).Mul(big.NewInt(minor), big.NewInt(coefficient))
	divisor := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	double := new(big.Int).Add(new(big.Int).Mul(new(big.Int).Abs(product), big.NewInt(2)), divisor)
	out := double.Quo(double, new(big.Int).Mul(divisor, big.NewInt(2)))
	if product.Sign() < 0 {
		out.Neg(out)
	}
	return out
}
