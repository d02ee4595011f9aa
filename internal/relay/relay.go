// Package relay provides what follows from the journal: it hands the entries
// of each aggregate, in order, to subscribers, and records the effect of an
// entry together with the subscriber's position, so that every entry has its
// effect once. What wakes it, a stream record or a commit next door, is only a
// hint; the outbox knows what was not delivered.
package relay

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"time"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/store"
)

// Entry is a journal entry as a subscriber gets it.
type Entry struct {
	journal.Entry
	Hash      string          // of its text
	Programme ident.Programme // in whose journal it stands; may be empty
}

// Delivery is what a subscriber has to take in: entries of one aggregate that
// follow each other, at least one.
type Delivery struct {
	Aggregate string
	Entries   []Entry
	Memo      string // what the subscriber noted with its position
}

// Effect is what follows from a delivery. Its operations are written in one
// transaction with the position. An effect of more than maxEffect operations
// is written in several, the position with the last: its operations must then
// leave the same when they are made again.
type Effect struct {
	Ops  []store.Op
	Memo string // in place of the one before
	// Settle asks for Settle once it is written.
	Settle bool
}

// Touched is an aggregate of which something was delivered.
type Touched struct{ Aggregate, Memo string }

// Subscriber makes something of the journal. It may be asked for the same
// entries again, where an earlier answer was lost or came too late.
type Subscriber interface {
	// Name is part of stored keys.
	Name() string
	// Follows reports whether it takes in the journal of an aggregate.
	Follows(aggregate string) bool
	// Handle answers what follows from entries. An error that is not about the
	// store refuses the first of them.
	Handle(ctx context.Context, d Delivery) (Effect, error)
	// Settle brings up to date what rests on several aggregates, after their
	// effects are recorded and before their entries leave the outbox. It may
	// be asked again for what it has done.
	Settle(ctx context.Context, touched []Touched) error
}

// Clocked is a subscriber that does something as time goes by.
type Clocked interface {
	// Through says that it has had every entry recorded before an instant.
	Through(ctx context.Context, at time.Time) error
}

// Subscription is a subscriber with the first business date whose entries it
// is handed; a zero date means all.
type Subscription struct {
	Subscriber
	Starts civil.Date
}

// Subscriptions are those of the product: figures, notices and anchors.
func Subscriptions(s store.Store, now func() time.Time, entropy io.Reader) []Subscription {
	return []Subscription{
		{Subscriber: NewRollup(RollupOptions{Store: s, Now: now, Entropy: entropy})},
		{Subscriber: NewNotices(s)},
		{Subscriber: NewAnchor(s, now, entropy, nil)},
	}
}

// Options are what a Relay stands on.
type Options struct {
	Store       store.Store // a Rebuild needs one that walks
	Subscribers []Subscription
	Now         func() time.Time
	Entropy     io.Reader
	Logger      *slog.Logger
	// Sleep waits between attempts; nil waits in real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Workers is how many aggregates are delivered at a time; 0 means 16.
	Workers int
	// Every is how often Run looks for what no wake-up told of; 0 means 5 s.
	Every time.Duration
	// Lag is how late an index may be: Through stays so far behind; 0 means 5 s.
	Lag time.Duration
	// Tries is how often an entry may be refused before its aggregate is
	// parked for that subscriber; 0 means 5.
	Tries int
}

// Relay delivers. It is safe for concurrent use, and several relays may work on
// one store.
type Relay struct {
	writer
	subs    []Subscription
	log     *slog.Logger
	workers int
	every   time.Duration
	lag     time.Duration
	tries   int
}

const (
	defaultWorkers = 16
	defaultEvery   = 5 * time.Second
	defaultLag     = 5 * time.Second
	defaultTries   = 5
	// attempts is how often what lost a race is done again.
	attempts = 8
	// asks is how often one transaction is sent that collides, or whose outcome
	// is unknown.
	asks = 4
	// backOff is the wait after the first lost race; it doubles.
	backOff = 5 * time.Millisecond
)

// New returns a relay.
func New(o Options) *Relay {
	r := &Relay{
		writer: newWriter(o.Store, o.Now, o.Entropy, o.Sleep), subs: o.Subscribers, log: o.Logger,
		workers: orDefault(o.Workers, defaultWorkers), every: orDefault(o.Every, defaultEvery),
		lag: orDefault(o.Lag, defaultLag), tries: orDefault(o.Tries, defaultTries),
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	return r
}

func orDefault[T comparable](v, otherwise T) T {
	var none T
	if v == none {
		return otherwise
	}
	return v
}

// writer writes transactions.
type writer struct {
	store store.Store
	now   func() time.Time
	ids   *ident.Source
	sleep func(context.Context, time.Duration) error
}

func newWriter(s store.Store, now func() time.Time, entropy io.Reader, wait func(context.Context, time.Duration) error) writer {
	if wait == nil {
		wait = sleep
	}
	return writer{store: s, now: now, ids: ident.NewSource(now, entropy), sleep: wait}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// subscription finds a subscriber by its name: relay.unknownSubscriber.
func (r *Relay) subscription(name string) (Subscription, error) {
	names := make([]string, len(r.subs))
	for i, s := range r.subs {
		if s.Name() == name {
			return s, nil
		}
		names[i] = s.Name()
	}
	return Subscription{}, fault.New(fault.NotFound, "relay.unknownSubscriber", "subscriber", name, "known", strings.Join(names, ", "))
}

// stamp writes an instant as the journal does.
func stamp(at time.Time) string { return at.UTC().Format(journal.AtLayout) }
