package console

import (
	"cmp"
	"slices"

	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

const (
	// mostWaiting is how much of what waits is read to be counted.
	mostWaiting = 50
	// Rows of the parts of the first page; each part leads to all of it.
	waitingShown, overdueShown, sentShown, doneShown = 10, 10, 5, 6
)

// inboxRoutes are the first page: what waits on the reader.
func (c *Console) inboxRoutes(m routes) {
	m.page("GET /{$}", c.inbox)
	m.page("POST /acknowledge", c.acknowledge)
}

// The parts of the inbox that have a page of their own: ?show=.
const (
	showWaiting   = "waiting"
	showBaselined = "baselined"
	showSent      = "sent"
	showDone      = "done"
)

// inboxPage is what waits on the reader, what others are late with, what the
// reader sent on and what was done lately; or one of these whole.
type inboxPage struct {
	Form *form
	Show string // the part that is shown, "" for the first page
	Tabs []inboxTab

	Waiting   worklist
	Proposals []proposalLine // of others, for the reader to put in force
	Proposed  []proposalLine // of the reader, for others
	Baselined part           // were overdue when attention began, and nobody has seen them
	Overdue   worklist
	Sent      worklist
	Done      []doneLine
	Parts     map[string]part
	Pager     pager
	Admin     bool // the reader administers and has no other role, so nothing ever waits here
}

// part counts a part of the inbox and leads to all of it.
type part struct {
	Count count
	Late  int // of them overdue
	Cut   bool
	Href  string
}

// inboxTab is a part of the first page with its number.
type inboxTab struct {
	ID, Href string
	part
}

// worklist is a table of what is owed.
type worklist struct {
	Rows    []attentionLine
	Caption string
	Amount  string // id of what the amounts are
	Layout  layout // which columns there are
	Do      bool   // buttons that move a line on
	Pick    bool   // boxes to tick
	Seen    bool   // buttons to acknowledge, within a form
}

// worklist is a table of rows, with buttons where the reader may move one on.
func (q *request) worklist(caption string, rows []tracker.AttentionRow) worklist {
	w := worklist{Caption: caption, Amount: "console.column.concerned", Rows: q.attentionLines(rows), Layout: layout{shown: []string{"due", "what", "award", "level", "risk"}}}
	w.Do = slices.ContainsFunc(w.Rows, func(l attentionLine) bool { return l.Do != "" })
	return w
}

// waitingList is one with buttons to acknowledge.
func (q *request) waitingList(rows []tracker.AttentionRow) worklist {
	w := q.worklist(q.text("console.inbox.waiting"), rows)
	w.Do, w.Seen = true, true
	return w
}

// others is one that says whose it is.
func (q *request) others(caption string, rows []tracker.AttentionRow) (worklist, error) {
	w := q.worklist(caption, rows)
	w.Layout.shown = append(w.Layout.shown, "owner")
	return w, q.owned(w.Rows)
}

// doneLine is a step that was taken, with where its thing is.
type doneLine struct {
	tracker.DoneRow
	Href string
}

func (c *Console) inbox(q *request) error {
	return c.inboxWith(q, q.form("/acknowledge", 0), known(q, "show", showWaiting, showBaselined, showSent, showDone))
}

// inboxWith shows the inbox, or a part of it, with a form that may have been
// refused.
func (c *Console) inboxWith(q *request, f *form, show string) error {
	view := inboxPage{Form: f, Show: show, Parts: map[string]part{}}
	var err error
	title := "console.inbox.title"
	if show != "" {
		title = "console.inbox." + show
	}
	switch show {
	case showWaiting:
		err = c.inboxWaiting(q, &view)
	case showBaselined:
		err = c.inboxBaselined(q, &view)
	case showSent:
		err = c.inboxSent(q, &view)
	case showDone:
		err = c.inboxDone(q, &view, q.paging())
	default:
		err = c.inboxFirst(q, &view)
	}
	if err != nil {
		return err
	}
	return q.show("inbox", q.text(title), view)
}

// mine reads the first of what waits on the reader into the page, notes its
// number for the navigation and returns what is owed.
func (q *request) mine(view *inboxPage) ([]tracker.AttentionRow, bool, error) {
	page, err := q.tracker().Attention(q.Context(), q.call, tracker.AttentionQuery{Mine: true}, tracker.PageRequest{Limit: mostWaiting})
	if err != nil {
		return nil, false, err
	}
	proposals, more, err := q.proposals(false)
	if err != nil {
		return nil, false, err
	}
	view.Proposals = proposals
	q.waiting = new(count{N: len(page.Items), More: page.Next != ""}.plus(len(proposals), more))
	return page.Items, page.Next != "", nil
}

// unseen reports whether something was overdue when attention began and nobody
// has acknowledged it: nobody was told of it either.
func unseen(r tracker.AttentionRow) bool { return r.Baseline != nil && r.Ack == nil }

// inboxFirst is the first page: the head of every part.
func (c *Console) inboxFirst(q *request, view *inboxPage) error {
	rows, more, err := q.mine(view)
	if err != nil {
		return err
	}
	waiting := part{Count: *q.waiting, Href: to("/", "show", showWaiting)}
	for _, r := range rows {
		if r.DaysLate > 0 {
			waiting.Late++
		}
		if unseen(r) && hasAction(r.Actions, tracker.ActionAcknowledge) {
			view.Baselined.Count.N++
		}
	}
	view.Baselined.Count.More = more && unseen(rows[len(rows)-1])
	view.Baselined.Href = to("/", "show", showBaselined)
	shown := slices.DeleteFunc(slices.Clone(rows), unseen)
	waiting.Cut = more || len(shown) > waitingShown
	view.Waiting = q.waitingList(shown[:min(len(shown), waitingShown)])
	view.Parts[showWaiting] = waiting

	overdue, err := c.Tracker.Attention(q.Context(), q.call, tracker.AttentionQuery{Status: tracker.StatusOverdue, Others: true}, tracker.PageRequest{Limit: mostWaiting})
	if err != nil {
		return err
	}
	n := len(overdue.Items)
	if view.Overdue, err = q.others(q.text("console.inbox.overdue"), overdue.Items[:min(n, overdueShown)]); err != nil {
		return err
	}
	view.Parts["overdue"] = part{Count: count{n, overdue.Next != ""}, Late: n, Cut: overdue.Next != "" || n > overdueShown, Href: to("/overdue", "whose", "others")}

	if err := c.inboxSent(q, view); err != nil {
		return err
	}
	if err := c.inboxDone(q, view, tracker.PageRequest{Limit: perPage}); err != nil {
		return err
	}
	view.Tabs = view.tabs()
	view.Admin = !slices.ContainsFunc(q.roles(), func(r portfolio.Role) bool { return r != portfolio.Administrator })
	return nil
}

func (v *inboxPage) tabs() []inboxTab {
	var out []inboxTab
	for _, id := range []string{showWaiting, "overdue", showSent, showDone} {
		out = append(out, inboxTab{ID: id, Href: "#" + id, part: v.Parts[id]})
	}
	return out
}

// inboxWaiting is everything that waits on the reader, page by page.
func (c *Console) inboxWaiting(q *request, view *inboxPage) error {
	if q.paging().Cursor == "" {
		var err error
		if view.Proposals, _, err = q.proposals(false); err != nil {
			return err
		}
	}
	page, err := c.Tracker.Attention(q.Context(), q.call, tracker.AttentionQuery{Mine: true}, q.paging())
	view.Waiting = q.waitingList(page.Items)
	view.Pager = q.pager(len(page.Items), page.Next)
	return err
}

// inboxBaselined is what the reader may acknowledge of what was overdue when
// attention began. Such things were due before all others, so they are the
// first of what waits.
func (c *Console) inboxBaselined(q *request, view *inboxPage) error {
	rows, _, err := q.mine(view)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r tracker.AttentionRow) bool {
		return !unseen(r) || !hasAction(r.Actions, tracker.ActionAcknowledge)
	})
	view.Waiting, err = q.others(q.text("console.inbox.baselined"), rows)
	view.Waiting.Pick, view.Waiting.Do = true, false
	return err
}

