package money

import (
	"cmp"
	"encoding/json"
	"math"
	"math/bits"
	"strings"

	"github.com/govalues/decimal"

	"milepost/internal/fault"
)

// MaxMinor bounds every amount's absolute value: 2^53 − 1 minor units, the
// largest integer that every JSON reader keeps whole (about CNY 90,000 bn).
const MaxMinor = 1<<53 - 1

// Amount is a sum of money in one currency. The zero Amount has no currency.
// Amounts are comparable with ==.
type Amount struct {
	minor int64
	unit  Unit
}

// Of returns an amount of minor units. The fault's code is amount.outOfRange,
// or currency.missing for something of no currency.
func Of(minor int64, unit Unit) (Amount, error) {
	if unit.IsZero() && minor != 0 {
		return Amount{}, fault.New(fault.Invalid, "currency.missing")
	}
	if minor > MaxMinor || minor < -MaxMinor {
		return Amount{}, fault.New(fault.Invalid, "amount.outOfRange", "currency", unit.code)
	}
	return Amount{minor, unit}, nil
}

// Zero returns nothing of a currency.
func Zero(unit Unit) Amount { return Amount{unit: unit} }

// Parse reads a plain decimal such as 1234.5 or -0.05: digits, at most one
// point, no exponent, no grouping. More decimals than the unit has are
// refused even where they are zeros (amount.tooManyDecimals); other text is
// amount.invalid, a value beyond MaxMinor amount.outOfRange.
func Parse(s string, unit Unit) (Amount, error) {
	if unit.IsZero() {
		return Amount{}, fault.New(fault.Invalid, "currency.missing")
	}
	whole, fraction, ok := split(s)
	if !ok {
		return Amount{}, fault.New(fault.Invalid, "amount.invalid", "value", clip(s))
	}
	if len(fraction) > unit.Exponent() {
		return Amount{}, fault.New(fault.Invalid, "amount.tooManyDecimals", "value", clip(s), "currency", unit.code, "decimals", unit.Exponent())
	}
	digits := strings.TrimLeft(whole+fraction+strings.Repeat("0", unit.Exponent()-len(fraction)), "0")
	if len(digits) > 16 {
		return Amount{}, fault.New(fault.Invalid, "amount.outOfRange", "currency", unit.code)
	}
	var minor int64
	for _, c := range digits {
		minor = minor*10 + int64(c-'0')
	}
	if strings.HasPrefix(s, "-") {
		minor = -minor
	}
	return Of(minor, unit)
}

// MustParse is Parse for amounts of CNY written in code; it panics on a bad one.
func MustParse(s string) Amount {
	a, err := Parse(s, CNY)
	if err != nil {
		panic(err)
	}
	return a
}

func split(s string) (whole, fraction string, ok bool) {
	s = strings.TrimPrefix(s, "-")
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || point && fraction == "" || len(whole)+len(fraction) > 64 {
		return "", "", false
	}
	for _, c := range whole + fraction {
		if c < '0' || c > '9' {
			return "", "", false
		}
	}
	return whole, fraction, true
}

// Minor returns the amount in minor units.
func (a Amount) Minor() int64 { return a.minor }

// Unit returns the currency.
func (a Amount) Unit() Unit { return a.unit }

// Sign returns -1, 0 or +1.
func (a Amount) Sign() int {
	switch {
	case a.minor < 0:
		return -1
	case a.minor > 0:
		return 1
	}
	return 0
}

// IsZero reports whether the amount is zero, of any currency or none.
func (a Amount) IsZero() bool { return a.minor == 0 }

// Neg returns the amount with its sign turned.
func (a Amount) Neg() Amount { return Amount{-a.minor, a.unit} }

// Add returns a + b. Faults: currency.mixed, amount.outOfRange.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.unit != b.unit {
		return Amount{}, mixed(a, b)
	}
	return Of(a.minor+b.minor, a.unit) // both within 2^53, so no overflow
}

// Sub returns a − b. Faults as Add.
func (a Amount) Sub(b Amount) (Amount, error) { return a.Add(b.Neg()) }

// Cmp returns -1, 0 or +1 as a is less than, equal to or more than b; amounts
// of two currencies have no order (currency.mixed).
func (a Amount) Cmp(b Amount) (int, error) {
	if a.unit != b.unit {
		return 0, mixed(a, b)
	}
	return cmp.Compare(a.minor, b.minor), nil
}

func mixed(a, b Amount) error {
	return fault.New(fault.Invalid, "currency.mixed", "currency", a.unit.code, "other", b.unit.code)
}

