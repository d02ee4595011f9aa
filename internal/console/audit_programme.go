package console

import (
	"encoding/json"
	"sync"
	"time"

	"milepost/internal/attention"
	"milepost/internal/civil"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/tracker"
)

// proposedIn is the change of a programme that an event proposes, confirms or
// drops; nil where it does neither.
func proposedIn(ev tracker.JournalEvent) *portfolio.PendingChange {
	for _, c := range ev.Changes {
		if c.Path != "/pending" {
			continue
		}
		raw := c.To
		if len(raw) == 0 {
			raw = c.From
		}
		var p portfolio.PendingChange
		if json.Unmarshal(raw, &p) == nil && p.Kind != "" {
			return &p
		}
	}
	return nil
}

// changeCalled is what a change of a programme is about.
func (q *request) changeCalled(p portfolio.PendingChange) string {
	if p.Ladder != nil {
		return q.ladderCalled(p.Ladder.Kind)
	}
	return q.text("console.programme.change." + string(p.Kind))
}

func (q *request) ladderCalled(kind string) string {
	return q.text("console.programme.change.ladder.of", "kind", q.console.Catalogs.Label(q.lang, "obligation", kind))
}

// did is what an entry's command did, with which change of a programme it did it
// to: one that only proposes says so.
func (q *request) did(e tracker.JournalEntryView) string {
	text := q.console.Catalogs.Label(q.lang, "done", e.Command)
	for _, ev := range e.Events {
		p := proposedIn(ev)
		if p == nil {
			continue
		}
		if e.Command == "editProgramme" {
			text = q.text("console.audit.proposed")
		}
		return text + " · " + q.changeCalled(*p)
	}
	return text
}

// didWho is who gave an entry's command: a person by name, a program by its word.
func (q *request) didWho(e tracker.JournalEntryView) string {
	if e.Person != nil {
		return e.Person.Names.In(string(q.lang))
	}
	return q.console.Catalogs.Label(q.lang, "system", e.System)
}

// recorded is when an entry was recorded, in Shanghai time with its offset.
func recorded(e tracker.JournalEntryView) string {
	at, err := time.Parse(time.RFC3339Nano, e.At)
	if err != nil {
		return e.At
	}
	return at.In(civil.Shanghai).Format(time.RFC3339)
}

// ladderSet is the ladder that an event puts in force.
func ladderSet(ev tracker.JournalEvent) (attention.Ladder, bool) {
	var l attention.Ladder
	if ev.Kind != "ladder.set" || len(ev.Changes) != 1 || json.Unmarshal(ev.Changes[0].To, &l) != nil {
		return l, false
	}
	return l, l.Kind != ""
}

// termsBefore reads, once it is asked, the terms that a programme had before an
// entry of its journal.
func (q *request) termsBefore(e tracker.JournalEntryView) func() (tracker.TermsThen, error) {
	return sync.OnceValues(func() (tracker.TermsThen, error) {
		return q.tracker().TermsBefore(q.Context(), q.call, ident.Programme(e.Aggregate), e.Sequence)
	})
}

// termLines are the changes of a programme's terms and ladders in an event: what
// was in force before the entry beside what is proposed or comes into force.
func (q *request) termLines(ev tracker.JournalEvent, before func() (tracker.TermsThen, error), named func(string) string) ([]changeLine, error) {
	l, set := ladderSet(ev)
	p := proposedIn(ev)
	if !set && p == nil {
		return nil, nil
	}
	then, err := before()
	if err != nil {
		return nil, err
	}
	if set {
		return linesOf(q.ladderRows(then.Ladders[l.Kind], l)), nil
	}
	lines := []changeLine{{Label: q.text("console.audit.proposedBy"), To: named(string(p.By))}}
	if p.Reason != "" {
		lines = append(lines, changeLine{Label: q.text("console.award.field.reason"), To: clip(p.Reason)})
	}
	if ev.Kind == "programme.changeConfirmed" {
		return lines, nil // what came into force is told by what it changed
	}
	if p.Ladder != nil {
		next := proposedLadder(*p.Ladder)
		return append(lines, linesOf(q.ladderRows(then.Ladders[next.Kind], next))...), nil
	}
	if p.Terms != nil {
		rows, _ := q.termRows(then.Thresholds, *p.Terms)
		lines = append(lines, linesOf(rows)...)
	}
	return lines, nil
}

func linesOf(rows []changeRow) []changeLine {
	var out []changeLine
	for _, r := range rows {
		out = append(out, changeLine{Label: r.Label, From: r.Was, To: r.Is})
	}
	return out
}
