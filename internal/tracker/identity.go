package tracker

import (
	"context"
	"sync"

	"milepost/internal/access"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// loginCache remembers whose login is whose. A login never changes hands, so
// an entry holds for the life of the process; memberships are not in it.
type loginCache struct {
	mu      sync.Mutex
	persons map[store.Key]ident.Person
}

const maxLogins = 10_000

func newLoginCache() *loginCache { return &loginCache{persons: map[store.Key]ident.Person{}} }

func (c *loginCache) get(k store.Key) (ident.Person, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.persons[k]
	return p, ok
}

func (c *loginCache) put(k store.Key, p ident.Person) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.persons) >= maxLogins {
		clear(c.persons)
	}
	c.persons[k] = p
}

// Authenticated returns the call of the person whom a login belongs to, with
// the memberships that hold today: what is revoked is gone with the next call.
// A login that nobody has is auth.unknownPerson. What the request is about,
// where it is told, is read in the same look; the call serves that one request.
func (t *Tracker) Authenticated(ctx context.Context, l portfolio.Login, about ...Ahead) (Call, error) {
	key := schema.LoginKey(l.Issuer, l.Subject)
	id, ok := t.logins.get(key)
	if !ok {
		items, err := t.store.Get(ctx, key)
		if err != nil {
			return Call{}, storeFault(err)
		}
		if items[0] == nil {
			return Call{}, fault.New(fault.Forbidden, "auth.unknownPerson")
		}
		login, err := schema.Decode[schema.Login](*items[0], schema.TypeLogin)
		if err != nil {
			return Call{}, err
		}
		id = login.Person
		t.logins.put(key, id)
	}
	keys := []store.Key{schema.PersonKey(id)}
	for _, a := range about {
		keys = append(keys, a.keys(id, t.homes)...)
	}
	found, err := t.gathered(ctx, keys)
	if err != nil {
		return Call{}, err
	}
	item := found[keys[0]]
	if item == nil {
		return Call{}, errNotFound()
	}
	p, err := schema.Decode[portfolio.Person](*item, schema.TypePerson)
	if err != nil {
		return Call{}, err
	}
	c := Call{Person: p, Principal: access.PrincipalOf(p, t.Today())}
	if len(about) > 0 {
		c.ahead, c.aheadAt = found, t.now()
	}
	return c, nil
}
