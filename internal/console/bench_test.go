package console_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"milepost/internal/award"
	"milepost/internal/store"
	"milepost/internal/tracker/trackertest"
)

// BenchmarkPages tells what a page reads for a small and for a large portfolio, all
// of which is overdue: calls of the store, entries of indexes and items, and the
// size of the page.
//
//	go test -run '^$' -bench Pages -benchtime 20x ./internal/console
func BenchmarkPages(b *testing.B) {
	for _, awards := range []int{20, 200} {
		h := houseOf(b, trackertest.New(b, store.Counted(trackertest.Memory(b))))
		var a trackertest.Active
		for range awards {
			a = h.ActiveAward([]award.MilestoneDraft{trackertest.Milestone("M1", "2026-03-10"), trackertest.Milestone("M2", "2026-03-11"), trackertest.Milestone("M3", "2026-03-12")},
				[]award.TrancheDraft{trackertest.Tranche(1, "2026-12-01", "10", "M1"), trackertest.Tranche(2, "2026-12-15", "20", "M2", "M3")})
			h.Submit(a.M("M2"))
			h.Meet(a.M("M3"))
		}
		h.follow()
		h.Clock.Set(trackertest.Day("2026-03-30"))
		h.signIn(trackertest.Manager)
		for _, page := range []struct{ name, path string }{
			{"inbox", "/"}, {"overview", "/overview"}, {"overdue", "/overdue"}, {"milestones", "/milestones"}, {"timeline", "/milestones?view=timeline"},
			{"awards", "/awards"}, {"award", "/awards/" + string(a.ID)}, {"milestone", milestoneAt(a, "M1")}, {"tranches", "/tranches?queue=all"},
			{"search", "/search?q=HT-001"}, {"journal", "/audit/" + string(a.ID)},
		} {
			b.Run(fmt.Sprintf("%s/awards=%d", page.name, awards), func(b *testing.B) { benchmarkPage(b, h, page.path) })
		}
	}
}

func benchmarkPage(b *testing.B, h *house, path string) {
	var read store.Tally
	var bytes int
	for range b.N {
		ctx, tally := store.WithTally(context.Background())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
		if err != nil {
			b.Fatal(err)
		}
		got := h.send(trackertest.Manager, r)
		if got.Code != http.StatusOK {
			b.Fatalf("%s = %d", path, got.Code)
		}
		read, bytes = *tally, got.Body.Len()
	}
	b.ReportMetric(float64(read.Gets+read.Queries), "calls")
	b.ReportMetric(float64(read.IndexKeys), "entries")
	b.ReportMetric(float64(read.ItemsRead), "items")
	b.ReportMetric(float64(bytes)/1e3, "kB")
}
