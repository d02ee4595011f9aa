package console

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/tracker"
)

// awardJournalPage is what happened to an award, the newest first.
type awardJournalPage struct {
	awardHead
	Form    *form // the dates asked for, with what is wrong with them
	Entries []awardEntry
	Kinds   []option
	Things  []option
	Kind    string
	Thing   string
	Chips   []chip
	Pager   pager
	Whole   whole
	Export  string
}

// awardEntry is an entry of the journal as people read it.
type awardEntry struct {
	tracker.JournalEntryView
	Lines []awardEvent
	Page  string // of its receipt
	Count int    // changes that are shown
	Fold  bool   // they are many: shown on demand, and in print
	More  int    // events that are not shown
}

// awardEvent is one event: what, to which thing, from what to what.
type awardEvent struct {
	Kind          string
	Subject, Href string
	Note          string // what the event says beside, such as its reason
	Changes       []changeLine
	More          int // changes that are not shown
}

// journalKinds are the kinds of things by which a journal is filtered.
func journalKinds() []string {
	return []string{"award", "milestone", "evidence", "extension", "tranche", "payment", "refund", "ledger", "obligation"}
}

func (c *Console) awardJournal(q *request) error {
	h, err := q.openAward("journal")
	if err != nil {
		return err
	}
	v := awardJournalPage{awardHead: h, Kind: known(q, "kind", journalKinds()...), Thing: q.URL.Query().Get("thing"), Export: q.exportHref()}
	for _, k := range journalKinds() {
		v.Kinds = append(v.Kinds, option{Value: k, Text: q.text("console.award.journal." + k)})
	}
	v.Things = q.thingOptions(h)
	if !slices.ContainsFunc(v.Things, func(o option) bool { return o.Value == v.Thing }) {
		v.Thing = ""
	}
	query := tracker.JournalQuery{Kind: v.Kind, Thing: v.Thing}
	v.Form, query.From, query.To, err = q.between(q.URL.Query().Get("from"), q.URL.Query().Get("to"))
	v.Chips = q.dateChips(nil, v.Form)
	v.Chips = q.chip(v.Chips, "kind", q.text("console.award.journal.kind"), optionText(v.Kinds, v.Kind))
	v.Chips = q.chip(v.Chips, "thing", q.text("console.award.journal.thing"), optionText(v.Things, v.Thing))
	v.Whole = q.whole()
	if err == nil && q.exporting() {
		if err = q.exportJournal(h, query); err == nil {
			return nil
		}
	}
	if err == nil {
		err = q.fillJournal(&v, query)
	}
	show := func() error { return q.show("award-journal", plainTitle(q, h), v) }
	if err != nil {
		return q.again(v.Form, err, subject{}, show)
	}
	return show()
}

// fillJournal puts in what a page of the journal shows: all of it where the
// address asks for that and it is not too long, else a page.
func (q *request) fillJournal(v *awardJournalPage, query tracker.JournalQuery) error {
	if v.Whole.Shown {
		entries, ok, err := q.wholeJournal(v.awardHead, query)
		if err != nil {
			return err
		}
		if ok {
			v.Entries, v.Whole.Text = entries, q.journalText(entries, len(v.Chips) > 0)
			return nil
		}
		v.Whole = q.inPages(mostFiled)
	}
	page, err := q.journalPage(v.awardHead, query)
	if err != nil {
		return err
	}
	v.Pager = q.pager(len(page.Items), page.Next)
	left := mostPageLines
	for _, e := range page.Items {
		entry := q.journalEntry(v.awardHead, e, bounds{events: mostEvents, ofEvent: mostChangeLines, ofPage: left})
		left -= entry.Count
		v.Entries = append(v.Entries, entry)
	}
	return nil
}

// mostJournalReads bounds how often a filtered journal is read for one page.
const mostJournalReads = 4

