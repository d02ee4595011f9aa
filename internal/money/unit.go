// Package money provides amounts as integers of a minor unit with their
// currency. Sums are checked, never mix currencies and never round; only
// Amount.Portion rounds, half up, as its comment states.
package money

import "milepost/internal/fault"

// Unit is a currency with the number of decimals of its minor unit: an ISO
// 4217 currency, or an asset that is none and was declared with an exponent.
// Units are comparable. The zero Unit means "no currency".
type Unit struct {
	code     string
	exponent int8
	asset    bool
}

// MaxExponent bounds the decimals of a declared asset.
const MaxExponent = 10

// CNY is the renminbi: two decimals.
var CNY = Unit{code: "CNY", exponent: 2}

// ISO returns the ISO 4217 currency of a code such as CNY. The fault's code is
// currency.unknown.
func ISO(code string) (Unit, error) {
	exponent, ok := isoExponent(code)
	if !ok {
		return Unit{}, fault.New(fault.Invalid, "currency.unknown", "currency", clip(code))
	}
	return Unit{code: code, exponent: exponent}, nil
}

// Asset returns the unit of an asset that is no ISO currency: three to ten
// capital letters or digits, first a letter, and an exponent of 0 to
// MaxExponent. A code that is an ISO currency is refused (currency.isISO).
func Asset(code string, exponent int) (Unit, error) {
	if !assetCode(code) || exponent < 0 || exponent > MaxExponent {
		return Unit{}, fault.New(fault.Invalid, "currency.badAsset", "currency", clip(code), "max", MaxExponent)
	}
	if _, err := ISO(code); err == nil {
		return Unit{}, fault.New(fault.Invalid, "currency.isISO", "currency", code)
	}
	return Unit{code: code, exponent: int8(exponent), asset: true}, nil
}

func assetCode(code string) bool {
	if len(code) < 3 || len(code) > 10 || code[0] < 'A' || code[0] > 'Z' {
		return false
	}
	for _, c := range code {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Code returns the currency's code, "" for no currency.
func (u Unit) Code() string { return u.code }

// Exponent returns the decimals of the minor unit.
func (u Unit) Exponent() int { return int(u.exponent) }

// IsAsset reports whether the unit was declared and is no ISO currency.
func (u Unit) IsAsset() bool { return u.asset }

// IsZero reports whether there is no currency.
func (u Unit) IsZero() bool { return u.code == "" }

// String returns the code.
func (u Unit) String() string { return u.code }

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
