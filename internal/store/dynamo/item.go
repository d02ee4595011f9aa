package dynamo

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"milepost/internal/store"
)

// The attributes of an item. Index attributes are named by indexPK and indexSK.
const (
	attrPK      = "pk"
	attrSK      = "sk"
	attrVersion = "v"
	attrExpires = "ttl"
	attrBody    = "b"
	attrToken   = "t" // of a put that stands alone; see put
)

// attributes is an item as DynamoDB sees it.
type attributes = map[string]types.AttributeValue

func indexName(i store.Index) string { return "ix" + strconv.Itoa(int(i)+1) }

func indexPK(i store.Index) string { return "x" + strconv.Itoa(int(i)+1) + "pk" }

func indexSK(i store.Index) string { return "x" + strconv.Itoa(int(i)+1) + "sk" }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func encodeKey(k store.Key) attributes {
	return attributes{attrPK: text(k.PK), attrSK: text(k.SK)}
}

func encodeItem(i store.Item) (attributes, error) {
	body, err := encodeBody(i.Body)
	if err != nil {
		return nil, fmt.Errorf("dynamo: %s: %w", i.Key, err)
	}
	a := encodeKey(i.Key)
	a[attrVersion] = number(i.Version)
	a[attrBody] = body
	if i.Expires != 0 {
		a[attrExpires] = number(i.Expires)
	}
	for n, e := range i.Index {
		if e != (store.Key{}) {
			a[indexPK(store.Index(n))] = text(e.PK)
			a[indexSK(store.Index(n))] = text(e.SK)
		}
	}
	return a, nil
}

func decodeItem(a attributes) (store.Item, error) {
	var i store.Item
	var err error
	if i.Key, err = decodeKey(a, attrPK, attrSK); err != nil {
		return store.Item{}, err
	}
	wrap := func(err error) error { return fmt.Errorf("dynamo: %s: %w", i.Key, err) }
	if i.Version, err = integer(a, attrVersion); err != nil {
		return store.Item{}, wrap(err)
	}
	if _, ok := a[attrExpires]; ok {
		if i.Expires, err = integer(a, attrExpires); err != nil {
			return store.Item{}, wrap(err)
		}
	}
	for n := range store.Indexes {
		if _, ok := a[indexPK(n)]; !ok {
			continue
		}
		if i.Index[n], err = decodeKey(a, indexPK(n), indexSK(n)); err != nil {
			return store.Item{}, wrap(err)
		}
	}
	if i.Body, err = decodeBody(a[attrBody]); err != nil {
		return store.Item{}, wrap(err)
	}
	return i, nil
}

// decodeCurrent decodes the item that a failed condition met, nil for none.
func decodeCurrent(a attributes) (*store.Item, error) {
	if len(a) == 0 {
		return nil, nil
	}
	i, err := decodeItem(a)
	if err != nil {
		return nil, err
	}
	return &i, nil
}

func decodeKey(a attributes, pk, sk string) (store.Key, error) {
	p, pok := a[pk].(*types.AttributeValueMemberS)
	s, sok := a[sk].(*types.AttributeValueMemberS)
	if !pok || !sok {
		return store.Key{}, fmt.Errorf("dynamo: attributes %s and %s are not both strings", pk, sk)
	}
	return store.Key{PK: p.Value, SK: s.Value}, nil
}

func integer(a attributes, name string) (int64, error) {
	n, ok := a[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0, fmt.Errorf("attribute %s is no number", name)
	}
	v, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("attribute %s: %w", name, err)
	}
	return v, nil
}