// journalPage reads one page of the journal; a filtered one reads on while it
// is short.
func (q *request) journalPage(h awardHead, query tracker.JournalQuery) (tracker.Page[tracker.JournalEntryView], error) {
	p := q.paging()
	page, err := q.tracker().Journal(q.Context(), q.call, string(h.ID), query, p)
	for n := 1; err == nil && page.Next != "" && len(page.Items) < perPage/2 && n < mostJournalReads; n++ {
		p.Cursor = page.Next
		var more tracker.Page[tracker.JournalEntryView]
		more, err = q.tracker().Journal(q.Context(), q.call, string(h.ID), query, p)
		page.Items, page.Next = append(page.Items, more.Items...), more.Next
	}
	return page, err
}

// thingOptions are the things of an award as choices.
func (q *request) thingOptions(h awardHead) []option {
	ids := []string{string(h.ID)}
	for _, m := range h.Milestones {
		ids = append(ids, string(m.ID))
	}
	for _, t := range h.Tranches {
		ids = append(ids, string(t.ID))
	}
	for _, p := range h.Payments {
		ids = append(ids, string(p.ID))
	}
	for _, r := range h.Refunds {
		ids = append(ids, string(r.ID))
	}
	var out []option
	for _, id := range ids {
		text, _ := q.subjectOf(h, id)
		out = append(out, option{Value: id, Text: text})
	}
	return out
}

// Bounds of what a page of the journal shows in detail; the receipt of an entry
// shows more of it.
const (
	mostChangeLines = 20  // of an event
	mostEvents      = 12  // of an entry
	mostPageLines   = 200 // changes on a page
)

// bounds are the most that is shown: events of an entry, changes of one event,
// and changes in all.
type bounds struct {
	events, ofEvent, ofPage int
}

// journalEntry is an entry with at most so many of its events and changes.
func (q *request) journalEntry(h awardHead, e tracker.JournalEntryView, most bounds) awardEntry {
	out := awardEntry{JournalEntryView: e, Page: at("awards", h.ID, "receipts", e.Sequence)}
	named := func(id string) string { return q.calledIn(h, id) }
	for i, ev := range e.Events {
		if i == most.events {
			out.More = len(e.Events) - i
			break
		}
		line := q.eventLine(ev, named, min(most.ofEvent, most.ofPage-out.Count))
		line.Subject, line.Href = q.subjectOf(h, ev.Thing)
		out.Count += len(line.Changes)
		out.Lines = append(out.Lines, line)
	}
	out.Fold = out.Count > foldedFrom
	return out
}

// foldedFrom is from how many changes on an entry shows them on demand.
const foldedFrom = 10

// eventLine is an event with at most so many of its changes. What posts to the
// ledger and who is a party is read elsewhere.
func (q *request) eventLine(ev tracker.JournalEvent, named func(id string) string, most int) awardEvent {
	line := awardEvent{Kind: ev.Kind, Note: q.noteOf(ev)}
	if ev.Kind == "ledger.posted" || ev.Kind == "party.added" {
		return line
	}
	line.Changes = q.changeLines(ev, named)
	if over := len(line.Changes) - max(0, most); over > 0 {
		line.Changes, line.More = line.Changes[:len(line.Changes)-over], over
	}
	return line
}

// calledIn is what an award calls something by its id.
func (q *request) calledIn(h awardHead, id string) string {
	if n, ok := h.Names[id]; ok {
		return strings.TrimSpace(cmp.Or(n.Names.In(string(q.lang)), n.Code, id))
	}
	if text, _ := q.subjectOf(h, id); text != "" {
		return text
	}
	n, ok := q.looked[id]
	most := mostLooked
	if q.exporting() || q.wholly() {
		most = mostLookedWhole
	}
	if !ok && len(q.looked) < most {
		if q.looked == nil {
			q.looked = map[string]tracker.Named{}
		}
		n = q.lookUp(id)
		q.looked[id] = n
	}
	return cmp.Or(n.Names.In(string(q.lang)), n.Code, id)
}

// Bounds of how many names are looked up one by one, for a page and for what is
// whole.
const (
	mostLooked      = 10
	mostLookedWhole = 200
)

