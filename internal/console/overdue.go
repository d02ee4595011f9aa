package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"milepost/internal/i18n"
	"milepost/internal/tracker"
)

const (
	// dueWithin is the window of what is due soon, in calendar days.
	dueWithin = 30
	// perPage is how many rows a page shows; soonShown of what is due soon
	// beneath the overdue ones.
	perPage, soonShown = 25, 10
	// mostRows bounds what is read to be counted and sorted.
	mostRows = 2000
)

// Overdue is the page of what is overdue and due soon.
type Overdue struct {
	Frame
	AsOf    string
	Within  int
	Buckets []Bucket
	More    bool // there is more than is counted
	Late    *List
	Soon    *List
	Unit    string // id of the unit of money in the tables; empty where each amount bears its own
}

// Bucket is a card that counts rows and leads to them.
type Bucket struct {
	Key     string // of the address
	Text    string // id
	Count   int
	Href    string
	Current bool
	Bars    []bool // the sign: so many of four bars are filled
	X, W    string // in the strip, of 100
}

// List is a table with its place among its pages.
type List struct {
	Heading    string // id
	Late       bool   // the first column counts days late, not days left
	Rows       []Row
	Total      int
	Page       int
	Pages      int
	Prev, Next string // addresses, empty for none
	All        string // address of the whole list, where only its beginning is shown
}

// overdue reads the page.
func (c *Console) overdue(r *http.Request, lang i18n.Language) (Overdue, error) {
	call, err := c.options.Reader(r.Context())
	if err != nil {
		return Overdue{}, err
	}
	late, more, err := c.rows(r.Context(), call, tracker.AttentionQuery{Status: tracker.StatusOverdue})
	if err != nil {
		return Overdue{}, err
	}
	soon, moreSoon, err := c.rows(r.Context(), call, tracker.AttentionQuery{Status: tracker.StatusDueSoon, Within: dueWithin})
	if err != nil {
		return Overdue{}, err
	}
	today := c.options.Tracker.Today()
	v := viewer{catalogs: c.options.Catalogs, lang: lang, today: today, unit: commonUnit(append(slices.Clone(late), soon...))}
	q := r.URL.Query()
	show := known(q.Get("show"))
	page := Overdue{
		Frame: c.frame(r, lang), AsOf: today.String(), Within: dueWithin, More: more || moreSoon,
		Buckets: bucketsOf(late, soon, show), Unit: v.unit,
	}
	switch show {
	case showSoon:
		page.Soon = v.list(soon, show, q, perPage)
	case showAll:
		page.Late = v.list(late, show, q, perPage)
		page.Soon = v.list(soon, showSoon, url.Values{}, soonShown)
		if page.Soon.Pages > 1 {
			page.Soon.All = address(showSoon, 1)
		}
		page.Soon.Next = ""
	default:
		page.Late = v.list(inBucket(late, show), show, q, perPage)
	}
	return page, nil
}

// rows reads a list to its end, or as far as it is counted.
func (c *Console) rows(ctx context.Context, call tracker.Call, q tracker.AttentionQuery) (rows []tracker.AttentionRow, more bool, err error) {
	request := tracker.PageRequest{Limit: 100}
	for {
		page, err := c.options.Tracker.Attention(ctx, call, q, request)
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, page.Items...)
		if page.Next == "" || len(rows) >= mostRows {
			return rows, page.Next != "", nil
		}
		request.Cursor = page.Next
	}
}

// list is one page of rows.
func (v viewer) list(rows []tracker.AttentionRow, show string, q url.Values, size int) *List {
	pages := max(1, (len(rows)+size-1)/size)
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil || n < 1 {
		n = 1
	}
	n = min(n, pages)
	l := &List{Heading: "console.overdue.late", Late: true, Total: len(rows), Page: n, Pages: pages}
	if show == showSoon {
		l.Heading, l.Late = "console.overdue.soon", false
	}
	if n > 1 {
		l.Prev = address(show, n-1)
	}
	if n < pages {
		l.Next = address(show, n+1)
	}
	for _, r := range rows[(n-1)*size : min(n*size, len(rows))] {
		l.Rows = append(l.Rows, v.row(r, l.Late))
	}
	return l
}

// address is that of a page of a list.
func address(show string, page int) string {
	q := url.Values{}
	if show != showAll {
		q.Set("show", show)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/"
	}
	return "/?" + q.Encode()
}
