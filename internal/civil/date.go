// Package civil provides calendar dates without a time of day, and the
// working-day calendars by which obligations are counted. A business date is
// the calendar date in Asia/Shanghai.
package civil

import (
	"fmt"
	"time"

	"milepost/internal/fault"
)

// Date is a calendar date of the proleptic Gregorian calendar. The zero Date
// means "no date"; it marshals to the empty string and is before every other.
type Date struct {
	days int32 // days since 1899-12-31: 1 is 1900-01-01; 0 means no date
}

// Layout is the only form in which dates are written: RFC 3339 full-date.
const Layout = "2006-01-02"

// MinYear and MaxYear bound the years of dates. Parse and Of refuse others; a
// sum that would leave them stops at the first or last date there is, so that
// every Date can be written and read back.
const (
	MinYear = 1900
	MaxYear = 2200
)

// In days since 1970-01-01: the day before MinYear; and how many dates there
// are from MinYear to MaxYear.
const (
	origin = -25568
	count  = 109938
)

// Of returns the date of year, month and day, or false where there is none
// (2026-02-30) or the year is out of bounds.
func Of(year int, month time.Month, day int) (Date, bool) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if year < MinYear || year > MaxYear || t.Year() != year || t.Month() != month || t.Day() != day {
		return Date{}, false
	}
	return fromUTC(t), true
}

// Parse reads a date written as 2026-05-01. The fault's code is date.invalid.
func Parse(s string) (Date, error) {
	t, err := time.Parse(Layout, s)
	if err != nil || t.Year() < MinYear || t.Year() > MaxYear {
		return Date{}, fault.New(fault.Invalid, "date.invalid", "value", clip(s))
	}
	return fromUTC(t), nil
}

// MustParse is Parse for dates written in code; it panics on a bad one.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// InZone returns the calendar date of an instant in a zone; of the zero Time it
// is no date.
func InZone(t time.Time, zone *time.Location) Date {
	if t.IsZero() {
		return Date{}
	}
	y, m, d := t.In(zone).Date()
	return fromUTC(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// Shanghai is the zone of every business date: UTC+8 without daylight saving,
// as in force since 1991.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// BusinessDate returns the calendar date of an instant in Asia/Shanghai.
func BusinessDate(t time.Time) Date { return InZone(t, Shanghai) }

// fromUTC returns the date of a midnight UTC.
func fromUTC(t time.Time) Date { return bounded(t.Unix()/86400 - origin) }

func bounded(days int64) Date { return Date{int32(min(max(days, 1), count))} }

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// Time returns midnight UTC at the start of the date; the zero Date gives the
// zero Time.
func (d Date) Time() time.Time {
	if d.days == 0 {
		return time.Time{}
	}
	return time.Unix((int64(d.days)+origin)*86400, 0).UTC()
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d.days == 0 }

// String returns 2026-05-01, or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Time().Format(Layout)
}

// AddDays returns the date n calendar days later (earlier for n < 0), at most
// the last date of MaxYear and at least the first of MinYear. Adding to no
// date gives no date.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return bounded(int64(d.days) + int64(min(max(n, -count), count)))
}

// Sub returns the calendar days from e to d: positive where d is later.
func (d Date) Sub(e Date) int { return int(d.days - e.days) }

// Before reports whether d is earlier than e; no date is before every date.
func (d Date) Before(e Date) bool { return d.days < e.days }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.days > e.days }

// Compare returns -1, 0 or +1 as d is earlier than, the same as or later than e.
func (d Date) Compare(e Date) int {
	switch {
	case d.days < e.days:
		return -1
	case d.days > e.days:
		return 1
	}
	return 0
}

// Max returns the later of the dates.
func Max(a, b Date) Date {
	if a.Before(b) {
		return b
	}
	return a
}

// Min returns the earlier of the dates.
func Min(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}

// Year returns the calendar year, which in China is the fiscal year too.
func (d Date) Year() int { return d.Time().Year() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return fmt.Errorf("civil: %w", err)
	}
	*d = parsed
	return nil
}
