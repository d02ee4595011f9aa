// Package tracker provides every command and query of Milepost. A command
// loads what its decision needs by key, lets a pure domain function decide,
// and writes state, journal and idempotency record in one transaction
// (commit.go); there is no other write path.
package tracker

import (
	"context"
	"io"
	"time"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/blob"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/store"
)

// Options are what a Tracker stands on.
type Options struct {
	Store     store.Store
	Blobs     blob.Store
	Files     blob.Policy // which evidence is taken
	Authority *access.Authority
	Now       func() time.Time
	Entropy   io.Reader
	Secret    []byte       // signs cursors; at least 32 bytes
	Origin    award.Origin // of everything recorded; empty means live
	// Sleep waits between attempts; nil waits in real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Outbox lists every journal entry as undelivered, for a relay to take off
	// the list. Without a relay nobody ever would.
	Outbox bool
	// Committed, which may be nil, hears of every aggregate on which a command
	// was journaled. It must not wait, and it is a hint: what it misses stands
	// in the outbox.
	Committed func(aggregate string)
}

// Tracker answers commands and queries. It is safe for concurrent use.
type Tracker struct {
	store     store.Store
	blobs     blob.Store
	files     blob.Policy
	authority *access.Authority
	now       func() time.Time
	ids       *ident.Source
	secret    []byte
	origin    award.Origin
	sleep     func(context.Context, time.Duration) error
	rules     *ruleBook
	logins    *loginCache
	homes     *homeCache
	outbox    bool
	committed func(aggregate string)
}

// New returns a tracker.
func New(o Options) *Tracker {
	t := &Tracker{
		store: o.Store, blobs: o.Blobs, files: o.Files, authority: o.Authority,
		now: o.Now, ids: ident.NewSource(o.Now, o.Entropy), secret: o.Secret, origin: o.Origin, sleep: o.Sleep,
		rules: newRuleBook(o.Store), logins: newLoginCache(), homes: newHomeCache(), outbox: o.Outbox, committed: o.Committed,
	}
	if t.committed == nil {
		t.committed = func(string) {}
	}
	if t.origin == "" {
		t.origin = award.Live
	}
	if t.sleep == nil {
		t.sleep = sleep
	}
	return t
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

// Today is the business date now.
func (t *Tracker) Today() civil.Date { return civil.BusinessDate(t.now()) }

// Call is who asks for a command, and under which promises.
type Call struct {
	Person    portfolio.Person
	Principal access.Principal
	System    string // names the program where no person asks, such as "sweep"
	Request   string // request id, for logs and the journal
	// IfMatch is the version that the caller saw: of the thing, or of the
	// parent's head where a child is created; nil demands none.
	IfMatch *int64
	// Key is the Idempotency-Key, "" for none; Fingerprint is the hash of
	// what the request says, so that a reused key is told from a repetition.
	Key         string
	Fingerprint string
	// What was read with the person, nil where absent, and when.
	ahead   map[store.Key]*store.Item
	aheadAt time.Time
	// What the command would do is noted here, and nothing written; nil: it is
	// carried out. See Foresee.
	foreseen *Foreseen
}

// actor is the caller as the domain's guards see it, over a resource.
func (t *Tracker) actor(c Call, r access.Resource) award.Actor {
	return award.Actor{Person: c.Principal.Person, Organisation: c.Principal.Organisation, Roles: t.authority.Roles(c.Principal, r)}
}

// errNotFound answers for what is absent and for what is out of scope alike.
func errNotFound() error { return fault.New(fault.NotFound, "thing.notFound") }
