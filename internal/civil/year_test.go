package civil_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"milepost/internal/civil"
	"milepost/internal/fault"
)

func TestYearCheck(t *testing.T) {
	day := func(s string) civil.Day { return civil.Day{Date: civil.MustParse(s)} }
	tests := []struct {
		name string
		year civil.Year
		want []fault.Field
	}{
		{"good", civil.Year{Year: 2027, RestDays: []civil.Day{day("2027-01-01")},
			SwappedWorkdays: []civil.Date{civil.MustParse("2027-01-03")}}, nil},
		{"empty", civil.Year{Year: 2027}, nil},
		{"year out of range", civil.Year{Year: 20},
			[]fault.Field{fault.At("/year", "calendar.year.outOfRange", "min", 1900, "max", 2200)}},
		{"day of another year", civil.Year{Year: 2027, RestDays: []civil.Day{day("2027-01-01"), day("2026-12-31")}},
			[]fault.Field{fault.At("/restDays/1/date", "calendar.day.otherYear", "date", "2026-12-31", "year", 2027)}},
		{"no date", civil.Year{Year: 2027, RestDays: []civil.Day{{}}},
			[]fault.Field{fault.At("/restDays/0/date", "calendar.day.otherYear", "date", "", "year", 2027)}},
		{"twice", civil.Year{Year: 2027, RestDays: []civil.Day{day("2027-01-01"), day("2027-01-01")}},
			[]fault.Field{fault.At("/restDays/1/date", "calendar.day.twice", "date", "2027-01-01")}},
		{"rest day and workday", civil.Year{Year: 2027, RestDays: []civil.Day{day("2027-01-02")},
			SwappedWorkdays: []civil.Date{civil.MustParse("2027-01-02")}},
			[]fault.Field{fault.At("/swappedWorkdays/0", "calendar.day.twice", "date", "2027-01-02")}},
		{"swapped on a weekday", civil.Year{Year: 2027, SwappedWorkdays: []civil.Date{civil.MustParse("2027-01-04")}},
			[]fault.Field{fault.At("/swappedWorkdays/0", "calendar.day.noWeekend", "date", "2027-01-04")}},
	}
	for _, tt := range tests {
		err := tt.year.Check()
		var got []fault.Field
		if e, ok := errors.AsType[*fault.Error](err); ok {
			got = e.Fields
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: Check differs (-want +got):\n%s", tt.name, diff)
		}
	}
}
