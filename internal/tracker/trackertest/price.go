package trackertest

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"

	"milepost/internal/store"
	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
)

// List prices of on-demand tables in us-east-1, in US dollars for a million
// request units, as published since November 2024. They differ by region.
const (
	WritePrice = 0.625
	ReadPrice  = 0.125
)

// Units are what something consumed of DynamoDB: request units of the table and
// of its indexes.
type Units struct {
	WriteTable, WriteIndex int64
	Read                   float64
}

// Dollars is what a thousand of it cost by list price.
func (u Units) Dollars() float64 {
	return (float64(u.WriteTable+u.WriteIndex)*WritePrice + u.Read*ReadPrice) / 1000
}

// Report reports the units as metrics of a benchmark.
func (u Units) Report(b *testing.B) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(u.WriteTable), "WU-table")
	b.ReportMetric(float64(u.WriteIndex), "WU-index")
	b.ReportMetric(u.Read, "RU")
	b.ReportMetric(u.Dollars(), "USD/1000")
}

// Priced is a table on DynamoDB Local that adds up what is consumed. Reads are
// what the emulator reports. Writes are computed, because it counts
// transactions wrongly: for each KB of an item two units in a transaction,
// checks included, and one where an item is written alone; and one for every
// index entry that is taken away and every one that is added.
type Priced struct {
	store.Store
	unpriced           store.Reader // of the same table, for Priced's own reads
	table, index, read atomic.Int64 // read in half units

	mu         sync.Mutex
	requests   map[string]int   // by operation
	partitions map[string]int64 // write units, by partition of the table or of an index
}

// NewPriced returns a priced table of its own. dynamotest.Available has to be
// asked first.
func NewPriced(t testing.TB) *Priced {
	t.Helper()
	p := &Priced{requests: map[string]int{}, partitions: map[string]int64{}}
	options := dynamotest.Options(t)
	var err error
	if p.unpriced, err = dynamo.Open(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	options.OnConsumed = func(c dynamo.Consumed) {
		p.mu.Lock()
		p.requests[c.Operation]++
		p.mu.Unlock()
		switch c.Operation {
		case "GetItem", "BatchGetItem", "Query":
			p.read.Add(int64(2 * (c.Table + c.Index)))
		}
	}
	if p.Store, err = dynamo.Open(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	return p
}

// Reset returns what was consumed since the last time.
func (p *Priced) Reset() Units {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.requests)
	clear(p.partitions)
	return Units{WriteTable: p.table.Swap(0), WriteIndex: p.index.Swap(0), Read: float64(p.read.Swap(0)) / 2}
}

// Requests are how often each operation was asked since Reset.
func (p *Priced) Requests() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.requests)
}

// Hottest is the partition, of the table or of an index, that most units were
// written to since Reset.
func (p *Priced) Hottest() (partition string, units int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, n := range p.partitions {
		if n > units || n == units && name < partition {
			partition, units = name, n
		}
	}
	return partition, units
}

// Transact implements store.Store. Several at a time are priced right where
// they write other items.
func (p *Priced) Transact(ctx context.Context, token string, ops ...store.Op) error {
	keys := make([]store.Key, len(ops))
	for n, op := range ops {
		keys[n] = op.Item.Key
	}
	before, err := p.unpriced.Get(ctx, keys...)
	if err != nil {
		return err
	}
	if err := p.Store.Transact(ctx, token, ops...); err != nil {
		return err
	}
	perKB := int64(2)
	if len(ops) == 1 {
		perKB = 1
	}
	for n, op := range ops {
		if len(ops) > 1 || op.Verb != store.Check { // alone it is a read
			p.price(perKB, before[n], op)
		}
	}
	return nil
}

func (p *Priced) price(perKB int64, before *store.Item, op store.Op) {
	was, is := store.Item{}, op.Item
	if before != nil {
		was = *before
	}
	if op.Verb != store.Put {
		is = store.Item{Key: op.Item.Key}
	}
	p.charge(&p.table, "table "+op.Item.PK, perKB*kilobytes(max(was.Size(), is.Size())))
	for i := range was.Index {
		if op.Verb == store.Check || was.Index[i] == is.Index[i] {
			continue
		}
		for _, entry := range []store.Key{was.Index[i], is.Index[i]} {
			if entry != (store.Key{}) {
				p.charge(&p.index, fmt.Sprintf("index %d %s", i+1, entry.PK), 1)
			}
		}
	}
}

func (p *Priced) charge(to *atomic.Int64, partition string, units int64) {
	to.Add(units)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.partitions[partition] += units
}

func kilobytes(bytes int) int64 { return int64(bytes+1023) / 1024 }
