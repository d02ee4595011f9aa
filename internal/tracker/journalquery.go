package tracker

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"milepost/internal/access"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// JournalQuery says how a journal is read.
type JournalQuery struct {
	OldestFirst bool   `json:"oldestFirst,omitzero"`
	Kind        string `json:"kind,omitempty"`  // events of this kind (milestone.submitted), or of a thing's (milestone)
	Thing       string `json:"thing,omitempty"` // events of this thing alone
	// From and To are business dates, both included; an empty one bounds nothing.
	From civil.Date `json:"from,omitzero"`
	To   civil.Date `json:"to,omitzero"`
}

// JournalEntryView is what one command did: who, when, from what to what.
type JournalEntryView struct {
	Aggregate string         `json:"aggregate"`
	Subject   *Named         `json:"subject,omitempty"` // what the aggregate is called
	Sequence  int64          `json:"sequence"`
	At        string         `json:"at"` // UTC, RFC 3339
	On        civil.Date     `json:"on"` // business date
	Command   string         `json:"command"`
	Person    *Named         `json:"person,omitempty"`
	System    string         `json:"system,omitempty"` // the program that did it, for a person where there is one
	Origin    string         `json:"origin"`
	Request   string         `json:"request,omitempty"`
	Events    []JournalEvent `json:"events"` // those asked for
	Hash      string         `json:"hash"`   // of the entry, to which the next one is chained
}

// JournalEvent is one event of an entry.
type JournalEvent struct {
	Kind    string           `json:"kind"`
	Thing   string           `json:"thing"`
	Version int64            `json:"version,omitzero"` // of the thing after it
	Changes []journal.Change `json:"changes,omitempty"`
	Data    json.RawMessage  `json:"data,omitempty"`
}

// events are those of an entry that are asked for.
func (q JournalQuery) events(e journal.Entry) []JournalEvent {
	out := []JournalEvent{}
	if !q.From.IsZero() && e.On.Before(q.From) || !q.To.IsZero() && e.On.After(q.To) {
		return out
	}
	for _, ev := range e.Events {
		wanted := (q.Kind == "" || ev.Kind == q.Kind || strings.HasPrefix(ev.Kind, q.Kind+".")) && (q.Thing == "" || ev.Thing == q.Thing)
		if wanted {
			out = append(out, JournalEvent{Kind: ev.Kind, Thing: ev.Thing, Version: ev.Is, Changes: ev.Changes, Data: ev.Data})
		}
	}
	return out
}

func (r *reading) journalView(item store.Item, q JournalQuery) (JournalEntryView, error) {
	j, err := schema.Decode[schema.JournalText](item, schema.TypeJournal)
	if err != nil {
		return JournalEntryView{}, err
	}
	e, err := openEntry(item)
	return JournalEntryView{
		Aggregate: e.Aggregate, Subject: r.named(e.Aggregate), Sequence: e.Seq, At: e.At, On: e.On, Command: e.Command, Person: r.named(e.Actor.Person),
		System: e.Actor.System, Origin: e.Origin, Request: e.Request, Events: q.events(e), Hash: j.Hash,
	}, err
}

// Journal returns the journal of an award, programme, platform, project,
// organisation or import, or of the deployment. Between dates it reads what was
// recorded about then alone, however long the journal is.
func (t *Tracker) Journal(ctx context.Context, c Call, aggregate string, q JournalQuery, p PageRequest) (Page[JournalEntryView], error) {
	r := newReading(ctx, t, c)
	page := Page[JournalEntryView]{Items: []JournalEntryView{}}
	if err := r.mayReadJournal(aggregate); err != nil {
		return page, err
	}
	within, err := r.journalWithin(aggregate, q)
	if err != nil {
		return page, err
	}
	items, next, err := r.strongPage("journal "+aggregate, q, store.Query{Partition: aggregate, Range: within, Descending: !q.OldestFirst}, p)
	if err != nil {
		return page, err
	}
	page.Next = next
	if err := r.load(actorKeys(items)...); err != nil {
		return page, err
	}
	for _, item := range items {
		v, err := r.journalView(item, q)
		if err != nil {
			return page, err
		}
		if len(v.Events) > 0 {
			page.Items = append(page.Items, v)
		}
	}
	return page, nil
}

