package tracker

import (
	"context"
	"slices"
	"sync"
	"time"

	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// Ahead is what a request is seen to be about before its caller is known. It
// is read in one batch with the caller's memberships, so that most commands
// take one look at the store before they write. It is a hint: what is missing
// here is read when it is needed, and an id that is none names nothing.
type Ahead struct {
	Award     ident.Award
	Milestone ident.Milestone
	Tranche   ident.Tranche
	Extension ident.Extension
	Payment   ident.Payment
	// Of another aggregate: a programme, organisation, platform or project.
	Root string
	// Command has read what every command on an award rests on too.
	Command bool
	Key     string // Idempotency-Key
}

// aheadHolds is how long what was read ahead may be used.
const aheadHolds = time.Second

// keys are those of what a request of a person is about.
func (a Ahead) keys(person ident.Person, homes *homeCache) []store.Key {
	var keys []store.Key
	if a.Root != "" && ident.Valid(ident.Prefix(a.Root), a.Root) {
		keys = append(keys, schema.RootKey(a.Root))
	}
	if ident.Valid(ident.PrefixAward, string(a.Award)) {
		keys = append(keys, a.inAward(homes)...)
	}
	if a.Key != "" {
		keys = append(keys, schema.IdempotencyKey(person, a.Key))
	}
	return keys
}

func (a Ahead) inAward(homes *homeCache) []store.Key {
	keys := []store.Key{schema.RootKey(string(a.Award))}
	if a.Command {
		keys = append(keys, schema.HeadKey(string(a.Award)), schema.RootKey(schema.Deployment))
		if p := homes.of(a.Award); p != "" {
			keys = append(keys, schema.RootKey(string(p)))
		}
	}
	for _, part := range []struct {
		prefix, id string
		key        store.Key
	}{
		{ident.PrefixMilestone, string(a.Milestone), schema.MilestoneKey(a.Award, a.Milestone)},
		{ident.PrefixTranche, string(a.Tranche), schema.TrancheKey(a.Award, a.Tranche)},
		{ident.PrefixExtension, string(a.Extension), schema.ExtensionKey(a.Award, a.Extension)},
		{ident.PrefixPayment, string(a.Payment), schema.PaymentKey(a.Award, a.Payment)},
	} {
		if ident.Valid(part.prefix, part.id) {
			keys = append(keys, part.key)
		}
	}
	return keys
}

// homeCache guesses in which programme an award lies: that in which it was
// found, else that of the award seen last. A wrong guess costs one item read
// in vain.
type homeCache struct {
	mu   sync.Mutex
	home map[ident.Award]ident.Programme
	last ident.Programme
}

const maxHomes = 10_000

func newHomeCache() *homeCache { return &homeCache{home: map[ident.Award]ident.Programme{}} }

func (c *homeCache) of(a ident.Award) ident.Programme {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.home[a]; ok {
		return p
	}
	return c.last
}

func (c *homeCache) put(a ident.Award, p ident.Programme) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.home) >= maxHomes {
		clear(c.home)
	}
	c.home[a], c.last = p, p
}

// read returns items as Get does, those that were read ahead without asking.
func (t *Tracker) read(ctx context.Context, c Call, keys ...store.Key) ([]*store.Item, error) {
	ahead := t.fresh(c)
	out := make([]*store.Item, len(keys))
	var missing []store.Key
	var at []int
	for i, k := range keys {
		item, known := ahead[k]
		out[i] = item
		if !known {
			missing, at = append(missing, k), append(at, i)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	items, err := t.store.Get(ctx, missing...)
	for i, item := range items {
		out[at[i]] = item
	}
	return out, err
}

// gathered reads keys, and keeps what was found by key. It drops keys that are
// there twice.
func (t *Tracker) gathered(ctx context.Context, keys []store.Key) (map[store.Key]*store.Item, error) {
	seen := map[store.Key]bool{}
	keys = slices.DeleteFunc(slices.Clone(keys), func(k store.Key) bool {
		twice := seen[k]
		seen[k] = true
		return twice
	})
	items, err := t.store.Get(ctx, keys...)
	if err != nil {
		return nil, storeFault(err)
	}
	found := make(map[store.Key]*store.Item, len(keys))
	for i, k := range keys {
		found[k] = items[i]
	}
	return found, nil
}

// fresh is what a call has read ahead, unless too much time has passed since,
// as where a caller sends the body of a command slowly.
func (t *Tracker) fresh(c Call) map[store.Key]*store.Item {
	if t.now().Sub(c.aheadAt) > aheadHolds {
		return nil
	}
	return c.ahead
}
