// Package storetest provides the conformance suite of package store, which
// every adapter runs, and decorators that make a good store behave as badly as
// the port allows: Stale, Torn, Flaky and Hook.
package storetest

import (
	"testing"

	"milepost/internal/store"
)

// Run holds an adapter to the promises of package store. Open returns an empty
// store, closed by a cleanup of its test; it is called once for each subtest.
// Indexes may lag, by time or by transactions; transactions may answer
// ErrContended and ErrUnknownOutcome some times in a row. If the store is a
// store.Walker, Walk is held to its promises too.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			c.run(&fixture{T: t, Store: open(t)})
		})
	}
}

type testCase struct {
	name string
	run  func(*fixture)
}

func cases() []testCase {
	var all []testCase
	for _, group := range [][]testCase{
		getCases(), queryCases(), indexCases(), transactCases(), conditionCases(),
		tokenCases(), raceCases(), bodyCases(), refusalCases(), walkCases(),
	} {
		all = append(all, group...)
	}
	return all
}
