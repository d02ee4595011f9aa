package rollup

import (
	"maps"
	"slices"
	"strconv"

	"github.com/govalues/decimal"

	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/money"
	"milepost/internal/portfolio"
)

// Statement is what figures say on a business date.
type Statement struct {
	Awards     map[award.State]int          `json:"awards"`
	Money      []Line                       `json:"money"` // by currency
	Milestones map[award.MilestoneState]int `json:"milestones"`
	Outcomes   map[award.Outcome]int        `json:"outcomes"`
	Opening    int                          `json:"opening"` // decided milestones that history from before the go-live brought
	Tranches   map[award.TrancheState]int   `json:"tranches"`
	Overdue    []Bucket                     `json:"overdue"` // the days late in order
	Baselined  int                          `json:"baselined"`
	Owed       []Owed                       `json:"owed"` // by role
	OnTime     OnTimeRate                   `json:"onTime"`
	// MedianSlip are the calendar days from baseline to dateMet of the middle
	// milestone met, with a half where two stand in the middle; empty for none.
	MedianSlip string  `json:"medianSlip,omitempty"`
	Trend      []Trend `json:"trend"` // months in which something happened, in order
}

// Line is the money of one currency.
type Line struct {
	Awarded  money.Amount `json:"awarded"`
	Approved money.Amount `json:"approved"`
	Paid     money.Amount `json:"paid"`
	Returned money.Amount `json:"returned"`
}

// Bucket is what is late by From to To calendar days (To 0: or more). AtRisk
// counts a tranche once, by the longest of its delays.
type Bucket struct {
	From        int   `json:"from"`
	To          int   `json:"to,omitzero"`
	Obligations int   `json:"obligations"`
	AtRisk      Money `json:"atRisk"`
}

// Owed is what a role owes.
type Owed struct {
	Role    portfolio.Role `json:"role"`
	Open    int            `json:"open"`    // its clock running
	Overdue int            `json:"overdue"` // of Open
	DueSoon int            `json:"dueSoon"` // of Open: today or within SoonDays
	Paused  int            `json:"paused"`
}

// SoonDays is the window of what is due soon, in calendar days.
const SoonDays = 30

// OnTimeRate is the share of milestones met whose accepted round was submitted
// by its effective due date, in per cent with one decimal; empty where none
// was met.
type OnTimeRate struct {
	Met    int    `json:"met"`
	OnTime int    `json:"onTime"`
	Rate   string `json:"rate,omitempty"`
}

// Trend is a Month with its name.
type Trend struct {
	Name string `json:"month"` // 2026-05
	Month
}

// Buckets returns the buckets of lateness, empty.
func Buckets() []Bucket {
	return []Bucket{{From: 1, To: 7, AtRisk: Money{}}, {From: 8, To: 30, AtRisk: Money{}}, {From: 31, To: 90, AtRisk: Money{}}, {From: 91, AtRisk: Money{}}}
}

// On returns what f says on a business date. Faults: amount.outOfRange.
func (f Figures) On(date civil.Date) (Statement, error) {
	overdue, err := f.overdue(date)
	if err != nil {
		return Statement{}, err
	}
	rate, err := percent(f.OnTime, f.Outcomes[award.Met])
	if err != nil {
		return Statement{}, err
	}
	s := Statement{
		Awards: orEmpty(f.Awards), Money: []Line{}, Milestones: orEmpty(f.Milestones), Outcomes: orEmpty(f.Outcomes), Opening: f.Opening,
		Tranches: orEmpty(f.Tranches), Overdue: overdue, Baselined: f.Baselined, Owed: f.owed(date),
		OnTime: OnTimeRate{Met: f.Outcomes[award.Met], OnTime: f.OnTime, Rate: rate}, MedianSlip: f.medianSlip(), Trend: []Trend{},
	}
	for _, u := range f.Currencies() {
		s.Money = append(s.Money, Line{f.Awarded.Of(u), f.Approved.Of(u), f.Paid.Of(u), f.Returned.Of(u)})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Months)) {
		s.Trend = append(s.Trend, Trend{name, f.Months[name]})
	}
	return s, nil
}

func orEmpty[K comparable](m map[K]int) map[K]int {
	if m == nil {
		return map[K]int{}
	}
	return m
}

func (f Figures) overdue(date civil.Date) ([]Bucket, error) {
	buckets := Buckets()
	for _, dates := range f.Owed {
		for due, n := range dates {
			if i := bucketOf(buckets, date.Sub(due)); i >= 0 {
				buckets[i].Obligations += n
			}
		}
	}
	for _, due := range slices.SortedFunc(maps.Keys(f.Risk), civil.Date.Compare) {
		if i := bucketOf(buckets, date.Sub(due)); i >= 0 {
			if err := buckets[i].AtRisk.add(f.Risk[due]); err != nil {
				return nil, err
			}
		}
	}
	return buckets, nil
}

// bucketOf is the index of the bucket of so many days late, -1 for none.
func bucketOf(buckets []Bucket, days int) int {
	return slices.IndexFunc(buckets, func(b Bucket) bool { return days >= b.From && (b.To == 0 || days <= b.To) })
}

func (f Figures) owed(date civil.Date) []Owed {
	out := []Owed{}
	for _, role := range portfolio.Roles() {
		o := Owed{Role: role, Paused: f.Paused[role]}
		for due, n := range f.Owed[role] {
			o.Open += n
			switch late := date.Sub(due); {
			case late > 0:
				o.Overdue += n
			case late >= -SoonDays:
				o.DueSoon += n
			}
		}
		if o.Open+o.Paused > 0 {
			out = append(out, o)
		}
	}
	return out
}

// medianSlip finds the middle of the slips.
func (f Figures) medianSlip() string {
	total := 0
	for _, n := range f.Slips {
		total += n
	}
	if total == 0 {
		return ""
	}
	days := slices.Sorted(maps.Keys(f.Slips))
	at := func(rank int) int {
		for _, d := range days {
			if rank -= f.Slips[d]; rank < 0 {
				return d
			}
		}
		return days[len(days)-1]
	}
	twice := at((total-1)/2) + at(total/2)
	switch {
	case twice%2 == 0:
		return strconv.Itoa(twice / 2)
	case twice == -1:
		return "-0.5"
	}
	return strconv.Itoa(twice/2) + ".5"
}

// percent is part of whole in per cent, rounded half to even to one decimal;
// empty where the whole is nothing.
func percent(part, whole int) (string, error) {
	if whole == 0 {
		return "", nil
	}
	p, err := decimal.New(int64(part)*100, 0)
	if err != nil {
		return "", err
	}
	w, err := decimal.New(int64(whole), 0)
	if err != nil {
		return "", err
	}
	ratio, err := p.Quo(w)
	if err != nil {
		return "", err
	}
	return ratio.Round(1).Pad(1).String(), nil
}
