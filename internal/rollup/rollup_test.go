package rollup_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/portfolio"
	"milepost/internal/rollup"
	"milepost/internal/schema"
)

func day(s string) civil.Date { return civil.MustParse(s) }

func owed(role portfolio.Role, effective string) attention.Watch {
	return attention.Watch{Revision: 1, Current: &attention.Obligation{Role: role, EffectiveOn: day(effective)}}
}

func paused(role portfolio.Role, effective string) attention.Watch {
	w := owed(role, effective)
	w.Current.Paused = true
	return w
}

func cny(s string) money.Amount { return money.MustParse(s) }

// met is a milestone decided met by rounds, each "submitted ended end".
func met(due, baseline string, rounds ...award.Round) award.Milestone {
	m := award.Milestone{ID: "mst_met", State: award.Decided, DueOn: day(due), BaselineOn: day(baseline), Rounds: rounds}
	last := &m.Rounds[len(rounds)-1]
	last.End, last.Outcome, last.EndedBy = award.RoundDecided, award.Met, "per_1"
	m.MetOn = last.SubmittedOn
	return m
}

func submitted(on, ended string) award.Round {
	return award.Round{SubmittedOn: day(on), EndedOn: day(ended)}
}

func returned(on, ended, rework string) award.Round {
	r := submitted(on, ended)
	r.End, r.ReworkDue = award.RoundReturned, day(rework)
	return r
}

// On time is decided by the day on which the accepted round was submitted.
func TestOnTime(t *testing.T) {
	notLate := met("2026-03-10", "2026-03-10", submitted("2026-03-12", "2026-04-01"))
	notLate.NotLateOn = day("2026-03-12")
	for _, test := range []struct {
		name string
		m    award.Milestone
		want bool
	}{
		{"on the day, decided later", met("2026-03-10", "2026-03-10", submitted("2026-03-10", "2026-05-01")), true},
		{"a day late", met("2026-03-10", "2026-03-10", submitted("2026-03-11", "2026-03-12")), false},
		{"days given back by a refused extension", notLate, true},
		{"reworked in time", met("2026-03-10", "2026-03-10", returned("2026-03-09", "2026-03-20", "2026-04-03"), submitted("2026-04-03", "2026-04-05")), true},
		{"reworked too late", met("2026-03-10", "2026-03-10", returned("2026-03-09", "2026-03-20", "2026-04-03"), submitted("2026-04-04", "2026-04-05")), false},
		{"on Monday for a Saturday that rolls", met("2026-03-14", "2026-03-14", submitted("2026-03-16", "2026-03-17")), true},
		{"on Tuesday for a Saturday that rolls", met("2026-03-14", "2026-03-14", submitted("2026-03-17", "2026-03-17")), false},
	} {
		got, err := rollup.OnTime(test.m, func(_ attention.Kind, on civil.Date) (civil.Date, error) { return civil.Calendar{}.OnOrAfter(on), nil })
		if err != nil || got != test.want {
			t.Errorf("%s: %t, %v, want %t", test.name, got, err, test.want)
		}
	}
}

// A tranche is at risk once, however many of its gates are late, and as long
// as the first of them; what is paid of it is not.
func TestRiskCountsATrancheOnce(t *testing.T) {
	gates := []ident.Milestone{"mst_1", "mst_2"}
	things := rollup.Things{
		Award:  award.Award{State: award.Active},
		Totals: &award.Totals{Awarded: cny("100"), Approved: cny("0"), Instructed: cny("0"), Paid: cny("0"), Refunded: cny("0")},
		Milestones: []award.Milestone{
			{ID: "mst_1", State: award.Planned, Watch: owed(portfolio.PlatformOperator, "2026-03-01")},
			{ID: "mst_2", State: award.Planned, Watch: owed(portfolio.PlatformOperator, "2026-01-01")},
			{ID: "mst_3", State: award.Planned, Watch: paused(portfolio.PlatformOperator, "2026-01-01")},
		},
		Tranches: []award.Tranche{
			{State: award.Scheduled, Amount: cny("40"), Paid: cny("0"), Gates: gates},
			{State: award.Approved, Amount: cny("30"), Paid: cny("10"), Watch: owed(portfolio.Finance, "2026-03-25")},
			{State: award.Settled, Amount: cny("20"), Paid: cny("20"), Gates: gates},
			{State: award.Scheduled, Amount: cny("10"), Paid: cny("0"), Gates: []ident.Milestone{"mst_3"}},
		},
	}
	f, err := rollup.Of(things, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ on, want string }{
		{"2026-01-01", "[0 0 0 0] [[] [] [] []]"},
		{"2026-01-02", "[1 0 0 0] [[CNY 40.00] [] [] []]"},
		{"2026-03-02", "[1 0 1 0] [[] [] [CNY 40.00] []]"},
		{"2026-03-08", "[1 0 1 0] [[] [] [CNY 40.00] []]"},
		{"2026-03-09", "[0 1 1 0] [[] [] [CNY 40.00] []]"},
		{"2026-04-02", "[0 1 1 1] [[] [CNY 20.00] [] [CNY 40.00]]"},
	} {
		s, err := f.On(day(test.on))
		if err != nil {
			t.Fatal(err)
		}
		counts, risks := "[", "["
		for i, b := range s.Overdue {
			if i > 0 {
				counts, risks = counts+" ", risks+" "
			}
			counts += string(rune('0' + b.Obligations))
			risks += "["
			for _, a := range b.AtRisk {
				risks += a.String()
			}
			risks += "]"
		}
		if got := counts + "] " + risks + "]"; normal(got) != normal(test.want) {
			t.Errorf("on %s: %s, want %s", test.on, got, test.want)
		}
	}
	s, err := f.On(day("2026-03-10"))
	want := []rollup.Owed{{Role: portfolio.Finance, Open: 1, DueSoon: 1}, {Role: portfolio.PlatformOperator, Open: 2, Overdue: 2, Paused: 1}}
	if diff := cmp.Diff(want, s.Owed); diff != "" || err != nil {
		t.Errorf("owed (-want +got):\n%s %v", diff, err)
	}
}

