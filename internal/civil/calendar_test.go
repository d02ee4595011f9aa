package civil_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost/internal/civil"
)

func embedded(t testing.TB) civil.Calendar {
	t.Helper()
	c, err := civil.Embedded()
	if err != nil {
		t.Fatalf("Embedded: %v", err)
	}
	return c
}

func TestEmbeddedYears(t *testing.T) {
	if diff := cmp.Diff([]int{2021, 2022, 2023, 2024, 2025, 2026}, embedded(t).Years()); diff != "" {
		t.Errorf("Years differ (-want +got):\n%s", diff)
	}
}

// Facts from the State Council's yearly notices.
func TestEmbeddedFacts(t *testing.T) {
	tests := []struct {
		on    string
		works bool
		why   string
	}{
		{"2021-02-07", true, "Sunday worked for Spring Festival"},
		{"2021-02-11", false, "Spring Festival's eve"},
		{"2021-02-20", true, "Saturday worked for Spring Festival"},
		{"2021-09-18", true, "Saturday worked for Mid-autumn"},
		{"2022-01-31", false, "Spring Festival's eve"},
		{"2022-04-24", true, "Sunday worked for Labour Day"},
		{"2022-10-08", true, "Saturday worked for National Day"},
		{"2022-10-09", true, "Sunday worked for National Day"},
		{"2023-04-05", false, "Tomb-sweeping Day, a Wednesday"},
		{"2023-04-06", true, "one day only in 2023"},
		{"2023-09-29", false, "Mid-autumn, a Friday"},
		{"2023-10-07", true, "Saturday worked for National Day"},
		{"2024-02-09", true, "the eve was no rest day in 2024"},
		{"2024-02-18", true, "Sunday worked for Spring Festival"},
		{"2024-05-11", true, "Saturday worked for Labour Day"},
		{"2024-09-14", true, "Saturday worked for Mid-autumn"},
		{"2025-01-28", false, "Spring Festival's eve"},
		{"2025-10-06", false, "Mid-autumn inside National Day"},
		{"2025-10-08", false, "eight days in 2025"},
		{"2025-10-09", true, "first day after National Day"},
		{"2025-10-11", true, "Saturday worked for National Day"},
		{"2026-01-04", true, "Sunday worked for New Year"},
		{"2026-02-14", true, "Saturday worked for Spring Festival"},
		{"2026-02-23", false, "ninth day of Spring Festival"},
		{"2026-02-28", true, "Saturday worked for Spring Festival"},
		{"2026-09-20", true, "Sunday worked for National Day"},
		{"2026-10-08", true, "first day after National Day"},
		{"2026-10-11", false, "an ordinary Sunday"},
	}
	c := embedded(t)
	for _, tt := range tests {
		if got := c.Works(civil.MustParse(tt.on)); got != tt.works {
			t.Errorf("Works(%s) = %v, want %v: %s", tt.on, got, tt.works, tt.why)
		}
	}
	for year := 2021; year <= 2026; year++ {
		first, _ := civil.Of(year, time.October, 1)
		for n := range 7 {
			if year == 2023 && n == 6 {
				continue // 29 September to 6 October in 2023
			}
			if d := first.AddDays(n); c.Works(d) {
				t.Errorf("Works(%s) = true, want false: National Day", d)
			}
		}
	}
}

