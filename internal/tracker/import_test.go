package tracker_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/exchange"
	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// On every kind of store, an import with history makes active and closed
// awards, one without makes drafts, and a second import of the same files
// leaves everything alone.
func TestImport(t *testing.T) {
	for name, history := range map[string]bool{"history": true, "drafts": false} {
		t.Run(name, func(t *testing.T) {
			want := ""
			trackertest.Each(t, func(t *testing.T, s store.Store) {
				o, id := smallImport(t, s, history)
				r, err := o.Tracker.ApplyImport(t.Context(), o.Call(applier(history)), id)
				if err != nil {
					t.Fatal(err)
				}
				if r.Counts["import.applying"] != 1 {
					t.Errorf("receipt = %+v", r)
				}
				got := importOutcome(t, o, id)
				if want == "" {
					t.Log("\n" + got)
					want = got
				}
				if got != want {
					t.Errorf("outcome = \n%s\nwant\n%s", got, want)
				}
				in, _ := importOf(o, smallFiles(history), exchange.Options{})
				again := preparedImport(t, o, in)
				if _, err := o.Tracker.ApplyImport(t.Context(), o.Call(applier(history)), again); err != nil {
					t.Fatal(err)
				}
				for _, r := range importedRows(t, o, again) {
					if r.Result.Action != schema.ImportLeave {
						t.Errorf("%s: %s, want leave", r.Document.Number, r.Result.Action)
					}
				}
				if n := importItems(t, o, schema.TypeAward); n != 3 {
					t.Errorf("%d awards after the second import, want 3", n)
				}
				soundImport(t, o)
			})
		})
	}
}

// dying is a store that dies: from a transaction on nothing is answered any
// more, and the last one is carried out or not.
type dying struct {
	store.Store
	left  atomic.Int64 // transactions until then; below zero: dead
	after bool         // the last one is carried out
}

var errDead = errors.New("the machine is off")

func (d *dying) Transact(ctx context.Context, token string, ops ...store.Op) error {
	switch n := d.left.Add(-1); {
	case n < 0:
		return errDead
	case n == 0:
		if d.after {
			_ = d.Store.Transact(ctx, token, ops...) // its answer is lost with the machine
		}
		return errDead
	}
	return d.Store.Transact(ctx, token, ops...)
}

func (d *dying) Get(ctx context.Context, keys ...store.Key) ([]*store.Item, error) {
	if d.left.Load() <= 0 {
		return nil, errDead
	}
	return d.Store.Get(ctx, keys...)
}

func (d *dying) Walk(ctx context.Context, segment, of int, from *store.Key, visit func(store.Item) error) error {
	return d.Store.(store.Walker).Walk(ctx, segment, of, from, visit)
}

const forever = 1 << 40

// Wherever the machine dies, applying again ends at the same store.
func TestImportSurvivesACrashAtEveryStep(t *testing.T) {
	for name, history := range map[string]bool{"history": true, "drafts": false} {
		t.Run(name, func(t *testing.T) {
			whole, id := smallImport(t, nil, history)
			if _, err := whole.Tracker.ApplyImport(t.Context(), whole.Call(applier(history)), id); err != nil {
				t.Fatal(err)
			}
			want := importOutcome(t, whole, id)
			steps := 0
			for _, after := range []bool{false, true} {
				for step := int64(1); ; step++ {
					died, got := crashed(t, history, step, after)
					if !died {
						break
					}
					steps++
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("died at step %d, carried out %v (-whole +resumed):\n%s", step, after, diff)
					}
				}
			}
			if steps < 2*3*3 {
				t.Errorf("%d crashes tried, want three steps for each of three rows at least, twice", steps)
			}
		})
	}
}

// crashed applies a small import on a machine that dies at a step, then again
// on one that does not.
func crashed(t *testing.T, history bool, step int64, after bool) (died bool, outcome string) {
	t.Helper()
	d := &dying{Store: trackertest.Memory(t), after: after}
	d.left.Store(forever)
	o, id := smallImport(t, d, history)
	call := o.Call(applier(history))
	call.Key, call.Fingerprint = "the-same-key", "the same request"
	d.left.Store(step)
	_, err := o.Tracker.ApplyImport(t.Context(), call, id)
	d.left.Store(forever)
	if err == nil {
		return false, ""
	}
	if _, err := o.Tracker.ApplyImport(t.Context(), call, id); err != nil {
		t.Fatalf("going on after step %d: %v", step, err)
	}
	outcome = importOutcome(t, o, id)
	soundImport(t, o)
	return true, outcome
}

