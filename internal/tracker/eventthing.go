package tracker

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"milepost/internal/access"
	"milepost/internal/award"
	"milepost/internal/ident"
	"milepost/internal/portfolio"
	"milepost/internal/schema"
	"milepost/internal/store"
)

// EventThing is what the thing of an event is called now.
type EventThing struct {
	Kind  string          // milestone, tranche, evidence …
	Code  string          // its code, number or reference; that of the milestone of an extension or of a file
	Title string          // of the milestone
	File  string          // the name of a file
	Names portfolio.Names // of a person
}

// eventFile is what an event of a file says of it.
type eventFile struct {
	Milestone ident.Milestone `json:"milestone"`
	FileName  string          `json:"fileName"`
	Reason    string          `json:"reason,omitempty"` // why it is erased
}

func fileEvent(e award.Evidence) eventFile {
	return eventFile{Milestone: e.Milestone, FileName: e.FileName}
}

// file is what an event of a file says of it: beside its changes, or in them
// where the file is new. Empty where it says nothing.
func (ev JournalEvent) file() eventFile {
	var f eventFile
	texts := []json.RawMessage{ev.Data}
	for _, c := range ev.Changes {
		if c.Path == "" {
			texts = append(texts, c.To)
		}
	}
	for _, text := range texts {
		if f.Milestone == "" {
			_ = json.Unmarshal(text, &f) // what is not there is not told
		}
	}
	return f
}

// ThingsIn returns what the things of awards, and the people, that entries tell
// of are called, by their ids. Entries come from a journal, whose reader they have; what the
// caller may not read has no name. It reads each thing once.
func (t *Tracker) ThingsIn(ctx context.Context, c Call, entries []JournalEntryView) (map[string]EventThing, error) {
	r := newReading(ctx, t, c)
	var keys []store.Key
	for _, e := range entries {
		if ident.Prefix(e.Aggregate) == ident.PrefixAward {
			keys = append(keys, schema.RootKey(e.Aggregate))
		}
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	things := map[string]located{}
	for _, e := range entries {
		resource, ok, err := r.aggregateResource(e.Aggregate)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		may, err := t.may(c, access.ViewJournal, resource)
		if err != nil {
			return nil, err
		}
		for _, ev := range e.Events {
			if at := locate(e.Aggregate, ev); may && at.kind != "" {
				things[ev.Thing] = at
			}
		}
	}
	return r.called(things)
}

// located is where it stands what the thing of an event is called by: itself,
// or the milestone of a file.
type located struct {
	key        store.Key
	kind, file string // of the thing; a file's name
}

func locate(aggregate string, ev JournalEvent) located {
	person := strings.TrimPrefix(ev.Thing, "member/")
	switch {
	case ident.Prefix(person) == ident.PrefixPerson:
		return located{key: schema.PersonKey(ident.Person(person)), kind: access.KindPerson}
	case ident.Prefix(aggregate) != ident.PrefixAward:
		return located{}
	}
	id := ident.Award(aggregate)
	if ident.Prefix(ev.Thing) == ident.PrefixEvidence {
		f := ev.file()
		return located{schema.MilestoneKey(id, f.Milestone), access.KindEvidence, f.FileName}
	}
	key, kind := subjectKey(id, ev.Thing)
	return located{key: key, kind: kind}
}

// called reads things and says what they are called.
func (r *reading) called(things map[string]located) (map[string]EventThing, error) {
	var keys []store.Key
	for _, at := range things {
		keys = append(keys, at.key)
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	keys = nil
	for id, at := range things {
		if at.kind != access.KindExtension {
			continue
		}
		x, ok, err := get[award.Extension](r, at.key, schema.TypeExtension)
		if err != nil {
			return nil, err
		}
		if ok { // it is called by its milestone
			at.key = schema.MilestoneKey(x.Award, x.Milestone)
			things[id], keys = at, append(keys, at.key)
		}
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	out := map[string]EventThing{}
	for id, at := range things {
		of := at.kind
		if of == access.KindPerson {
			out[id] = EventThing{Kind: at.kind, Names: r.named(strings.TrimPrefix(id, "member/")).Names}
			continue
		}
		if of == access.KindExtension || of == access.KindEvidence {
			of = access.KindMilestone
		}
		s, err := r.subject(at.key, of, JournalEvent{Thing: id})
		if err != nil {
			return nil, err
		}
		out[id] = EventThing{Kind: at.kind, Code: s.Code, Title: s.Title, File: at.file}
	}
	return out, nil
}

// EvidenceFile is a file as it was fixed when it was uploaded, with where it
// stands now.
type EvidenceFile struct {
	ID        ident.Evidence      `json:"id"`
	Milestone ident.Milestone     `json:"milestone"`
	FileName  string              `json:"fileName"`
	Kind      award.EvidenceKind  `json:"kind"`
	Size      int64               `json:"size"`   // bytes
	SHA256    string              `json:"sha256"` // lower-case hexadecimal
	State     award.EvidenceState `json:"state"`
}

// evidenceInText finds the files that a change names.
var evidenceInText = regexp.MustCompile(`"evd_[0-9A-Z]{26}"`)

// filesSeen are the files of an entry, none where the caller may not view them.
func (r *reading) filesSeen(a award.Award, events []JournalEvent) ([]EvidenceFile, error) {
	may, err := r.t.may(r.call, access.ViewEvidence, resourceOf(a, access.KindEvidence, ""))
	if err != nil || !may {
		return nil, err
	}
	return r.filesIn(a.ID, events)
}

// filesIn are the files of an award that the events of an entry tell of, or
// that what they changed names: those of a submission are all of its round.
func (r *reading) filesIn(id ident.Award, events []JournalEvent) ([]EvidenceFile, error) {
	var keys []store.Key
	add := func(m ident.Milestone, e string) {
		if key := schema.EvidenceKey(id, m, ident.Evidence(e)); m != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, ev := range events {
		switch ident.Prefix(ev.Thing) {
		case ident.PrefixEvidence:
			add(ev.file().Milestone, ev.Thing)
		case ident.PrefixMilestone:
			for _, c := range ev.Changes {
				for _, quoted := range evidenceInText.FindAllString(string(c.To), -1) {
					add(ident.Milestone(ev.Thing), quoted[1:len(quoted)-1])
				}
			}
		}
	}
	if err := r.load(keys...); err != nil {
		return nil, err
	}
	var out []EvidenceFile
	for _, key := range keys {
		e, ok, err := get[award.Evidence](r, key, schema.TypeEvidence)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, EvidenceFile{e.ID, e.Milestone, e.FileName, e.Kind, e.Size, e.SHA256, e.StateAt(r.t.now())})
		}
	}
	return out, nil
}
