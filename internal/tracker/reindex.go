package tracker

import (
	"context"
	"errors"
	"fmt"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// Reindex makes everything anew by which search finds things: what another
// version of the program wrote, what is missing, and what leads nowhere. It
// reads a whole store and writes what differs, a thing in a transaction that
// checks it, so that it may run beside a server and again. progress, which may
// be nil, hears how many items were seen. It returns how many were written or
// removed.
func Reindex(ctx context.Context, s interface {
	store.Store
	store.Walker
}, ids *ident.Source, progress func(int)) (changed int, err error) {
	if progress == nil {
		progress = func(int) {}
	}
	seen, last := 0, ""
	err = s.Walk(ctx, 0, 1, nil, func(item store.Item) error {
		seen++
		progress(seen)
		key := foundThing(item.Key)
		switch named := schema.IsNamed(item.Key); {
		case !named && item.Key != schema.RootKey(item.PK) && item.Key != schema.PersonKey(ident.Person(item.PK)):
			return nil
		case !named:
			key = item.Key
		}
		if ident.Prefix(key.PK) == "" || key.PK == last {
			return nil
		}
		last = key.PK
		n, err := reindexed(ctx, s, ids, key)
		changed += n
		return err
	})
	return changed, err
}

// reindexed makes what one thing is found by anew; key is that of its root.
func reindexed(ctx context.Context, s store.Store, ids *ident.Source, key store.Key) (int, error) {
	for range attempts {
		ops, err := renaming(ctx, s, key)
		if err != nil || len(ops) == 0 {
			return 0, err
		}
		token, err := ids.New("t")
		if err != nil {
			return 0, fault.Wrap(err, "internal.error")
		}
		err = s.Transact(ctx, token, ops...)
		if _, lost := errors.AsType[*store.ConditionError](err); !lost && !errors.Is(err, store.ErrContended) {
			if err != nil {
				return 0, storeFault(err)
			}
			return len(ops) - 1, nil
		}
	}
	return 0, fault.New(fault.Busy, "store.contended")
}

// renaming is what makes the items by which a thing is found what they should
// be, none where they are.
func renaming(ctx context.Context, s store.Store, key store.Key) ([]store.Op, error) {
	kind := schema.TypeNamed(key.PK)
	if kind == "" {
		return nil, nil
	}
	items, err := s.Get(ctx, key)
	if err != nil {
		return nil, storeFault(err)
	}
	root, err := rootOf(items[0])
	if err != nil {
		return nil, err
	}
	stored, err := readRange(ctx, s, schema.Named(kind), schema.NamesRange(key.PK))
	if err != nil {
		return nil, err
	}
	have := map[store.Key]*store.Item{}
	for i := range stored {
		have[stored[i].Key] = &stored[i]
	}
	ops := []store.Op{store.CheckOp(key, asRead(items[0]))}
	for _, r := range namesOf(root) {
		was := have[r.Key]
		delete(have, r.Key)
		same, err := sameName(was, r)
		if err != nil {
			return nil, err
		}
		if same {
			continue
		}
		item, err := r.Item(versionOf(was) + 1)
		if err != nil {
			return nil, fault.Wrap(fmt.Errorf("tracker: %w", err), "internal.error")
		}
		ops = append(ops, store.PutOp(item, asRead(was)))
	}
	for _, stale := range have {
		ops = append(ops, store.DeleteOp(stale.Key, asRead(stale)))
	}
	if len(ops) == 1 {
		return nil, nil
	}
	return ops, nil
}

func versionOf(item *store.Item) int64 {
	if item == nil {
		return 0
	}
	return item.Version
}

// asRead is the condition that an item is as it was read.
func asRead(item *store.Item) store.Condition {
	if item == nil {
		return store.Absent
	}
	return store.VersionIs(item.Version)
}
