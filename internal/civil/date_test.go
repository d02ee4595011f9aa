package civil_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"milepost/internal/civil"
	"milepost/internal/fault"
)

func TestParse(t *testing.T) {
	for _, s := range []string{"1900-01-01", "1969-12-30", "1969-12-31", "1970-01-01", "2024-02-29", "2026-05-01", "2200-12-31"} {
		d, err := civil.Parse(s)
		if err != nil || d.String() != s || d.IsZero() {
			t.Errorf("Parse(%q) = %q, %v, IsZero %v; want the same date", s, d, err, d.IsZero())
		}
	}
	for _, s := range []string{"", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-5-1", "2026/05/01",
		"20260501", "2026-05-01T00:00:00Z", " 2026-05-01", "1899-12-31", "2201-01-01", "0000-01-01", "２０２６-05-01"} {
		if d, err := civil.Parse(s); fault.CodeOf(err) != "date.invalid" {
			t.Errorf("Parse(%q) = %q, %v; want date.invalid", s, d, err)
		}
	}
}

func TestOf(t *testing.T) {
	tests := []struct {
		year  int
		month time.Month
		day   int
		want  string // "" where there is no such date
	}{
		{2026, time.May, 1, "2026-05-01"},
		{2024, time.February, 29, "2024-02-29"},
		{1969, time.December, 31, "1969-12-31"},
		{2025, time.February, 29, ""},
		{2026, time.February, 30, ""},
		{2026, 13, 1, ""},
		{2026, 0, 1, ""},
		{2026, time.May, 0, ""},
		{2026, time.May, 32, ""},
		{1899, time.December, 31, ""},
		{2201, time.January, 1, ""},
	}
	for _, tt := range tests {
		got, ok := civil.Of(tt.year, tt.month, tt.day)
		if got.String() != tt.want || ok != (tt.want != "") {
			t.Errorf("Of(%d, %d, %d) = %q, %v; want %q", tt.year, tt.month, tt.day, got, ok, tt.want)
		}
	}
}

