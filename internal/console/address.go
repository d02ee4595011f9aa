package console

import (
	"net/url"
	"path"
	"strings"
)

// at is the address of a thing: its parts, joined and escaped.
func at(parts ...any) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(textOf(p)))
	}
	return path.Clean(b.String())
}

// to is an address with parameters, alternating names and values; what is
// empty is left out. A fragment of the address stays at its end. Templates
// make whole addresses with it: what html/template escapes behind a question
// mark of its own is one value, not a query.
func to(address string, pairs ...any) string {
	address, fragment, _ := strings.Cut(address, "#")
	values := url.Values{}
	if before, query, ok := strings.Cut(address, "?"); ok {
		if has, err := url.ParseQuery(query); err == nil {
			address, values = before, has
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := textOf(pairs[i+1]); v != "" {
			values.Set(textOf(pairs[i]), v)
		}
	}
	if len(values) > 0 {
		address += "?" + values.Encode()
	}
	if fragment != "" {
		address += "#" + fragment
	}
	return address
}
