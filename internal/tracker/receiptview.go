package tracker

import (
	"context"
	"regexp"
	"slices"

	"milepost/internal/access"
	"milepost/internal/attention"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/journal"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// ReceiptView is the receipt of a command on an award, for its page: the entry
// that the command made, and where the things that it changed stand now.
type ReceiptView struct {
	JournalEntryView
	Award    Named            `json:"award"`
	TakeBack []string         `json:"takeBack,omitempty"`
	Subjects []ReceiptSubject `json:"subjects"`
	// Whole says that the caller may read the journal. Whoever gave the command
	// reads its receipt without that, but not what else the command changed.
	Whole bool             `json:"whole"`
	Names map[string]Named `json:"names"` // of people, organisations and places in the changes, as far as known
	Files []EvidenceFile   `json:"files"` // that were handed in by the command, or that it is about; where the caller may view them
}

// ReceiptSubject is a thing that a command changed, as it is now.
type ReceiptSubject struct {
	Kind    string                `json:"kind"` // award, milestone, tranche …
	ID      string                `json:"id"`
	Events  []string              `json:"events"` // that happened to it, in order
	Code    string                `json:"code,omitempty"`
	Title   string                `json:"title,omitempty"`
	State   string                `json:"state,omitempty"`
	Outcome award.Outcome         `json:"outcome,omitempty"`
	Changed bool                  `json:"changed"` // it has been changed since
	Waits   *attention.Obligation `json:"waits,omitempty"`
	Owner   *Named                `json:"owner,omitempty"` // the person who owes it, where one does
}

// Receipt returns the receipt of a command on an award by the sequence of its
// journal entry: to whoever may read the journal, and to the person who gave
// the command. It reads the entry, the things that it names, and names.
func (t *Tracker) Receipt(ctx context.Context, c Call, id ident.Award, seq int64) (ReceiptView, error) {
	if !ident.Valid(ident.PrefixAward, string(id)) || seq < 1 {
		return ReceiptView{}, errNotFound()
	}
	r := newReading(ctx, t, c)
	root, at := schema.RootKey(string(id)), schema.JournalKey(string(id), seq)
	if err := r.load(root, at); err != nil {
		return ReceiptView{}, err
	}
	if r.items[root] == nil || r.items[at] == nil {
		return ReceiptView{}, errNotFound()
	}
	a, err := decodeAward(*r.items[root])
	if err != nil {
		return ReceiptView{}, err
	}
	e, err := openEntry(*r.items[at])
	if err != nil {
		return ReceiptView{}, err
	}
	whole, err := t.may(c, access.ViewJournal, awardResource(a))
	if err != nil {
		return ReceiptView{}, err
	}
	if !whole {
		if err := t.authority.Require(c.Principal, access.ViewAward, awardResource(a)); err != nil {
			return ReceiptView{}, err
		}
		if e.Actor.Person != string(c.Principal.Person) {
			return ReceiptView{}, t.authority.Require(c.Principal, access.ViewJournal, awardResource(a))
		}
	}
	out := ReceiptView{Award: Named{ID: string(id), Code: a.Document.Number, Names: a.Document.Title}, Whole: whole, TakeBack: newReceipt(e).TakeBack}
	if err := r.load(append(actorKeys([]store.Item{*r.items[at]}), subjectKeys(id, e.Events)...)...); err != nil {
		return out, err
	}
	if out.JournalEntryView, err = r.journalView(*r.items[at], JournalQuery{}); err != nil {
		return out, err
	}
	if out.Subjects, err = r.subjects(a, out.Events); err != nil {
		return out, err
	}
	if out.Files, err = r.filesSeen(a, out.Events); err != nil {
		return out, err
	}
	out.Names, err = r.namesIn(out.Events, whole)
	if !whole {
		for i := range out.Events {
			out.Events[i].Changes, out.Events[i].Data = nil, nil
		}
	}
	return out, err
}

// idsInText finds what a change names by its id.
var idsInText = regexp.MustCompile(`"(per|org|prg|plt|prj)_[0-9A-Z]{26}"`)

// namesIn are the names of what the changes of one entry name.
func (r *reading) namesIn(events []JournalEvent, may bool) (map[string]Named, error) {
	out := map[string]Named{}
	if !may {
		return out, nil
	}
	var keys []store.Key
	for _, ev := range events {
		for _, c := range ev.Changes {
			for _, quoted := range idsInText.FindAllString(string(c.From)+string(c.To), -1) {
				id := quoted[1 : len(quoted)-1]
				if _, ok := out[id]; ok {
					continue
				}
				out[id] = Named{}
				key := schema.RootKey(id)
				if ident.Prefix(id) == ident.PrefixPerson {
					key = schema.PersonKey(ident.Person(id))
				}
				keys = append(keys, key)
			}
		}
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	for id := range out {
		out[id] = *r.named(id)
	}
	return out, nil
}

// subjectKeys are the things of an award that events name.
func subjectKeys(id ident.Award, events []journal.Event) []store.Key {
	var keys []store.Key
	for _, ev := range events {
		if key, kind := subjectKey(id, ev.Thing); kind != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// subjectKey is the key of a thing of an award with its kind; "" for what has
// no page, such as parties and entries of the ledger.
func subjectKey(id ident.Award, thing string) (store.Key, string) {
	switch ident.Prefix(thing) {
	case ident.PrefixAward:
		return schema.RootKey(thing), access.KindAward
	case ident.PrefixMilestone:
		return schema.MilestoneKey(id, ident.Milestone(thing)), access.KindMilestone
	case ident.PrefixTranche:
		return schema.TrancheKey(id, ident.Tranche(thing)), access.KindTranche
	case ident.PrefixExtension:
		return schema.ExtensionKey(id, ident.Extension(thing)), access.KindExtension
	case ident.PrefixPayment:
		return schema.PaymentKey(id, ident.Payment(thing)), access.KindPayment
	case ident.PrefixRefund:
		return schema.RefundKey(id, ident.Refund(thing)), access.KindRefund
	}
	return store.Key{}, ""
}

// subjects are the things of the events, each once, as they are now.
func (r *reading) subjects(a award.Award, events []JournalEvent) ([]ReceiptSubject, error) {
	out := []ReceiptSubject{}
	var owners []store.Key
	for _, ev := range events {
		key, kind := subjectKey(a.ID, ev.Thing)
		i := slices.IndexFunc(out, func(s ReceiptSubject) bool { return s.ID == ev.Thing })
		switch {
		case kind == "":
			continue
		case i >= 0:
			out[i].Events = append(out[i].Events, ev.Kind)
			continue
		}
		s, err := r.subject(key, kind, ev)
		if err != nil {
			return nil, err
		}
		if s.Waits != nil {
			owners = append(owners, personKeys(s.Waits.Person)...)
		}
		out = append(out, s)
	}
	if err := r.load(owners...); err != nil {
		return nil, err
	}
	for i, s := range out {
		if s.Waits != nil && s.Waits.Person != "" {
			out[i].Owner = r.named(string(s.Waits.Person))
		}
	}
	return out, nil
}

func (r *reading) subject(key store.Key, kind string, ev JournalEvent) (ReceiptSubject, error) {
	s := ReceiptSubject{Kind: kind, ID: ev.Thing, Events: []string{ev.Kind}, Changed: ev.Version > 0 && r.version(key) != ev.Version}
	item := r.items[key]
	if item == nil {
		return s, nil
	}
	var watch attention.Watch
	var err error
	switch kind {
	case access.KindAward:
		var a award.Award
		a, err = decodeAward(*item)
		s.Code, s.State = a.Document.Number, string(a.State)
	case access.KindMilestone:
		var m award.Milestone
		m, err = schema.Decode[award.Milestone](*item, schema.TypeMilestone)
		s.Code, s.Title, s.State, s.Outcome, watch = m.Code, m.Title, string(m.State), m.Outcome(), m.Watch
	case access.KindTranche:
		var t award.Tranche
		t, err = schema.Decode[award.Tranche](*item, schema.TypeTranche)
		s.Code, s.State, watch = numbered(t.Number), string(t.State), t.Watch
	case access.KindExtension:
		var e award.Extension
		e, err = schema.Decode[award.Extension](*item, schema.TypeExtension)
		s.State, watch = string(e.State), e.Watch
	case access.KindPayment:
		var p award.Payment
		p, err = schema.Decode[award.Payment](*item, schema.TypePayment)
		s.Code, s.State = p.Reference, string(p.State)
	case access.KindRefund:
		var f award.Refund
		f, err = schema.Decode[award.Refund](*item, schema.TypeRefund)
		s.Code, s.State = f.Reference, string(f.State)
	}
	s.Waits = watch.Current
	return s, err
}