// inboxSent is what the reader sent on and what now waits for somebody else.
func (c *Console) inboxSent(q *request, view *inboxPage) error {
	rows, more, err := c.Tracker.SentOn(q.Context(), q.call)
	if err != nil {
		return err
	}
	proposed, moreProposed, err := q.proposals(true)
	if err != nil {
		return err
	}
	view.Proposed = proposed
	p := part{Count: count{len(rows), more}.plus(len(proposed), moreProposed), Href: to("/", "show", showSent)}
	for _, r := range rows {
		if r.DaysLate > 0 {
			p.Late++
		}
	}
	if view.Show == "" {
		p.Cut = more || len(rows) > sentShown
		rows = rows[:min(len(rows), sentShown)]
	}
	view.Parts[showSent] = p
	view.Sent, err = q.others(q.text("console.inbox.sent"), rows)
	return err
}

// inboxDone is what was done lately.
func (c *Console) inboxDone(q *request, view *inboxPage, p tracker.PageRequest) error {
	page, err := c.Tracker.DoneLately(q.Context(), q.call, p)
	if err != nil {
		return err
	}
	n := len(page.Items)
	if view.Show == "" {
		page.Items = page.Items[:min(n, doneShown)]
	}
	for _, r := range page.Items {
		view.Done = append(view.Done, doneLine{DoneRow: r, Href: at("awards", r.Award, r.Thing+"s", r.ID)})
	}
	view.Parts[showDone] = part{Count: count{n, page.Next != ""}, Cut: page.Next != "" || n > len(view.Done), Href: to("/", "show", showDone)}
	view.Pager = q.pager(n, page.Next)
	return nil
}

// Now is the state of a done line's thing, or its outcome once it has one: its
// label group and code.
func (l doneLine) Now() [2]string {
	if l.Outcome != "" {
		return [2]string{"milestoneOutcome", string(l.Outcome)}
	}
	return [2]string{cmp.Or(l.Thing, "milestone") + "State", l.State}
}