// A request with little time left does one row and stops, and another goes on.
func TestImportStopsBeforeTheDeadline(t *testing.T) {
	o, id := smallImport(t, nil, true)
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	deadline, _ := ctx.Deadline()
	o.Clock.SetTime(deadline.Add(-time.Second))
	if _, err := o.Tracker.ApplyImport(ctx, o.Call(trackertest.Manager2), id); err != nil {
		t.Fatal(err)
	}
	view, err := o.Tracker.Import(t.Context(), o.Call(trackertest.Manager), id)
	if err != nil || view.State != schema.ImportApplying || view.Done[schema.ImportCreate] != 1 {
		t.Fatalf("import = %+v, %v, want applying and one row done", view, err)
	}
	appliedImport(t, o, id)
	if view, err = o.Tracker.Import(t.Context(), o.Call(trackertest.Manager), id); err != nil || view.State != schema.ImportApplied {
		t.Errorf("import = %+v, %v, want applied", view, err)
	}
}

// Two who apply at once make each award once.
func TestImportAppliedTwiceAtOnce(t *testing.T) {
	for name, history := range map[string]bool{"history": true, "drafts": false} {
		t.Run(name, func(t *testing.T) {
			o, id := smallImport(t, nil, history)
			call := o.Call(applier(history))
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					_, err := o.Tracker.ApplyImport(t.Context(), call, id)
					if k := fault.KindOf(err); err != nil && k != fault.Conflict && k != fault.Busy {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if _, err := o.Tracker.ApplyImport(t.Context(), call, id); err != nil && fault.CodeOf(err) != "move.illegal" {
				t.Fatal(err)
			}
			if n := importItems(t, o, schema.TypeAward); n != 3 {
				t.Errorf("%d awards, want 3", n)
			}
			soundImport(t, o)
		})
	}
}

func TestImportIsRefused(t *testing.T) {
	o, id := smallImport(t, nil, true)
	drafts, _ := importOf(o, smallFiles(false), exchange.Options{})
	plain := preparedImport(t, o, drafts)
	apply := func(who string) error {
		_, err := o.Tracker.ApplyImport(t.Context(), o.Call(who), id)
		return err
	}
	discard := func(who, reason string) error {
		_, err := o.Tracker.DiscardImport(t.Context(), o.Call(who), id, tracker.Reason{Reason: reason})
		return err
	}
	for _, c := range []struct {
		name, code string
		err        error
	}{
		{"by its preparer, with history", "separation.preparerApplies", apply(trackertest.Manager)},
		{"by another person, without history", "import.appliedByPreparer", refusalOf(o.Tracker.ApplyImport(t.Context(), o.Call(trackertest.Manager2), plain))},
		{"by finance", "access.forbidden", apply(trackertest.Finance)},
		{"by an operator, who may not see it", "thing.notFound", apply(trackertest.Operator)},
		{"prepared by the auditor", "access.forbidden", refusalOf(o.Tracker.PrepareImport(t.Context(), o.Call(trackertest.Auditor), drafts))},
		{"prepared by a stranger", "thing.notFound", refusalOf(o.Tracker.PrepareImport(t.Context(), o.Call(trackertest.Stranger), drafts))},
		{"discarded without a reason", "request.invalid", discard(trackertest.Manager, "")},
		{"discarded", "", discard(trackertest.Manager2, "last year's amounts")},
		{"applied after that", "move.illegal", apply(trackertest.Manager2)},
		{"discarded again", "move.illegal", discard(trackertest.Manager, "again")},
	} {
		if got := fault.CodeOf(c.err); got != c.code {
			t.Errorf("%s: %v, want %q", c.name, c.err, c.code)
		}
	}
}

func refusalOf[T any](_ T, err error) error { return err }
