package tracker_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// nameItems are the items by which search finds things.
func nameItems(t *testing.T, s store.Store) []store.Item {
	t.Helper()
	var items []store.Item
	err := s.(store.Walker).Walk(t.Context(), 0, 1, nil, func(i store.Item) error {
		if schema.IsNamed(i.Key) {
			items = append(items, i)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(items, func(a, b store.Item) int { return cmpKeys(a.Key, b.Key) })
	return items
}

func cmpKeys(a, b store.Key) int {
	switch {
	case a == b:
		return 0
	case a.PK < b.PK || a.PK == b.PK && a.SK < b.SK:
		return -1
	}
	return 1
}

func write(t *testing.T, o *trackertest.Office, ops ...store.Op) {
	t.Helper()
	for _, op := range ops {
		transact(t, busy{Office: o}, op)
	}
}

// beforeTitles leaves a store as a version did that knew numbers, codes and
// one name alone: one item for each name, of platforms one for each programme.
func beforeTitles(t *testing.T, o *trackertest.Office) {
	t.Helper()
	for _, item := range nameItems(t, o.Store) {
		kind, _ := schema.TypeOf(item)
		if kind == schema.TypeWords {
			write(t, o, store.DeleteOp(item.Key, store.Anything))
			continue
		}
		n, err := schema.Decode[schema.Name](item, schema.TypeName)
		if err != nil {
			t.Fatal(err)
		}
		programme := n.Programme
		switch n.Type {
		case schema.TypePlatform:
			programme = string(o.Programme)
		case schema.TypeProgramme:
			programme = n.Thing
		}
		old := schema.Record{Type: schema.TypeName, Key: schema.NameKey(n.Type, n.Thing, programme),
			Value: schema.Name{Type: n.Type, Thing: n.Thing, Programme: programme, Text: n.Text}}
		old.Index[store.Program] = store.Key{PK: schema.NamesOf(n.Type, programme), SK: schema.Normalise(n.Text) + "#" + n.Thing}
		made, err := old.Item(item.Version)
		if err != nil {
			t.Fatal(err)
		}
		write(t, o, store.DeleteOp(item.Key, store.Anything), store.PutOp(made, store.Anything))
	}
}

func reindex(t *testing.T, o *trackertest.Office) int {
	t.Helper()
	n, err := tracker.Reindex(t.Context(), o.Store.(walkable), ident.NewSource(o.Clock.Now, trackertest.NewEntropy("reindex")), nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A store that an earlier version wrote is readable; Verify says what its names
// lack; Reindex makes them what this version writes, and a second run nothing.
func TestReindex(t *testing.T) {
	o := trackertest.New(t, nil)
	_, award := titled(t, o, "J-1", portfolio.Names{ZH: "面向数据中心的硅光芯片", EN: "Silicon photonics"})
	type place struct {
		Key   store.Key
		Index [store.Indexes]store.Key
		Body  string
	}
	places := func() (all []place) {
		for _, i := range nameItems(t, o.Store) {
			value, err := schema.Value(&i)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, place{i.Key, i.Index, string(value)})
		}
		return all
	}
	want := places()
	beforeTitles(t, o)
	if got := verified(t, o); got.Wrong == nil || got.Wrong.Code != "verify.name" {
		t.Errorf("Verify finds %v, want verify.name", got.Wrong)
	}
	page, err := o.Tracker.Organisations(o.Ctx, o.Call(trackertest.Manager), "", tracker.PageRequest{})
	if err != nil || len(page.Items) != 3 {
		t.Errorf("before, organisations are listed as %+v, %v", page.Items, err)
	}
	if n := reindex(t, o); n < len(want) {
		t.Errorf("%d items were written, want %d at least", n, len(want))
	}
	if diff := cmp.Diff(want, places()); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
	if got := verified(t, o); got.Wrong != nil {
		t.Error(got.Wrong)
	}
	if got := finds(t, o, trackertest.Manager, tracker.SearchQuery{Text: "硅光", Type: schema.TypeAward}); !slices.Equal(got, []string{award}) {
		t.Errorf("硅光 finds %q", got)
	}
	if n := reindex(t, o); n != 0 {
		t.Errorf("a second run wrote %d items", n)
	}
}

// Entries that lead to nothing are removed, and those that are missing made.
func TestReindexMends(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, o *trackertest.Office, items []store.Item){
		"words gone": func(t *testing.T, o *trackertest.Office, items []store.Item) {
			write(t, o, store.DeleteOp(items[1].Key, store.Anything))
		},
		"name gone": func(t *testing.T, o *trackertest.Office, items []store.Item) {
			write(t, o, store.DeleteOp(items[0].Key, store.Anything))
		},
		"words moved": func(t *testing.T, o *trackertest.Office, items []store.Item) {
			items[1].Index[store.Scope].SK = "elsewhere"
			write(t, o, store.PutOp(items[1], store.Anything))
		},
		"too many words": func(t *testing.T, o *trackertest.Office, items []store.Item) {
			items[1].SK = items[1].SK[:len(items[1].SK)-2] + "09"
			write(t, o, store.PutOp(items[1], store.Anything))
		},
		"of no thing": func(t *testing.T, o *trackertest.Office, items []store.Item) {
			other := "awd_01KNEQQC20KMNWZEPMDB5KWW6J"
			i, err := schema.NameRecords(schema.Name{Type: schema.TypeAward, Thing: other, Programme: string(o.Programme), Text: "HT-X"})[0].Item(1)
			if err != nil {
				t.Fatal(err)
			}
			write(t, o, store.PutOp(i, store.Absent))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := trackertest.New(t, nil)
			titled(t, o, "J-1", portfolio.Names{ZH: "面向数据中心的硅光芯片"})
			var items []store.Item
			for _, i := range nameItems(t, o.Store) {
				if i.PK == schema.Named(schema.TypeAward) {
					items = append(items, i)
				}
			}
			spoil(t, o, items)
			if got := verified(t, o); got.Wrong == nil || got.Wrong.Code != "verify.name" {
				t.Fatalf("Verify finds %v, want verify.name", got.Wrong)
			}
			if n := reindex(t, o); n != 1 {
				t.Errorf("%d items were written, want 1", n)
			}
			if got := verified(t, o); got.Wrong != nil {
				t.Error(got.Wrong)
			}
		})
	}
}

// renamedBetween renames a project between what Reindex reads of it and what
// it writes.
type renamedBetween struct {
	store.Store
	store.Walker
	rename func()
}

func (s *renamedBetween) Transact(ctx context.Context, token string, ops ...store.Op) error {
	if rename := s.rename; rename != nil {
		s.rename = nil
		rename()
	}
	return s.Store.Transact(ctx, token, ops...)
}

// A rename meanwhile is not undone.
func TestReindexBesideARename(t *testing.T) {
	o := trackertest.New(t, nil)
	d := o.Document(nil, nil)
	d.Title = portfolio.Names{EN: "Silicon"}
	id := o.Draft(d)
	key := schema.NameKey(schema.TypeAward, string(id), string(o.Programme))
	write(t, o, store.DeleteOp(key, store.Anything))
	d.Title.EN = "Photonics chips"
	s := &renamedBetween{Store: o.Store, Walker: o.Store.(store.Walker), rename: func() {
		must(t)(o.Tracker.ReplaceAward(o.Ctx, o.Call(trackertest.Manager), id, d))
	}}
	if _, err := tracker.Reindex(t.Context(), s, ident.NewSource(o.Clock.Now, trackertest.NewEntropy("reindex")), nil); err != nil {
		t.Fatal(err)
	}
	if got := verified(t, o); got.Wrong != nil {
		t.Error(got.Wrong)
	}
}
