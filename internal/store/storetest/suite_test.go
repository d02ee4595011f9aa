package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"milepost/internal/store"
	"milepost/internal/store/storetest"
)

// brokenEnv names the broken store that this binary runs the suite on.
const brokenEnv = "MILEPOST_TEST_BROKEN"

// broken is a good store with one promise broken.
type broken struct {
	store.Store
	get      func(b store.Store, ctx context.Context, keys []store.Key) ([]*store.Item, error)
	query    func(b store.Store, ctx context.Context, q store.Query) (store.Page, error)
	index    func(b store.Store, ctx context.Context, q store.IndexQuery) (store.IndexPage, error)
	transact func(b store.Store, ctx context.Context, token string, ops []store.Op) error
}

func (b broken) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	if b.get != nil {
		return b.get(b.Store, ctx, keys)
	}
	return b.Store.Get(ctx, keys...)
}

func (b broken) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if b.query != nil {
		return b.query(b.Store, ctx, q)
	}
	return b.Store.Query(ctx, q)
}

func (b broken) QueryIndex(ctx context.Context, q store.IndexQuery) (store.IndexPage, error) {
	if b.index != nil {
		return b.index(b.Store, ctx, q)
	}
	return b.Store.QueryIndex(ctx, q)
}

func (b broken) Transact(ctx context.Context, token string, ops ...store.Op) error {
	if b.transact != nil {
		return b.transact(b.Store, ctx, token, ops)
	}
	return b.Store.Transact(ctx, token, ops...)
}

// brokenStores are caught by the group of cases they are named for.
func brokenStores() map[string]broken {
	var fresh atomic.Int64
	return map[string]broken{
		"get/forgets the order": {get: func(b store.Store, ctx context.Context, keys []store.Key) ([]*store.Item, error) {
			items, err := b.Get(ctx, keys...)
			if len(items) > 1 {
				items[0], items[1] = items[1], items[0]
			}
			return items, err
		}},
		"condition/hides the expired": {get: func(b store.Store, ctx context.Context, keys []store.Key) ([]*store.Item, error) {
			items, err := b.Get(ctx, keys...)
			for n, i := range items {
				if i != nil && i.Expires == 1 {
					items[n] = nil
				}
			}
			return items, err
		}},
		"query/stops early": {query: func(b store.Store, ctx context.Context, q store.Query) (store.Page, error) {
			page, err := b.Query(ctx, q)
			page.Next = nil
			return page, err
		}},
		"query/exceeds its limit": {query: func(b store.Store, ctx context.Context, q store.Query) (store.Page, error) {
			if q.Limit > 0 && q.Limit < store.MaxPage {
				q.Limit++
			}
			return b.Query(ctx, q)
		}},
		"index/never shows anything": {index: func(_ store.Store, ctx context.Context, _ store.IndexQuery) (store.IndexPage, error) {
			return store.IndexPage{}, ctx.Err()
		}},
		"index/resumes by its key alone": {index: func(b store.Store, ctx context.Context, q store.IndexQuery) (store.IndexPage, error) {
			if q.After != nil {
				q.After = &store.Entry{At: q.After.At, Item: store.Key{PK: "\U0010FFFF", SK: "\U0010FFFF"}}
			}
			return b.QueryIndex(ctx, q)
		}},
		"transact/does one after the other": {transact: func(b store.Store, ctx context.Context, token string, ops []store.Op) error {
			for n, op := range ops {
				if err := b.Transact(ctx, fmt.Sprint(n, token)[:8], op); err != nil {
					return err
				}
			}
			return nil
		}},
		"condition/tells one failure": {transact: func(b store.Store, ctx context.Context, token string, ops []store.Op) error {
			err := b.Transact(ctx, token, ops...)
			var failed *store.ConditionError
			if errors.As(err, &failed) {
				failed.Failed = failed.Failed[:1]
			}
			return err
		}},
		"condition/passes over checks": {transact: func(b store.Store, ctx context.Context, token string, ops []store.Op) error {
			kept := ops[:0:0]
			for _, op := range ops {
				if op.Verb != store.Check {
					kept = append(kept, op)
				}
			}
			if len(kept) == 0 {
				return nil
			}
			return b.Transact(ctx, token, kept...)
		}},
		"token/forgets": {transact: func(b store.Store, ctx context.Context, _ string, ops []store.Op) error {
			return b.Transact(ctx, fmt.Sprint("fresh", fresh.Add(1)), ops...)
		}},
		"race/reads, then writes": {transact: func(b store.Store, ctx context.Context, token string, ops []store.Op) error {
			var failed []store.FailedOp
			free := append([]store.Op(nil), ops...)
			for n, op := range ops {
				items, err := b.Get(ctx, op.Item.Key)
				if err != nil {
					return err
				}
				if !op.If.Holds(items[0]) {
					failed = append(failed, store.FailedOp{Op: n, Key: op.Item.Key, Current: items[0]})
				}
				free[n].If = store.Anything
			}
			if failed != nil {
				return &store.ConditionError{Failed: failed}
			}
			return b.Transact(ctx, token, free...)
		}},
		"refused/drops what is too large": {transact: func(b store.Store, ctx context.Context, token string, ops []store.Op) error {
			var limit *store.LimitError
			if err := b.Transact(ctx, token, ops...); !errors.As(err, &limit) {
				return err
			}
			return nil
		}},
	}
}

// TestBroken runs the suite on the broken store that the environment names, in
// the process that TestSuiteCatches starts; else there is nothing broken.
func TestBroken(t *testing.T) {
	name, ok := os.LookupEnv(brokenEnv)
	if !ok {
		return
	}
	storetest.Run(t, func(t *testing.T) store.Store {
		b := brokenStores()[name]
		b.Store = memory(t)
		return b
	})
}

func TestSuiteCatches(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name := range brokenStores() {
		t.Run(name, func(t *testing.T) {
			group, _, _ := strings.Cut(name, "/")
			cmd := exec.Command(program, "-test.run", "^TestBroken$/^"+group+"$/")
			cmd.Env = append(os.Environ(), brokenEnv+"="+name)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || !strings.Contains(string(out), "--- FAIL: TestBroken/"+group+"/") {
				t.Errorf("the suite = %v, want its %s cases to fail:\n%s", err, group, out)
			}
		})
	}
}
