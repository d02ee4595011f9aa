package tracker_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"milepost/internal/fault"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// Whoever loses every race waits within windows that double, no two alike, and
// gives up while the caller still waits for the answer.
func TestWaitsAfterLostRacesAreBounded(t *testing.T) {
	const longest = 800 * time.Millisecond
	var waits []time.Duration
	var passed atomic.Int64
	held := ""
	s := trackertest.Memory(t)
	o := trackertest.New(t, refusing{s, s.(store.Walker), &held}, trackertest.With(func(o *tracker.Options) {
		still := o.Now
		o.Now = func() time.Time { return still().Add(time.Duration(passed.Add(1_234_567))) } // each look takes 1.2 ms
		o.Sleep = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	}))
	a := gated(o)
	call := o.Call(trackertest.Operator)
	held = string(a.ID)
	if _, err := o.Tracker.StartMilestone(o.Ctx, call, a.M("M1")); fault.CodeOf(err) != "store.contended" {
		t.Fatalf("start = %v, want store.contended", err)
	}
	var all time.Duration
	seen := map[time.Duration]bool{}
	for n, wait := range waits {
		window := min(10*time.Millisecond<<n, longest)
		if wait < window/8 || wait > window || seen[wait] {
			t.Errorf("wait %d is %s, want one of its own within %s and %s", n, wait, window/8, window)
		}
		seen[wait] = true
		all += wait
	}
	if len(waits) != 9 || all > 5*time.Second {
		t.Errorf("%d waits of %s in all, want 9 within 5 s", len(waits), all)
	}
}
