package portfolio

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// USCC is the scheme of the unified social credit code 统一社会信用代码.
const USCC = "CN-USCC"

// MaxIdentifiers is how many codes an organisation may have.
const MaxIdentifiers = 20

// usccDigits are the characters of a unified social credit code in the order
// of their values (GB 32100-2015): no I, O, S, V, Z.
const usccDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// usccCheck returns the check character of the first 17 characters of a code:
// the character of value 31 − Σ cᵢ·3^i mod 31, and false where one is no digit
// of the standard.
func usccCheck(body string) (byte, bool) {
	sum, weight := 0, 1
	for i := range len(body) {
		value := strings.IndexByte(usccDigits, body[i])
		if value < 0 {
			return 0, false
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	return usccDigits[(31-sum%31)%31], true
}

// ValidUSCC reports whether code is a unified social credit code: 18
// characters in capitals of which the last one checks the others.
func ValidUSCC(code string) bool {
	if len(code) != 18 {
		return false
	}
	check, ok := usccCheck(code[:17])
	return ok && check == code[17]
}

// Normal writes the scheme CN-USCC in one way, however it was typed: in any case
// or width, with space around. Codes stay as they are, and so do other schemes.
func (o Organisation) Normal() Organisation {
	o.Identifiers = slices.Clone(o.Identifiers)
	for i, id := range o.Identifiers {
		if id.isUSCC() {
			o.Identifiers[i] = Identifier{USCC, id.ID}
		}
	}
	return o
}

func (id Identifier) isUSCC() bool {
	return strings.EqualFold(strings.TrimSpace(norm.NFKC.String(id.Scheme)), USCC)
}

// Check returns all fields at fault of an organisation. Codes of the scheme
// CN-USCC must carry their check character; other schemes are free.
func (o Organisation) Check() error {
	var f Findings
	f.Names("/names", o.Names)
	OneOf(&f, "/kind", o.Kind, University, Institute, Hospital, Company, Government, NonProfit, OtherKind)
	f.Text("/region", o.Region, MaxTitle)
	if len(o.Identifiers) > MaxIdentifiers {
		f.Add("/identifiers", "field.tooMany", "max", MaxIdentifiers)
	}
	seen := map[Identifier]bool{}
	for i, id := range o.Identifiers {
		at := fmt.Sprintf("/identifiers/%d", i)
		f.Required(at+"/scheme", id.Scheme, MaxCode)
		f.Required(at+"/id", id.ID, MaxCode)
		if id.isUSCC() && !Blank(id.ID) && !ValidUSCC(id.ID) {
			f.Add(at+"/id", "organisation.badUSCC", "value", clip(id.ID))
		}
		if seen[id] {
			f.Add(at, "field.notUnique", "value", clip(id.ID))
		}
		seen[id] = true
	}
	return f.Err()
}
