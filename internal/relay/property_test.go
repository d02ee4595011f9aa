package relay_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"milepost/internal/relay"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/store/storetest"
	"milepost/internal/tracker/trackertest"
)

// Whatever an office does, and however relay is woken meanwhile (late, twice,
// in any order, for nothing, replayed from the start, by two at once, its
// answers lost), every sum is that of its parts.
func TestSumsAreThoseOfTheirParts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := trackertest.Memory(t)
		o := trackertest.New(t, s, outboxed()).For(rt)
		b := &busy{Office: o, rt: rt}
		shaky := storetest.Flaky(s, rapid.Uint64().Draw(rt, "seed"), 3)
		relays := []*relay.Relay{everyone(o, s, "one"), everyone(o, shaky, "two")}
		b.newAward()
		for range rapid.IntRange(5, 40).Draw(rt, "acts") {
			b.act()
			if rapid.IntRange(0, 3).Draw(rt, "wake") > 0 {
				continue
			}
			wake(b, relays[rapid.IntRange(0, 1).Draw(rt, "relay")])
		}
		scanned(rt, o, relays[0])
		addsUp(rt, o, s)
		if left := waiting(rt, o, s); len(left) > 0 {
			rt.Fatalf("still in the outbox: %v", left)
		}
		rebuilt(rt, o, s, relays[0])
	})
}

// wake has a relay deliver some aggregates, some of them twice.
func wake(b *busy, r *relay.Relay) {
	known := waiting(b.rt, b.Office, b.Store)
	for _, a := range b.active {
		known = append(known, string(a.ID))
	}
	if len(known) == 0 {
		return
	}
	some := rapid.SliceOfN(rapid.SampledFrom(known), 1, 6).Draw(b.rt, "woken")
	for i, err := range r.Deliver(b.Ctx, some...) {
		if err != nil {
			b.rt.Fatalf("deliver %s: %v", some[i], err)
		}
	}
	if rapid.IntRange(0, 4).Draw(b.rt, "replay") == 0 {
		if err := r.Replay(b.Ctx, relay.RollupName, some[0]); err != nil {
			b.rt.Fatalf("replay: %v", err)
		}
	}
}

// rebuilt removes all figures and makes them again from the journals.
func rebuilt(t trackertest.T, o *trackertest.Office, s store.Store, r *relay.Relay) {
	t.Helper()
	sums := func(item store.Item) bool { return schema.IsSummary(item.Key) || schema.IsSum(item.Key) }
	for i, item := range itemsOf(t, o, s, sums) {
		if i%2 == 0 {
			if err := s.Transact(o.Ctx, fmt.Sprintf("gone-%d", i), store.DeleteOp(item.Key, store.Anything)); err != nil {
				t.Fatalf("delete: %v", err)
			}
		}
	}
	if _, err := r.Rebuild(o.Ctx, relay.RollupName); err != nil {
		t.Fatalf("rebuild: %v", err)
	}
	addsUp(t, o, s)
}
