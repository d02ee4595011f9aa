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
// A login that nobody has is auth.unknownPerson.
func (t *Tracker) Authenticated(ctx context.Context, l portfolio.Login) (Call, error) {
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
	p, err := t.person(ctx, id)
	if err != nil {
		return Call{}, err
	}
	return Call{Person: p, Principal: access.PrincipalOf(p, t.Today())}, nil
}

// person reads a person with all memberships.
func (t *Tracker) person(ctx context.Context, id ident.Person) (portfolio.Person, error) {
	items, err := t.store.Get(ctx, schema.PersonKey(id))
	if err != nil {
		return portfolio.Person{}, storeFault(err)
	}
	if items[0] == nil {
		return portfolio.Person{}, errNotFound()
	}
	return schema.Decode[portfolio.Person](*items[0], schema.TypePerson)
}
