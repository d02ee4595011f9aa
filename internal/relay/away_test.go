package relay_test

import (
	"context"
	"fmt"
	"testing"

	"milepost/internal/relay"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// away is a store that cannot be reached for a while: for reading, or for
// writing.
type away struct {
	store.Store
	reads, writes bool
}

func outage() error { return fmt.Errorf("a store: %w", store.ErrUnavailable) }

func (a *away) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	if a.reads {
		return nil, outage()
	}
	return a.Store.Get(ctx, keys...)
}

func (a *away) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if a.reads {
		return store.Page{}, outage()
	}
	return a.Store.Query(ctx, q)
}

func (a *away) Transact(ctx context.Context, token string, ops ...store.Op) error {
	if a.writes {
		return outage()
	}
	return a.Store.Transact(ctx, token, ops...)
}

// A store that is out of reach says nothing about an entry: nobody refuses it,
// however long that lasts, and it has its effect once the store is back.
func TestAnOutageRefusesNothing(t *testing.T) {
	for name, change := range map[string]func(*away){
		"reading": func(a *away) { a.reads = true },
		"writing": func(a *away) { a.writes = true },
	} {
		t.Run(name, func(t *testing.T) {
			s := trackertest.Memory(t)
			o := trackertest.New(t, s, outboxed())
			a := oneAward(o)
			o.Meet(a.M("M1"))
			link := &away{Store: s}
			// The relay itself reaches its store; what its subscriber reads or,
			// where writing fails, what it writes does not get through.
			engine := s
			if name == "writing" {
				engine = link
			}
			r := relay.New(relay.Options{
				Store: engine, Now: o.Clock.Now, Entropy: trackertest.NewEntropy("relay"), Sleep: noSleep, Tries: 2,
				Subscribers: []relay.Subscription{{Subscriber: rollups(o, link, "one")}},
			})
			change(link)
			for range 4 {
				if err := r.Deliver(o.Ctx, string(a.ID))[0]; err == nil {
					t.Error("a delivery without the store went well")
				}
			}
			link.reads, link.writes = false, false
			if st := statusOf(t, o, r, relay.RollupName); len(st.Parked) != 0 || st.Waiting == 0 {
				t.Errorf("after the outage %+v, want nothing parked and everything waiting", st)
			}
			scanned(t, o, r)
			addsUp(t, o, s)
		})
	}
}
