package schema

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Normalise is how codes, numbers and names are compared and searched: NFKC,
// case folded, outer blanks removed, inner ones single.
func Normalise(s string) string {
	return strings.Join(strings.Fields(folded(s)), " ")
}

func folded(s string) string { return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s))) }

// written is where a part of a normalised text stands in the text as it was
// written, both in bytes. What became one character is in it whole.
func written(s string, from, to int) (start, end int) {
	n, blank, end := 0, false, len(s) // n bytes of normalised text so far
	started := false
	for i := 0; i < len(s); {
		next := i + norm.NFKC.NextBoundaryInString(s[i:], true)
		for _, r := range folded(s[i:next]) {
			if unicode.IsSpace(r) {
				blank = n > 0
				continue
			}
			if blank {
				n, blank = n+1, false
			}
			if n >= to {
				return start, end
			}
			if !started && n+len(string(r)) > from {
				start, started = i, true
			}
			n += len(string(r))
			end = next
		}
		i = next
	}
	return start, end
}
