package exchange

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"milepost/internal/fault"
	"milepost/internal/money"
)

// code is a reference as it is compared: NFKC, trimmed.
func code(s string) string {
	return strings.Trim(norm.NFKC.String(s), " \t\r\n\u200b\ufeff")
}

// title is a title in one line; its characters stay as they are.
func title(s string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(s))
}

// checkText checks a reference or title of at most limit characters. Faults: value.missing, value.tooLong,
// value.control.
func checkText(s string, limit int) *fault.Error {
	switch {
	case s == "":
		return refusal("value.missing")
	case len([]rune(s)) > limit:
		return refusal("value.tooLong", "max", limit)
	case strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\ufffd' }):
		return refusal("value.control", "value", clip(s))
	}
	return nil
}

// whole reads a whole number from 0 to limit, after a prefix such as M or 里程碑.
// Fault: number.invalid.
func whole(c cell, limit int, prefixes ...string) (int, *fault.Error) {
	s := plain(c.text)
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			s = rest
			break
		}
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > limit || strings.HasPrefix(s, "+") {
		return 0, refusal("number.invalid", "value", clip(strings.TrimSpace(c.text)), "max", limit)
	}
	return n, nil
}

// amount reads an amount in a unit whose numbers are ten to the power of scale
// major units. Text in the major unit itself is read as money.ParseTyped does:
// 50 wan says the same there as 500,000. Faults: value.missing and those of
// money.Parse and money.ParseTyped.
func amount(c cell, grouped bool, scale int, u money.Unit) (money.Amount, *fault.Error) {
	text := code(c.text)
	if text == "" {
		return money.Amount{}, refusal("value.missing")
	}
	if !c.number && grouped && scale == 0 {
		a, err := money.ParseTyped(text, u)
		bad, _ := errors.AsType[*fault.Error](err)
		return a, bad
	}
	digits, ok := decimalOf(text, c.number, grouped)
	if !ok {
		return money.Amount{}, refusal("amount.invalid", "value", clip(text))
	}
	a, err := money.Parse(shift(digits, scale), u)
	if bad, ok := errors.AsType[*fault.Error](err); ok {
		if _, ok := bad.Args["value"]; ok {
			bad.Args["value"] = clip(text) // as written, not as shifted
			if _, ok := bad.Args["decimals"]; ok {
				bad.Args["decimals"] = u.Exponent() + scale
			}
		}
		return money.Amount{}, bad
	}
	return a, nil
}

// decimalOf is the plain decimal that a cell holds: in a number cell as the
// program shows it, in text with thousands grouped by commas where allowed.
func decimalOf(text string, number, grouped bool) (string, bool) {
	if number {
		return stored(text)
	}
	sign, digits := "", text
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		sign, digits = "-", rest
	}
	if grouped && strings.Contains(digits, ",") {
		head, fraction, point := strings.Cut(digits, ".")
		groups := strings.Split(head, ",")
		for i, g := range groups {
			if len(g) > 3 || i > 0 && len(g) != 3 || g == "" {
				return "", false
			}
		}
		digits = strings.Join(groups, "")
		if point {
			digits += "." + fraction
		}
	}
	return sign + digits, plainDecimal(digits)
}

func plainDecimal(s string) bool {
	head, fraction, point := strings.Cut(s, ".")
	return digitsOnly(head) && (!point || digitsOnly(fraction))
}

func digitsOnly(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// significant is how many digits of a number spreadsheet programs show. They
// store up to 17, by which 0.58 may stand in the file as 0.57999999999999996.
const significant = 15

// stored is the number of a number cell as its program shows it: rounded half
// up to 15 significant digits, without exponent, by digits alone.
func stored(text string) (string, bool) {
	mantissa, power, hasPower := strings.Cut(strings.ToLower(text), "e")
	exponent := 0
	if hasPower {
		n, err := strconv.Atoi(power)
		if err != nil || n > 40 || n < -40 {
			return "", false
		}
		exponent = n
	}
	digits, negative := strings.CutPrefix(mantissa, "-")
	if !plainDecimal(digits) || len(digits) > 60 {
		return "", false
	}
	plain := shift(round(digits), exponent)
	if negative {
		plain = "-" + plain
	}
	return plain, true
}

// round rounds a plain decimal half up to 15 significant digits and drops the
// zeros at the end of its fraction.
func round(s string) string {
	head, fraction, _ := strings.Cut(s, ".")
	digits := []byte(head + fraction)
	first := 0
	for first < len(digits) && digits[first] == '0' {
		first++
	}
	if end := first + significant; end < len(digits) {
		up := digits[end] >= '5'
		for i := end; i < len(digits); i++ {
			digits[i] = '0'
		}
		for i := end - 1; up && i >= 0; i-- {
			up = digits[i] == '9'
			digits[i] = '0' + (digits[i]-'0'+1)%10
		}
		if up {
			digits, head = append([]byte{'1'}, digits...), "0"+head
		}
	}
	return trimZeros(string(digits[:len(head)]) + "." + string(digits[len(head):]))
}

func trimZeros(s string) string {
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// shift multiplies a plain decimal, perhaps negative, by a power of ten.
func shift(s string, power int) string {
	digits, negative := strings.CutPrefix(s, "-")
	head, fraction, _ := strings.Cut(digits, ".")
	switch {
	case power >= 0 && power >= len(fraction):
		head, fraction = head+fraction+strings.Repeat("0", power-len(fraction)), ""
	case power >= 0:
		head, fraction = head+fraction[:power], fraction[power:]
	default:
		head = strings.Repeat("0", max(0, -power-len(head)+1)) + head
		head, fraction = head[:len(head)+power], head[len(head)+power:]+fraction
	}
	if head = strings.TrimLeft(head, "0"); head == "" {
		head = "0"
	}
	if fraction != "" {
		head += "." + fraction
	}
	if negative {
		head = "-" + head
	}
	return head
}
