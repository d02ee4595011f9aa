package console

import (
	"milepost/internal/tracker"
)

// inboxRoutes are the first page: what waits on the reader.
func (c *Console) inboxRoutes(m routes) {
	m.page("GET /{$}", c.inbox)
}

// inboxPage is what waits on the reader, the most urgent first.
type inboxPage struct {
	Waiting []attentionLine
	Pager   pager
}

func (c *Console) inbox(q *request) error {
	page, err := c.Tracker.Attention(q.Context(), q.call, tracker.AttentionQuery{Mine: true}, q.paging())
	if err != nil {
		return err
	}
	view := inboxPage{Waiting: q.attentionLines(page.Items), Pager: q.pager(len(page.Items), page.Next)}
	return q.show("inbox", q.text("console.inbox.title"), view)
}
