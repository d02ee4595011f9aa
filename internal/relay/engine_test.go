package relay_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/relay"
	"milepost/internal/tracker/trackertest"
)

// diary is a subscriber that writes down what it takes in, and refuses what it
// is told to.
type diary struct {
	mu      sync.Mutex
	refuse  map[string]int64 // by aggregate: the entry refused
	entries []string
	follows func(string) bool
	falls   bool
}

func (d *diary) Name() string                                  { return "diary" }
func (d *diary) Settle(context.Context, []relay.Touched) error { return nil }
func (d *diary) Follows(id string) bool                        { return d.follows == nil || d.follows(id) }
func (d *diary) note(id string, seq int64) {
	d.entries = append(d.entries, fmt.Sprintf("%s/%d", id, seq))
}
func (d *diary) Handle(_ context.Context, in relay.Delivery) (relay.Effect, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.falls {
		panic("diary")
	}
	for _, e := range in.Entries {
		if d.refuse[in.Aggregate] == e.Seq {
			return relay.Effect{}, fault.New(fault.Internal, "diary.full")
		}
	}
	for _, e := range in.Entries {
		d.note(in.Aggregate, e.Seq)
	}
	return relay.Effect{Memo: fmt.Sprint(in.Entries[len(in.Entries)-1].Seq)}, nil
}

// of lists what was taken in of an aggregate.
func (d *diary) of(id string) []string {
	return slices.DeleteFunc(slices.Clone(d.entries), func(s string) bool { return len(s) < len(id) || s[:len(id)] != id })
}

func withDiary(d *diary, tries int) func(*relay.Options) {
	return func(o *relay.Options) {
		o.Subscribers = append(o.Subscribers, relay.Subscription{Subscriber: d})
		o.Tries = tries
	}
}

func numbered(id string, from, to int) []string {
	var out []string
	for n := from; n <= to; n++ {
		out = append(out, fmt.Sprintf("%s/%d", id, n))
	}
	return out
}

// Each journal is handed in order, every entry once, whoever wakes relay.
func TestEntriesComeInOrder(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	d := &diary{}
	r := everyone(o, s, "one", withDiary(d, 3))
	a := oneAward(o)
	deliver(t, o, r, string(a.ID), "awd_01KJP0Y9M00000000000000000", string(a.ID))
	o.Meet(a.M("M1"))
	for range 3 {
		deliver(t, o, r, string(a.ID))
		scanned(t, o, r)
	}
	if diff := cmp.Diff(numbered(string(a.ID), 1, int(o.HeadNow(string(a.ID)).Seq)), d.of(string(a.ID))); diff != "" {
		t.Errorf("entries of the award (-want +got):\n%s", diff)
	}
	if left := waiting(t, o, s); len(left) > 0 {
		t.Errorf("still in the outbox: %v", left)
	}
}

func oneAward(o *trackertest.Office) trackertest.Active {
	o.T.Helper()
	return o.ActiveAward(
		[]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-04-10")},
		[]award.TrancheDraft{trackertest.Tranche(1, "2026-03-10", "20", "M1"), trackertest.Tranche(2, "2026-04-10", "80", "M1", "M2")})
}

func deliver(t testing.TB, o *trackertest.Office, r *relay.Relay, ids ...string) {
	t.Helper()
	if err := errors.Join(r.Deliver(o.Ctx, ids...)...); err != nil {
		t.Fatalf("deliver: %v", err)
	}
}

// An entry that a subscriber refuses holds its own journal alone, and only for
// that subscriber; a replay takes it up again.
func TestPoisonStallsNobodyElse(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	sick, well := oneAward(o), oneAward(o)
	o.Meet(sick.M("M1"))
	o.Meet(well.M("M1"))
	d := &diary{refuse: map[string]int64{string(sick.ID): 3}}
	r := everyone(o, s, "one", withDiary(d, 3))
	for n := 1; n <= 5; n++ {
		err := r.Scan(o.Ctx)
		if (err != nil) != (n < 3) {
			t.Errorf("scan %d: %v", n, err)
		}
	}
	if diff := cmp.Diff(numbered(string(sick.ID), 1, 2), d.of(string(sick.ID))); diff != "" {
		t.Errorf("of the sick award (-want +got):\n%s", diff)
	}
	if got, want := len(d.of(string(well.ID))), int(o.HeadNow(string(well.ID)).Seq); got != want {
		t.Errorf("of the other award %d entries, want %d", got, want)
	}
	addsUp(t, o, s) // the figures have both
	parked := statusOf(t, o, r, "diary").Parked
	if len(parked) != 1 || parked[0].Aggregate != string(sick.ID) || parked[0].Seq != 3 || parked[0].Code != "diary.full" || parked[0].Tries != 3 {
		t.Errorf("parked %+v", parked)
	}
	if st := statusOf(t, o, r, relay.RollupName); len(st.Parked) != 0 || st.Waiting != 0 {
		t.Errorf("figures: %+v", st)
	}
	if diff := cmp.Diff([]string{string(sick.ID)}, waiting(t, o, s)); diff != "" {
		t.Errorf("outbox (-want +got):\n%s", diff)
	}
	d.refuse = nil
	if err := r.Replay(o.Ctx, "diary", string(sick.ID)); err != nil {
		t.Fatal(err)
	}
	scanned(t, o, r)
	last := numbered(string(sick.ID), 1, int(o.HeadNow(string(sick.ID)).Seq))
	if got := d.of(string(sick.ID)); !slices.Equal(got[2:], last) {
		t.Errorf("after the replay %v", got)
	}
	if left := waiting(t, o, s); len(left) > 0 {
		t.Errorf("still in the outbox: %v", left)
	}
}

func statusOf(t *testing.T, o *trackertest.Office, r *relay.Relay, name string) relay.SubscriberStatus {
	t.Helper()
	all, err := r.Status(o.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Subscriber == name {
			return s
		}
	}
	t.Fatalf("no subscriber %s", name)
	return relay.SubscriberStatus{}
}

// Status tells what waits and since when; an unknown subscriber is refused.
func TestStatus(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	r := everyone(o, s, "one")
	scanned(t, o, r)
	o.Clock.Add(time.Minute)
	oneAward(o)
	o.Clock.Add(time.Hour)
	st := statusOf(t, o, r, relay.RollupName)
	if st.Waiting != 4 || st.Lag != time.Hour || st.Oldest != "2026-03-02T01:01:00.000Z" || st.Through != "2026-03-02T00:59:55.000Z" {
		t.Errorf("%+v", st)
	}
	if err := r.Replay(o.Ctx, "nobody", "x"); fault.CodeOf(err) != "relay.unknownSubscriber" {
		t.Errorf("%v", err)
	}
}

// A subscriber is handed nothing from before its own date.
func TestSubscriberStartsAtItsDate(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	d := &diary{follows: func(id string) bool { return ident.Prefix(id) == ident.PrefixAward }}
	a := oneAward(o)
	o.Clock.Set(trackertest.Day("2026-03-09"))
	o.Submit(a.M("M1"))
	r := everyone(o, s, "one", func(o *relay.Options) {
		o.Subscribers = append(o.Subscribers, relay.Subscription{Subscriber: d, Starts: trackertest.Day("2026-03-09")})
	})
	scanned(t, o, r)
	last := int(o.HeadNow(string(a.ID)).Seq)
	if diff := cmp.Diff(numbered(string(a.ID), last, last), d.entries); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
