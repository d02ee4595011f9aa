package relay_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"milepost/internal/award"
	"milepost/internal/relay"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// dying is a store that fails for good at its n-th transaction, before or
// after it took place.
type dying struct {
	store.Store
	mu    sync.Mutex
	left  int
	after bool
}

var errDead = errors.New("the process is gone")

func (d *dying) Transact(ctx context.Context, token string, ops ...store.Op) error {
	d.mu.Lock()
	d.left--
	left := d.left
	d.mu.Unlock()
	if left > 0 || left == 0 && d.after {
		if err := d.Store.Transact(ctx, token, ops...); err != nil || left > 0 {
			return err
		}
	}
	return errDead
}

// Wherever a relay is killed, the next one leaves what one alone would have.
func TestKilledAnywhere(t *testing.T) {
	for _, after := range []bool{false, true} {
		for _, n := range []int{1, 2, 3, 5, 8, 13, 21, 34} {
			s := trackertest.Memory(t)
			o := trackertest.New(t, s, outboxed())
			scanned(t, o, everyone(o, s, "before"))
			a := oneAward(o)
			o.Meet(a.M("M1"))
			o.Clock.Set(trackertest.Day("2026-04-20"))
			sweep(t, o)
			killed := &dying{Store: s, left: n, after: after}
			err := everyone(o, killed, "killed", func(r *relay.Options) { r.Workers = 1 }).Scan(o.Ctx)
			o.Clock.Add(time.Minute)
			scanned(t, o, everyone(o, s, "next"))
			addsUp(t, o, s)
			if left := waiting(t, o, s); len(left) > 0 {
				t.Errorf("killed at %d: still in the outbox: %v", n, left)
			}
			if got := len(noticesIn(t, o, s)); got != 2 {
				t.Errorf("killed at %d: %d notices, want 2", n, got)
			}
			if err == nil { // it was done before
				break
			}
		}
	}
}

// An entry that nobody can read, or at which a subscriber falls over, is
// parked like one that is refused.
func TestUnreadableEntryIsParked(t *testing.T) {
	s := trackertest.Memory(t)
	o := trackertest.New(t, s, outboxed())
	sick, well := oneAward(o), oneAward(o)
	o.Meet(well.M("M1"))
	items, err := s.Get(o.Ctx, schema.JournalKey(string(sick.ID), 2))
	if err != nil {
		t.Fatal(err)
	}
	broken := *items[0]
	broken.Body, broken.Version = []byte(`{"type":"journal","v":1,"is":{"text":"{}","hash":""}}`), 2
	if err := s.Transact(o.Ctx, "break", store.PutOp(broken, store.VersionIs(1))); err != nil {
		t.Fatal(err)
	}
	falls := &diary{follows: func(id string) bool { return id == string(well.ID) }, falls: true}
	r := everyone(o, s, "one", withDiary(falls, 2))
	for n := 1; n <= 3; n++ {
		if err := r.Scan(o.Ctx); (err != nil) != (n < 2) {
			t.Errorf("scan %d: %v", n, err)
		}
	}
	for _, name := range []string{relay.RollupName, relay.NoticesName, relay.AnchorName} {
		parked := statusOf(t, o, r, name).Parked
		if len(parked) != 1 || parked[0].Aggregate != string(sick.ID) || parked[0].Seq != 2 || parked[0].Code != "item.unreadable" {
			t.Errorf("%s: %+v", name, parked)
		}
	}
	if parked := statusOf(t, o, r, "diary").Parked; len(parked) != 1 || parked[0].Aggregate != string(well.ID) {
		t.Errorf("%+v", parked)
	}
	v, err := o.Tracker.Portfolio(o.Ctx, o.Call(trackertest.Manager), tracker.PortfolioQuery{})
	if err != nil || v.Missing != 1 || v.Awards[award.Active] != 2 { // the award is read as it stands
		t.Errorf("%+v, %v", v, err)
	}
}
