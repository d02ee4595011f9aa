package console

import (
	"context"

	"milepost/internal/tracker"
)

// mostOverdue bounds what is read to be counted by days late.
const mostOverdue = 2000

func (c *Console) overdueRoutes(m routes) {
	m.page("GET /overdue", c.overdue)
}

// overduePage is what is overdue in the reader's scopes, the latest first.
type overduePage struct {
	Cards  []card
	Lines  []attentionLine
	Total  int
	More   bool // there is more than was counted
	Export string
}

func (c *Console) overdue(q *request) error {
	var rows []tracker.AttentionRow
	more := false
	all, err := everything(q.Context(), func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.AttentionRow], error) {
		page, err := c.Tracker.Attention(ctx, q.call, tracker.AttentionQuery{Status: tracker.StatusOverdue}, p)
		rows = append(rows, page.Items...)
		if err == nil && page.Next != "" && len(rows) >= mostOverdue {
			more, page.Next = true, ""
		}
		return page, err
	})
	if err != nil {
		return err
	}
	view := overduePage{Cards: q.cards(all), More: more, Export: q.exportHref()}
	if show := q.URL.Query().Get("late"); show != "" {
		all = inBucket(all, show)
	}
	if q.exporting() {
		return q.exportAttention("overdue", all)
	}
	view.Total, view.Lines = len(all), q.attentionLines(all)
	return q.show("overdue", q.text("console.overdue.title"), view)
}

func inBucket(rows []tracker.AttentionRow, key string) []tracker.AttentionRow {
	var out []tracker.AttentionRow
	for _, b := range lateBuckets() {
		for _, r := range rows {
			if b.key == key && b.holds(r.DaysLate) {
				out = append(out, r)
			}
		}
	}
	return out
}
