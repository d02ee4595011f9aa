package console

import (
	"fmt"

	"milepost/internal/tracker"
)

// What the address may ask to show.
const (
	showAll  = "all"
	showSoon = "soon"
)

// bucket is a range of days late, both included.
type bucket struct {
	key      string
	from, to int
}

// lateBuckets are the ranges in the order of the page, the worst last.
func lateBuckets() []bucket {
	return []bucket{{"1-7", 1, 7}, {"8-30", 8, 30}, {"31-90", 31, 90}, {"over90", 91, 1 << 30}}
}

func (b bucket) holds(r tracker.AttentionRow) bool { return r.DaysLate >= b.from && r.DaysLate <= b.to }

// severity is the number of the bucket of days late, from 1; 0 for none.
func severity(daysLate int) int {
	for i, b := range lateBuckets() {
		if daysLate >= b.from && daysLate <= b.to {
			return i + 1
		}
	}
	return 0
}

// known is what the address asks to show, or everything.
func known(show string) string {
	if show == showSoon {
		return show
	}
	for _, b := range lateBuckets() {
		if b.key == show {
			return show
		}
	}
	return showAll
}

func inBucket(rows []tracker.AttentionRow, key string) []tracker.AttentionRow {
	var out []tracker.AttentionRow
	for _, b := range lateBuckets() {
		for _, r := range rows {
			if b.key == key && b.holds(r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// bucketsOf are the cards: one per range, everything late, and what is due
// soon.
func bucketsOf(late, soon []tracker.AttentionRow, show string) []Bucket {
	cards := []Bucket{{Key: showAll, Text: "console.bucket.all", Count: len(late), Href: address(showAll, 1), Bars: bars(0)}}
	at := 0
	for i, b := range lateBuckets() {
		n := len(inBucket(late, b.key))
		card := Bucket{Key: b.key, Text: "console.bucket." + b.key, Count: n, Href: address(b.key, 1), Bars: bars(i + 1)}
		if len(late) > 0 {
			card.X, card.W = percent(at, len(late)), percent(n, len(late))
		}
		at += n
		cards = append(cards, card)
	}
	cards = append(cards, Bucket{Key: showSoon, Text: "console.bucket.soon", Count: len(soon), Href: address(showSoon, 1), Bars: bars(0)})
	for i := range cards {
		cards[i].Current = cards[i].Key == show
	}
	return cards
}

// bars is a sign of four bars of which n are filled.
func bars(n int) []bool { return []bool{n >= 1, n >= 2, n >= 3, n >= 4} }

// percent is n of whole with one decimal, for a drawing.
func percent(n, whole int) string {
	tenths := n * 1000 / whole
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}
