package console_test

import (
	"fmt"
	"testing"

	"milepost/internal/portfolio"
	"milepost/internal/tracker/trackertest"
)

// Whoever has roles in every programme of a ministry has every page of it, and
// needs no filter first.
func TestManyProgrammes(t *testing.T) {
	h := newHouse(t)
	for i := range 30 {
		p := h.NewProgramme(fmt.Sprintf("P%d", i), nil, trackertest.Manager)
		h.Grant(trackertest.Finance, portfolio.Finance, string(p))
	}
	for _, who := range []string{trackertest.Manager, trackertest.Finance} {
		for _, path := range []string{"/", "/overview", "/overdue", "/overdue?whose=others", "/milestones", "/milestones?view=timeline", "/awards", "/tranches", "/payments",
			"/refunds", "/extensions", "/platforms", "/projects", "/imports", "/search?q=programme", "/notices"} {
			h.sees(who, path)
		}
	}
}
