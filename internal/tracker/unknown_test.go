package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"milepost/internal/fault"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// answering answers the asks of transactions as told, one after the other, and the
// next read after them; then it passes everything on.
type answering struct {
	store.Store
	store.Walker
	asks []ask
	read error // of the first Get after the asks
}

// ask is what becomes of one ask: whether it arrives, and what is answered.
type ask struct {
	arrives bool
	err     error
}

func (a *answering) Transact(ctx context.Context, token string, ops ...store.Op) error {
	if len(a.asks) == 0 {
		return a.Store.Transact(ctx, token, ops...)
	}
	now := a.asks[0]
	a.asks = a.asks[1:]
	if now.arrives {
		if err := a.Store.Transact(ctx, token, ops...); err != nil {
			return err
		}
	}
	return now.err
}

func (a *answering) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	if err := a.read; err != nil && len(a.asks) == 0 {
		a.read = nil
		return nil, err
	}
	return a.Store.Get(ctx, keys...)
}

// A command without a key is decided again only where it is known that the
// first ask wrote nothing: a forecast would be journaled twice.
func TestACommandIsNotDecidedAgainWhileItsOutcomeIsUnknown(t *testing.T) {
	unknown, unread := store.ErrUnknownOutcome, fmt.Errorf("a read: %w", store.ErrUnavailable)
	for _, c := range []struct {
		name string
		asks []ask
		read error
		code string // "" for done
		want int    // entries journaled
	}{
		{"lost, then others hold it, and nothing can be read", []ask{{true, unknown}, {false, store.ErrContended}, {false, store.ErrContended}, {false, store.ErrContended}}, unread, "store.unknownOutcome", 1},
		{"lost, then out of reach, and nothing can be read", []ask{{true, unknown}, {false, store.ErrUnavailable}, {false, store.ErrUnavailable}, {false, store.ErrUnavailable}}, unread, "store.unknownOutcome", 1},
		{"lost, then others hold it once, and a read fails", []ask{{true, unknown}, {false, store.ErrContended}}, unread, "", 1},
		{"lost, then others hold it, and the journal tells", []ask{{true, unknown}, {false, store.ErrContended}, {false, store.ErrContended}, {false, store.ErrContended}}, nil, "", 1},
		{"never arrived, then others hold it", []ask{{false, unknown}, {false, store.ErrContended}}, nil, "", 1},
		{"never arrived, others hold it to the end", []ask{{false, unknown}, {false, store.ErrContended}, {false, store.ErrContended}, {false, store.ErrContended}}, nil, "store.unknownOutcome", 0},
		{"lost, then out of reach, then there", []ask{{true, unknown}, {false, store.ErrUnavailable}}, nil, "", 1},
		{"out of reach", []ask{{false, store.ErrUnavailable}}, nil, "store.unavailable", 0},
		{"others hold it", []ask{{false, store.ErrContended}}, nil, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := trackertest.Memory(t)
			a := &answering{Store: s, Walker: s.(store.Walker)}
			o := trackertest.New(t, a)
			award := gated(o)
			if _, err := o.Tracker.StartMilestone(o.Ctx, o.Call(trackertest.Operator), award.M("M1")); err != nil {
				t.Fatal(err)
			}
			call := o.Call(trackertest.Operator)
			a.asks, a.read = c.asks, c.read
			_, err := o.Tracker.ForecastMilestone(o.Ctx, call, award.M("M1"), tracker.Forecast{ForecastOn: o.Today().AddDays(9)})
			a.asks, a.read = nil, nil
			if code := codeOr(err); code != c.code || err != nil && fault.KindOf(err) != fault.Busy {
				t.Errorf("forecast = %v, want %q", err, c.code)
			}
			if n := countEvents(t, o, award.ID, "milestone.forecast"); n != c.want {
				t.Errorf("%d forecasts are journaled, want %d", n, c.want)
			}
			if got := verified(t, o).Wrong; got != nil {
				t.Error(got)
			}
		})
	}
}

func TestAStoreOutOfReachIsNoFaultOfOurs(t *testing.T) {
	s := trackertest.Memory(t)
	a := &answering{Store: s, Walker: s.(store.Walker)}
	o := trackertest.New(t, a)
	award := gated(o)
	call := o.Call(trackertest.Operator)
	a.read = fmt.Errorf("a read: %w", store.ErrUnavailable)
	_, err := o.Tracker.StartMilestone(o.Ctx, call, award.M("M1"))
	if want := fault.New(fault.Busy, "store.unavailable"); !errors.Is(err, want) {
		t.Errorf("start = %v, want %v", err, want)
	}
}

// codeOr is the code of a fault, "" for none.
func codeOr(err error) string {
	if err == nil {
		return ""
	}
	return fault.CodeOf(err)
}
