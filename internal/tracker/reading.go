package tracker

import (
	"context"
	"maps"

	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// reading is one query: who asks, and every item that it has read by key.
type reading struct {
	ctx   context.Context
	t     *Tracker
	call  Call
	items map[store.Key]*store.Item // nil where absent
}

func newReading(ctx context.Context, t *Tracker, c Call) *reading {
	items := maps.Clone(t.fresh(c))
	if items == nil {
		items = map[store.Key]*store.Item{}
	}
	return &reading{ctx: ctx, t: t, call: c, items: items}
}

// load reads items that were not read before.
func (r *reading) load(keys ...store.Key) error {
	missing := make([]store.Key, 0, len(keys))
	for _, k := range keys {
		if _, seen := r.items[k]; !seen && k.PK != "" {
			r.items[k] = nil
			missing = append(missing, k)
		}
	}
	for len(missing) > 0 {
		n := min(len(missing), store.MaxGet)
		items, err := r.t.store.Get(r.ctx, missing[:n]...)
		if err != nil {
			return storeFault(err)
		}
		for i, item := range items {
			r.items[missing[i]] = item
		}
		missing = missing[n:]
	}
	return nil
}

// loadFor reads what some of the entries found need.
func (r *reading) loadFor(all []judged, needs func(*found) []store.Key) error {
	if needs == nil {
		return nil
	}
	var keys []store.Key
	for _, f := range all {
		if f.item != nil {
			keys = append(keys, needs(f.found)...)
		}
	}
	return r.load(keys...)
}

// current returns the item of an entry; nil where it is gone or stands
// elsewhere by now.
func (r *reading) current(e store.Entry) *store.Item {
	item := r.items[e.Item]
	if item == nil {
		return nil
	}
	for _, at := range item.Index {
		if at == e.At {
			return item
		}
	}
	return nil
}

// get returns a thing that was loaded; false where it is absent.
func get[V any](r *reading, key store.Key, kind string) (V, bool, error) {
	var none V
	item := r.items[key]
	if item == nil {
		return none, false, nil
	}
	v, err := schema.Decode[V](*item, kind)
	return v, err == nil, err
}

// need is get where absence is 404; it loads the thing.
func need[V any](r *reading, key store.Key, kind string) (V, error) {
	if err := r.load(key); err != nil {
		var none V
		return none, err
	}
	v, ok, err := get[V](r, key, kind)
	if err == nil && !ok {
		err = errNotFound()
	}
	return v, err
}

// version is the version of an item that was loaded, 0 where absent.
func (r *reading) version(key store.Key) int64 {
	if item := r.items[key]; item != nil {
		return item.Version
	}
	return 0
}

// readAll reads the things in a whole range of a partition that is known to be
// small.
func readAll[T any](ctx context.Context, s store.Reader, partition string, within store.Range, kind string) ([]T, error) {
	items, err := readRange(ctx, s, partition, within)
	if err != nil {
		return nil, err
	}
	var out []T
	for _, item := range items {
		v, err := schema.Decode[T](item, kind)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// readRange is readAll before decoding.
func readRange(ctx context.Context, s store.Reader, partition string, within store.Range) ([]store.Item, error) {
	var items []store.Item
	q := store.Query{Partition: partition, Range: within}
	for {
		page, err := s.Query(ctx, q)
		if err != nil {
			return nil, storeFault(err)
		}
		items = append(items, page.Items...)
		if page.Next == nil {
			return items, nil
		}
		q.After = page.Next
	}
}

// badValue refuses a query parameter that is none of the allowed values.
func badValue(name, value string, allowed ...string) error {
	return fault.InvalidFields(fault.At("/"+name, "field.badValue", "value", clipped(value), "allowed", allowed))
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