// lookUp reads the name of an organisation or a person that the award does not
// name itself; what the reader may not see keeps its id.
func (q *request) lookUp(id string) tracker.Named {
	switch ident.Prefix(id) {
	case ident.PrefixOrganisation:
		if o, err := q.tracker().Organisation(q.Context(), q.call, ident.Organisation(id)); err == nil {
			return tracker.Named{ID: id, Names: o.Names}
		}
	case ident.PrefixPerson:
		if p, err := q.tracker().Person(q.Context(), q.call, ident.Person(id)); err == nil {
			return tracker.Named{ID: id, Names: p.Names}
		}
	}
	return tracker.Named{ID: id}
}

// noteOf is what an event says beside its changes: the reason of a command, or
// of an obligation which it was and how late.
func (q *request) noteOf(ev tracker.JournalEvent) string {
	if strings.HasPrefix(ev.Kind, "obligation.") {
		var o struct {
			Kind     attention.Kind `json:"kind"`
			Level    string         `json:"level"`
			DueOn    civil.Date     `json:"dueOn"`
			DaysLate int            `json:"daysLate"`
		}
		if json.Unmarshal(ev.Data, &o) != nil || o.Kind == "" {
			return ""
		}
		words := []string{q.console.Catalogs.Label(q.lang, "obligation", string(o.Kind))}
		if !o.DueOn.IsZero() {
			words = append(words, q.text("console.award.due", "on", o.DueOn.String()))
		}
		if o.DaysLate > 0 {
			words = append(words, q.text("console.late", "count", o.DaysLate))
		}
		if o.Level != "" {
			words = append(words, q.console.Catalogs.Label(q.lang, "level", o.Level))
		}
		return strings.Join(words, " · ")
	}
	var words []string
	if p := proposedIn(ev); p != nil {
		words = append(words, q.changeCalled(*p))
	}
	if l, ok := ladderSet(ev); ok {
		words = append(words, q.console.Catalogs.Label(q.lang, "obligation", string(l.Kind)))
	}
	var r struct {
		Role   string `json:"role"`
		Reason string `json:"reason"`
	}
	if json.Unmarshal(ev.Data, &r) == nil && r.Role != "" && strings.HasPrefix(ev.Kind, "member.") {
		words = append(words, q.console.Catalogs.Label(q.lang, "role", r.Role))
	}
	if r.Reason != "" {
		words = append(words, clip(r.Reason))
	}
	return strings.Join(words, " · ")
}

// exportJournal answers with the journal as it is filtered, one line for each
// event.
func (q *request) exportJournal(h awardHead, query tracker.JournalQuery) error {
	entries, err := everything(q.Context(), func(ctx context.Context, p tracker.PageRequest) (tracker.Page[tracker.JournalEntryView], error) {
		return q.tracker().Journal(ctx, q.call, string(h.ID), query, p)
	})
	if err != nil {
		return err
	}
	header := []string{}
	for _, id := range []string{"entry", "on", "recorded", "by", "command", "event", "subject", "note", "changes", "hash"} {
		header = append(header, q.text("console.award.column."+id))
	}
	var lines [][]string
	for _, e := range entries {
		for _, ev := range e.Events {
			var changes []string
			for _, c := range q.changeLines(ev, func(id string) string { return q.calledIn(h, id) }) {
				changes = append(changes, q.text("console.award.change", "what", c.Label, "from", cmp.Or(c.From, "—"), "to", cmp.Or(c.To, "—")))
			}
			subject, _ := q.subjectOf(h, ev.Thing)
			lines = append(lines, []string{
				strconv.FormatInt(e.Sequence, 10), e.On.String(), recorded(e), q.didWho(e), q.did(e),
				q.console.Catalogs.Label(q.lang, "event", ev.Kind), subject, q.noteOf(ev), strings.Join(changes, "\n"), e.Hash,
			})
		}
	}
	return q.export("journal-"+string(h.ID), header, lines)
}
