package console

import (
	"cmp"
	"strconv"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/tracker"
)

// auditEntryPage is one entry in full.
type auditEntryPage struct {
	tracker.JournalEntryView
	Called       string
	Done         string // what the command did
	SubjectPage  string
	Events       []auditEvent
	From, Of     int // the first event that is shown, from 1, of how many
	Pager        pager
	Files        []fileLine
	Before, Next string // addresses of the entries beside it
}

// Last is the number of the last event that is shown.
func (v auditEntryPage) Last() int { return v.From + len(v.Events) - 1 }

// auditEvent is an event with everything that it changed.
type auditEvent struct {
	Kind, Thing  string
	Called, Page string // the thing in words, and its page; empty where the subject has no words for it
	Version      int64
	Note         string
	Changes      []changeLine
	Raw          []rawChange
	Data         string
}

// mostEntryShown bounds what of an entry a page shows, in bytes: an entry of an
// import tells of forty rows. An event is shown whole.
const mostEntryShown = 36 << 10

// size is about how many bytes an event takes on a page.
func (x auditEvent) size() int {
	n := 400 + len(x.Note) + len(x.Data)
	for _, c := range x.Changes {
		n += 120 + len(c.Label) + len(c.From) + len(c.To)
	}
	for _, r := range x.Raw {
		n += 60 + len(r.Path) + (len(r.From)+len(r.To))*6/5 // quotes are escaped
	}
	return n
}

// firstEvent is the number, from 1, of the first event that the address asks
// for, of so many.
func (q *request) firstEvent(of int) int {
	n, err := strconv.Atoi(q.URL.Query().Get("event"))
	if err != nil || n < 1 || n > of {
		return 1
	}
	return n
}

// rawChange is a change as it is written.
type rawChange struct {
	Path, From, To string
}

func (c *Console) auditEntry(q *request) error {
	id := q.PathValue("aggregate")
	seq, err := strconv.ParseInt(q.PathValue("seq"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "thing.notFound")
	}
	e, err := c.Tracker.JournalEntry(q.Context(), q.call, id, seq)
	if err != nil {
		return err
	}
	v := auditEntryPage{JournalEntryView: e.JournalEntryView, Files: filesOf(id, e.Files), Called: q.called(e.JournalEntryView), Done: q.did(e.JournalEntryView), SubjectPage: pageOfSubject(id), Next: at("audit", id, seq+1)}
	if seq > 1 {
		v.Before = at("audit", id, seq-1)
	}
	if _, err := c.Tracker.JournalEntry(q.Context(), q.call, id, seq+1); fault.KindOf(err) == fault.NotFound && err != nil {
		v.Next = ""
	}
	all, about := q.namesOf(id)
	named := func(id string) string {
		n := e.Names[id]
		return cmp.Or(fileName(v.Files, id), n.Names.In(string(q.lang)), n.Code, all(id))
	}
	before := q.termsBefore(e.JournalEntryView)
	v.From, v.Of = q.firstEvent(len(e.Events)), len(e.Events)
	shown := 0
	for i, ev := range e.Events[v.From-1:] {
		x := auditEvent{Kind: ev.Kind, Thing: ev.Thing, Version: ev.Version, Note: q.noteOf(ev), Data: string(ev.Data)}
		x.Called, x.Page = about(ev.Thing)
		x.Called = cmp.Or(fileName(v.Files, ev.Thing), x.Called, q.otherwiseCalled(ev, e.Names))
		if x.Changes, err = q.termLines(ev, before, named); err != nil {
			return err
		}
		if _, ladder := ladderSet(ev); !ladder {
			x.Changes = append(x.Changes, q.changeLines(ev, named)...)
		}
		for _, change := range ev.Changes {
			x.Raw = append(x.Raw, rawChange{change.Path, string(change.From), string(change.To)})
		}
		if shown += x.size(); shown > mostEntryShown && i > 0 {
			v.Pager.Next = to(q.URL.Path, "event", strconv.Itoa(v.From+i))
			break
		}
		v.Events = append(v.Events, x)
	}
	if v.From > 1 {
		v.Pager.First = q.URL.Path
	}
	return q.show("audit-entry", q.text("console.audit.entry", "number", e.Sequence, "called", v.Called), v)
}

// otherwiseCalled is what the thing of an event is called that is no part of an
// award: somebody by name, and a subject.
func (q *request) otherwiseCalled(ev tracker.JournalEvent, names map[string]tracker.Named) string {
	n := names[strings.TrimPrefix(ev.Thing, "member/")]
	return strings.TrimSpace(n.Code + " " + n.Names.In(string(q.lang)))
}
