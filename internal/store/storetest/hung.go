package storetest

import (
	"context"

	"milepost/internal/store"
)

// Hung returns a store of which no call answers while hangs says so: each waits
// until its context ends, and fails with the context's error.
func Hung(s store.Store, hangs func() bool) store.Store {
	return walking(&hung{s, hangs}, s)
}

type hung struct {
	store.Store
	hangs func() bool
}

func (h *hung) wait(ctx context.Context) error {
	if !h.hangs() {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

// Get waits, or passes the call on.
func (h *hung) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	if err := h.wait(ctx); err != nil {
		return nil, err
	}
	return h.Store.Get(ctx, keys...)
}

// Query waits, or passes the call on.
func (h *hung) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if err := h.wait(ctx); err != nil {
		return store.Page{}, err
	}
	return h.Store.Query(ctx, q)
}

// QueryIndex waits, or passes the call on.
func (h *hung) QueryIndex(ctx context.Context, q store.IndexQuery) (store.IndexPage, error) {
	if err := h.wait(ctx); err != nil {
		return store.IndexPage{}, err
	}
	return h.Store.QueryIndex(ctx, q)
}

// Transact waits, or passes the call on.
func (h *hung) Transact(ctx context.Context, token string, ops ...store.Op) error {
	if err := h.wait(ctx); err != nil {
		return err
	}
	return h.Store.Transact(ctx, token, ops...)
}
