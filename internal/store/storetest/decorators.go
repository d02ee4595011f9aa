package storetest

import (
	"context"

	"milepost/internal/store"
)

// Hook returns a store that calls before ahead of every Transact, with its
// operations: the moment at which a rival may change what a decision rests on.
// The function must not write through the returned store, which would call it
// again.
func Hook(s store.Store, before func(ctx context.Context, ops []store.Op)) store.Store {
	return walking(&hook{s, before}, s)
}

type hook struct {
	store.Store
	before func(context.Context, []store.Op)
}

// Transact calls the hook and passes the call on.
func (h *hook) Transact(ctx context.Context, token string, ops ...store.Op) error {
	h.before(ctx, ops)
	return h.Store.Transact(ctx, token, ops...)
}

// walking lets a decorated store walk if the store below does.
func walking(s, below store.Store) store.Store {
	w, ok := below.(store.Walker)
	if !ok {
		return s
	}
	return struct {
		store.Store
		store.Walker
	}{s, w}
}
