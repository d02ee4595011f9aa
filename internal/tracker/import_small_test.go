package tracker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"milepost/internal/exchange"
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/store"
	"milepost/internal/tracker"
	"milepost/internal/tracker/trackertest"
)

// smallFiles are three awards: one paid in part, one terminated, one agreed
// and nothing more; without history they are bare terms.
func smallFiles(history bool) []exchange.File {
	files := []exchange.File{
		{Name: "awards.csv", Data: []byte("award_ref,title,currency,amount,start_on\n" +
			"A-1,Laser,CNY,300.00,2025-01-01\nA-2,Mirror,CNY,100.00,2025-02-01\nA-3,Lens,CNY,50.00,2025-03-01\n")},
		{Name: "milestones.csv", Data: []byte("award_ref,milestone_no,title,due_on,amount\n" +
			"A-1,1,Design,2025-06-01,100.00\nA-1,2,Build,2026-06-01,200.00\nA-2,1,All,2025-09-01,100.00\nA-3,1,Grind,2026-09-01,50.00\n")},
	}
	if history {
		files = append(files,
			exchange.File{Name: "events.csv", Data: []byte("award_ref,milestone_no,event,on_date\n" +
				"A-1,1,delivered,2025-05-20\nA-1,1,accepted,2025-05-28\nA-1,2,delivered,2026-02-01\nA-2,1,delivered,2025-08-01\nA-2,1,rejected,2025-08-20\n")},
			exchange.File{Name: "award_events.csv", Data: []byte("award_ref,event,on_date\n" +
				"A-1,agreed,2025-01-01\nA-2,agreed,2025-02-01\nA-2,terminated,2025-10-01\nA-3,agreed,2025-03-01\n")})
	}
	return files
}

// smallImport is a prepared import of smallFiles in a new office on a store.
func smallImport(t *testing.T, s store.Store, history bool) (*trackertest.Office, ident.Import) {
	t.Helper()
	o := trackertest.New(t, s, trackertest.Programme(func(p *tracker.NewProgramme) { p.GoLiveOn = trackertest.Day("2026-03-02") }))
	in, p := importOf(o, smallFiles(history), exchange.Options{})
	if len(p.Awards) != 3 {
		t.Fatalf("%d awards, want 3", len(p.Awards))
	}
	return o, preparedImport(t, o, in)
}

// applier is who may apply a small import.
func applier(history bool) string {
	if history {
		return trackertest.Manager2
	}
	return trackertest.Manager
}

// importOutcome writes down what an import has left, without ids and versions.
func importOutcome(t *testing.T, o *trackertest.Office, id ident.Import) string {
	t.Helper()
	var b strings.Builder
	view, err := o.Tracker.Import(t.Context(), o.Call(trackertest.Manager), id)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&b, view.State, view.Rows, view.Done)
	for _, r := range importedRows(t, o, id) {
		if r.Result == nil {
			fmt.Fprintln(&b, r.Document.Number, "waits")
			continue
		}
		fmt.Fprintln(&b, r.Document.Number, r.Result.Action, r.Result.Code)
		if r.Result.Award == "" {
			continue
		}
		w := storedAward(t, o.Store, r.Result.Award)
		fmt.Fprintln(&b, " ", w.award.State, w.award.Closing, w.award.ClosedOn, w.award.Origin, w.award.Document.Amount, w.head.Open)
		if w.head.Totals != nil {
			fmt.Fprintf(&b, "  %+v\n", *w.head.Totals)
		}
		var lines []string
		for _, m := range w.milestones {
			lines = append(lines, fmt.Sprint("  milestone ", m.Code, m.State, m.Outcome(), m.DueOn, m.BaselineOn, m.MetOn))
		}
		for _, tr := range w.tranches {
			lines = append(lines, fmt.Sprint("  tranche ", tr.Number, tr.State, tr.Paid, tr.SettledOn))
		}
		for _, p := range w.payments {
			lines = append(lines, fmt.Sprint("  payment ", p.State, p.Amount, p.PaidOn))
		}
		slices.Sort(lines)
		fmt.Fprintln(&b, strings.Join(lines, "\n"))
	}
	fmt.Fprintln(&b, "awards", importItems(t, o, schema.TypeAward), "projects", importItems(t, o, schema.TypeProject))
	return b.String()
}

// importItems counts the items of a type in an office's store.
func importItems(t *testing.T, o *trackertest.Office, kind string) int {
	t.Helper()
	n := 0
	walker, ok := o.Store.(store.Walker)
	if !ok {
		t.Fatal("the store cannot be walked")
	}
	err := walker.Walk(t.Context(), 0, 1, nil, func(item store.Item) error {
		found, err := schema.TypeOf(item)
		if found == kind {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
