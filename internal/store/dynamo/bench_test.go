package dynamo_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"milepost/internal/store"
	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
)

// meter adds up what the calls of a benchmark cost.
type meter struct{ table, index float64 }

// benchmark runs op on a table of its own and reports its capacity units, which
// the emulator counts as AWS does for all but transactions.
func benchmark(b *testing.B, op func(s store.Store, n int) error) {
	if !dynamotest.Available() {
		dynamotest.Missing(b, b.Name())
		return
	}
	var m meter
	o := dynamotest.Options(b)
	o.OnConsumed = func(c dynamo.Consumed) { m.table, m.index = m.table+c.Table, m.index+c.Index }
	s, err := dynamo.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	for n := range 100 {
		if err := s.Transact(b.Context(), rand.Text(), store.PutOp(milestone(n, 1), store.Anything)); err != nil {
			b.Fatal(err)
		}
	}
	m = meter{}
	n := 0
	for b.Loop() {
		if err := op(s, n); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(m.table/float64(n), "table-units/op")
	b.ReportMetric(m.index/float64(n), "index-units/op")
}

// milestone is an item like a milestone: 700 bytes, in all three indexes.
func milestone(n int, version int64) store.Item {
	i := numbered("award", fmt.Sprintf("2#%06d", n%100), version)
	i.Body = fmt.Appendf(nil, `{"title":"%s","state":"planned","amount":1200000}`, strings.Repeat("x", 500))
	for index := range store.Indexes {
		i.Index[index] = store.Key{PK: fmt.Sprintf("index %d", index), SK: i.SK}
	}
	return i
}

func BenchmarkPutNew(b *testing.B) {
	benchmark(b, func(s store.Store, n int) error {
		i := milestone(n, 1)
		i.SK = fmt.Sprintf("9#%d", n)
		return s.Transact(b.Context(), rand.Text(), store.PutOp(i, store.Absent))
	})
}

func BenchmarkPutBody(b *testing.B) {
	benchmark(b, func(s store.Store, n int) error {
		version := int64(n/100) + 1
		return s.Transact(b.Context(), rand.Text(), store.PutOp(milestone(n, version+1), store.VersionIs(version)))
	})
}

func BenchmarkTransactFour(b *testing.B) {
	benchmark(b, func(s store.Store, n int) error {
		var ops []store.Op
		for k := range 4 {
			ops = append(ops, store.PutOp(milestone(4*n+k, 2), store.Anything))
		}
		return s.Transact(b.Context(), rand.Text(), ops...)
	})
}

func BenchmarkGetOne(b *testing.B) {
	benchmark(b, func(s store.Store, n int) error {
		_, err := s.Get(b.Context(), milestone(n, 1).Key)
		return err
	})
}

func BenchmarkGetTen(b *testing.B) {
	benchmark(b, func(s store.Store, n int) error {
		var keys []store.Key
		for k := range 10 {
			keys = append(keys, milestone(n+k, 1).Key)
		}
		_, err := s.Get(b.Context(), keys...)
		return err
	})
}

func BenchmarkQueryFifty(b *testing.B) {
	benchmark(b, func(s store.Store, _ int) error {
		_, err := s.Query(b.Context(), store.Query{Partition: "award", Limit: 50})
		return err
	})
}

func BenchmarkQueryIndexFifty(b *testing.B) {
	benchmark(b, func(s store.Store, _ int) error {
		_, err := s.QueryIndex(b.Context(), store.IndexQuery{Index: store.Scope, Partition: "index 1", Limit: 50})
		return err
	})
}
