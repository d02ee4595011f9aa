package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"milepost/internal/fault"
)

// MaxInteger bounds the integers of a body: 2^53 − 1.
const MaxInteger = 1<<53 - 1

// maxDepth bounds how deep a value may nest; the store allows a body 30.
const maxDepth = 64

// Canonical returns the canonical form (RFC 8785) of a JSON value that a body
// may hold: strings, booleans, integers of at most 53 bits, lists and maps. A
// null, a fraction, an exponent, a name twice, text that is no UTF-8 or more
// than one value is refused (journal.body.invalid).
func Canonical(raw []byte) ([]byte, error) {
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	return write(nil, v), nil
}

// parse reads a value as string, bool, int64, []any or map[string]any.
func parse(raw []byte) (any, error) {
	d := jsontext.NewDecoder(bytes.NewReader(raw))
	v, err := parseNext(d, 0)
	if err == nil {
		if _, end := d.ReadToken(); !errors.Is(end, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	if err != nil {
		return nil, fault.Wrap(err, "journal.body.invalid")
	}
	return v, nil
}

func parseNext(d *jsontext.Decoder, depth int) (any, error) {
	t, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d deep", maxDepth)
	}
	switch t.Kind() {
	case jsontext.KindString:
		return t.String(), nil
	case jsontext.KindTrue, jsontext.KindFalse:
		return t.Bool(), nil
	case jsontext.KindNumber:
		return parseInteger(t.String())
	case jsontext.KindBeginArray:
		return parseList(d, depth)
	case jsontext.KindBeginObject:
		return parseMap(d, depth)
	}
	return nil, fmt.Errorf("%s is no value of a body", t.Kind())
}

func parseInteger(s string) (any, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > MaxInteger || n < -MaxInteger {
		return nil, fmt.Errorf("number %.40s is no integer of 53 bits", s)
	}
	return n, nil
}

func parseList(d *jsontext.Decoder, depth int) (any, error) {
	list := []any{}
	for d.PeekKind() != jsontext.KindEndArray {
		v, err := parseNext(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.ReadToken()
	return list, err
}

func parseMap(d *jsontext.Decoder, depth int) (any, error) {
	m := map[string]any{}
	for d.PeekKind() != jsontext.KindEndObject {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String() // the token does not outlive the next read
		if m[key], err = parseNext(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return m, err
}

// write appends the canonical form of a value that parse returned.
func write(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		dst, _ = jsontext.AppendQuote(dst, v) // fails on text that is no UTF-8 only, which parse refuses
	case bool:
		dst = strconv.AppendBool(dst, v)
	case int64:
		dst = strconv.AppendInt(dst, v, 10)
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = write(dst, e)
		}
		dst = append(dst, ']')
	case map[string]any:
		dst = append(dst, '{')
		for i, name := range names(v) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst, _ = jsontext.AppendQuote(dst, name)
			dst = write(append(dst, ':'), v[name])
		}
		dst = append(dst, '}')
	}
	return dst
}

// names returns a map's names in the order of RFC 8785: by UTF-16 code units.
func names(m map[string]any) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		if ascii(a) && ascii(b) {
			return strings.Compare(a, b)
		}
		return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
	})
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