// A swap moves a rest day, so a year's working days are its days less weekends
// and statutory days off, of which there are 11 until 2024 and 13 from 2025
// (State Council decree 795). A day swapped over New Year moves one across.
func TestWorkingDaysOfAYear(t *testing.T) {
	want := map[int]int{2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
	got := map[int]int{}
	c := embedded(t)
	for year := range want {
		for d, _ := civil.Of(year, time.January, 1); d.Year() == year; d = d.AddDays(1) {
			if c.Works(d) {
				got[year]++
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("working days of the years differ (-want +got):\n%s", diff)
	}
}

func TestAddWorkingDays(t *testing.T) {
	tests := []struct {
		from string
		n    int
		want string
	}{
		{"2026-05-08", 0, "2026-05-08"},
		{"2026-10-03", 0, "2026-10-03"}, // itself, though a rest day
		{"2026-05-08", 1, "2026-05-09"}, // a Saturday worked
		{"2026-09-30", 1, "2026-10-08"},
		{"2026-09-30", 3, "2026-10-10"}, // 8, 9 and Saturday 10 October
		{"2026-10-03", 1, "2026-10-08"},
		{"2026-10-08", -1, "2026-09-30"},
		{"2026-10-05", -1, "2026-09-30"},
		{"2026-02-13", 10, "2026-03-05"}, // Saturdays 14 and 28 worked: 14, 24 to 28, then 2 to 5 March
		{"2026-12-31", 1, "2027-01-01"},  // 2027 is unpublished: weekends only
	}
	c := embedded(t)
	for _, tt := range tests {
		if got := c.AddWorkingDays(civil.MustParse(tt.from), tt.n); got.String() != tt.want {
			t.Errorf("AddWorkingDays(%s, %d) = %s, want %s", tt.from, tt.n, got, tt.want)
		}
	}
	if got := c.AddWorkingDays(civil.Date{}, 5); !got.IsZero() {
		t.Errorf("AddWorkingDays(no date, 5) = %s, want no date", got)
	}
	if got := c.OnOrAfter(civil.Date{}); !got.IsZero() {
		t.Errorf("OnOrAfter(no date) = %s, want no date", got)
	}
}

// near draws dates around the published years.
func near() *rapid.Generator[civil.Date] {
	first := civil.MustParse("2020-06-01")
	return rapid.Custom(func(t *rapid.T) civil.Date { return first.AddDays(rapid.IntRange(0, 2700).Draw(t, "day")) })
}

func TestAddWorkingDaysCountsWorkingDays(t *testing.T) {
	c := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		d, n := near().Draw(t, "from"), rapid.IntRange(1, 120).Draw(t, "n")
		to := c.AddWorkingDays(d, n)
		if !c.Works(to) || count(c, d.AddDays(1), to) != n {
			t.Fatalf("AddWorkingDays(%s, %d) = %s, which works: %v, is working day number %d", d, n, to, c.Works(to), count(c, d.AddDays(1), to))
		}
		back := c.AddWorkingDays(d, -n)
		if !c.Works(back) || count(c, back, d.AddDays(-1)) != n {
			t.Fatalf("AddWorkingDays(%s, -%d) = %s, which works: %v", d, n, back, c.Works(back))
		}
		if c.Works(d) && c.AddWorkingDays(to, -n) != d {
			t.Fatalf("forward and back from working day %s by %d ends on %s", d, n, c.AddWorkingDays(to, -n))
		}
		m := rapid.IntRange(1, 60).Draw(t, "m")
		if c.AddWorkingDays(to, m) != c.AddWorkingDays(d, n+m) {
			t.Fatalf("%s + %d + %d working days differs from + %d", d, n, m, n+m)
		}
	})
}

func count(c civil.Calendar, from, to civil.Date) int {
	n := 0
	for d := from; !d.After(to); d = d.AddDays(1) {
		if c.Works(d) {
			n++
		}
	}
	return n
}

func TestOnOrAfterIsTheFirstWorkingDay(t *testing.T) {
	c := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		d := near().Draw(t, "d")
		got := c.OnOrAfter(d)
		if got.Before(d) || count(c, d, got) != 1 || !c.Works(got) {
			t.Fatalf("OnOrAfter(%s) = %s", d, got)
		}
	})
}

func TestUnpublishedYearIsProvisional(t *testing.T) {
	c := embedded(t)
	for _, s := range []string{"2020-10-01", "2027-10-01"} {
		d := civil.MustParse(s)
		if c.Published(d) || !c.Works(d) {
			t.Errorf("%s: Published %v, Works %v; want an unpublished year that rests on weekends only", s, c.Published(d), c.Works(d))
		}
	}
	if !c.Published(civil.MustParse("2026-12-31")) {
		t.Error("Published(2026-12-31) = false, want true")
	}
	var none civil.Calendar
	if none.Published(civil.MustParse("2026-10-01")) || len(none.Years()) != 0 || none.Works(civil.MustParse("2026-10-03")) {
		t.Error("the zero calendar knows a year, or works on a Saturday")
	}
	if c.Published(civil.Date{}) {
		t.Error("Published(no date) = true, want false")
	}
}

func TestWithAddsOrReplacesAYear(t *testing.T) {
	c := embedded(t)
	national, spring := civil.MustParse("2027-10-01"), civil.MustParse("2026-10-01")
	with := c.With(civil.Year{Region: "CN", Year: 2027, RestDays: []civil.Day{{Date: national}}})
	if with.Works(national) || !with.Published(national) || with.Works(spring) {
		t.Error("With(2027) does not add the year, or loses 2026")
	}
	if c.Published(national) || !c.Works(national) {
		t.Error("With changed the calendar it was called on")
	}
	bare := with.With(civil.Year{Region: "CN", Year: 2026})
	if !bare.Works(spring) || bare.Works(national) {
		t.Error("With(2026 without rest days) keeps an old rest day of 2026, or loses 2027")
	}
	if diff := cmp.Diff([]int{2021, 2022, 2023, 2024, 2025, 2026, 2027}, bare.Years()); diff != "" {
		t.Errorf("Years after replacing differ (-want +got):\n%s", diff)
	}
	with.Years()[0] = 1
	if with.Years()[0] != 2021 {
		t.Error("Years hands out the calendar's own slice")
	}
}

// The last date there is may be a rest day: nothing may run on for ever.
func TestTheEndOfTheCalendar(t *testing.T) {
	last := civil.MustParse("2200-12-31")
	c := civil.Calendar{}.With(civil.Year{Year: 2200, RestDays: []civil.Day{{Date: last}}})
	if got := c.OnOrAfter(last); got != last {
		t.Errorf("OnOrAfter(%s) = %s, want the last date there is", last, got)
	}
	if got := c.AddWorkingDays(last, 3); got != last {
		t.Errorf("AddWorkingDays(%s, 3) = %s, want the last date there is", last, got)
	}
}
