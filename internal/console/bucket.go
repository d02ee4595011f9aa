package console

import (
	"fmt"

	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/money"
	"milepost/internal/rollup"
	"milepost/internal/tracker"
)

// bucket is a range of days late, both included.
type bucket struct {
	key      string
	from, to int
}

// lateBuckets are the ranges in the order of pages, the worst last.
func lateBuckets() []bucket {
	return []bucket{{"1-7", 1, 7}, {"8-30", 8, 30}, {"31-90", 31, 90}, {"over90", 91, 1 << 30}}
}

func (b bucket) holds(days int) bool { return days >= b.from && days <= b.to }

// dates are the effective due dates of what is late by these days on a day.
func (b bucket) dates(on civil.Date) (from, to civil.Date) {
	if b.to < 1<<30 {
		from = on.AddDays(-b.to)
	}
	return from, on.AddDays(-b.from)
}

func bucketOf(key string) (bucket, bool) {
	for _, b := range lateBuckets() {
		if b.key == key {
			return b, true
		}
	}
	return bucket{}, false
}

// severity is the number of the bucket of days late, from 1; 0 for none.
func severity(daysLate int) int {
	for i, b := range lateBuckets() {
		if b.holds(daysLate) {
			return i + 1
		}
	}
	return 0
}

// bars is a sign of four bars of which n are filled.
func bars(n int) []bool { return []bool{n >= 1, n >= 2, n >= 3, n >= 4} }

// cards are everything overdue and each bucket of it, with the figures of the
// place where there are any for what is asked.
type cards struct {
	List   []card
	TrueAt string // instant for which the figures hold
}

// card counts what is in a bucket and leads to it.
type card struct {
	Key     string // of the address; "" is all of it
	Text    string // id
	Counted bool
	Count   int
	Risk    []money.Amount // of tranches, each once
	Href    string
	Current bool
	Late    bool
	Bars    int    // how many of four bars are filled
	X, W    string // in a strip, of 100
}

// cards are those of a list. Figures are kept by place alone: where anything
// else is asked for, the cards have none.
func (q *request) cards(at place, asked tracker.AttentionQuery) (*cards, error) {
	var out cards
	var figures []rollup.Bucket
	show := q.URL.Query().Get("late")
	if show != "" { // the figures hold each range
		asked.From, asked.To = civil.Date{}, civil.Date{}
	}
	if asked == (tracker.AttentionQuery{Status: tracker.StatusOverdue, Programme: at.Programme, Platform: at.Platform}) {
		v, err := q.tracker().Portfolio(q.Context(), q.call, tracker.PortfolioQuery{Programme: at.Programme, Platform: at.Platform})
		switch {
		case fault.KindOf(err) == fault.NotFound: // the list is empty too
		case err != nil:
			return nil, err
		case v.TrueAt != "":
			figures, out.TrueAt = v.Overdue, v.TrueAt
		}
	}
	all := card{Text: "console.bucket.all", Counted: figures != nil, Href: q.with("late", ""), Current: show == ""}
	for _, f := range figures {
		all.Count += f.Obligations
	}
	out.List = append(out.List, all)
	left := 0
	for i, b := range lateBuckets() {
		c := card{Key: b.key, Text: "console.bucket." + b.key, Href: q.with("late", b.key), Current: show == b.key, Late: true, Bars: i + 1, Counted: all.Counted}
		if figures != nil {
			c.Count, c.Risk = figures[i].Obligations, figures[i].AtRisk
			if all.Count > 0 {
				c.X, c.W = percent(left, all.Count), percent(c.Count, all.Count)
			}
			left += c.Count
		}
		out.List = append(out.List, c)
	}
	return &out, nil
}

// percent is n of whole with one decimal, for a drawing.
func percent(n, whole int) string {
	tenths := n * 1000 / whole
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}
