package console

import (
	"milepost/internal/ident"
	"milepost/internal/schema"
	"milepost/internal/tracker"
)

// noticesRoutes are what a person is told of.
func (c *Console) noticesRoutes(m routes) {
	m.page("GET /notices", c.notices)
	m.page("POST /notices", c.readNotices)
}

// noticesPage is a page of one's own notices, the latest first.
type noticesPage struct {
	Form    *form
	Unread  bool // only those
	All     string
	New     string
	Notices []noticeLine
	Pager   pager
}

// noticeLine is a notice with the page where it is dealt with.
type noticeLine struct {
	tracker.NoticeRow
	Href    string
	What    string // happened, to Subject
	Subject string
	States  string // group of the labels of the thing's states
}

// noticeLine says of a notice what happened, and to what.
func (q *request) noticeLine(n tracker.NoticeRow) noticeLine {
	line := noticeLine{NoticeRow: n, Href: n.Link}
	if n.Award == "" { // of many: they are in the list of what is overdue
		line.Href, line.What = "/overdue", q.text("console.notices.baselined", "count", n.Baselined)
		return line
	}
	switch {
	case n.DaysLate == 0:
		line.What = q.text("console.notices.soon")
	case n.Why == schema.WhyManager || n.Why == schema.WhyHead:
		line.What = q.text("console.notices.escalated", "count", n.DaysLate)
	default:
		line.What = q.text("console.notices.late", "count", n.DaysLate)
	}
	switch ident.Prefix(n.Thing) {
	case ident.PrefixTranche:
		line.Subject, line.States = q.text("console.tranche", "number", n.Code), "trancheState"
	case ident.PrefixExtension:
		line.Subject, line.States = q.text("console.extension.title", "milestone", n.Code+" "+n.Title), "extensionState"
	default:
		line.Subject, line.States = n.Code+" "+n.Title, "milestoneState"
	}
	return line
}

func (c *Console) notices(q *request) error {
	view := noticesPage{Form: q.form("/notices", 0), Unread: q.URL.Query().Get("show") == "unread", All: q.with("show", ""), New: q.with("show", "unread")}
	page, err := c.Tracker.Notices(q.Context(), q.call, tracker.NoticesQuery{Unread: view.Unread}, q.paging())
	if err != nil {
		return err
	}
	for _, n := range page.Items {
		view.Notices = append(view.Notices, q.noticeLine(n))
	}
	view.Pager = q.pager(len(page.Items), page.Next)
	return q.show("notices", q.text("console.notices.title"), view)
}

// readNotices notes that the notices named, those of one page, have been read.
func (c *Console) readNotices(q *request) error {
	f, err := q.sent()
	if err != nil {
		return err
	}
	ids := f.Values["notice"]
	if len(ids) > perPage {
		ids = ids[:perPage]
	}
	for _, id := range ids {
		if err := c.Tracker.MarkNoticeRead(q.Context(), q.call, id); err != nil {
			return err
		}
	}
	return q.redirect("/notices")
}
