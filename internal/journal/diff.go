package journal

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"milepost/internal/fault"
)

// Diff returns the changes that make after of before, two JSON objects; nil
// stands for no thing. Maps are compared name by name in canonical order,
// lists element by element; what a list gains is added at its end in order,
// what it loses is removed from its end backwards.
func Diff(before, after []byte) ([]Change, error) {
	b, err := parseBody(before)
	if err != nil {
		return nil, err
	}
	a, err := parseBody(after)
	if err != nil {
		return nil, err
	}
	return diff(nil, "", b, a), nil
}

// parseBody reads a thing's body, nil for none.
func parseBody(raw []byte) (any, error) {
	if raw == nil {
		return nil, nil
	}
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(map[string]any); !ok {
		return nil, fault.New(fault.Internal, "journal.body.invalid")
	}
	return v, nil
}

// diff appends the changes at path; nil stands for no value.
func diff(out []Change, path jsontext.Pointer, before, after any) []Change {
	switch b := before.(type) {
	case map[string]any:
		if a, ok := after.(map[string]any); ok {
			return diffMaps(out, path, b, a)
		}
	case []any:
		if a, ok := after.([]any); ok {
			return diffLists(out, path, b, a)
		}
	}
	from, to := raw(before), raw(after)
	if bytes.Equal(from, to) {
		return out
	}
	return append(out, Change{Path: string(path), From: from, To: to})
}

func diffMaps(out []Change, path jsontext.Pointer, before, after map[string]any) []Change {
	both := map[string]any{}
	for _, m := range []map[string]any{before, after} {
		for name := range m {
			both[name] = true
		}
	}
	for _, name := range names(both) {
		out = diff(out, path.AppendToken(name), before[name], after[name])
	}
	return out
}

func diffLists(out []Change, path jsontext.Pointer, before, after []any) []Change {
	at := func(i int) jsontext.Pointer { return path.AppendToken(strconv.Itoa(i)) }
	common := min(len(before), len(after))
	for i := range common {
		out = diff(out, at(i), before[i], after[i])
	}
	for i := common; i < len(after); i++ {
		out = diff(out, at(i), nil, after[i])
	}
	for i := range slices.Backward(before[common:]) {
		out = diff(out, at(common+i), before[common+i], nil)
	}
	return out
}

// raw returns a value's canonical form, nil for no value.
func raw(v any) []byte {
	if v == nil {
		return nil
	}
	return write(nil, v)
}