// strongPage reads a page of a partition strongly. Rows that are filtered out
// make it short.
func (r *reading) strongPage(name string, query any, q store.Query, p PageRequest) ([]store.Item, string, error) {
	limit, err := p.limit()
	if err != nil {
		return nil, "", err
	}
	bound, err := canonicalQuery(name, query)
	if err != nil {
		return nil, "", err
	}
	if p.Cursor != "" {
		at, err := r.t.openCursor(r.call.Principal.Person, bound, p.Cursor)
		if err != nil {
			return nil, "", err
		}
		q.After = &at.Item
	}
	q.Limit = limit + 1 // one more tells the end
	page, err := r.t.store.Query(r.ctx, q)
	if err != nil {
		return nil, "", storeFault(err)
	}
	if len(page.Items) > limit {
		page.Items, page.Next = page.Items[:limit], &page.Items[limit-1].Key
	}
	if page.Next == nil {
		return page.Items, "", nil
	}
	next, err := r.t.cursor(r.call.Principal.Person, bound, position{SK: page.Next.SK, Item: *page.Next})
	return page.Items, next, err
}

// actorKeys are the persons whose names entries show. An unreadable entry is
// told of when its row is made.
func actorKeys(items []store.Item) []store.Key {
	var keys []store.Key
	for _, item := range items {
		if e, err := openEntry(item); err == nil {
			keys = append(keys, personKeys(ident.Person(e.Actor.Person))...)
		}
	}
	return keys
}

// aggregateResource is an aggregate as access sees it; false where it does not
// exist. A platform's own journal belongs to the programmes that enrol it
// today.
func (r *reading) aggregateResource(id string) (access.Resource, bool, error) {
	if id == schema.Deployment {
		return deploymentResource(), true, nil
	}
	key := schema.RootKey(id)
	if ident.Prefix(id) == "" {
		return access.Resource{}, false, nil
	}
	if err := r.load(key); err != nil || r.items[key] == nil {
		return access.Resource{}, false, err
	}
	switch ident.Prefix(id) {
	case ident.PrefixAward:
		a, err := decodeAward(*r.items[key])
		return awardResource(a), err == nil, err
	case ident.PrefixProgramme:
		resource, err := r.programme(ident.Programme(id))
		return resource, err == nil, err
	case ident.PrefixProject:
		p, _, err := get[portfolio.Project](r, key, schema.TypeProject)
		if err != nil {
			return access.Resource{}, false, err
		}
		resource, err := r.project(p)
		return resource, err == nil, err
	case ident.PrefixPlatform:
		resource, err := r.platformToday(ident.Platform(id))
		return resource, err == nil, err
	case ident.PrefixOrganisation:
		return organisationResource(id), true, nil
	case ident.PrefixImport:
		i, _, err := get[schema.Import](r, key, schema.TypeImport)
		return importResource(i), err == nil, err
	}
	return access.Resource{}, false, nil
}

// platformToday is a platform with those of the caller's programmes in which
// it is enrolled today.
func (r *reading) platformToday(id ident.Platform) (access.Resource, error) {
	resource, err := r.platform(id)
	if err != nil {
		return resource, err
	}
	on := r.t.Today()
	resource.Programmes = slices.DeleteFunc(resource.Programmes, func(p ident.Programme) bool {
		e, _, err := get[portfolio.Enrolment](r, schema.EnrolmentKey(id, p), schema.TypeEnrolment)
		return err != nil || !e.Holds(on)
	})
	return resource, nil
}

// JournalOfPerson returns what a person did in a month of business dates
// (2026-05), as far as the caller may read the journals in which it stands.
func (t *Tracker) JournalOfPerson(ctx context.Context, c Call, person ident.Person, month string, q JournalQuery, p PageRequest) (Page[JournalEntryView], error) {
	if err := checkMonth(month); err != nil {
		return Page[JournalEntryView]{}, err
	}
	return t.journalList(ctx, c, []source{{index: store.Scope, partition: schema.JournalBy(string(person), month)}}, JournalSearch{JournalQuery: q, Person: person}, p)
}

// JournalOfProgramme returns what was done in a programme in a month of
// business dates.
func (t *Tracker) JournalOfProgramme(ctx context.Context, c Call, id ident.Programme, month string, q JournalQuery, p PageRequest) (Page[JournalEntryView], error) {
	if _, err := t.readProgramme(ctx, c, id, access.ViewJournal); err != nil {
		return Page[JournalEntryView]{}, err
	}
	if err := checkMonth(month); err != nil {
		return Page[JournalEntryView]{}, err
	}
	return t.journalList(ctx, c, []source{{index: store.Program, partition: schema.JournalIn(id, month)}}, JournalSearch{JournalQuery: q, Programme: id}, p)
}

// checkDates refuses a last date before the first.
func checkDates(from, to civil.Date) error {
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		return fault.InvalidFields(fault.At("/to", "date.before", "earliest", from.String()))
	}
	return nil
}

func checkMonth(month string) error {
	if at, err := time.Parse("2006-01", month); err != nil || at.Format("2006-01") != month {
		return fault.InvalidFields(fault.At("/month", "month.invalid", "value", clipped(month)))
	}
	return nil
}
