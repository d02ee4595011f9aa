package tracker_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/exchange"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// The data set as it stands, without a word about assets or totals.
func TestGrantsAsTheyStandImport26Awards(t *testing.T) {
	files, ok := grantsFiles(t)
	if !ok {
		return
	}
	o := grantsOffice(t, nil, "2026-04-01")
	in, _ := importOf(o, files, exchange.Options{})
	id := preparedImport(t, o, in)
	appliedImport(t, o, id)
	view, err := o.Tracker.Import(t.Context(), o.Call(trackertest.Manager), id)
	if err != nil {
		t.Fatal(err)
	}
	if view.State != schema.ImportApplied || view.Done[schema.ImportCreate] != 26 || len(view.Done) != 1 || view.Rows != 26 {
		t.Errorf("import = %+v, want 26 awards created", view)
	}
}

// What the store holds after the import is what the CSV files say, computed a
// second time by other means, for both dates of the issue; and the plan said
// so before.
func TestGrantsImportHoldsWhatTheFilesSay(t *testing.T) {
	files, ok := grantsFiles(t)
	if !ok {
		return
	}
	for _, c := range []struct {
		goLiveOn, until string
		awards          int
	}{{"2026-04-01", "2026-03-31", 46}, {"2022-07-01", "2022-06-30", 28}} {
		t.Run(c.until, func(t *testing.T) {
			o := grantsOffice(t, nil, c.goLiveOn)
			options := allAssets()
			options.Until = civil.MustParse(c.until)
			in, _ := importOf(o, files, options)
			plan, err := o.Tracker.PlanImport(t.Context(), o.Call(trackertest.Manager), in)
			if err != nil {
				t.Fatal(err)
			}
			id := preparedImport(t, o, in)
			appliedImport(t, o, id)
			got := countStore(t, o, importedRows(t, o, id), plan)
			want := readGrants(t, c.until)
			for _, part := range []struct {
				name      string
				want, got any
			}{
				{"states", want.states, got.states}, {"awarded", want.awarded, got.awarded}, {"paid", want.paid, got.paid},
				{"due", want.due, got.due},
			} {
				if diff := cmp.Diff(part.want, part.got); diff != "" {
					t.Errorf("%s (-files +store):\n%s", part.name, diff)
				}
			}
			for key, on := range got.baseline {
				if want.baseline[key] != on {
					t.Errorf("%s was first due on %s, want %s", key, on, want.baseline[key])
				}
			}
			if n := got.states["award active"] + got.states["award closed"]; n != c.awards || len(plan) != c.awards {
				t.Errorf("%d awards, %d planned, want %d", n, len(plan), c.awards)
			}
			if r := soundImport(t, o); r.Awards != c.awards || r.Opening == 0 {
				t.Errorf("verified %d awards, %d opening events", r.Awards, r.Opening)
			}
		})
	}
}

// countStore counts what an import left in the store, and holds it against
// what the plan said.
func countStore(t *testing.T, o *trackertest.Office, rows []schema.ImportRow, plan []tracker.PlannedRow) grantsCount {
	t.Helper()
	got := grantsCount{states: map[string]int{}, due: map[string]string{}, baseline: map[string]string{}}
	awarded, paid, booked, numbers := purse{}, purse{}, purse{}, map[string]bool{}
	for i, r := range rows {
		w := storedAward(t, o.Store, r.Result.Award)
		number := w.award.Document.Number
		if numbers[number] {
			t.Errorf("two awards have the number %s", number)
		}
		numbers[number] = true
		if p := plan[i].Opened; p == nil || p.Award.State != w.award.State || p.Totals != *w.head.Totals || plan[i].Number != number {
			t.Errorf("%s: planned %+v, stored %s %+v", number, p, w.award.State, w.head.Totals)
		}
		awarded.add(t, w.award.Document.Amount)
		booked.add(t, w.head.Totals.Paid)
		got.states["award "+string(w.award.State)]++
		for _, m := range w.milestones {
			got.states["milestone "+string(m.State)+" "+string(m.Outcome())]++
			got.due[number+" "+m.Code] = m.DueOn.String()
			got.baseline[number+" "+m.Code] = m.BaselineOn.String()
			if m.Opening == nil && m.State == award.Decided {
				t.Errorf("%s %s is decided and not marked as opening history", number, m.Code)
			}
		}
		for _, tr := range w.tranches {
			got.states["tranche "+string(tr.State)]++
			paid.add(t, tr.Paid)
		}
		for _, p := range w.payments {
			got.states["payment "+string(p.State)]++
		}
	}
	if diff := cmp.Diff(paid.text(), booked.text()); diff != "" {
		t.Errorf("paid (-tranches +heads):\n%s", diff)
	}
	got.awarded, got.paid = awarded.text(), paid.text()
	return got
}

// soundImport verifies the whole store.
func soundImport(t *testing.T, o *trackertest.Office) tracker.VerifyReport {
	t.Helper()
	walker, ok := o.Store.(interface {
		store.Store
		store.Walker
	})
	if !ok {
		t.Fatal("the store cannot be walked")
	}
	report, err := tracker.Verify(t.Context(), tracker.VerifyOptions{Store: walker, Blobs: o.Blobs})
	if err != nil || report.Wrong != nil {
		t.Errorf("verify: %v, %v", err, report.Wrong)
	}
	return report
}
