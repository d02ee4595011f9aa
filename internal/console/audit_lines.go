package console

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"milepost/internal/tracker"
)

// auditLine is an entry of the journal with what happened in it.
type auditLine struct {
	tracker.JournalEntryView
	Href, SubjectHref string
	Done              string       // what the command did
	Events            []awardEvent // what a reader of a list needs; the entry's page has all
	More              int
}

func (q *request) auditLines(entries []tracker.JournalEntryView) ([]auditLine, error) {
	things, err := q.tracker().ThingsIn(q.Context(), q.call, entries)
	if err != nil {
		return nil, err
	}
	out := make([]auditLine, 0, len(entries))
	for _, e := range entries {
		line := auditLine{JournalEntryView: e, Href: at("audit", e.Aggregate, e.Sequence), SubjectHref: at("audit", e.Aggregate), Done: q.did(e)}
		events := digest(e.Events)
		for i, ev := range events {
			if i == mostEvents {
				line.More = len(events) - i
				break
			}
			line.Events = append(line.Events, awardEvent{Kind: ev.Kind, Subject: q.calledNow(things[ev.Thing]), Note: q.toldOf(ev)})
		}
		out = append(out, line)
	}
	return out, nil
}

// digest leaves events out that another one of the same entry tells: that a
// thing was checked, and on a milestone what became of its extension.
func digest(events []tracker.JournalEvent) []tracker.JournalEvent {
	return slices.DeleteFunc(slices.Clone(events), func(ev tracker.JournalEvent) bool {
		return slices.ContainsFunc(events, func(other tracker.JournalEvent) bool {
			if ev.Kind == "obligation.swept" {
				return other.Thing == ev.Thing && other.Kind != ev.Kind
			}
			of, said := strings.CutPrefix(ev.Kind, "milestone.extension")
			return said && other.Kind == "extension."+strings.ToLower(of)
		})
	})
}

// calledNow is what the thing of an event is called, "" for an award itself and
// for what has no name.
func (q *request) calledNow(x tracker.EventThing) string {
	switch x.Kind {
	case "milestone":
		return strings.TrimSpace(x.Code + " " + x.Title)
	case "evidence":
		return q.words(slices.DeleteFunc([]string{x.Code, x.File}, func(s string) bool { return s == "" }))
	case "tranche":
		return q.text("console.tranche", "number", x.Code)
	case "extension", "payment", "refund":
		return x.Code
	case "person":
		return x.Names.In(string(q.lang))
	}
	return ""
}

// toldOf is what an event says in a list: what came of it, and its reason.
func (q *request) toldOf(ev tracker.JournalEvent) string {
	var words []string
	for _, at := range told(ev.Kind) {
		for _, c := range ev.Changes {
			for p, v := range leaves(c.Path, c.To) {
				if is, err := path.Match(at, p); err != nil || !is {
					continue
				}
				text := q.value(ev.Thing, p, v, func(id string) string { return id })
				switch name := at[strings.LastIndexByte(at, '/')+1:]; name {
				case "outcome", "settlement", "amount":
				case "percent":
					text += "%"
				default:
					label, _ := q.fieldLabel(p)
					text = q.text("console.list.chip", "label", label, "value", text)
				}
				words = append(words, text)
			}
		}
	}
	if note := q.noteOf(ev); note != "" {
		words = append(words, note)
	}
	return strings.Join(words, " · ")
}

// told are the values, by patterns of their pointers, that say what came of an
// event of a kind.
func told(kind string) []string {
	switch kind {
	case "milestone.decided":
		return []string{"/rounds/*/outcome", "/rounds/*/percent"}
	case "milestone.settled":
		return []string{"/settlement"}
	case "milestone.returned":
		return []string{"/reworkDueOn"}
	case "milestone.forecast":
		return []string{"/forecastOn"}
	case "milestone.extended":
		return []string{"/dueOn"}
	case "extension.requested":
		return []string{"/askedDueOn"}
	case "extension.granted":
		return []string{"/newDueOn"}
	case "payment.instructed", "refund.recorded":
		return []string{"/amount"}
	case "payment.paid":
		return []string{"/bankReference"}
	}
	return nil
}

// exportAudit answers with entries as a file, one line for each event that a
// list shows.
func (q *request) exportAudit(name string, read readJournal) error {
	entries, err := everything(q.Context(), read)
	if err != nil {
		return err
	}
	things, err := q.tracker().ThingsIn(q.Context(), q.call, entries)
	if err != nil {
		return err
	}
	header := []string{}
	for _, id := range []string{"entry", "subject", "on", "recorded", "by", "command", "event", "thing", "called", "note", "hash"} {
		header = append(header, q.text("console.audit.column."+id))
	}
	var lines [][]string
	for _, e := range entries {
		for _, ev := range digest(e.Events) {
			lines = append(lines, []string{
				strconv.FormatInt(e.Sequence, 10), q.called(e), e.On.String(), recorded(e), q.didWho(e), q.did(e),
				q.console.Catalogs.Label(q.lang, "event", ev.Kind), ev.Thing, q.calledNow(things[ev.Thing]), q.toldOf(ev), e.Hash,
			})
		}
	}
	return q.export(name, header, lines)
}

// called is what an entry's aggregate is called.
func (q *request) called(e tracker.JournalEntryView) string {
	if e.Subject == nil {
		return e.Aggregate
	}
	text := strings.TrimSpace(e.Subject.Code + " " + e.Subject.Names.In(string(q.lang)))
	return cmp.Or(text, e.Aggregate)
}
