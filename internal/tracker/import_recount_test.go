package tracker_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// grantsCount is what the CSV files say, computed without any package of this
// module: rational numbers, the times of the standard library, and the rules
// as the issue states them.
type grantsCount struct {
	awarded, paid map[string]string // by currency
	states        map[string]int
	due, baseline map[string]string // by award and milestone
	overdue       []string          // "award milestone due", open and undelivered before the day after until
}

// csvTerm is what the files say of a milestone at some date.
type csvTerm struct {
	amount string
	days   int
}

type csvAward struct {
	currency, start string
	terms           map[int]*csvTerm
	ended           bool
}

// csvFate is what happened to a milestone.
type csvFate struct{ delivered, accepted, everAccepted, decided bool }

func csvRows(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(os.Getenv("MILEPOST_GRANTS"), name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, header := range records[0] {
			row[header] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// csvNumber reads a whole number; "" is 0.
func csvNumber(t *testing.T, text string) int {
	t.Helper()
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// csvAwards are the awards agreed until a date, with the terms of a date:
// later amendments are undone from the end of the file.
func csvAwards(t *testing.T, agreedUntil, termsOf string) map[string]*csvAward {
	t.Helper()
	awards := map[string]*csvAward{}
	for _, r := range csvRows(t, "awards.csv") {
		if r["start_on"] <= agreedUntil {
			awards[r["award_ref"]] = &csvAward{currency: r["currency"], start: r["start_on"], terms: map[int]*csvTerm{}}
		}
	}
	for _, r := range csvRows(t, "milestones.csv") {
		if a := awards[r["award_ref"]]; a != nil {
			a.terms[csvNumber(t, r["milestone_no"])] = &csvTerm{r["amount"], csvNumber(t, r["duration_days"])}
		}
	}
	for _, r := range slices.Backward(csvRows(t, "amendments.csv")) {
		a, no := awards[r["award_ref"]], csvNumber(t, r["milestone_no"])
		if a == nil || no == 0 || r["on_date"] <= termsOf {
			continue
		}
		if a.terms[no] == nil {
			a.terms[no] = &csvTerm{}
		}
		switch r["field"] {
		case "amount":
			a.terms[no].amount = r["from"]
		case "duration_days":
			a.terms[no].days = csvNumber(t, r["from"])
		case "milestone_added":
			delete(a.terms, no)
		}
	}
	return awards
}

// dues are the due dates of an award: the start and the days of milestones
// 1 to n.
func (a *csvAward) dues(t *testing.T) map[int]string {
	t.Helper()
	day, err := time.Parse(time.DateOnly, a.start)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]string{}
	for _, no := range slices.Sorted(maps.Keys(a.terms)) {
		day = day.AddDate(0, 0, a.terms[no].days)
		out[no] = day.Format(time.DateOnly)
	}
	return out
}

// csvFates are what happened until a date, by award and milestone; deliveries
// of a day come before its decisions.
func csvFates(t *testing.T, until string) map[string]*csvFate {
	t.Helper()
	rank := map[string]string{"delivered": "1", "accepted": "2", "rejected": "3", "other": "4"}
	events := csvRows(t, "events.csv")
	slices.SortStableFunc(events, func(x, y map[string]string) int {
		a, b := x["on_date"]+rank[x["event"]], y["on_date"]+rank[y["event"]]
		return map[bool]int{true: -1, false: 0}[a < b] + map[bool]int{true: 1, false: 0}[a > b]
	})
	fates := map[string]*csvFate{}
	for _, r := range events {
		if r["on_date"] > until {
			continue
		}
		key := r["award_ref"] + " " + r["milestone_no"]
		if fates[key] == nil {
			fates[key] = &csvFate{}
		}
		switch f := fates[key]; r["event"] {
		case "delivered":
			f.delivered = true
		case "accepted":
			f.accepted, f.everAccepted, f.decided = true, true, true
		case "rejected":
			f.accepted, f.decided = false, true
		}
	}
	return fates
}

// readGrants counts what was agreed and happened until a date.
func readGrants(t *testing.T, until string) grantsCount {
	t.Helper()
	awards := csvAwards(t, until, until)
	for _, r := range csvRows(t, "award_events.csv") {
		if a := awards[r["award_ref"]]; a != nil && r["on_date"] <= until {
			switch r["event"] {
			case "terminated":
				a.ended = true
			case "termination_reverted":
				a.ended = false
			}
		}
	}
	fates := csvFates(t, until)
	out := grantsCount{states: map[string]int{}, due: map[string]string{}, baseline: csvBaselines(t, until)}
	awarded, paid := map[string]*big.Rat{}, map[string]*big.Rat{}
	for ref, a := range awards {
		out.states["award "+map[bool]string{true: "closed", false: "active"}[a.ended]]++
		for no, due := range a.dues(t) {
			key := ref + " " + strconv.Itoa(no)
			out.due[key] = due
			f := fates[key]
			if f == nil {
				f = &csvFate{}
			}
			state := f.state(a.ended)
			out.states["milestone "+state]++
			if state == "planned " && due <= until {
				out.overdue = append(out.overdue, key+" "+due)
			}
			amount, ok := new(big.Rat).SetString(a.terms[no].amount)
			if !ok {
				t.Fatalf("%s: %q is no number", key, a.terms[no].amount)
			}
			csvSum(awarded, a.currency, amount)
			out.tranche(a, f, amount, paid)
		}
	}
	out.awarded, out.paid = csvDecimals(awarded), csvDecimals(paid)
	slices.Sort(out.overdue)
	return out
}

func (f *csvFate) state(ended bool) string {
	switch {
	case f.decided && f.accepted:
		return "decided met"
	case f.decided:
		return "decided notMet"
	case ended:
		return "cancelled "
	case f.delivered:
		return "submitted "
	}
	return "planned "
}

func (c *grantsCount) tranche(a *csvAward, f *csvFate, amount *big.Rat, paid map[string]*big.Rat) {
	csvSum(paid, a.currency, new(big.Rat))
	switch {
	case amount.Sign() == 0:
	case f.everAccepted:
		c.states["tranche settled"]++
		c.states["payment paid"]++
		csvSum(paid, a.currency, amount)
	case a.ended:
		c.states["tranche cancelled"]++
	default:
		c.states["tranche scheduled"]++
	}
}

// csvBaselines are the due dates first agreed: before every amendment, or on
// the day that an amendment added the milestone.
func csvBaselines(t *testing.T, until string) map[string]string {
	t.Helper()
	out := map[string]string{}
	at := func(termsOf string, wanted func(ref string, no int) bool) {
		for ref, a := range csvAwards(t, until, termsOf) {
			for no, due := range a.dues(t) {
				if key := fmt.Sprint(ref, " ", no); wanted(ref, no) {
					out[key] = due
				}
			}
		}
	}
	at("", func(string, int) bool { return true })
	for _, r := range csvRows(t, "amendments.csv") {
		if r["field"] == "milestone_added" && r["on_date"] <= until {
			at(r["on_date"], func(ref string, no int) bool {
				return ref == r["award_ref"] && strconv.Itoa(no) == r["milestone_no"]
			})
		}
	}
	return out
}

func csvSum(sums map[string]*big.Rat, currency string, amount *big.Rat) {
	if sums[currency] == nil {
		sums[currency] = new(big.Rat)
	}
	sums[currency].Add(sums[currency], amount)
}

func csvDecimals(sums map[string]*big.Rat) map[string]string {
	out := map[string]string{}
	for currency, sum := range sums {
		out[currency] = sum.FloatString(map[bool]int{true: 8, false: 2}[currency == "BTC"])
	}
	return out
}
