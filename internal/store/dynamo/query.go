package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"milepost/internal/store"
)

// Query implements store.Reader.
func (s *Store) Query(ctx context.Context, q store.Query) (store.Page, error) {
	limit, err := store.CheckQuery(q)
	if err != nil {
		return store.Page{}, err
	}
	in := s.queryInput(attrPK, attrSK, q.Partition, q.Range, limit, q.Descending)
	in.ConsistentRead = aws.Bool(true)
	if q.After != nil {
		in.ExclusiveStartKey = encodeKey(*q.After)
	}
	out, err := s.client.Query(ctx, in)
	if err != nil {
		return store.Page{}, readError("query", err)
	}
	s.reportOne("Query", out.ConsumedCapacity)
	return decodePage(out)
}

// QueryIndex implements store.Reader.
func (s *Store) QueryIndex(ctx context.Context, q store.IndexQuery) (store.IndexPage, error) {
	limit, err := store.CheckIndexQuery(q)
	if err != nil {
		return store.IndexPage{}, err
	}
	in := s.queryInput(indexPK(q.Index), indexSK(q.Index), q.Partition, q.Range, limit, q.Descending)
	in.IndexName = aws.String(indexName(q.Index))
	if q.After != nil {
		in.ExclusiveStartKey = encodeEntry(q.Index, *q.After)
	}
	out, err := s.client.Query(ctx, in)
	if err != nil {
		return store.IndexPage{}, readError("query "+indexName(q.Index), err)
	}
	s.reportOne("Query", out.ConsumedCapacity)
	return decodeIndexPage(q.Index, out)
}

// queryInput is a query by the key attributes pk and sk.
func (s *Store) queryInput(pk, sk, partition string, r store.Range, limit int, descending bool) *dynamodb.QueryInput {
	expression, values := keyCondition(pk, sk, partition, r)
	return &dynamodb.QueryInput{
		TableName:                 aws.String(s.table),
		KeyConditionExpression:    aws.String(expression),
		ExpressionAttributeValues: values,
		Limit:                     aws.Int32(int32(limit)),
		ScanIndexForward:          aws.Bool(!descending),
		ReturnConsumedCapacity:    s.measure(),
	}
}

func keyCondition(pk, sk, partition string, r store.Range) (string, attributes) {
	expression, values := pk+" = :p", attributes{":p": text(partition)}
	switch {
	case r.From != "" && r.To != "":
		expression += " AND " + sk + " BETWEEN :f AND :t"
	case r.From != "":
		expression += " AND " + sk + " >= :f"
	case r.To != "":
		expression += " AND " + sk + " <= :t"
	}
	if r.From != "" {
		values[":f"] = text(r.From)
	}
	if r.To != "" {
		values[":t"] = text(r.To)
	}
	return expression, values
}

// decodePage ends the page before store.MaxPageBytes as the port counts them,
// which is a little more than DynamoDB counts.
func decodePage(out *dynamodb.QueryOutput) (store.Page, error) {
	var page store.Page
	size := 0
	for _, a := range out.Items {
		item, err := decodeItem(a)
		if err != nil {
			return store.Page{}, err
		}
		if size += item.Size(); size > store.MaxPageBytes && len(page.Items) > 0 {
			last := page.Items[len(page.Items)-1].Key
			page.Next = &last
			return page, nil
		}
		page.Items = append(page.Items, item)
	}
	if len(out.LastEvaluatedKey) == 0 {
		return page, nil
	}
	next, err := decodeKey(out.LastEvaluatedKey, attrPK, attrSK)
	if err != nil {
		return store.Page{}, err
	}
	page.Next = &next
	return page, nil
}

func decodeIndexPage(index store.Index, out *dynamodb.QueryOutput) (store.IndexPage, error) {
	page := store.IndexPage{Entries: make([]store.Entry, len(out.Items))}
	for n, a := range out.Items {
		var err error
		if page.Entries[n], err = decodeEntry(index, a); err != nil {
			return store.IndexPage{}, err
		}
	}
	if len(out.LastEvaluatedKey) > 0 {
		next, err := decodeEntry(index, out.LastEvaluatedKey)
		if err != nil {
			return store.IndexPage{}, err
		}
		page.Next = &next
	}
	return page, nil
}

func encodeEntry(index store.Index, e store.Entry) attributes {
	a := encodeKey(e.Item)
	a[indexPK(index)] = text(e.At.PK)
	a[indexSK(index)] = text(e.At.SK)
	return a
}

func decodeEntry(index store.Index, a attributes) (store.Entry, error) {
	at, err := decodeKey(a, indexPK(index), indexSK(index))
	if err != nil {
		return store.Entry{}, err
	}
	item, err := decodeKey(a, attrPK, attrSK)
	return store.Entry{At: at, Item: item}, err
}
