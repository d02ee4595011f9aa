package console

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/money"
	"milepost/internal/tracker"
)

// subject is what a form is about: an aggregate, a thing in it, and where its
// page is.
type subject struct {
	Aggregate, Thing, Page string
}

// outdated is the page that says what changed since a form was made, by whom,
// and offers both: to look, and to send it all the same.
type outdated struct {
	Form    *form
	Subject subject
	Entries []outdatedEntry
	Yours   []changeLine // what was typed: labels, and values in words
	// Impossible says why what was typed cannot be sent any more.
	Impossible string
}

// outdatedEntry is what somebody did meanwhile: who, when, and what it changed.
type outdatedEntry struct {
	tracker.JournalEntryView
	Lines []awardEvent
}

// mostChanges bounds the changes that are shown.
const mostChanges = 10

// outdated answers a form whose thing has changed since. What was typed is
// kept, for the version that is now.
func (q *request) outdated(f *form, err error, of subject) error {
	e, ok := errors.AsType[*fault.Error](err)
	current, known := int64(0), false
	if ok {
		current, known = e.Args["current"].(int64)
	}
	if !known {
		return err
	}
	entries, err := q.since(of, f.Version)
	if err != nil {
		return err
	}
	return q.showOutdated(f, of, current, entries, "")
}

// overtaken answers a form that was refused because somebody did something
// meanwhile that leaves no room for it, such as deciding the milestone; false
// where nobody did.
func (q *request) overtaken(f *form, err error, of subject) (bool, error) {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Conflict || f.Version == 0 || of.Aggregate == "" {
		return false, nil
	}
	entries, err := q.since(of, f.Version)
	if err != nil || len(entries) == 0 {
		return false, err
	}
	return true, q.showOutdated(f, of, f.Version, entries, q.console.Catalogs.Fault(q.lang, e).Title)
}

// showOutdated is the page that says what changed. impossible says why what was
// typed cannot be done any more, empty where it can.
func (q *request) showOutdated(f *form, of subject, current int64, entries []tracker.JournalEntryView, impossible string) error {
	f.Version, f.Key = current, q.newKey()
	q.status = fault.PreconditionFailed.Status()
	h := q.named(of)
	view := outdated{Form: f, Subject: of, Impossible: impossible, Yours: q.typed(f, of.Thing, func(id string) string { return q.calledIn(h, id) })}
	for _, e := range entries {
		entry := q.journalEntry(h, e, bounds{events: mostEvents, ofEvent: mostChangeLines, ofPage: mostPageLines})
		view.Entries = append(view.Entries, outdatedEntry{e, entry.Lines})
	}
	return q.show("outdated", q.text("console.outdated.title"), view)
}

// named is the award that a form is about, for the names in it; one without any
// where the form is about something else.
func (q *request) named(of subject) awardHead {
	if ident.Prefix(of.Aggregate) != ident.PrefixAward {
		return awardHead{}
	}
	view, err := q.tracker().Award(q.Context(), q.call, ident.Award(of.Aggregate))
	if err != nil {
		return awardHead{} // only names are lost
	}
	return awardHead{AwardView: view, Page: at("awards", view.ID), Today: q.today}
}

// typed are the fields of a form as people read them: by their labels, dates,
// amounts, codes and ids in words. What is empty is left out, and so is the
// currency beside its amount.
func (q *request) typed(f *form, thing string, named func(id string) string) []changeLine {
	var out []changeLine
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if strings.HasPrefix(name, "find/") || strings.HasSuffix(name, "/currency") {
			continue
		}
		var values []string
		for _, v := range f.Values[name] {
			if v != "" {
				values = append(values, q.typedValue(f, thing, name, v, named))
			}
		}
		if len(values) > 0 {
			out = append(out, changeLine{Label: q.typedLabel(name), To: q.words(values)})
		}
	}
	return out
}

// typedLabel is the word for a field of a form: its own, else that of what it
// belongs to.
func (q *request) typedLabel(name string) string {
	for path := strings.TrimSuffix(name, "/text"); path != ""; {
		if label, ok := q.fieldLabel("/" + path); ok {
			return label
		}
		last := strings.LastIndexByte(path, '/')
		path = path[:max(0, last)]
	}
	return q.text("console.outdated.field")
}

// typedValue is one value of a field in words.
func (q *request) typedValue(f *form, thing, name, v string, named func(id string) string) string {
	if parent, ok := strings.CutSuffix(name, "/amount"); ok || name == "amount" {
		code := cmp.Or(f.Value(parent+"/currency"), parent[strings.LastIndexByte(parent, '/')+1:])
		if unit, err := money.ISO(code); err == nil {
			return q.typedAmount(v, unit)
		}
		return v
	}
	last := name[strings.LastIndexByte(name, '/')+1:]
	for _, group := range []string{codeGroup(thing, name), typedGroups()[last], typedGroups()[ident.Prefix(thing)+"."+last]} {
		if group != "" && q.console.Catalogs.Has(q.lang, "label."+group+"."+v) {
			return q.console.Catalogs.Label(q.lang, group, v)
		}
	}
	if ident.Prefix(v) != "" {
		return clip(named(v))
	}
	if slices.Contains([]string{"on", "yes", "true"}, v) {
		return q.text("console.award.yes")
	}
	return v
}

// typedGroups are the groups of labels of codes that forms send beside those of
// a journal, by the field's last name, and for some by the kind of thing.
func typedGroups() map[string]string {
	return map[string]string{
		"choice": "settlement", "role": "role", "unit": "dayUnit", "asks": "rungAsks", "level": "level",
		ident.PrefixPlatform + ".kind": "platformKind", ident.PrefixOrganisation + ".kind": "organisationKind", ident.PrefixProject + ".source": "projectSource",
	}
}

// since are the entries of a thing's journal that made versions after one, the
// newest first; none where the caller may not read it.
func (q *request) since(of subject, version int64) ([]tracker.JournalEntryView, error) {
	query := tracker.JournalQuery{Thing: of.Thing}
	page, err := q.tracker().Journal(q.Context(), q.call, of.Aggregate, query, tracker.PageRequest{Limit: 50})
	switch fault.KindOf(err) {
	case fault.Forbidden, fault.NotFound:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []tracker.JournalEntryView
	for _, entry := range page.Items {
		newer := of.Thing == "" && entry.Sequence > version
		for _, ev := range entry.Events {
			newer = newer || of.Thing != "" && ev.Version > version
		}
		if newer && len(out) < mostChanges {
			out = append(out, entry)
		}
	}
	return out, nil
}
