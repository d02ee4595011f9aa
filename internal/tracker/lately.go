package tracker

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/civil"
	"milepost/internal/fault"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/portfolio"
	"milepost/internal/rollup"
	"milepost/internal/schema"
	"milepost/internal/store"
)

const (
	// maxHandled is how many entries of a person's journal are looked at for
	// what they sent on.
	maxHandled = 60
	// maxJournals is how many programmes' journals are read for what was done
	// lately.
	maxJournals = 15
)

// lately are the months of journals that are read: this one and the last.
func (t *Tracker) lately() []string {
	today := t.Today()
	return []string{rollup.MonthOf(today), rollup.MonthOf(today.AddDays(-today.Time().Day()))}
}

// SentOn lists what the caller has dealt with this month or the last and what
// now waits for somebody else, by due date. Their last commands alone are
// looked at; more says that there were others.
func (t *Tracker) SentOn(ctx context.Context, c Call) (rows []AttentionRow, more bool, err error) {
	r := newReading(ctx, t, c)
	keys, more, err := r.handled()
	if err != nil {
		return nil, false, err
	}
	var roots []store.Key
	for _, k := range keys {
		roots = append(roots, schema.RootKey(k.PK))
	}
	if err := r.load(append(roots, keys...)...); err != nil {
		return nil, false, err
	}
	var with []*found
	var names []store.Key
	for _, k := range keys {
		f := &found{reading: r, item: r.items[k]}
		waits, err := f.waitsForOthers()
		if err != nil {
			return nil, false, err
		}
		if waits {
			with = append(with, f)
			names = append(append(names, f.nameKeysOfAward()...), f.keysOfObligation()...)
		}
	}
	if err := r.load(names...); err != nil {
		return nil, false, err
	}
	for _, f := range with {
		row, err := attentionRow(f, t.Today())
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b AttentionRow) int {
		return cmp.Or(a.EffectiveOn.Compare(b.EffectiveOn), cmp.Compare(a.ID, b.ID))
	})
	return rows, more, nil
}

