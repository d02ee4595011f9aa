package exchange

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"milepost/internal/money"
)

// unit is what an amount column says about its numbers: the currency, and the
// power of ten to the major unit (万元: CNY, 4). An empty currency leaves it to
// the currency column.
type unit struct {
	currency string
	scale    int
}

// plain is a text as headers and codes are compared: NFKC, lower case, without
// spaces, line ends, underscores, hyphens and the star of required columns.
func plain(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	return strings.Map(func(c rune) rune {
		switch c {
		case ' ', '\t', '\r', '\n', '_', '-', '*', '\u200b', '\ufeff':
			return -1
		}
		return c
	}, s)
}

// unitOf reads a unit such as 元, 万元, 亿元, 万美元, 单位:万元, USD. The text is plain.
func (r *reader) unitOf(s string) (unit, bool) {
	s = strings.Trim(s, "()[]:,/")
	for _, prefix := range []string{"单位", "unit", ":", "人民币", "rmb"} {
		s = strings.TrimPrefix(s, prefix)
	}
	if u, ok := r.currency(s); ok {
		return unit{currency: u.Code()}, true
	}
	u := unit{}
	for _, p := range []struct {
		word  string
		scale int
	}{{"千万", 7}, {"百万", 6}, {"亿", 8}, {"万", 4}, {"千", 3}} {
		if rest, ok := strings.CutPrefix(s, p.word); ok {
			s, u.scale = rest, p.scale
			break
		}
	}
	u.currency = currencyWord(s)
	return u, u.currency != "" || s == "" && u.scale > 0
}

// currencyWord is the code of a currency's Chinese name, or "".
func currencyWord(s string) string {
	switch s {
	case "元", "人民币", "人民币元", "圆":
		return "CNY"
	case "美元":
		return "USD"
	case "欧元":
		return "EUR"
	case "港元", "港币":
		return "HKD"
	case "日元":
		return "JPY"
	case "英镑":
		return "GBP"
	}
	return ""
}

// currency is the unit of a code or a Chinese name: an ISO currency, or an
// asset that the options declare.
func (r *reader) currency(code string) (money.Unit, bool) {
	code = strings.ToUpper(strings.TrimSpace(norm.NFKC.String(code)))
	if word := currencyWord(code); word != "" {
		code = word
	}
	if exponent, ok := r.options.Assets[code]; ok {
		if u, err := money.Asset(code, exponent); err == nil {
			return u, true
		}
	}
	u, err := money.ISO(code)
	return u, err == nil
}
