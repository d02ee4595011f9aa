package money

import (
	"strings"
	"unicode"

	"milepost/internal/fault"
)

// The Chinese marks that an amount may end in: 10^4, 10^8, and the yuan.
const (
	wan  = "\u4e07"
	yi   = "\u4ebf"
	yuan = "\u5143"
)

// ParseTyped reads an amount as a person types it into a field of a unit, in
// its major unit:
//
//	[code] number [wan | yi] [yuan]
//	[code] number [m | million | bn | billion]
//
// A number is digits with at most one point, as Parse reads them; commas may
// group all of its whole part by threes, from the right (1,000,000.00, not
// 1,00). Wan (U+4E07) multiplies it by 10^4 and yi (U+4EBF) by 10^8, m and
// million by 10^6, bn and billion by 10^9, in any letter case, exactly; yuan
// (U+5143) may end an amount of CNY. The unit's own code may stand before a
// space and the number. Full-width digits, points and commas count as their
// narrow ones, and spaces may stand around the number and the marks.
//
// Nothing is guessed or rounded. Other text (3k, 3 mio, 1.234,50) is
// amount.unreadable; without a mark, more decimals than the unit has are
// amount.tooManyDecimals, and with one, what is finer than the minor unit is
// amount.notExact. A value beyond MaxMinor is amount.outOfRange, no unit
// currency.missing.
func ParseTyped(s string, unit Unit) (Amount, error) {
	if unit.IsZero() {
		return Amount{}, fault.New(fault.Invalid, "currency.missing")
	}
	number, power := marked(strings.Map(narrow, s), unit)
	whole, fraction, ok := split(ungrouped(number))
	switch {
	case !ok:
		return Amount{}, fault.New(fault.Invalid, "amount.unreadable", "value", clip(s))
	case power == 0:
		return Parse(signed(number, whole, fraction), unit)
	}
	if exact := unit.Exponent() + power; len(fraction) > exact {
		return Amount{}, fault.New(fault.Invalid, "amount.notExact", "value", clip(s), "currency", unit.code)
	}
	fraction += strings.Repeat("0", max(0, power-len(fraction)))
	return Parse(signed(number, whole+fraction[:power], fraction[power:]), unit)
}

// narrow maps what is typed full-width to what it stands for; all spaces are one.
func narrow(r rune) rune {
	switch {
	case r >= '０' && r <= '９', r == '，', r == '．', r == '－':
		return r - '！' + '!'
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

// marked takes the unit's code off the beginning of an amount, and the marks
// off its end; power is what they multiply the rest by, as a power of ten.
func marked(s string, unit Unit) (number string, power int) {
	number = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(number, unit.code+" "); ok {
		number = strings.TrimLeft(rest, " ")
	}
	if rest, ok := strings.CutSuffix(number, yuan); ok && unit == CNY {
		number, power = cutMark(strings.TrimRight(rest, " "), chineseMarks())
		return number, power
	}
	if number, power = cutMark(number, chineseMarks()); power == 0 {
		number, power = cutMark(number, englishMarks())
	}
	return number, power
}

// mark multiplies the number before it by a power of ten.
type mark struct {
	text  string
	power int
}

func chineseMarks() []mark { return []mark{{wan, 4}, {yi, 8}} }

func englishMarks() []mark { return []mark{{"million", 6}, {"billion", 9}, {"bn", 9}, {"m", 6}} }

// cutMark takes the first of some marks off the end of an amount that ends with
// it; power is 0 where there is none.
func cutMark(s string, marks []mark) (number string, power int) {
	for _, m := range marks {
		if at := len(s) - len(m.text); at >= 0 && strings.EqualFold(s[at:], m.text) {
			return strings.TrimRight(s[:at], " "), m.power
		}
	}
	return s, 0
}

// ungrouped takes the commas out of a number whose whole part they group by
// threes; another number comes back as it is.
func ungrouped(number string) string {
	unsigned, negative := strings.CutPrefix(number, "-")
	whole, _, _ := strings.Cut(unsigned, ".")
	groups := strings.Split(whole, ",")
	if len(groups) > 1 && (groups[0] == "" || len(groups[0]) > 3) {
		return number
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return number
		}
	}
	plain := strings.Join(groups, "") + unsigned[len(whole):]
	if negative {
		return "-" + plain
	}
	return plain
}

// signed puts a number together again, with the sign that it had.
func signed(number, whole, fraction string) string {
	if fraction != "" {
		whole += "." + fraction
	}
	if strings.HasPrefix(number, "-") {
		return "-" + whole
	}
	return whole
}
