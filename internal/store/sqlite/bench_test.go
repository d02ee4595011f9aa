package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"milepost/internal/store"
	"milepost/internal/store/sqlite"
)

// BenchmarkTransact is a command of four items, the commonest of the product.
// "batched" has 16 writers who share commits; "one each" has the same work done
// by 16 writers who take turns, so that every command is a commit of its own.
func BenchmarkTransact(b *testing.B) {
	for _, alone := range []bool{false, true} {
		name := "batched"
		if alone {
			name = "one each"
		}
		b.Run(name, func(b *testing.B) {
			s := open(b, inFile(b))
			var next atomic.Int64
			var turn sync.Mutex
			var wg sync.WaitGroup
			b.ResetTimer()
			for range 16 {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						if alone {
							turn.Lock()
						}
						err := s.Transact(context.Background(), fmt.Sprint("t", n), command(n)...)
						if alone {
							turn.Unlock()
						}
						if err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			got := s.Stats()
			b.ReportMetric(float64(got.Commits)/float64(got.Transactions), "commits/txn")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "txn/s")
		})
	}
}

func command(n int64) []store.Op {
	var ops []store.Op
	for _, sk := range []string{"0", "2#mst", "7#000001", "r"} {
		ops = append(ops, store.PutOp(milestone(n, sk), store.Absent))
	}
	return ops
}

// milestone is an item of about 600 bytes; those of sort key 2#… come due.
func milestone(n int64, sk string) store.Item {
	i := store.Item{Key: store.Key{PK: fmt.Sprintf("awd_%09d", n), SK: sk}, Version: 1}
	i.Body = fmt.Appendf(nil, `{"name":"milestone %d","text":"%0500d"}`, n, n)
	if sk[0] == '2' {
		at := fmt.Sprintf("2026-%02d-%02d#%s", n%12+1, n%28+1, i.PK)
		i.Index[store.Work] = store.Key{PK: fmt.Sprintf("att#%02d", n%16), SK: at}
		i.Index[store.Scope] = store.Key{PK: fmt.Sprintf("W#owner#plt_%d", n%50), SK: at}
		i.Index[store.Program] = store.Key{PK: fmt.Sprintf("W#owner#prg_%d", n%5), SK: at}
	}
	return i
}

// BenchmarkFirstPage reads the first 50 entries of an index partition and the
// items they lead to. MILEPOST_BENCH_ITEMS sets how many items there are; the
// time should not depend on it.
func BenchmarkFirstPage(b *testing.B) {
	items := int64(10_000)
	if text := os.Getenv("MILEPOST_BENCH_ITEMS"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		items = n
	}
	s := load(b, items)
	b.Run(fmt.Sprintf("items=%d", items), func(b *testing.B) {
		for b.Loop() {
			page, err := s.QueryIndex(context.Background(), store.IndexQuery{
				Index: store.Program, Partition: "W#owner#prg_3", Range: store.Range{To: "2026-04-01"}, Limit: 50,
			})
			if err != nil || len(page.Entries) != 50 {
				b.Fatalf("QueryIndex = %d entries, %v, want 50, nil", len(page.Entries), err)
			}
			keys := make([]store.Key, len(page.Entries))
			for n, e := range page.Entries {
				keys[n] = e.Item
			}
			if _, err := s.Get(context.Background(), keys...); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func load(b *testing.B, items int64) *sqlite.Store {
	o := inFile(b)
	o.Synchronous = "OFF" // the load is not what is measured
	s := open(b, o)
	var wg sync.WaitGroup
	var next atomic.Int64
	for range 16 {
		wg.Go(func() {
			for from := next.Add(100) - 100; from < items; from = next.Add(100) - 100 {
				var ops []store.Op
				for n := from; n < min(from+100, items); n++ {
					ops = append(ops, store.PutOp(milestone(n, "2#mst"), store.Absent))
				}
				if err := s.Transact(context.Background(), fmt.Sprint("load", from), ops...); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return s
}
