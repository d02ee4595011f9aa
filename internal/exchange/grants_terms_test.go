package exchange

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestGrantsWorkbooks reads the same portfolio from CSV and both workbooks.
func TestGrantsWorkbooks(t *testing.T) {
	files, ok := grants(t, "awards.csv", "milestones.csv")
	if !ok {
		return
	}
	want, _ := read(files, everything())
	for _, name := range []string{"portfolio.xlsx", "portfolio.zh.xlsx"} {
		files, _ := grants(t, name)
		got, problems := read(files, everything())
		if diff := cmp.Diff(map[string]int{"note award.totalReplaced": 5}, codes(problems)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(want.Awards, got.Awards, byContent(), cmpopts.IgnoreFields(Place{}, "File", "Sheet")); diff != "" {
			t.Errorf("%s: awards (-csv +workbook):\n%s", name, diff)
		}
		if got.Awards[0].History {
			t.Errorf("%s: an award has history without events", name)
		}
	}
}

func TestGrantsBaseline(t *testing.T) {
	files, ok := allGrants(t)
	if !ok {
		return
	}
	p, _ := read(files, everything())
	var got []string
	for _, a := range p.Awards {
		for _, m := range a.Milestones {
			if a.Ref == "JuniDB" || a.Ref == "infimum" {
				got = append(got, a.Ref+" "+m.Code()+" "+m.BaselineOn.String()+" → "+m.DueOn.String())
			}
		}
	}
	want := []string{
		"JuniDB 1 2021-08-07 → 2021-08-07", "JuniDB 2 2021-09-06 → 2021-09-06", "JuniDB 3 2021-10-06 → 2021-10-06",
		"JuniDB 4 2021-11-05 → 2021-11-05", // added by an amendment: as added
		"infimum 1 2023-12-10 → 2023-12-10", "infimum 2 2024-02-08 → 2024-06-07", "infimum 3 2024-04-08 → 2024-09-05",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("baselines (-want +got):\n%s", diff)
	}
}

func TestGrantsTerminated(t *testing.T) {
	files, ok := allGrants(t)
	if !ok {
		return
	}
	p, _ := read(files, everything())
	got := map[string]string{}
	for _, a := range p.Awards {
		if on, ok := a.TerminatedOn(); ok {
			got[a.Ref] = on.String()
		}
	}
	if got["Relation-Graph"] != "2022-11-09" || got["tdot"] != "2023-03-10" || len(got) != 12 {
		t.Errorf("terminated = %v", got)
	}
}
