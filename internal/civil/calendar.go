package civil

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"time"

	"milepost/internal/fault"
)

// Year is one year's working-day rules as the State Council publishes them:
// statutory rest days, and the weekend days worked in exchange (调休).
type Year struct {
	Region          string `json:"region"`
	Year            int    `json:"year"`
	RestDays        []Day  `json:"restDays"`
	SwappedWorkdays []Date `json:"swappedWorkdays"`
}

// Day is a named rest day of a Year.
type Day struct {
	Date Date              `json:"date"`
	Name map[string]string `json:"name"`
}

// Calendar answers which dates are working days. A year that is not in it
// rests on weekends only, and what is computed from it is provisional. The
// zero Calendar knows no year. Calendars are values: With returns a new one.
type Calendar struct {
	days  map[Date]bool // true: works, false: rests; only exceptions to the weekend rule
	years []int         // sorted
}

//go:embed calendars/*.json
var embedded embed.FS

// Embedded returns the calendar of the years that ship with the program.
func Embedded() (Calendar, error) {
	files, err := embedded.ReadDir("calendars")
	if err != nil {
		return Calendar{}, err
	}
	var c Calendar
	for _, f := range files {
		data, err := embedded.ReadFile(path.Join("calendars", f.Name()))
		if err != nil {
			return Calendar{}, err
		}
		var y Year
		if err := json.Unmarshal(data, &y); err != nil {
			return Calendar{}, fmt.Errorf("civil: %s: %w", f.Name(), err)
		}
		if err := y.Check(); err != nil {
			return Calendar{}, fmt.Errorf("civil: %s: %w", f.Name(), err)
		}
		c = c.With(y)
	}
	return c, nil
}

// Check refuses a year with a day of another year, a day named twice, a
// swapped workday that is no weekend day, or a year out of bounds. Pointers
// are relative to the year.
func (y Year) Check() error {
	var fields []fault.Field
	if y.Year < MinYear || y.Year > MaxYear {
		fields = append(fields, fault.At("/year", "calendar.year.outOfRange", "min", MinYear, "max", MaxYear))
	}
	seen := map[Date]bool{}
	check := func(at string, d Date, weekendOnly bool) {
		switch {
		case d.IsZero() || d.Year() != y.Year:
			fields = append(fields, fault.At(at, "calendar.day.otherYear", "date", d.String(), "year", y.Year))
		case seen[d]:
			fields = append(fields, fault.At(at, "calendar.day.twice", "date", d.String()))
		case weekendOnly && !weekend(d):
			fields = append(fields, fault.At(at, "calendar.day.noWeekend", "date", d.String()))
		}
		seen[d] = true
	}
	for i, d := range y.RestDays {
		check(fmt.Sprintf("/restDays/%d/date", i), d.Date, false)
	}
	for i, d := range y.SwappedWorkdays {
		check(fmt.Sprintf("/swappedWorkdays/%d", i), d, true)
	}
	return fault.InvalidFields(fields...)
}

// With returns the calendar with a year added, or replaced where it was there.
// The year must have passed Check.
func (c Calendar) With(y Year) Calendar {
	out := Calendar{days: make(map[Date]bool, len(c.days)+len(y.RestDays)+len(y.SwappedWorkdays))}
	for d, works := range c.days {
		if d.Year() != y.Year {
			out.days[d] = works
		}
	}
	for _, d := range y.RestDays {
		out.days[d.Date] = false
	}
	for _, d := range y.SwappedWorkdays {
		out.days[d] = true
	}
	out.years = slices.Clone(c.years)
	if i, found := slices.BinarySearch(out.years, y.Year); !found {
		out.years = slices.Insert(out.years, i, y.Year)
	}
	return out
}

// Years lists the published years in order.
func (c Calendar) Years() []int { return slices.Clone(c.years) }

// Published reports whether the year of d is in the calendar. Dates of other
// years are provisional.
func (c Calendar) Published(d Date) bool {
	_, found := slices.BinarySearch(c.years, d.Year())
	return found
}

// Works reports whether d is a working day.
func (c Calendar) Works(d Date) bool {
	if works, ok := c.days[d]; ok {
		return works
	}
	return !weekend(d)
}

func weekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// OnOrAfter returns the first working day not before d, or the last date there
// is where none follows.
func (c Calendar) OnOrAfter(d Date) Date {
	for !d.IsZero() && !c.Works(d) {
		next := d.AddDays(1)
		if next == d {
			return d
		}
		d = next
	}
	return d
}

// AddWorkingDays returns the n-th working day after d, counted from the day
// after d; for n < 0 the n-th before. For n = 0 it is d itself, working or not.
func (c Calendar) AddWorkingDays(d Date, n int) Date {
	if d.IsZero() {
		return d
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		next := d.AddDays(step)
		if next == d {
			return d
		}
		d = next
		if c.Works(d) {
			n--
		}
	}
	return d
}
