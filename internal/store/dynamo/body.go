package dynamo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/go-json-experiment/json/jsontext"
)

// encodeBody turns a body that store.CheckBody accepts into a native map.
func encodeBody(body []byte) (types.AttributeValue, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return encodeValue(m)
}

func encodeValue(v any) (types.AttributeValue, error) {
	switch v := v.(type) {
	case string:
		return text(v), nil
	case bool:
		return &types.AttributeValueMemberBOOL{Value: v}, nil
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		return number(n), nil
	case []any:
		l := make([]types.AttributeValue, len(v))
		for i := range v {
			var err error
			if l[i], err = encodeValue(v[i]); err != nil {
				return nil, err
			}
		}
		return &types.AttributeValueMemberL{Value: l}, nil
	case map[string]any:
		m := make(attributes, len(v))
		for name := range v {
			var err error
			if m[name], err = encodeValue(v[name]); err != nil {
				return nil, err
			}
		}
		return &types.AttributeValueMemberM{Value: m}, nil
	}
	return nil, fmt.Errorf("body: %T cannot be stored", v)
}

// decodeBody is the JSON text of a native map, names in order, no spaces.
func decodeBody(v types.AttributeValue) ([]byte, error) {
	m, ok := v.(*types.AttributeValueMemberM)
	if !ok {
		return nil, fmt.Errorf("attribute %s is no map", attrBody)
	}
	return appendMap(nil, m.Value)
}

func appendMap(to []byte, m attributes) ([]byte, error) {
	var err error
	to = append(to, '{')
	for i, name := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			to = append(to, ',')
		}
		if to, err = jsontext.AppendQuote(to, name); err != nil {
			return nil, err
		}
		to = append(to, ':')
		if to, err = appendValue(to, m[name]); err != nil {
			return nil, err
		}
	}
	return append(to, '}'), nil
}

func appendList(to []byte, l []types.AttributeValue) ([]byte, error) {
	var err error
	to = append(to, '[')
	for i, v := range l {
		if i > 0 {
			to = append(to, ',')
		}
		if to, err = appendValue(to, v); err != nil {
			return nil, err
		}
	}
	return append(to, ']'), nil
}

func appendValue(to []byte, v types.AttributeValue) ([]byte, error) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return jsontext.AppendQuote(to, v.Value)
	case *types.AttributeValueMemberBOOL:
		return strconv.AppendBool(to, v.Value), nil
	case *types.AttributeValueMemberN:
		n, err := strconv.ParseInt(v.Value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
		return strconv.AppendInt(to, n, 10), nil
	case *types.AttributeValueMemberL:
		return appendList(to, v.Value)
	case *types.AttributeValueMemberM:
		return appendMap(to, v.Value)
	}
	return nil, fmt.Errorf("body: %T is not what was stored", v)
}
