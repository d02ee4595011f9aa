package faultproxy

import (
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"milepost/internal/store/dynamo"
	"milepost/internal/store/dynamo/dynamotest"
)

// Open opens a store on a table of its own behind a proxy, with the client and
// the patience of production, and a store on the same table without the proxy.
// The seed decides how retries are spread.
func Open(t testing.TB, seed uint64) (behind, direct *dynamo.Store, p *Proxy) {
	t.Helper()
	o := dynamotest.Options(t)
	direct, err := dynamo.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	p = Start(t, os.Getenv(dynamotest.Env))
	chance := &jitter{from: rand.New(rand.NewPCG(seed, 4))}
	behind, err = dynamo.Open(t.Context(), dynamo.Options{Table: o.Table, Jitter: chance.next, Config: o.Config, Endpoint: p.URL()})
	if err != nil {
		t.Fatal(err)
	}
	return behind, direct, p
}

// jitter is chance that several may ask.
type jitter struct {
	mu   sync.Mutex
	from *rand.Rand
}

func (j *jitter) next() float64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.from.Float64()
}