func TestBusinessDateChangesAt1600UTC(t *testing.T) {
	tests := []struct{ at, want string }{
		{"2026-04-30T15:59:59.999999999Z", "2026-04-30"},
		{"2026-04-30T16:00:00Z", "2026-05-01"},
		{"2026-12-31T16:00:00Z", "2027-01-01"},
		{"2026-05-01T00:00:00+08:00", "2026-05-01"},
		{"2026-04-30T09:00:00-07:00", "2026-05-01"},
		{"2024-02-28T16:00:00Z", "2024-02-29"},
		{"1969-12-31T00:00:00Z", "1969-12-31"},
	}
	for _, tt := range tests {
		at, err := time.Parse(time.RFC3339Nano, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := civil.BusinessDate(at); got.String() != tt.want {
			t.Errorf("BusinessDate(%s) = %s, want %s", tt.at, got, tt.want)
		}
	}
}

func TestNoTimeIsNoDate(t *testing.T) {
	if got := civil.BusinessDate(time.Time{}); !got.IsZero() {
		t.Errorf("BusinessDate of the zero time = %s, want no date", got)
	}
	if got := (civil.Date{}).Time(); !got.IsZero() {
		t.Errorf("Time of no date = %v, want the zero time", got)
	}
}

func TestNoDate(t *testing.T) {
	var none civil.Date
	early, late := civil.MustParse("1900-01-01"), civil.MustParse("2200-12-31")
	if !none.IsZero() || none.String() != "" || !none.AddDays(5).IsZero() {
		t.Errorf("no date: IsZero %v, String %q, AddDays(5) %q", none.IsZero(), none, none.AddDays(5))
	}
	for _, d := range []civil.Date{early, civil.MustParse("1969-12-31"), late} {
		if !none.Before(d) || !d.After(none) || none.Compare(d) != -1 || civil.Max(none, d) != d || civil.Min(d, none) != none {
			t.Errorf("no date is not before %s", d)
		}
	}
}

func TestAddDaysStaysInBounds(t *testing.T) {
	tests := []struct {
		from string
		n    int
		want string
	}{
		{"2026-12-31", 1, "2027-01-01"},
		{"2024-03-01", -1, "2024-02-29"},
		{"1970-01-01", -1, "1969-12-31"},
		{"2200-12-31", 1, "2200-12-31"},
		{"1900-01-01", -1, "1900-01-01"},
		{"2026-05-01", math.MaxInt, "2200-12-31"},
		{"2026-05-01", math.MinInt, "1900-01-01"},
		{"2026-05-01", 1 << 32, "2200-12-31"},
	}
	for _, tt := range tests {
		if got := civil.MustParse(tt.from).AddDays(tt.n); got.String() != tt.want {
			t.Errorf("%s.AddDays(%d) = %q, want %s", tt.from, tt.n, got, tt.want)
		}
	}
	if got := civil.BusinessDate(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); got.String() != "2200-12-31" {
		t.Errorf("BusinessDate(9999-01-01) = %q, want the last date there is", got)
	}
}

func TestJSON(t *testing.T) {
	type doc struct {
		On civil.Date `json:"on"`
	}
	for _, tt := range []struct{ date, want string }{{"2026-05-01", `{"on":"2026-05-01"}`}, {"", `{"on":""}`}, {"1969-12-31", `{"on":"1969-12-31"}`}} {
		var in doc
		if tt.date != "" {
			in.On = civil.MustParse(tt.date)
		}
		data, err := json.Marshal(in)
		if err != nil || string(data) != tt.want {
			t.Errorf("Marshal(%q) = %s, %v; want %s", tt.date, data, err, tt.want)
		}
		var out doc
		if err := json.Unmarshal(data, &out); err != nil || out != in {
			t.Errorf("Unmarshal(%s) = %v, %v", data, out.On, err)
		}
	}
	var out doc
	if err := json.Unmarshal([]byte(`{"on":"2026-02-30"}`), &out); fault.CodeOf(err) != "date.invalid" {
		t.Errorf("Unmarshal of 2026-02-30: %v, want date.invalid", err)
	}
}

// dates draws any date that Parse accepts.
func dates() *rapid.Generator[civil.Date] {
	first := civil.MustParse("1900-01-01")
	last := civil.MustParse("2200-12-31").Sub(first)
	return rapid.Custom(func(t *rapid.T) civil.Date { return first.AddDays(rapid.IntRange(0, last).Draw(t, "day")) })
}

func TestDatesCountAsTimeDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, e := dates().Draw(t, "d"), dates().Draw(t, "e")
		if d.IsZero() {
			t.Fatal("a date is no date")
		}
		if back, err := civil.Parse(d.String()); err != nil || back != d {
			t.Fatalf("Parse(%q) = %v, %v", d, back, err)
		}
		if want := int((d.Time().Unix() - e.Time().Unix()) / 86400); d.Sub(e) != want {
			t.Fatalf("%s.Sub(%s) = %d, want %d", d, e, d.Sub(e), want)
		}
		if got := e.AddDays(d.Sub(e)); got != d {
			t.Fatalf("%s.AddDays(%d) = %s, want %s", e, d.Sub(e), got, d)
		}
		if d.Compare(e) != d.Time().Compare(e.Time()) || d.Before(e) != (d.Compare(e) < 0) || d.After(e) != (d.Compare(e) > 0) {
			t.Fatalf("order of %s and %s differs from that of their times", d, e)
		}
		if civil.Max(d, e).Before(civil.Min(d, e)) || d.Year() != d.Time().Year() || d.Weekday() != d.Time().Weekday() {
			t.Fatalf("Max, Min, Year or Weekday of %s and %s is off", d, e)
		}
	})
}

func TestBusinessDateIsThatOfShanghai(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-2_000_000_000, 7_000_000_000).Draw(t, "unix"), 0)
		want := at.UTC().Add(8 * time.Hour).Format(civil.Layout)
		if got := civil.BusinessDate(at).String(); got != want {
			t.Fatalf("BusinessDate(%v) = %s, want %s", at.UTC(), got, want)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-05-01", "1969-12-31", "2026-02-30", "2026-5-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := civil.Parse(s)
		if err == nil && (d.String() != s || d.IsZero()) {
			t.Errorf("Parse(%q) = %q, IsZero %v", s, d, d.IsZero())
		}
		if err != nil && fault.CodeOf(err) != "date.invalid" {
			t.Errorf("Parse(%q): %v, want date.invalid", s, err)
		}
	})
}
