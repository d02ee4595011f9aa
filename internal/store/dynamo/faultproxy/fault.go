// Package faultproxy provides a proxy for tests that stands between a client
// of DynamoDB and the emulator, and does to requests what networks and AWS do
// to them and the emulator never does: answers late, lost or cut, failures of
// the service before and after it did what was asked, throttling, conflicts
// between transactions, half an answer. Client and emulator are the real ones.
package faultproxy

import (
	"math/rand/v2"
	"slices"
)

// Fault is what the proxy does to a request.
type Fault int

// The faults. Where one says that a request takes effect, it does what it
// would have done: its condition may fail all the same.
const (
	None          Fault = iota
	Slow                // takes effect after a few milliseconds, and is answered
	Stalled             // takes effect only once the client has given up waiting
	LostBefore          // never arrives; the connection is cut
	LostAfter           // takes effect; the connection is cut without an answer
	CutAnswer           // takes effect; the connection is cut in the middle of the answer
	CrashedBefore       // 500 InternalServerError, without effect
	CrashedAfter        // 500 InternalServerError, with effect
	Throttled           // refused for its rate: the request as a whole, or an item of a transaction
	Conflict            // refused since another transaction holds an item; writes only
	Partial             // some keys of a batch are left out, a page is short; BatchGetItem, Query and Scan only
	faults
)

// Faults are all but None.
func Faults() []Fault {
	var all []Fault
	for f := None + 1; f < faults; f++ {
		all = append(all, f)
	}
	return all
}

// String names the fault for logs.
func (f Fault) String() string {
	names := []string{
		"none", "slow", "stalled", "lost before", "lost after", "cut answer",
		"crashed before", "crashed after", "throttled", "conflict", "partial",
	}
	if f < 0 || int(f) >= len(names) {
		return "unknown fault"
	}
	return names[f]
}

// meets reports whether a request can meet the fault: the others pass.
func (f Fault) meets(operation string) bool {
	switch f {
	case Conflict:
		return slices.Contains([]string{"TransactWriteItems", "PutItem", "DeleteItem", "UpdateItem"}, operation)
	case Partial:
		return slices.Contains([]string{"BatchGetItem", "Query", "Scan"}, operation)
	}
	return true
}

// Schedule says what the next request meets. It is asked once for each, one at
// a time, in the order in which they arrive.
type Schedule func(operation string) Fault

// Rates are the shares of requests that meet each fault; what is left of 1
// passes.
type Rates map[Fault]float64

// Random is a schedule by chance, which the seed decides.
func Random(seed uint64, rates Rates) Schedule {
	chance := rand.New(rand.NewPCG(seed, 3))
	return func(string) Fault {
		roll := chance.Float64()
		for _, f := range Faults() {
			if roll -= rates[f]; roll < 0 {
				return f
			}
		}
		return None
	}
}

// InTurn is a schedule of one fault after the other, and then none.
func InTurn(all ...Fault) Schedule {
	n := 0
	return func(string) Fault {
		if n >= len(all) {
			return None
		}
		n++
		return all[n-1]
	}
}
