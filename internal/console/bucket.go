package console

import (
	"fmt"

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

// card counts rows of a bucket and leads to them.
type card struct {
	Key     string // of the address; "" is all of them
	Text    string // id
	Count   int
	Href    string
	Current bool
	Late    bool
	Bars    int    // how many of four bars are filled
	X, W    string // in a strip, of 100
}

// cards are everything late and each bucket of it.
func (q *request) cards(late []tracker.AttentionRow) []card {
	show := q.URL.Query().Get("late")
	out := []card{{Text: "console.bucket.all", Count: len(late), Href: q.with("late", ""), Current: show == ""}}
	at := 0
	for i, b := range lateBuckets() {
		n := 0
		for _, r := range late {
			if b.holds(r.DaysLate) {
				n++
			}
		}
		c := card{Key: b.key, Text: "console.bucket." + b.key, Count: n, Href: q.with("late", b.key), Current: show == b.key, Late: true, Bars: i + 1}
		if len(late) > 0 {
			c.X, c.W = percent(at, len(late)), percent(n, len(late))
		}
		at += n
		out = append(out, c)
	}
	return out
}

// percent is n of whole with one decimal, for a drawing.
func percent(n, whole int) string {
	tenths := n * 1000 / whole
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}
