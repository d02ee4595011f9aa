package exchange

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
	"milepost/internal/money"
)

// grants reads files of the real data set, or says how to run the test; with
// MILEPOST_CI its absence is a failure.
func grants(t *testing.T, names ...string) ([]File, bool) {
	t.Helper()
	dir := os.Getenv("MILEPOST_GRANTS")
	if dir == "" {
		if os.Getenv("MILEPOST_CI") != "" {
			t.Fatal("MILEPOST_GRANTS is not set")
		}
		t.Log("not run: set MILEPOST_GRANTS to the folder of the grants data")
		return nil, false
	}
	var files []File
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, File{Name: name, Data: data})
	}
	return files, true
}

func allGrants(t *testing.T) ([]File, bool) {
	return grants(t, "awards.csv", "milestones.csv", "events.csv", "award_events.csv", "amendments.csv", "event_sources.csv", "written.csv")
}

func everything() Options {
	return Options{
		Assets: map[string]int{"BTC": 8, "DAI": 2, "USDC": 2, "USDT": 2},
		Total:  TotalMilestones,
	}
}

// codes counts the problems by severity and code.
func codes(problems []Problem) map[string]int {
	n := map[string]int{}
	for _, p := range problems {
		n[string(p.Severity)+" "+p.Code]++
	}
	return n
}

func sums(p *Portfolio) map[string]string {
	by := map[string]string{}
	totals := map[money.Unit]money.Amount{}
	for _, a := range p.Awards {
		sum, ok := totals[a.Unit]
		if !ok {
			sum = money.Zero(a.Unit)
		}
		sum, err := sum.Add(a.Amount)
		if err != nil {
			return map[string]string{"error": err.Error()}
		}
		totals[a.Unit] = sum
		by[a.Unit.Code()] = sum.Decimal()
	}
	return by
}

// standing counts milestones by what their events make of them, and lists
// those of open awards that are undecided and past due on a date.
func standing(p *Portfolio, on string) (map[string]int, []string) {
	n := map[string]int{}
	var overdue []string
	for _, a := range p.Awards {
		_, terminated := a.TerminatedOn()
		if terminated {
			n["terminated awards"]++
		}
		for _, m := range a.Milestones {
			state := "planned"
			if _, ok := m.Delivery(); ok {
				state = "submitted"
			}
			e, decided := m.Decision()
			if decided {
				state = string(e.Kind)
			}
			n[state]++
			if m.Amount.Sign() > 0 {
				n["tranches"]++
			}
			if !decided && !terminated && m.DueOn.Before(civil.MustParse(on)) {
				overdue = append(overdue, a.Ref+" "+m.Code()+" "+m.DueOn.String()+" "+state)
			}
		}
	}
	return n, overdue
}

func TestGrantsAsTheyStand(t *testing.T) {
	files, ok := allGrants(t)
	if !ok {
		return
	}
	p, problems := read(files, Options{})
	want := map[string]int{
		"error currency.unknown": 17, "error award.totalDiffers": 3,
		"note table.ignored": 2,
	}
	if diff := cmp.Diff(want, codes(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if len(p.Awards) != 26 || p.Counts.Refused != 20 {
		t.Errorf("%d awards, %d refused, want 26 and 20", len(p.Awards), p.Counts.Refused)
	}
	_, problems = read(files, Options{Assets: everything().Assets})
	if n := codes(problems)["error award.totalDiffers"]; n != 5 {
		t.Errorf("with assets %d totals differ, want 5", n)
	}
}

func TestGrantsWithEverything(t *testing.T) {
	files, ok := allGrants(t)
	if !ok {
		return
	}
	p, problems := read(files, everything())
	if diff := cmp.Diff(map[string]int{"note award.totalReplaced": 5, "note table.ignored": 2}, codes(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Counts{Awards: 46, Milestones: 136, Delivered: 121, Accepted: 117, Rejected: 4, OtherEvents: 69}, p.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	wantSums := map[string]string{
		"BTC": "14.32580000", "DAI": "97475.00", "USD": "907955.00", "USDT": "62700.00", "EUR": "75000.00", "USDC": "45750.00",
	}
	if diff := cmp.Diff(wantSums, sums(p)); diff != "" {
		t.Errorf("sums (-want +got):\n%s", diff)
	}
	states, overdue := standing(p, "2026-04-01")
	wantStates := map[string]int{
		"accepted": 116, "rejected": 4, "submitted": 1, "planned": 15, "terminated awards": 12, "tranches": 135,
	}
	if diff := cmp.Diff(wantStates, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	wantOverdue := []string{"infimum 3 2024-09-05 planned", "OfflineElectionTool 2 2025-10-09 planned"}
	if diff := cmp.Diff(wantOverdue, overdue); diff != "" {
		t.Errorf("overdue (-want +got):\n%s", diff)
	}
}

func TestGrantsUntil(t *testing.T) {
	files, ok := allGrants(t)
	if !ok {
		return
	}
	o := everything()
	o.Until = civil.MustParse("2022-06-30")
	p, problems := read(files, o)
	if diff := cmp.Diff(map[string]int{"note award.totalReplaced": 2, "note table.ignored": 2}, codes(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if p.Counts.Awards != 28 || p.Counts.LeftOut != 18 || p.Counts.Milestones != 88 {
		t.Errorf("counts = %+v, want 28 awards of 88 milestones and 18 left out", p.Counts)
	}
	wantSums := map[string]string{"BTC": "14.32580000", "DAI": "99475.00", "USD": "476855.00", "USDT": "104500.00"}
	if diff := cmp.Diff(wantSums, sums(p)); diff != "" {
		t.Errorf("sums (-want +got):\n%s", diff)
	}
	states, overdue := standing(p, "2022-07-01")
	wantStates := map[string]int{"accepted": 49, "rejected": 1, "submitted": 2, "planned": 36, "terminated awards": 2, "tranches": 87}
	if diff := cmp.Diff(wantStates, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	wantOverdue := []string{
		"SEOR-code-less-smart-contract-platform 3 2021-04-29 planned",
		"ajuna_network_follow_up 2 2021-08-08 planned", "ajuna_network_follow_up 3 2021-09-07 planned", "ajuna_network_follow_up 4 2021-10-07 planned",
		"JuniDB 1 2021-08-07 submitted", "JuniDB 3 2021-10-06 planned", "JuniDB 4 2021-11-05 planned",
		"prosopo 2 2022-02-17 planned", "wika_network 3 2022-02-20 planned",
		"Interstellar-Network 3 2022-05-03 planned", "Interstellar-Network 4 2022-06-02 planned",
		"wasmedge_substrate 1 2022-04-09 planned", "wasmedge_substrate 2 2022-05-09 planned", "wasmedge_substrate 3 2022-06-08 planned",
		"SaaS3 1 2022-06-08 planned",
		"tdot 1 2022-04-07 planned", "tdot 2 2022-04-14 planned", "tdot 3 2022-04-21 planned", "tdot 4 2022-04-28 planned",
		"Afloat 1 2022-06-16 planned", "Relation-Graph 1 2022-06-23 planned",
	}
	if diff := cmp.Diff(wantOverdue, overdue); diff != "" {
		t.Errorf("overdue (-want +got):\n%s", diff)
	}
}
