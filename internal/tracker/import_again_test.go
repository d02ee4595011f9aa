package tracker_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/fault"
	"milepost/internal/schema"
	"milepost/internal/store/storetest"
	"milepost/internal/tracker/trackertest"
)

// The whole data set, applied on a machine that dies several times and on one
// that loses answers, ends like the one that was applied in one go; imported
// again, everything is left alone.
func TestGrantsInterruptedAndImportedAgain(t *testing.T) {
	files, ok := grantsFiles(t)
	if !ok {
		return
	}
	whole := grantsOffice(t, nil, "2026-04-01")
	in, _ := importOf(whole, files, allAssets())
	id := preparedImport(t, whole, in)
	if _, err := whole.Tracker.ApplyImport(t.Context(), whole.Call(trackertest.Manager), id); fault.CodeOf(err) != "separation.preparerApplies" {
		t.Errorf("applied by its preparer: %v", err)
	}
	appliedImport(t, whole, id)
	want := importOutcome(t, whole, id)

	d := &dying{Store: storetest.Flaky(trackertest.Memory(t), 7, 3)}
	d.left.Store(forever)
	o := grantsOffice(t, d, "2026-04-01")
	in, _ = importOf(o, files, allAssets())
	id = preparedImport(t, o, in)
	call, deaths := o.Call(trackertest.Manager2), 0
	for {
		d.after = !d.after
		d.left.Store(40)
		_, err := o.Tracker.ApplyImport(t.Context(), call, id)
		d.left.Store(forever)
		if err == nil {
			break
		}
		deaths++
	}
	if deaths < 3 {
		t.Errorf("%d deaths, want some", deaths)
	}
	if diff := cmp.Diff(want, importOutcome(t, o, id)); diff != "" {
		t.Errorf("outcome (-in one go +after %d deaths):\n%s", deaths, diff)
	}
	soundImport(t, o)

	in, _ = importOf(o, files, allAssets())
	plan, err := o.Tracker.PlanImport(t.Context(), o.Call(trackertest.Manager), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plan {
		if p.Action != schema.ImportLeave || p.Award == "" {
			t.Errorf("%s: planned %s again, want leave", p.Number, p.Action)
		}
	}
	id = preparedImport(t, o, in)
	appliedImport(t, o, id)
	view, err := o.Tracker.Import(t.Context(), o.Call(trackertest.Manager), id)
	if err != nil || view.Done[schema.ImportLeave] != 46 || len(view.Done) != 1 || importItems(t, o, schema.TypeAward) != 46 {
		t.Errorf("again: %+v, %v, %d awards", view, err, importItems(t, o, schema.TypeAward))
	}
}
