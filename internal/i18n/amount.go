package i18n

import (
	"fmt"
	"strconv"
	"strings"

	"milepost/internal/money"
)

// powers returns the two compact units of a language as powers of ten of the
// major unit: 万 and 亿, million and billion.
func powers(lang Language) (small, large int) {
	if lang == English {
		return 6, 9
	}
	return 4, 8
}

// minus is U+2212, the sign that is as wide as a digit.
const minus = "−"

// Amount returns an amount as people read it: in Chinese below 10,000 exactly
// in 元, below 100 million in 万元 and from there in 亿元; in English exactly
// below a million (CNY 123,456.00), then in m and bn. Compact forms have two
// decimals, rounded half up. AmountExact stands beside it, in a title.
func (c *Catalogs) Amount(lang Language, a money.Amount) string {
	small, large := powers(lang)
	n, exponent := magnitude(a.Minor()), a.Unit().Exponent()
	if n < pow10(exponent+small) {
		return c.AmountExact(lang, a)
	}
	id, shown := "amount.small", hundredths(n, exponent+small)
	if shown >= pow10(large-small+2) { // as rounded: 9,999.9999 万 is 1.00 亿
		id, shown = "amount.large", hundredths(n, exponent+large)
	}
	number := fmt.Sprintf("%s.%02d", group(strconv.FormatUint(shown/100, 10)), shown%100)
	return c.amount(lang, id, a.Sign() < 0, number, a.Unit().Code())
}

// AmountExact returns an amount with all its decimals and grouped digits:
// 1,234,567.80元, CNY 1,234,567.80.
func (c *Catalogs) AmountExact(lang Language, a money.Amount) string {
	return c.exact(lang, a.Decimal(), a.Unit().Code())
}

// AmountRead returns an amount as it was read from what somebody typed: with
// all its decimals and, from 10,000 in Chinese and a million in English, in
// that unit too, as exactly: 3,000,000.00元 · 300万元, CNY 3,500,000.00 · CNY 3.5m.
func (c *Catalogs) AmountRead(lang Language, a money.Amount) string {
	exact := c.AmountExact(lang, a)
	power, _ := powers(lang)
	power += a.Unit().Exponent()
	n := magnitude(a.Minor())
	if n < pow10(power) {
		return exact
	}
	number := group(strconv.FormatUint(n/pow10(power), 10))
	if rest := n % pow10(power); rest > 0 {
		number += "." + strings.TrimRight(fmt.Sprintf("%0*d", power, rest), "0")
	}
	return exact + " · " + c.amount(lang, "amount.small", a.Sign() < 0, number, a.Unit().Code())
}

// AmountForms are what AmountRead puts around a unit's numbers, which stand as
// {}: exactly, and in the unit that is power powers of ten of the major one.
func (c *Catalogs) AmountForms(lang Language, unit money.Unit) (exact, small string, power int) {
	power, _ = powers(lang)
	return c.amount(lang, "amount.exact", false, "{}", unit.Code()), c.amount(lang, "amount.small", false, "{}", unit.Code()), power
}

// AmountListed returns an amount as it stands in tables, where all have one unit
// and none is rounded: in 万元, in English in millions, with two decimals, and
// more where two would round. What is less than a hundredth of the unit stands as
// AmountExact says it.
func (c *Catalogs) AmountListed(lang Language, a money.Amount) string {
	small, _ := powers(lang)
	places := a.Unit().Exponent() + small
	n := magnitude(a.Minor())
	if n > 0 && n < pow10(places-2) {
		return c.AmountExact(lang, a)
	}
	digits := fmt.Sprintf("%0*d", places+1, n)
	whole, fraction := digits[:len(digits)-places], digits[len(digits)-places:]
	for len(fraction) > 2 && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	return c.amount(lang, "amount.small", a.Sign() < 0, group(whole)+"."+fraction, a.Unit().Code())
}

// exact is an amount of which a decimal and the currency's code are at hand,
// "" for none.
func (c *Catalogs) exact(lang Language, decimal, code string) string {
	unsigned, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, point := strings.Cut(unsigned, ".")
	number := group(whole)
	if point {
		number += "." + fraction
	}
	return c.amount(lang, "amount.exact", negative, number, code)
}

// written is an amount in the arguments of a fault, as people read it: CNY
// 1200000.00 with its digits grouped. What is no such amount stays as it is.
func (c *Catalogs) written(lang Language, amount string) string {
	code, decimal, ok := strings.Cut(amount, " ")
	if !ok || decimal == "" || strings.Trim(decimal, "-.0123456789") != "" {
		return amount
	}
	return c.exact(lang, decimal, code)
}

func (c *Catalogs) amount(lang Language, id string, negative bool, number, code string) string {
	if negative {
		number = minus + number
	}
	if code == "" {
		return number
	}
	return c.Text(lang, id, map[string]any{"number": number, "currency": c.currency(lang, code)})
}

// currency returns the word for a currency in amounts; where the catalog has
// none it is the code, set apart in Chinese, where words follow the number.
func (c *Catalogs) currency(lang Language, code string) string {
	word := c.Label(lang, "currency", code)
	if word == code && lang == Chinese {
		return " " + code
	}
	return word
}

// hundredths returns n ÷ 10^power in hundredths, rounded half up; n is below
// 2^53.
func hundredths(n uint64, power int) uint64 {
	divisor := pow10(power)
	q, r := n*100/divisor, n*100%divisor
	if r >= divisor-r {
		q++
	}
	return q
}

// pow10 returns 10^power, power being at most 19: money.MaxExponent and 9.
func pow10(power int) uint64 {
	out := uint64(1)
	for range power {
		out *= 10
	}
	return out
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// group puts a comma after every third digit from the right.
func group(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