// Sum adds amounts of one currency; of none it is Zero(unit).
func Sum(unit Unit, amounts ...Amount) (Amount, error) {
	total := Zero(unit)
	for _, a := range amounts {
		var err error
		if total, err = total.Add(a); err != nil {
			return Amount{}, err
		}
	}
	return total, nil
}

// Allocate splits a by weights so that the parts sum to a exactly: each part
// is rounded down, and what is left goes by one minor unit each to the largest
// remainders, the earlier of equal ones first (largest remainder method).
// Weights must not be negative nor all zero, the amount not negative
// (amount.badWeights).
func (a Amount) Allocate(weights ...int64) ([]Amount, error) {
	var sum uint64
	for _, w := range weights {
		if w < 0 || w > MaxMinor || sum > math.MaxInt64 { // the sum stays below 2^64
			return nil, fault.New(fault.Invalid, "amount.badWeights")
		}
		sum += uint64(w)
	}
	if sum == 0 || sum > math.MaxInt64 || a.minor < 0 {
		return nil, fault.New(fault.Invalid, "amount.badWeights")
	}
	parts := make([]Amount, len(weights))
	rest := make([]uint64, len(weights))
	left := a.minor
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(a.minor), uint64(w))
		q, r := bits.Div64(hi, lo, sum) // q ≤ a.minor since w ≤ sum
		parts[i] = Amount{int64(q), a.unit}
		rest[i] = r
		left -= int64(q)
	}
	for ; left > 0; left-- {
		best := 0
		for i := range rest {
			if rest[i] > rest[best] {
				best = i
			}
		}
		parts[best].minor++
		rest[best] = 0
	}
	return parts, nil
}

// Portion returns a × ratio, rounded half up (away from zero) to the minor
// unit. The product is exact before it is rounded, whatever the digits of the
// ratio. The fault's code is amount.outOfRange.
func (a Amount) Portion(ratio decimal.Decimal) (Amount, error) {
	divisor := uint64(1)
	for range ratio.Scale() { // at most 19, so it fits
		divisor *= 10
	}
	hi, lo := bits.Mul64(magnitude(a.minor), ratio.Coef())
	if hi >= divisor {
		return Amount{}, fault.New(fault.Invalid, "amount.outOfRange", "currency", a.unit.code)
	}
	whole, rest := bits.Div64(hi, lo, divisor)
	if rest >= divisor-rest {
		whole++
	}
	if whole > MaxMinor {
		return Amount{}, fault.New(fault.Invalid, "amount.outOfRange", "currency", a.unit.code)
	}
	if (a.minor < 0) != ratio.IsNeg() {
		return Of(-int64(whole), a.unit)
	}
	return Of(int64(whole), a.unit)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// Decimal returns the amount in major units with all its decimals, such as
// 1234.50.
func (a Amount) Decimal() string {
	digits := []byte{}
	n := a.minor
	if n < 0 {
		n = -n
	}
	for i := 0; n > 0 || i <= a.unit.Exponent(); i++ {
		if i > 0 && i == a.unit.Exponent() {
			digits = append(digits, '.')
		}
		digits = append(digits, byte('0'+n%10))
		n /= 10
	}
	if a.minor < 0 {
		digits = append(digits, '-')
	}
	for i, j := 0, len(digits)-1; i < j; i, j = i+1, j-1 {
		digits[i], digits[j] = digits[j], digits[i]
	}
	return string(digits)
}

// String returns the amount with its currency, such as "CNY 1234.50".
func (a Amount) String() string {
	if a.unit.IsZero() {
		return a.Decimal()
	}
	return a.unit.code + " " + a.Decimal()
}

type wire struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	Exponent *int   `json:"exponent,omitempty"`
}

// MarshalJSON writes {"amount":"12.00","currency":"CNY"}; a declared asset
// carries its "exponent" too, so that it can be read back without a table.
func (a Amount) MarshalJSON() ([]byte, error) {
	w := wire{Amount: a.Decimal(), Currency: a.unit.code}
	if a.unit.asset {
		e := a.unit.Exponent()
		w.Exponent = &e
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON writes. Fewer decimals than the minor
// unit has are filled with zeros.
func (a *Amount) UnmarshalJSON(data []byte) error {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		return fault.New(fault.Invalid, "amount.invalid", "value", clip(string(data)))
	}
	if w == (wire{Amount: "0"}) || w == (wire{}) {
		*a = Amount{}
		return nil
	}
	unit, err := w.unit()
	if err != nil {
		return err
	}
	parsed, err := Parse(w.Amount, unit)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

func (w wire) unit() (Unit, error) {
	if w.Currency == "" {
		return Unit{}, fault.New(fault.Invalid, "currency.missing")
	}
	if w.Exponent != nil {
		return Asset(w.Currency, *w.Exponent)
	}
	return ISO(w.Currency)
}
