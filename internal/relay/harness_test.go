package relay_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/relay"
	"milepost/internal/rollup"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// outboxed has an office's commands wait for a relay.
func outboxed() trackertest.Option {
	return trackertest.With(func(o *tracker.Options) { o.Outbox = true })
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// everyone is a relay with all subscribers on a store.
// Two of them on one store need two names: ids follow from these.
func everyone(o *trackertest.Office, s store.Store, name string, change ...func(*relay.Options)) *relay.Relay {
	with := relay.Options{
		Store: s, Now: o.Clock.Now, Entropy: trackertest.NewEntropy(name + " relay"), Sleep: noSleep, Workers: 4,
		Subscribers: []relay.Subscription{
			{Subscriber: rollups(o, s, name)}, {Subscriber: relay.NewNotices(s)},
			{Subscriber: relay.NewAnchor(s, o.Clock.Now, trackertest.NewEntropy(name+" anchor"), noSleep)},
		},
	}
	for _, f := range change {
		f(&with)
	}
	return relay.New(with)
}

func rollups(o *trackertest.Office, s store.Store, name string) *relay.Rollup {
	return relay.NewRollup(relay.RollupOptions{Store: s, Now: o.Clock.Now, Entropy: trackertest.NewEntropy(name + " rollup"), Sleep: noSleep})
}

func scanned(t trackertest.T, o *trackertest.Office, r *relay.Relay) {
	t.Helper()
	if err := r.Scan(o.Ctx); err != nil {
		t.Fatalf("scan: %v", err)
	}
}

// itemsOf reads every item of a store that walks.
func itemsOf(t trackertest.T, o *trackertest.Office, s store.Store, wanted func(store.Item) bool) []store.Item {
	t.Helper()
	var out []store.Item
	err := s.(store.Walker).Walk(o.Ctx, 0, 1, nil, func(item store.Item) error {
		if wanted(item) {
			out = append(out, item)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("walk: %v", err)
	}
	return out
}

func decoded[T any](t trackertest.T, item store.Item, kind string) T {
	t.Helper()
	v, err := schema.Decode[T](item, kind)
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	return v
}

// counted folds all awards of a store directly, by cell.
func counted(t trackertest.T, o *trackertest.Office, s store.Store) map[schema.Cell]rollup.Figures {
	t.Helper()
	all := map[string]*rollup.Things{}
	for _, item := range itemsOf(t, o, s, func(item store.Item) bool {
		return ident.Prefix(item.PK) == ident.PrefixAward && item.SK < "5"
	}) {
		th := all[item.PK]
		if th == nil {
			th = &rollup.Things{}
			all[item.PK] = th
		}
		kind, err := schema.TypeOf(item)
		if err != nil {
			t.Fatalf("type: %v", err)
		}
		switch kind {
		case schema.TypeHead:
			th.Totals = decoded[schema.Head](t, item, kind).Totals
		case schema.TypeAward:
			th.Award = decoded[award.Award](t, item, kind)
		case schema.TypeMilestone:
			th.Milestones = append(th.Milestones, decoded[award.Milestone](t, item, kind))
		case schema.TypeTranche:
			th.Tranches = append(th.Tranches, decoded[award.Tranche](t, item, kind))
		case schema.TypeExtension:
			th.Extensions = append(th.Extensions, decoded[award.Extension](t, item, kind))
		case schema.TypePayment:
			th.Payments = append(th.Payments, decoded[award.Payment](t, item, kind))
		case schema.TypeRefund:
			th.Refunds = append(th.Refunds, decoded[award.Refund](t, item, kind))
		}
	}
	out := map[schema.Cell]rollup.Figures{}
	for _, th := range all {
		f, err := rollup.Of(*th, nil)
		if err != nil {
			t.Fatalf("figures: %v", err)
		}
		cell := schema.CellOf(th.Award.Document.Programme, th.Award.Document.Platform)
		sum := out[cell]
		if err := sum.Add(f); err != nil {
			t.Fatalf("sum: %v", err)
		}
		out[cell] = sum
	}
	return out
}

// kept reads the cells that relay keeps, with those that are empty left out.
func kept(t trackertest.T, o *trackertest.Office, s store.Store) map[schema.Cell]rollup.Figures {
	t.Helper()
	out := map[schema.Cell]rollup.Figures{}
	for _, item := range itemsOf(t, o, s, func(item store.Item) bool { return strings.HasPrefix(item.SK, "9#cel#") }) {
		r := decoded[schema.Rollup](t, item, schema.TypeRollup)
		if has, twice := out[r.Cell]; twice {
			same(t, "a cell and its copy with the platform", has, r.Figures)
		}
		if len(r.Figures.Awards) > 0 {
			out[r.Cell] = r.Figures
		}
	}
	return out
}

func same(t trackertest.T, what string, want, got any) {
	t.Helper()
	w, err := schema.Canonical(want)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	g, err := schema.Canonical(got)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if diff := cmp.Diff(string(w), string(g)); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// addsUp holds what relay keeps against a direct count of all awards: cells,
// their programmes, and the outbox, which must be empty.
func addsUp(t trackertest.T, o *trackertest.Office, s store.Store) {
	t.Helper()
	want, got := counted(t, o, s), kept(t, o, s)
	same(t, "cells", byName(want), byName(got))
	programmes := map[string]rollup.Figures{}
	for cell, f := range want {
		sum := programmes[string(cell.Programme)]
		if err := sum.Add(f); err != nil {
			t.Fatalf("sum: %v", err)
		}
		programmes[string(cell.Programme)] = sum
	}
	sums := map[string]rollup.Figures{}
	for _, item := range itemsOf(t, o, s, func(item store.Item) bool { return item.SK == "9#all" }) {
		sums[item.PK] = decoded[schema.Rollup](t, item, schema.TypeRollup).Figures
	}
	same(t, "programmes", programmes, sums)
}

func byName(cells map[schema.Cell]rollup.Figures) map[string]rollup.Figures {
	out := map[string]rollup.Figures{}
	for c, f := range cells {
		out[string(c.Programme)+" "+c.Place] = f
	}
	return out
}

// waiting lists the aggregates in the outbox.
func waiting(t trackertest.T, o *trackertest.Office, s store.Store) []string {
	t.Helper()
	var out []string
	for _, item := range itemsOf(t, o, s, func(item store.Item) bool { return strings.HasPrefix(item.Index[store.Work].PK, "out#") }) {
		out = append(out, item.PK)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func verified(t testing.TB, o *trackertest.Office, s store.Store) {
	t.Helper()
	walks, ok := s.(interface {
		store.Store
		store.Walker
	})
	if !ok {
		t.Fatal("the store does not walk")
	}
	report, err := tracker.Verify(o.Ctx, tracker.VerifyOptions{Store: walks})
	if err != nil || report.Wrong != nil {
		t.Errorf("verify: %v, %v", report.Wrong, err)
	}
}

func text(t trackertest.T, v any) string {
	t.Helper()
	out, err := schema.Canonical(v)
	if err != nil {
		t.Fatalf("canonical: %v", err)
	}
	return string(out)
}
