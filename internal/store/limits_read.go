package store

import (
	"fmt"
	"unicode/utf8"
)

// MaxSegments is the largest number of segments of a Walk.
const MaxSegments = 1_000_000

// CheckQuery refuses a Query that is out of bounds, and returns its page limit.
// An empty range (From above To) is refused, because DynamoDB refuses it, and
// so is a resume position outside the partition or the range.
func CheckQuery(q Query) (limit int, err error) {
	if err := checkRange(q.Partition, q.Range); err != nil {
		return 0, err
	}
	if q.After != nil {
		if err := checkResume(*q.After, q.Partition, q.Range); err != nil {
			return 0, err
		}
	}
	return CheckLimit(q.Limit)
}

// CheckIndexQuery does for QueryIndex what CheckQuery does for Query.
func CheckIndexQuery(q IndexQuery) (limit int, err error) {
	if q.Index < 0 || q.Index >= Indexes {
		return 0, fmt.Errorf("store: unknown index %d", q.Index)
	}
	if err := checkRange(q.Partition, q.Range); err != nil {
		return 0, err
	}
	if q.After != nil {
		if err := checkKey(q.After.Item, "resume key"); err != nil {
			return 0, err
		}
		if err := checkResume(q.After.At, q.Partition, q.Range); err != nil {
			return 0, err
		}
	}
	return CheckLimit(q.Limit)
}

// CheckWalk refuses a Walk that is out of bounds.
func CheckWalk(segment, of int, after *Key) error {
	if of < 1 || of > MaxSegments {
		return &LimitError{What: "segments of a walk", Got: int64(of), Max: MaxSegments}
	}
	if segment < 0 || segment >= of {
		return &LimitError{What: "segment of a walk", Got: int64(segment), Max: int64(of) - 1}
	}
	if after == nil {
		return nil
	}
	return checkKey(*after, "resume key")
}

// Holds reports whether a sort key lies in the range.
func (r Range) Holds(sk string) bool { return sk >= r.From && (r.To == "" || sk <= r.To) }

func checkRange(partition string, r Range) error {
	// The bounds stand in for sort keys, of which an empty one is no bound.
	for _, sk := range []string{r.From, r.To} {
		if sk == "" {
			sk = "-"
		}
		if err := checkKey(Key{PK: partition, SK: sk}, "queried"); err != nil {
			return err
		}
	}
	if !r.Holds(r.From) {
		return fmt.Errorf("store: range of %q is empty: from %q to %q", partition, r.From, r.To)
	}
	return nil
}

func checkResume(at Key, partition string, r Range) error {
	if err := checkKey(at, "resume key"); err != nil {
		return err
	}
	if at.PK != partition || !r.Holds(at.SK) {
		return fmt.Errorf("store: resume key %s is outside of the query", at)
	}
	return nil
}

// validEscapes reports whether every \u escape of a JSON text names a
// character: a lone surrogate would come back as another one.
func validEscapes(body []byte) bool {
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		i++
		if i+5 > len(body) || body[i] != 'u' {
			continue
		}
		switch r := hex4(body[i+1:]); {
		case r >= 0xDC00 && r <= 0xDFFF:
			return false
		case r >= 0xD800 && r <= 0xDBFF:
			rest := body[i+5:]
			if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
				return false
			}
			if low := hex4(rest[2:]); low < 0xDC00 || low > 0xDFFF {
				return false
			}
			i += 10
		default:
			i += 4
		}
	}
	return true
}

// hex4 is the value of four hexadecimal digits, utf8.RuneError if they are
// none.
func hex4(b []byte) rune {
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return utf8.RuneError
		}
	}
	return r
}