// normal writes amounts one way, whichever way a text puts their currency.
func normal(s string) string {
	out := ""
	for _, r := range s {
		if r != ' ' && (r < 'A' || r > 'Z') {
			out += string(r)
		}
	}
	return out
}

// The median is that of the single slips.
func TestMedianSlip(t *testing.T) {
	for _, test := range []struct {
		slips map[int]int
		want  string
	}{
		{nil, ""}, {map[int]int{4: 1}, "4"}, {map[int]int{-3: 1, 4: 2}, "4"}, {map[int]int{1: 1, 2: 1}, "1.5"},
		{map[int]int{-1: 1, 0: 1}, "-0.5"}, {map[int]int{-2: 1, -1: 1}, "-1.5"}, {map[int]int{0: 5, 100: 4}, "0"},
	} {
		s, err := rollup.Figures{Slips: test.slips}.On(day("2026-01-01"))
		if err != nil || s.MedianSlip != test.want {
			t.Errorf("median of %v: %q, %v, want %q", test.slips, s.MedianSlip, err, test.want)
		}
	}
}

func TestOnTimeRate(t *testing.T) {
	for _, test := range []struct {
		onTime, met int
		want        string
	}{{0, 0, ""}, {0, 3, "0.0"}, {1, 3, "33.3"}, {2, 3, "66.7"}, {3, 3, "100.0"}} {
		s, err := rollup.Figures{OnTime: test.onTime, Outcomes: map[award.Outcome]int{award.Met: test.met}}.On(day("2026-01-01"))
		if err != nil || s.OnTime.Rate != test.want {
			t.Errorf("%d of %d: %q, %v, want %q", test.onTime, test.met, s.OnTime.Rate, err, test.want)
		}
	}
}

func figures(t *rapid.T) rollup.Figures {
	date := rapid.Custom(func(t *rapid.T) civil.Date { return day("2026-01-01").AddDays(rapid.IntRange(0, 5).Draw(t, "day")) })
	some := func(t *rapid.T) rollup.Money {
		var amounts []money.Amount
		for range rapid.IntRange(0, 3).Draw(t, "amounts") {
			unit, err := money.ISO(rapid.SampledFrom([]string{"CNY", "JPY", "USD"}).Draw(t, "currency"))
			if err != nil {
				t.Fatal(err)
			}
			a, err := money.Of(int64(rapid.IntRange(-9, 9).Draw(t, "minor")), unit)
			if err != nil {
				t.Fatal(err)
			}
			amounts = append(amounts, a)
		}
		m, err := rollup.MoneyOf(amounts...)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	n := rapid.IntRange(1, 4)
	return rollup.Figures{
		Awards: map[award.State]int{award.Active: 1}, Awarded: some(t), Paid: some(t),
		Owed:   map[portfolio.Role]rollup.Dates{rapid.SampledFrom(portfolio.Roles()).Draw(t, "role"): {date.Draw(t, "due"): n.Draw(t, "n")}},
		Risk:   map[civil.Date]rollup.Money{date.Draw(t, "risk"): some(t)},
		Slips:  map[int]int{rapid.IntRange(-3, 3).Draw(t, "slip"): n.Draw(t, "n")},
		Months: map[string]rollup.Month{rollup.MonthOf(date.Draw(t, "month")): {Decided: 1, Paid: some(t)}},
		OnTime: n.Draw(t, "onTime"),
	}
}

// The sum does not depend on order or grouping, and adding leaves the parts
// alone.
func TestSumOfParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Custom(figures), 1, 6).Draw(t, "parts")
		before := text(t, parts)
		whole := sum(t, parts...)
		shuffled := rapid.Permutation(parts).Draw(t, "shuffled")
		cut := rapid.IntRange(0, len(parts)).Draw(t, "cut")
		if got := sum(t, sum(t, shuffled[:cut]...), sum(t, shuffled[cut:]...)); text(t, got) != text(t, whole) {
			t.Fatalf("sum of groups %s, want %s", text(t, got), text(t, whole))
		}
		if text(t, parts) != before {
			t.Fatal("adding changed a part")
		}
	})
}

func sum(t *rapid.T, parts ...rollup.Figures) rollup.Figures {
	var s rollup.Figures
	for _, p := range parts {
		if err := s.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func text(t *rapid.T, v any) string {
	out, err := schema.Canonical(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
