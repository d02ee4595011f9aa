package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits of the port, taken from DynamoDB (Developer Guide, "Quotas").
const (
	MaxGet       = 100
	MaxOps       = 100
	MaxPage      = 1000
	MaxPageBytes = 1 << 20
	MaxTransact  = 4 << 20
	MaxItem      = 400 << 10
	MaxPK        = 2048
	MaxSK        = 1024
	MaxDepth     = 30
	MaxInteger   = 1<<53 - 1
	MaxToken     = 36
)

// Size is the number of bytes that an item counts against MaxItem and
// MaxTransact: keys, index entries and body, with 100 for attribute names, and
// one byte more for each element and container, which DynamoDB charges beyond
// their JSON text. Whatever the adapter's encoding, it is what the port charges.
func (i Item) Size() int {
	n := len(i.PK) + len(i.SK) + len(i.Body) + 100
	n += bytes.Count(i.Body, []byte(",")) + bytes.Count(i.Body, []byte("[")) + bytes.Count(i.Body, []byte("{"))
	for _, e := range i.Index {
		n += len(e.PK) + len(e.SK)
	}
	return n
}

// CheckGet refuses a Get that is out of bounds.
func CheckGet(keys []Key) error {
	if len(keys) < 1 || len(keys) > MaxGet {
		return &LimitError{What: "keys in a get", Got: int64(len(keys)), Max: MaxGet}
	}
	seen := make(map[Key]bool, len(keys))
	for _, k := range keys {
		if err := checkKey(k, "key"); err != nil {
			return err
		}
		if seen[k] {
			return &LimitError{What: "requests of one key in a get", Key: k, Got: 2, Max: 1}
		}
		seen[k] = true
	}
	return nil
}

// CheckLimit returns the limit of a query page, MaxPage for 0.
func CheckLimit(limit int) (int, error) {
	if limit < 0 || limit > MaxPage {
		return 0, &LimitError{What: "page limit", Got: int64(limit), Max: MaxPage}
	}
	if limit == 0 {
		return MaxPage, nil
	}
	return limit, nil
}

// CheckTransact refuses a transaction that is out of bounds. Adapters call it
// first, so that all refuse the same.
func CheckTransact(token string, ops []Op) error {
	if len(token) < 1 || len(token) > MaxToken {
		return &LimitError{What: "token bytes", Got: int64(len(token)), Max: MaxToken}
	}
	if len(ops) < 1 || len(ops) > MaxOps {
		return &LimitError{What: "operations in a transaction", Got: int64(len(ops)), Max: MaxOps}
	}
	seen := make(map[Key]bool, len(ops))
	total := 0
	for _, op := range ops {
		if seen[op.Item.Key] {
			return &LimitError{What: "operations on one key", Key: op.Item.Key, Got: 2, Max: 1}
		}
		seen[op.Item.Key] = true
		if err := checkOp(op); err != nil {
			return err
		}
		total += op.Item.Size()
	}
	if total > MaxTransact {
		return &LimitError{What: "transaction bytes", Got: int64(total), Max: MaxTransact}
	}
	return nil
}

func checkOp(op Op) error {
	i := op.Item
	if err := checkKey(i.Key, "key"); err != nil {
		return err
	}
	switch op.Verb {
	case Delete:
		return nil
	case Check:
		if op.If.IsAnything() {
			return fmt.Errorf("store: check of %s without a condition", i.Key)
		}
		return nil
	case Put:
	default:
		return fmt.Errorf("store: unknown verb %d", op.Verb)
	}
	if i.Version < 1 || i.Version > MaxInteger {
		return &LimitError{What: "version", Key: i.Key, Got: i.Version, Max: MaxInteger}
	}
	for n, e := range i.Index {
		if e == (Key{}) {
			continue
		}
		if err := checkKey(e, fmt.Sprintf("index %d key", n)); err != nil {
			return err
		}
	}
	if i.Size() > MaxItem {
		return &LimitError{What: "item bytes", Key: i.Key, Got: int64(i.Size()), Max: MaxItem}
	}
	if err := CheckBody(i.Body); err != nil {
		return fmt.Errorf("store: %s: %w", i.Key, err)
	}
	return nil
}

func checkKey(k Key, what string) error {
	if len(k.PK) < 1 || len(k.PK) > MaxPK {
		return &LimitError{What: what + " partition bytes", Key: k, Got: int64(len(k.PK)), Max: MaxPK}
	}
	if len(k.SK) < 1 || len(k.SK) > MaxSK {
		return &LimitError{What: what + " sort bytes", Key: k, Got: int64(len(k.SK)), Max: MaxSK}
	}
	if !utf8.ValidString(k.PK) || !utf8.ValidString(k.SK) {
		return fmt.Errorf("store: %s %q is no UTF-8", what, k)
	}
	return nil
}

// CheckBody refuses a body that would change on its way through an adapter: it
// must be one JSON object of strings, booleans, integers of at most 53 bits,
// lists, and maps with non-empty ASCII names, at most MaxDepth deep; no null,
// no fraction, no exponent, no name twice, no half of a surrogate pair.
func CheckBody(body []byte) error {
	if !utf8.Valid(body) {
		return fmt.Errorf("body is no UTF-8")
	}
	if !validEscapes(body) {
		return fmt.Errorf("body holds half of a surrogate pair")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	first, err := d.Token()
	if err != nil || first != json.Delim('{') {
		return fmt.Errorf("body is no JSON object")
	}
	if err := checkObject(d, 1); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("body has more than one value")
	}
	return nil
}

func checkObject(d *json.Decoder, depth int) error {
	names := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string) // the decoder lets nothing else stand here
		if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r > 126 || r < 32 }) {
			return fmt.Errorf("body name %q is empty or no ASCII", name)
		}
		if names[name] {
			return fmt.Errorf("body name %q stands twice", name)
		}
		names[name] = true
		if err := checkValue(d, depth); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func checkValue(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch v := t.(type) {
	case json.Delim:
		if depth >= MaxDepth {
			return fmt.Errorf("body is more than %d deep", MaxDepth)
		}
		if v == '{' {
			return checkObject(d, depth+1)
		}
		for d.More() {
			if err := checkValue(d, depth+1); err != nil {
				return err
			}
		}
		_, err := d.Token()
		return err
	case json.Number:
		n, err := v.Int64()
		if err != nil || n > MaxInteger || n < -MaxInteger {
			return fmt.Errorf("body number %s is no integer of 53 bits", v)
		}
	case nil:
		return fmt.Errorf("body holds null")
	}
	return nil
}
