package journal

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"milepost/internal/fault"
)

// Apply makes changes to a body, nil for no thing, and returns it in canonical
// form, nil where the thing was removed. A change whose place or whose From is
// not what the body holds is refused: journal.change.mismatch names its path.
func Apply(body []byte, changes []Change) ([]byte, error) {
	root, err := parseBody(body)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		path := jsontext.Pointer(c.Path)
		if !path.IsValid() || c.From == nil && c.To == nil {
			return nil, mismatch(c)
		}
		if root, err = c.apply(root, slices.Collect(path.Tokens())); err != nil {
			return nil, err
		}
		if _, ok := root.(map[string]any); !ok && root != nil {
			return nil, mismatch(c)
		}
	}
	return raw(root), nil
}

func mismatch(c Change) error {
	return fault.New(fault.Internal, "journal.change.mismatch", "path", c.Path)
}

// apply makes the change at tokens below v and returns v, which may be another
// value then; nil stands for no value.
func (c Change) apply(v any, tokens []string) (any, error) {
	if len(tokens) == 0 {
		return c.replace(v)
	}
	switch v := v.(type) {
	case map[string]any:
		return c.applyMap(v, tokens)
	case []any:
		return c.applyList(v, tokens)
	}
	return nil, mismatch(c)
}

// replace checks From and returns To.
func (c Change) replace(v any) (any, error) {
	from, err := parseValue(c.From)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(raw(v), raw(from)) {
		return nil, mismatch(c)
	}
	return parseValue(c.To)
}

func parseValue(raw []byte) (any, error) {
	if raw == nil {
		return nil, nil
	}
	return parse(raw)
}

func (c Change) applyMap(m map[string]any, tokens []string) (any, error) {
	below, err := c.apply(m[tokens[0]], tokens[1:])
	if err != nil {
		return nil, err
	}
	if below == nil {
		delete(m, tokens[0])
	} else {
		m[tokens[0]] = below
	}
	return m, nil
}

// applyList adds and removes at the end only, since all else would move the
// places of other values.
func (c Change) applyList(list []any, tokens []string) (any, error) {
	i, err := strconv.Atoi(tokens[0])
	if err != nil || strconv.Itoa(i) != tokens[0] || i < 0 || i > len(list) {
		return nil, mismatch(c)
	}
	if i == len(list) {
		list = append(list, nil)
	}
	below, err := c.apply(list[i], tokens[1:])
	if err != nil {
		return nil, err
	}
	if below == nil && i != len(list)-1 {
		return nil, mismatch(c)
	}
	if below == nil {
		return list[:i], nil
	}
	list[i] = below
	return list, nil
}
