package exchange

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
)

// TestGrantsOpen opens every award with its history, as an import applies it.
func TestGrantsOpen(t *testing.T) {
	files, ok := allGrants(t)
	if !ok {
		return
	}
	p, _ := read(files, everything())
	n := 0
	mint := func(prefix string) (string, error) {
		n++
		return fmt.Sprintf("%s_%026d", prefix, n), nil
	}
	got := map[string]int{}
	for _, a := range p.Awards {
		id, _ := mint(ident.PrefixAward)
		opened, err := award.Open(
			a.Document(Parties{Programme: "prg_1", Project: "prj_1", Funder: "org_1", Payee: "org_2"}),
			*a.history(),
			award.Opener{
				Award: ident.Award(id), Drafter: "per_1", Actor: award.Actor{Person: "per_2"},
				GoLiveOn: civil.MustParse("2026-04-01"), On: civil.MustParse("2026-04-01"), Origin: award.Imported, Mint: mint,
			})
		if err != nil {
			t.Errorf("%s: %v", a.Ref, err)
			continue
		}
		got["award "+string(opened.Award.State)]++
		if on, terminated := a.TerminatedOn(); terminated && opened.Award.ClosedOn != on {
			t.Errorf("%s closed on %s, want %s", a.Ref, opened.Award.ClosedOn, on)
		}
		for _, m := range opened.Milestones {
			got["milestone "+string(m.State)]++
		}
		for _, tranche := range opened.Tranches {
			got["tranche "+string(tranche.State)]++
		}
		got["payments"] += len(opened.Payments)
	}
	// 117 acceptances: one of nothing (dorahacks 2), and one of a milestone
	// rejected afterwards (Relation-Graph 3), whose tranche stays paid.
	want := map[string]int{
		"award active": 34, "award closed": 12,
		"milestone decided": 120, "milestone cancelled": 14, "milestone planned": 2,
		"tranche settled": 116, "tranche cancelled": 17, "tranche scheduled": 2, "payments": 116,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("opened (-want +got):\n%s", diff)
	}
}
