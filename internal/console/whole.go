package console

import (
	"context"
	"errors"

	"milepost/internal/fault"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// Bounds of what is shown whole on one page, to be printed and filed.
const (
	mostFiled      = 1000  // entries
	mostFiledLines = 10000 // changes, or postings
)

// wholly reports whether the address asks for a list as it is filed: all of it,
// on one page, the oldest first.
func (q *request) wholly() bool { return q.URL.Query().Get("whole") == "yes" }

// whole is how a list of an award is shown whole, or in pages.
type whole struct {
	Shown   bool   // the page holds all of it
	TooLong int    // the bound that it is beyond, 0 where it is not: then it stays in pages
	Href    string // of the whole where it is in pages, else of the pages
	Text    string // says what the whole holds
}

// whole is that of the page's address.
func (q *request) whole() whole {
	if q.wholly() {
		return whole{Shown: true, Href: q.with("whole", "")}
	}
	return whole{Href: q.with("whole", "yes")}
}

// inPages shows the list in pages after all, because it is beyond a bound.
func (q *request) inPages(most int) whole { return whole{TooLong: most, Href: q.with("whole", "")} }

// filed reads a list to its end for one page. It reports false for one that is
// longer than most rows.
func filed[R any](ctx context.Context, most int, read func(context.Context, tracker.PageRequest) (tracker.Page[R], error)) ([]R, bool, error) {
	rows, err := upTo(ctx, most, read)
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Code == codeTooLong {
		return nil, false, nil
	}
	return rows, err == nil, err
}

// wholeJournal reads an award's journal for one page, the oldest first, every
// change in it; false where it is too long for that.
func (q *request) wholeJournal(h awardHead, query tracker.JournalQuery) ([]awardEntry, bool, error) {
	query.OldestFirst = true
	entries, ok, err := filed(q.Context(), mostFiled, func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
		return q.tracker().Journal(ctx, q.call, string(h.ID), query, p)
	})
	if !ok || err != nil {
		return nil, false, err
	}
	var out []awardEntry
	left := mostFiledLines
	for _, e := range entries {
		entry := q.journalEntry(h, e, bounds{events: len(e.Events), ofEvent: left, ofPage: left})
		if left -= entry.Count; left <= 0 {
			return nil, false, nil
		}
		entry.Fold = false
		out = append(out, entry)
	}
	return out, true, nil
}

// journalText says what a whole journal holds, so that a sheet of it can be
// checked: how many entries, which, and the hash that covers them.
func (q *request) journalText(entries []awardEntry, filtered bool) string {
	if len(entries) == 0 {
		return ""
	}
	first, last := entries[0], entries[len(entries)-1]
	if filtered {
		return q.text("console.award.whole.some", "count", len(entries))
	}
	return q.text("console.award.whole.journal", "count", len(entries), "first", first.Sequence, "last", last.Sequence, "hash", last.Hash)
}

// sums are what the debits and the credits of lines add up to.
func sums[T any](lines []T, sides func(T) (debit, credit money.Amount)) (debits, credits money.Amount, err error) {
	for _, l := range lines {
		debit, credit := sides(l)
		for _, side := range []struct {
			sum  *money.Amount
			part money.Amount
		}{{&debits, debit}, {&credits, credit}} {
			switch {
			case side.part.Unit().IsZero():
			case side.sum.Unit().IsZero():
				*side.sum = side.part
			default:
				if *side.sum, err = side.sum.Add(side.part); err != nil {
					return money.Amount{}, money.Amount{}, err
				}
			}
		}
	}
	return debits, credits, nil
}
