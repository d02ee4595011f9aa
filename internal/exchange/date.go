package exchange

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"milepost/internal/civil"
	"milepost/internal/fault"
)

var (
	dayText   = regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号])(?:[t ]00:00(?::00(?:\.0+)?)?z?)?$`)
	monthText = regexp.MustCompile(`^(\d{4})(?:年(\d{1,2})月?|[-/.](\d{1,2}))(?:份|底|末|初|上旬|中旬|下旬)*$`)
	yearText  = regexp.MustCompile(`^(\d{4})年?(?:内|底|末|年底|年末)?$`)
	monthName = regexp.MustCompile(`^(?:end of )?([a-z]{3,9})\.? (\d{4})$`)
)

// date reads a calendar date: 2026-05-01, 2026/5/1, 2026.5.1, 2026年5月1日, or the
// serial of a number cell. Faults: value.missing, date.invalid, and for a
// month or year alone date.monthOnly, whose offer is its last day.
func date(c cell, date1904 bool) (civil.Date, *fault.Error) {
	text := strings.ToLower(code(c.text))
	if text == "" {
		return civil.Date{}, refusal("value.missing")
	}
	invalid := refusal("date.invalid", "value", clip(code(c.text)))
	if c.number {
		return serial(text, date1904, invalid)
	}
	text = tight(text)
	if m := dayText.FindStringSubmatch(text); m != nil {
		n := numbers(m[1:])
		if d, ok := civil.Of(n[0], time.Month(n[1]), n[2]); ok {
			return d, nil
		}
		return civil.Date{}, invalid
	}
	if end, ok := monthEnd(text); ok {
		return civil.Date{}, refusal("date.monthOnly", "value", clip(code(c.text)), "offer", end.String())
	}
	return civil.Date{}, invalid
}

// tight drops the spaces that stand around Chinese date words.
func tight(s string) string {
	if !strings.ContainsAny(s, "年月") {
		return s
	}
	return strings.ReplaceAll(s, " ", "")
}

func numbers(texts []string) []int {
	var of []int
	for _, t := range texts {
		if n, err := strconv.Atoi(t); err == nil {
			of = append(of, n)
		}
	}
	return of
}

// monthEnd is the last day of a month or year that stands alone.
func monthEnd(text string) (civil.Date, bool) {
	if m := monthText.FindStringSubmatch(text); m != nil {
		n := numbers(m[1:])
		return lastDay(n[0], n[1])
	}
	if m := yearText.FindStringSubmatch(text); m != nil {
		return lastDay(numbers(m[1:])[0], 12)
	}
	if m := monthName.FindStringSubmatch(text); m != nil {
		for month := time.January; month <= time.December; month++ {
			if strings.HasPrefix(strings.ToLower(month.String()), m[1]) {
				return lastDay(numbers(m[2:])[0], int(month))
			}
		}
	}
	return civil.Date{}, false
}

func lastDay(year, month int) (civil.Date, bool) {
	first, ok := civil.Of(year, time.Month(month), 1)
	if !ok {
		return civil.Date{}, false
	}
	return civil.InZone(first.Time().AddDate(0, 1, -1), time.UTC), true
}

// serial reads the number of days by which spreadsheet programs store dates;
// a time of day is dropped. 2026 and 2026.5 are years that somebody typed, not
// days of 1905.
func serial(text string, date1904 bool, invalid *fault.Error) (civil.Date, *fault.Error) {
	plain, ok := stored(text)
	if !ok || strings.HasPrefix(plain, "-") {
		return civil.Date{}, invalid
	}
	days, fraction, _ := strings.Cut(plain, ".")
	n, err := strconv.Atoi(days)
	if err != nil || n > 200_000 {
		return civil.Date{}, invalid
	}
	if n >= civil.MinYear && n <= civil.MaxYear {
		if end, ok := monthEnd(plain); ok && fraction != "1" { // .1 may be October
			return civil.Date{}, refusal("date.monthOnly", "value", plain, "offer", end.String())
		}
		return civil.Date{}, invalid
	}
	epoch, ok := civil.Of(1904, time.January, 1)
	if !date1904 {
		// Day 60 is a 29 February 1900 that never was.
		if n == 0 || n == 60 {
			return civil.Date{}, invalid
		}
		epoch, ok = civil.Of(1900, time.January, 1)
		if n--; n >= 60 {
			n--
		}
	}
	d := epoch.AddDays(n)
	if !ok || d.Sub(epoch) != n { // sums stop at the last date there is
		return civil.Date{}, invalid
	}
	return d, nil
}

// word is an enumerated value as it is compared.
func word(s string) string { return plain(norm.NFKC.String(s)) }