// handled are the things that the caller's last commands moved, each once.
func (r *reading) handled() (keys []store.Key, more bool, err error) {
	person := r.call.Principal.Person
	if person == "" {
		return nil, false, nil
	}
	var entries []store.Key
	for _, month := range r.t.lately() {
		left := maxHandled - len(entries)
		if left == 0 {
			return keys, true, nil
		}
		page, err := r.t.store.QueryIndex(r.ctx, store.IndexQuery{
			Index: store.Scope, Partition: schema.JournalBy(string(person), month), Descending: true, Limit: left,
		})
		if err != nil {
			return nil, false, storeFault(err)
		}
		more = page.Next != nil
		for _, e := range page.Entries {
			entries = append(entries, e.Item)
		}
		moved, err := r.movedBy(entries[len(entries)-len(page.Entries):])
		if err != nil {
			return nil, false, err
		}
		for _, k := range moved {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys, more, nil
}

// movedBy are the things that journal entries moved.
func (r *reading) movedBy(entries []store.Key) ([]store.Key, error) {
	if err := r.load(entries...); err != nil {
		return nil, err
	}
	var keys []store.Key
	for _, at := range entries {
		item := r.items[at]
		if item == nil || ident.Prefix(at.PK) != ident.PrefixAward {
			continue
		}
		e, err := openEntry(*item)
		if err != nil {
			return nil, err
		}
		for _, ev := range e.Events {
			key, kind, ok := keyOfThing(ident.Award(at.PK), ev.Thing)
			if ok && strings.HasPrefix(ev.Kind, kind+".") && !strings.HasSuffix(ev.Kind, ".created") && !strings.HasSuffix(ev.Kind, ".opened") {
				keys = append(keys, key)
			}
		}
	}
	return keys, nil
}

// waitsForOthers reports whether somebody other than the caller owes something
// on a thing that the caller may view.
func (f *found) waitsForOthers() (bool, error) {
	if f.item == nil {
		return false, nil
	}
	a, ok, err := f.root()
	if err != nil || !ok {
		return false, err
	}
	th, err := f.thing()
	if err != nil || th.watch.Current == nil || a.State != award.Active {
		return false, err
	}
	may, err := f.t.may(f.call, access.ViewAttention, resourceOf(a, th.kind, th.id))
	if err != nil || !may {
		return false, err
	}
	mine, err := f.owedByCaller(a, th)
	return err == nil && !mine, err
}

// owedByCaller reports whether what is owed on a thing waits for the caller:
// who is responsible for it, else everybody who holds the role that owes it and
// whom no separation keeps from it. A responsible person without that role, as
// one who has left, is none.
func (r *reading) owedByCaller(a award.Award, th thing) (bool, error) {
	o, p := th.watch.Current, r.call.Principal
	resource := resourceOf(a, th.kind, th.id)
	if o == nil || slices.Contains(o.Except, p.Person) || !slices.Contains(r.t.authority.Roles(p, resource), o.Role) {
		return false, nil
	}
	if o.Person == "" || o.Person == p.Person {
		return true, nil
	}
	key := schema.PersonKey(o.Person)
	if err := r.load(key); err != nil {
		return false, err
	}
	responsible, _, err := get[portfolio.Person](r, key, schema.TypePerson)
	return err == nil && !slices.Contains(r.t.authority.Roles(access.PrincipalOf(responsible, r.t.Today()), resource), o.Role), err
}

// DoneRow is a step that somebody took on a thing, with the thing as it is now.
type DoneRow struct {
	At       string     `json:"at"` // UTC, RFC 3339
	On       civil.Date `json:"on"` // business date
	Command  string     `json:"command"`
	Person   *Named     `json:"person,omitempty"`
	Sequence int64      `json:"sequence"`
	// DaysLate are those of the obligation that the step ended, where it was
	// late.
	DaysLate int `json:"daysLate,omitzero"`

	Thing      string          `json:"thing"` // milestone, tranche or extension
	ID         string          `json:"id"`
	State      string          `json:"state"` // now
	Outcome    award.Outcome   `json:"outcome,omitempty"`
	Milestone  ident.Milestone `json:"milestone,omitempty"`
	Title      string          `json:"title,omitempty"`
	Code       string          `json:"code"`
	Award      ident.Award     `json:"award"`
	Number     string          `json:"number"`
	AwardTitle portfolio.Names `json:"awardTitle"`
	Platform   *Named          `json:"platform,omitempty"`
}

// ends are the events of steps that end what was owed.
func ends(kind string) bool {
	switch kind {
	case "milestone.submitted", "milestone.returned", "milestone.decided", "milestone.settled",
		"tranche.requested", "tranche.approved", "tranche.refused", "tranche.paid",
		"extension.granted", "extension.refused":
		return true
	}
	return false
}

// stepOf is the event of an entry that ended what was owed; false for none.
func stepOf(e journal.Entry) (journal.Event, bool) {
	i := slices.IndexFunc(e.Events, func(ev journal.Event) bool { return ends(ev.Kind) })
	if i < 0 {
		return journal.Event{}, false
	}
	return e.Events[i], true
}

// DoneLately lists what ended something that was owed, this month and the
// last, the latest first: the caller's own steps, and everybody's where the
// caller may read the journal of a programme, of at most maxJournals.
func (t *Tracker) DoneLately(ctx context.Context, c Call, p PageRequest) (Page[DoneRow], error) {
	l := listing[DoneRow]{
		name: "done lately", query: struct{}{}, descending: true, narrow: "programme",
		pass:  func(item store.Key) bool { return ident.Prefix(item.PK) == ident.PrefixAward },
		also:  func(item store.Key) []store.Key { return []store.Key{schema.RootKey(item.PK)} },
		rests: func(f *found) []store.Key { return f.keysOfStep() },
		keep:  keepStep,
		then: func(f *found) []store.Key {
			keys := append(f.nameKeysOfAward(), actorKeys([]store.Item{*f.item})...)
			if th, ok := f.stepped(); ok {
				keys = append(keys, th.keysOfObligation()...)
			}
			return keys
		},
		row: doneRow,
	}
	for _, month := range t.lately() {
		if c.Principal.Person != "" {
			l.sources = append(l.sources, source{index: store.Scope, partition: schema.JournalBy(string(c.Principal.Person), month)})
		}
		journals := 0
		for _, s := range t.authority.Scopes(c.Principal, access.ViewJournal) {
			if s.Kind == portfolio.InProgramme && journals < maxJournals {
				l.sources = append(l.sources, source{index: store.Program, partition: schema.JournalIn(ident.Programme(s.ID), month)})
				journals++
			}
		}
	}
	return l.page(ctx, t, c, p)
}

func keepStep(f *found) (verdict, error) {
	a, ok, err := f.root()
	if err != nil || !ok {
		return hidden, err
	}
	e, err := openEntry(*f.item)
	if err != nil {
		return hidden, err
	}
	view := access.ViewJournal
	if e.Actor.Person == string(f.call.Principal.Person) {
		view = access.ViewAward // one's own step is no secret
	}
	may, err := f.t.may(f.call, view, awardResource(a))
	_, step := stepOf(e)
	return seen(may, step, err)
}

// keysOfStep is the thing on which an entry's step was taken.
func (f *found) keysOfStep() []store.Key {
	e, err := openEntry(*f.item)
	if err != nil {
		return nil
	}
	ev, ok := stepOf(e)
	if !ok {
		return nil
	}
	key, _, ok := keyOfThing(ident.Award(f.item.PK), ev.Thing)
	if !ok {
		return nil
	}
	return []store.Key{key}
}

// stepped is the thing on which an entry's step was taken, as it is now.
func (f *found) stepped() (*found, bool) {
	keys := f.keysOfStep()
	if len(keys) == 0 || f.items[keys[0]] == nil {
		return nil, false
	}
	return &found{reading: f.reading, item: f.items[keys[0]]}, true
}

func doneRow(f *found) (DoneRow, error) {
	e, err := openEntry(*f.item)
	if err != nil {
		return DoneRow{}, err
	}
	a, _, err := f.root()
	if err != nil {
		return DoneRow{}, err
	}
	d := a.Document
	row := DoneRow{
		At: e.At, On: e.On, Command: e.Command, Person: f.named(e.Actor.Person), Sequence: e.Seq,
		Award: a.ID, Number: d.Number, AwardTitle: d.Title, Platform: f.named(string(d.Platform)),
	}
	on, ok := f.stepped()
	if !ok {
		return row, fault.New(fault.Internal, "item.unreadable", "item", f.item.String())
	}
	th, err := on.thing()
	row.Thing, row.ID, row.State, row.Milestone, row.Title, row.Code = th.kind, th.id, th.state, th.milestone, th.title, th.code
	if err == nil && th.kind == access.KindMilestone {
		m, e := schema.Decode[award.Milestone](*on.item, schema.TypeMilestone)
		row.Outcome, err = m.Outcome(), e
	}
	row.DaysLate = lateWhenCleared(e, th.id)
	return row, err
}

// lateWhenCleared is how late what an entry cleared on a thing was.
func lateWhenCleared(e journal.Entry, id string) int {
	for _, ev := range e.Events {
		var data struct {
			DaysLate int `json:"daysLate"`
		}
		if ev.Kind == "obligation.cleared" && ev.Thing == id && json.Unmarshal(ev.Data, &data) == nil {
			return data.DaysLate
		}
	}
	return 0
}
